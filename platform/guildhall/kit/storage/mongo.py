"""The production adapter: MongoDB through motor, or through its successor, pymongo's own asynchronous client."""

import functools
import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Literal, ParamSpec, TypeVar

from pymongo import ReturnDocument
from pymongo.errors import (
    ConnectionFailure,
    DuplicateKeyError,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from guildhall.kit.storage.changes import check_change, check_upsert
from guildhall.kit.storage.documents import check_document, check_id, check_schema
from guildhall.kit.storage.mongo_text import duplicate_key, filter_of, order_of, update_of
from guildhall.kit.storage.port import (
    NOTHING,
    Change,
    Document,
    DocumentRefused,
    Duplicate,
    IndexConflict,
    Query,
    Scalar,
    Schema,
    Sort,
    StorageUnavailable,
)
from guildhall.kit.storage.queries import check_declared, check_listing, check_query

Driver = Literal["motor", "pymongo"]

CLIENT_OPTIONS: Mapping[str, Any] = {
    "w": "majority",
    "journal": True,
    "wTimeoutMS": 10_000,
    "serverSelectionTimeoutMS": 5_000,  # a failover takes a replica set some seconds
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 20_000,
    "waitQueueTimeoutMS": 5_000,  # how long a request waits for one of maxPoolSize connections
    "maxPoolSize": 64,
    "tz_aware": True,
}
"""These win over the URL's options, so that no URL weakens what an acknowledged write means."""

# BadValue, FailedToParse, TypeMismatch, PathNotViable, ConflictingUpdateOperators, BSONObjectTooLarge, and
# mongo-java-server's and old servers' codes for a value of the wrong kind.
_REFUSALS = frozenset({2, 9, 14, 28, 40, 10334, 17419, 10141, 10142, 10143, 10145, 16837})

P = ParamSpec("P")
R = TypeVar("R")


def connect(url: str, driver: Driver) -> Any:
    """The one place that chooses the driver; call it with the event loop running. Nothing is sent yet."""
    options = {**CLIENT_OPTIONS, "appname": "guildhall"}
    if driver == "motor":
        from motor.motor_asyncio import AsyncIOMotorClient

        return AsyncIOMotorClient(url, **options)
    from pymongo import AsyncMongoClient

    return AsyncMongoClient(url, **options)


async def settle(value: Any) -> Any:
    """What motor returns at once and pymongo returns awaitable: cursors of `aggregate`, and `close`."""
    return await value if inspect.isawaitable(value) else value


def reachable(call: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Turns what the driver raises when the server is out of reach into StorageUnavailable."""

    @functools.wraps(call)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await call(*args, **kwargs)
        except ConnectionFailure as error:
            raise StorageUnavailable("MongoDB does not answer; it may not have taken the last write.") from error
        except WriteConcernError as error:
            raise StorageUnavailable("MongoDB took the write but could not confirm that it is safe.") from error
        except InvalidOperation as error:
            raise StorageUnavailable("The connection to MongoDB is closed.") from error
        except OperationFailure as error:
            if error.code in _REFUSALS:
                raise DocumentRefused(f"MongoDB refused the write: {_first_line(error)}.") from error
            raise StorageUnavailable(f"MongoDB could not do it: {_first_line(error)}.") from error
        except PyMongoError as error:
            raise StorageUnavailable(f"MongoDB could not do it: {_first_line(error)}.") from error

    return guarded


class MongoStorage:
    def __init__(self, url: str, database: str, driver: Driver) -> None:
        self._url = url
        self._name = database
        self._driver = driver
        self._client: Any = None

    @property
    def database(self) -> Any:
        if self._client is None:
            raise StorageUnavailable("The connection to MongoDB is not open.")
        return self._client[self._name]

    @reachable
    async def start(self) -> None:
        """Raises StorageUnavailable where no server answers."""
        self._client = connect(self._url, self._driver)
        try:
            await self.database.command("ping")
        except PyMongoError:
            await self.close()
            raise

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await settle(client.close())

    def collection(self, schema: Schema) -> "MongoCollection":
        return MongoCollection(self, schema)


class MongoCollection:
    def __init__(self, storage: MongoStorage, schema: Schema) -> None:
        check_schema(schema)
        self.schema = schema
        self._storage = storage

    @property
    def _documents(self) -> Any:
        return self._storage.database[self.schema.name]

    @reachable
    async def ensure(self) -> None:
        present = (await self._documents.index_information()).values()
        is_unique = {tuple(name for name, _ in index["key"]): bool(index.get("unique")) for index in present}
        keys = [(key, True) for key in self.schema.unique] + [(key, False) for key in self.schema.index]
        for key, unique in keys:
            if is_unique.get(key, unique) != unique:
                raise IndexConflict(self.schema, key, unique=unique)
            try:
                await self._documents.create_index([(name, 1) for name in key], unique=unique)
            except DuplicateKeyError as error:
                raise IndexConflict(self.schema, key, unique=unique, is_shared=True) from error

    @reachable
    async def insert(self, document: Mapping[str, Any]) -> None:
        plain = check_document(self.schema, document)
        try:
            await self._documents.insert_one(plain)
        except DuplicateKeyError as error:
            raise self._duplicate(error) from error

    @reachable
    async def get(self, document_id: str) -> Document | None:
        document: Document | None = await self._documents.find_one({"_id": check_id(document_id)})
        return document

    @reachable
    async def find(self, where: Query = NOTHING, *, sort: Sort = (), limit: int) -> list[Document]:
        check_listing(self.schema, sort, limit)
        cursor = self._documents.find(self._filter(where)).sort(order_of(sort)).limit(limit)
        documents: list[Document] = await cursor.to_list(None)
        return documents

    @reachable
    async def count(self, where: Query = NOTHING) -> int:
        return int(await self._documents.count_documents(self._filter(where)))

    @reachable
    async def update_if(self, document_id: str, expect: Query, change: Change) -> Document | None:
        wanted = {**self._filter(expect), "_id": check_id(document_id)}
        return await self._change(wanted, update_of(check_change(self.schema, change)), upsert=False)

    @reachable
    async def upsert(self, document_id: str, on_insert: Mapping[str, Any], change: Change) -> Document:
        born, checked = check_upsert(self.schema, document_id, on_insert, change)
        update = update_of(checked, {name: value for name, value in born.items() if name != "_id"})
        for may_retry in (True, False):
            try:
                document = await self._change({"_id": document_id}, update, upsert=True)
            except Duplicate as error:
                # Two upserts of one missing id may both try to insert; the loser then finds the winner's document.
                if not may_retry or error.key not in ((), ("_id",)):
                    raise
            else:
                if document is not None:
                    return document
        raise StorageUnavailable(f"MongoDB did not return {document_id} after writing it.")

    @reachable
    async def delete(self, where: Query) -> int:
        return int((await self._documents.delete_many(self._filter(where))).deleted_count)

    @reachable
    async def count_by(self, by: str, where: Query = NOTHING) -> dict[Scalar | None, int]:
        check_declared(self.schema, by)
        stages = [{"$match": self._filter(where)}, {"$group": {"_id": f"${by}", "number": {"$sum": 1}}}]
        cursor = await settle(self._documents.aggregate(stages))
        return {group["_id"]: group["number"] for group in await cursor.to_list(None)}

    async def _change(self, wanted: Document, update: Document, *, upsert: bool) -> Document | None:
        try:
            document: Document | None = await self._documents.find_one_and_update(
                wanted, update, upsert=upsert, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError as error:
            raise self._duplicate(error) from error
        return document

    def _filter(self, where: Query) -> Document:
        return filter_of(self.schema, check_query(where))

    def _duplicate(self, error: DuplicateKeyError) -> Duplicate:
        return Duplicate(self.schema.name, duplicate_key(self.schema, error.details or {}, str(error)))


def _first_line(error: PyMongoError) -> str:
    return str(error).partition(", full error")[0].rstrip(".")
