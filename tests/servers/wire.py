"""A server that speaks MongoDB's wire protocol over mongomock's engine: real drivers and sockets, no MongoDB.

    python tests/servers/wire.py [port]

It prints its address, keeps everything in memory and ends when its standard input does. What mongomock does not know is
an error, never a silent no. It proves the driver, BSON and the socket; it proves nothing about MongoDB itself.
"""

import asyncio
import itertools
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from os import _exit
from typing import Any

import bson
import mongomock
from bson.codec_options import CodecOptions
from pymongo.errors import DuplicateKeyError, OperationFailure

Message = dict[str, Any]

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
BAD_VALUE, CURSOR_NOT_FOUND, COMMAND_NOT_FOUND, NOT_IMPLEMENTED, DUPLICATE_KEY = 2, 43, 59, 238, 11000
FIRST_BATCH = 101  # as MongoDB's
PLAIN: CodecOptions[Message] = CodecOptions(document_class=dict)


class Engine:
    """MongoDB's commands, by their names in small letters."""

    def __init__(self) -> None:
        self._client: Any = mongomock.MongoClient()
        self._cursors: dict[int, tuple[str, list[Any]]] = {}
        self._cursor_ids = itertools.count(1000)
        self._commands: dict[str, Callable[[Any, Message], Message]] = {
            "aggregate": self._aggregate,
            "createindexes": self._create_indexes,
            "delete": self._delete,
            "dropdatabase": self._drop_database,
            "find": self._find,
            "findandmodify": self._find_and_modify,
            "getmore": self._get_more,
            "insert": self._insert,
            "listindexes": self._list_indexes,
            "update": self._update,
        }

    def answer(self, message: Message) -> Message:
        name = next(iter(message)).lower()
        if name in ("hello", "ismaster"):
            return _hello()
        if name in ("ping", "endsessions", "killcursors"):
            return {"ok": 1.0}
        command = self._commands.get(name)
        if command is None:
            return _failure(COMMAND_NOT_FOUND, f"no such command: '{name}'")
        database = self._client[message["$db"]]
        target = next(iter(message.values()))
        try:
            return {**command(database[target] if isinstance(target, str) else database, message), "ok": 1.0}
        except Exception as error:
            code, sentence = _explain(error)
            return _failure(code, sentence)

    def _insert(self, collection: Any, message: Message) -> Message:
        return self._each(message["documents"], lambda document: (collection.insert_one(document), 1)[1], collection)

    def _delete(self, collection: Any, message: Message) -> Message:
        def perform(delete: Message) -> int:
            remove = collection.delete_one if delete["limit"] else collection.delete_many
            return int(remove(delete["q"]).deleted_count)

        return self._each(message["deletes"], perform, collection)

    def _update(self, collection: Any, message: Message) -> Message:
        def perform(update: Message) -> int:
            if unknown := update.keys() - {"q", "u", "multi", "upsert"}:
                raise NotImplementedError(f"update with {unknown}")
            change = collection.update_many if update.get("multi") else collection.update_one
            return int(change(update["q"], update["u"], upsert=bool(update.get("upsert"))).matched_count)

        return self._each(message["updates"], perform, collection)

    def _each(self, items: list[Message], perform: Callable[[Message], int], collection: Any) -> Message:
        number = 0
        for place, item in enumerate(items):
            try:
                number += perform(item)
            except Exception as error:
                code, sentence = _explain(error)
                failure = {"index": place, "code": code, "errmsg": sentence}
                if code == DUPLICATE_KEY and "_id" in item:
                    failure["keyPattern"] = dict.fromkeys(_taken_key(collection, item), 1)
                return {"n": number, "writeErrors": [failure]}
        return {"n": number}

    def _find_and_modify(self, collection: Any, message: Message) -> Message:
        if unknown := message.keys() & {"arrayFilters", "collation", "remove", "sort", "fields"}:
            raise NotImplementedError(f"findAndModify with {unknown}")
        options = {"upsert": bool(message.get("upsert")), "return_document": bool(message.get("new"))}
        return {"value": collection.find_one_and_update(message["query"], message["update"], **options)}

    def _find(self, collection: Any, message: Message) -> Message:
        if unknown := message.keys() & {"collation", "min", "max", "let", "tailable", "returnKey"}:
            raise NotImplementedError(f"find with {unknown}")
        found = collection.find(message.get("filter", {}), message.get("projection"))
        if message.get("sort"):
            found = found.sort(list(message["sort"].items()))
        found = found.skip(message.get("skip", 0)).limit(abs(message.get("limit", 0)))
        return self._first_batch(collection, found, message.get("batchSize", FIRST_BATCH))

    def _aggregate(self, collection: Any, message: Message) -> Message:
        found = collection.aggregate(message["pipeline"])
        return self._first_batch(collection, found, message["cursor"].get("batchSize", FIRST_BATCH))

    def _list_indexes(self, collection: Any, _message: Message) -> Message:
        indexes = [
            {"v": 2, "name": name, "key": dict(index["key"]), **({"unique": True} if index.get("unique") else {})}
            for name, index in collection.index_information().items()
        ]
        return self._first_batch(collection, indexes, FIRST_BATCH)

    def _create_indexes(self, collection: Any, message: Message) -> Message:
        for index in message["indexes"]:
            if unknown := index.keys() - {"name", "key", "unique"}:
                raise NotImplementedError(f"an index with {unknown}")
            collection.create_index(list(index["key"].items()), name=index["name"], unique=bool(index.get("unique")))
        return {}

    def _drop_database(self, _database: Any, message: Message) -> Message:
        self._client.drop_database(message["$db"])
        return {}

    def _first_batch(self, collection: Any, found: Iterable[Any], size: int) -> Message:
        documents, name = list(found), collection.full_name
        cursor_id = next(self._cursor_ids) if len(documents) > size else 0
        if cursor_id:
            self._cursors[cursor_id] = (name, documents[size:])
        return {"cursor": {"id": bson.Int64(cursor_id), "ns": name, "firstBatch": documents[:size]}}

    def _get_more(self, _database: Any, message: Message) -> Message:
        cursor_id = int(message["getMore"])
        if cursor_id not in self._cursors:
            raise OperationFailure("cursor not found", CURSOR_NOT_FOUND)
        name, documents = self._cursors.pop(cursor_id)
        size = message.get("batchSize") or len(documents)
        if rest := documents[size:]:
            self._cursors[cursor_id] = (name, rest)
        return {"cursor": {"id": bson.Int64(cursor_id if rest else 0), "ns": name, "nextBatch": documents[:size]}}


def _hello() -> Message:
    sizes = {"maxBsonObjectSize": 16 << 20, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000}
    return {"helloOk": True, "isWritablePrimary": True, "minWireVersion": 0, "maxWireVersion": 21, **sizes, "ok": 1.0}


def _failure(code: int, sentence: str) -> Message:
    return {"ok": 0.0, "code": code, "errmsg": sentence}


def _explain(error: Exception) -> tuple[int, str]:
    match error:
        case DuplicateKeyError():
            return DUPLICATE_KEY, str(error)
        case NotImplementedError():
            return NOT_IMPLEMENTED, str(error)
        case OperationFailure():
            return error.code or BAD_VALUE, str(error)
    return BAD_VALUE, f"{type(error).__name__}: {error}"


def _taken_key(collection: Any, document: Message) -> tuple[str, ...]:
    """Which unique key a refused document shares with another; mongomock does not say."""
    unique = [("_id",)]
    unique += [
        tuple(name for name, _ in it["key"]) for it in collection.index_information().values() if it.get("unique")
    ]
    for key in unique:
        if collection.find_one({name: document.get(name) for name in key}) is not None:
            return key
    return ()


def read_message(operation: int, body: bytes) -> Message:
    """The command of an OP_MSG, its document sequences folded in, or of the OP_QUERY that opens a connection."""
    if operation == OP_QUERY:
        start = body.index(b"\0", 4) + 9
        return {**bson.decode(body[start:], PLAIN), "$db": "admin"}
    message: Message = {}
    position = 4  # after the flags
    while position < len(body):
        kind, size = struct.unpack_from("<Bi", body, position)
        section = body[position + 1 : position + 1 + size]
        if kind == 0:
            message = {**bson.decode(section, PLAIN), **message}
        else:
            name_end = section.index(b"\0", 4)
            message[section[4:name_end].decode()] = bson.decode_all(section[name_end + 1 :], PLAIN)
        position += 1 + size
    return message


def write_reply(operation: int, request_id: int, reply: Message) -> bytes:
    head = b"\0\0\0\0\0" if operation == OP_MSG else struct.pack("<iqii", 8, 0, 0, 1)
    body = head + bson.encode(reply)
    return struct.pack("<iiii", 16 + len(body), 0, request_id, OP_MSG if operation == OP_MSG else OP_REPLY) + body


async def serve(port: int) -> None:
    engine = Engine()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length, request_id, _, operation = struct.unpack("<iiii", await reader.readexactly(16))
                message = read_message(operation, await reader.readexactly(length - 16))
                writer.write(write_reply(operation, request_id, engine.answer(message)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port)
    print(f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await server.serve_forever()


def _end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    _exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
