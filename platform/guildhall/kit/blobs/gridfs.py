"""Blobs in MongoDB's GridFS, through either driver, for many machines."""

from typing import Any

from bson import ObjectId
from gridfs.errors import CorruptGridFile, NoFile

from guildhall.kit.blobs.port import Blob, check_blob, check_key
from guildhall.kit.storage.mongo import Driver, connect, reachable, settle
from guildhall.kit.storage.port import StorageUnavailable

MAX_READS = 5
"""A blob replaced while it is read loses its chunks; the next read finds the new one."""


class GridFsBlobs:
    """Each `put` is a new file under the key; the newest counts, and the older ones are then removed."""

    def __init__(self, url: str, database: str, driver: Driver) -> None:
        self._url = url
        self._database = database
        self._driver = driver
        self._client: Any = None
        self._bucket: Any = None

    @reachable
    async def start(self) -> None:
        self._client = connect(self._url, self._driver)
        self._bucket = _bucket(self._client[self._database], self._driver)

    async def close(self) -> None:
        client, self._client, self._bucket = self._client, None, None
        if client is not None:
            await settle(client.close())

    @reachable
    async def put(self, key: str, body: bytes, content_type: str) -> None:
        check_blob(key, body, content_type)
        mine = await self._open().upload_from_stream(key, body, metadata={"content_type": content_type})
        await self._remove([file_id for file_id in await self._find(key) if file_id < mine])

    @reachable
    async def get(self, key: str) -> Blob | None:
        check_key(key)
        for _ in range(MAX_READS):
            ids = await self._find(key)
            if not ids:
                return None
            try:
                stream = await self._open().open_download_stream(ids[-1])
                return Blob(await stream.read(), str(stream.metadata["content_type"]))
            except (NoFile, CorruptGridFile):
                continue
        raise StorageUnavailable(f"The blob {key} changes too fast to be read.")

    @reachable
    async def delete(self, key: str) -> bool:
        check_key(key)
        return await self._remove(await self._find(key))

    async def _find(self, key: str) -> list[ObjectId]:
        """The key's files, oldest first, by the ids that the driver gives them."""
        files = await self._open().find({"filename": key}).to_list(None)
        return sorted(file["_id"] if isinstance(file, dict) else file._id for file in files)  # noqa: SLF001 - their name

    async def _remove(self, ids: list[ObjectId]) -> bool:
        removed = False
        for file_id in ids:
            try:
                await self._open().delete(file_id)
                removed = True
            except NoFile:
                continue
        return removed

    def _open(self) -> Any:
        if self._bucket is None:
            raise StorageUnavailable("The connection to MongoDB is not open.")
        return self._bucket


def _bucket(database: Any, driver: Driver) -> Any:
    if driver == "motor":
        from motor.motor_asyncio import AsyncIOMotorGridFSBucket

        return AsyncIOMotorGridFSBucket(database)
    from gridfs.asynchronous import AsyncGridFSBucket

    return AsyncGridFSBucket(database)
