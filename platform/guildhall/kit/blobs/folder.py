"""Blobs as files of one folder, for one machine."""

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from guildhall.kit.blobs.port import Blob, check_blob, check_key
from guildhall.kit.storage.port import StorageUnavailable

MAX_BUSY_THREADS = 4  # of the loop's default executor, which others use too; further callers wait their turn

R = TypeVar("R")


class FolderBlobs:
    """A file's name is its key's hash, so that no key can leave the folder; its first line says what it is.

    A file is written whole under another name, synced and renamed: a crash leaves the old blob or the new one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = asyncio.Semaphore(MAX_BUSY_THREADS)

    async def start(self) -> None:
        await self._run(lambda: self._folder.mkdir(parents=True, exist_ok=True))

    async def close(self) -> None:
        """Nothing is held open between calls."""

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        check_blob(key, body, content_type)
        await self._run(lambda: self._write(key, body, content_type))

    async def get(self, key: str) -> Blob | None:
        path = self._path_of(key)
        return await self._run(lambda: _read(path))

    async def delete(self, key: str) -> bool:
        path = self._path_of(key)
        return await self._run(lambda: _remove(path))

    def _path_of(self, key: str) -> Path:
        name = hashlib.sha256(check_key(key).encode()).hexdigest()
        return self._folder / name[:2] / name[2:4] / name  # 65,536 folders: a million blobs are 16 a folder

    def _write(self, key: str, body: bytes, content_type: str) -> None:
        path = self._path_of(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        head = json.dumps({"key": key, "content_type": content_type}).encode() + b"\n"
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as file:
            try:
                file.write(head + body)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        _sync_folder(path.parent)

    async def _run(self, work: Callable[[], R]) -> R:
        async with self._threads:
            try:
                return await asyncio.to_thread(work)
            except OSError as error:
                raise StorageUnavailable(f"The blob folder {self._folder} does not work: {error.strerror}.") from error


def _read(path: Path) -> Blob | None:
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    return Blob(body, str(json.loads(head)["content_type"]))


def _remove(path: Path) -> bool:
    with suppress(FileNotFoundError):
        path.unlink()
        _sync_folder(path.parent)
        return True
    return False


def _sync_folder(folder: Path) -> None:
    """Without it a power loss may forget the rename or the removal, though not the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
