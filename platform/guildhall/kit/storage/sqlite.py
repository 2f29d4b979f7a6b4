"""The default adapter: documents as JSON in one SQLite file, shared by any processes of this machine."""

import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from guildhall.kit.storage.changes import apply_change, check_change, check_upsert
from guildhall.kit.storage.documents import check_document, check_id, check_schema
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
from guildhall.kit.storage.queries import check_declared, check_listing, check_query, matches
from guildhall.kit.storage.sqlite_text import (
    column,
    create_index,
    index_name,
    order_clause,
    read_json,
    table_of,
    where_clause,
    write_json,
)
from guildhall.kit.storage.sqlite_threads import SqliteThread, SqliteWriter, prepare

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024  # MongoDB's bound, held here too, for documents that grow by changes


class SqliteStorage:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.writer = SqliteWriter("sqlite-writer", path)
        self.reader = SqliteThread("sqlite-reader", path)

    async def start(self) -> None:
        try:
            prepare(self._path)
            self.writer.start()
            self.reader.start()
        except (OSError, sqlite3.Error) as error:
            await self.close()
            raise StorageUnavailable(f"The database file {self._path} cannot be opened: {error}.") from error

    async def close(self) -> None:
        await self.reader.close()
        await self.writer.close()

    def collection(self, schema: Schema) -> "SqliteCollection":
        return SqliteCollection(self, schema)


class SqliteCollection:
    def __init__(self, storage: SqliteStorage, schema: Schema) -> None:
        check_schema(schema)
        self.schema = schema
        self._storage = storage
        self._table = table_of(schema)

    async def ensure(self) -> None:
        await self._storage.writer.run(self._ensure)

    async def insert(self, document: Mapping[str, Any]) -> None:
        plain = check_document(self.schema, document)
        await self._storage.writer.run(partial(self._insert, plain["_id"], write_json(plain)))

    async def get(self, document_id: str) -> Document | None:
        text = await self._storage.reader.run(partial(self._select, check_id(document_id)))
        return None if text is None else read_json(text)

    async def find(self, where: Query = NOTHING, *, sort: Sort = (), limit: int) -> list[Document]:
        check_listing(self.schema, sort, limit)
        clause, parameters = where_clause(check_query(where))
        sql = f"select document from {self._table}{clause}{order_clause(sort)} limit ?"  # noqa: S608 - checked names
        rows = await self._storage.reader.run(lambda db: db.execute(sql, (*parameters, limit)).fetchall())
        return [read_json(text) for (text,) in rows]

    async def count(self, where: Query = NOTHING) -> int:
        clause, parameters = where_clause(check_query(where))
        sql = f"select count(*) from {self._table}{clause}"  # noqa: S608 - checked names
        return int(await self._storage.reader.run(lambda db: db.execute(sql, parameters).fetchone()[0]))

    async def update_if(self, document_id: str, expect: Query, change: Change) -> Document | None:
        work = partial(self._update, check_id(document_id), check_query(expect), check_change(self.schema, change))
        updated: Document | None = await self._storage.writer.run(work)
        return updated

    async def upsert(self, document_id: str, on_insert: Mapping[str, Any], change: Change) -> Document:
        born, checked = check_upsert(self.schema, document_id, on_insert, change)
        document: Document = await self._storage.writer.run(partial(self._upsert, born, checked))
        return document

    async def delete(self, where: Query) -> int:
        clause, parameters = where_clause(check_query(where))
        sql = f"delete from {self._table}{clause}"  # noqa: S608 - checked names
        return int(await self._storage.writer.run(lambda db: db.execute(sql, parameters).rowcount))

    async def count_by(self, by: str, where: Query = NOTHING) -> dict[Scalar | None, int]:
        check_declared(self.schema, by)
        clause, parameters = where_clause(check_query(where))
        is_boolean = "false" if by == "_id" else f"coalesce(json_type(document, '$.{by}') in ('true', 'false'), false)"
        sql = f"select {column(by)}, {is_boolean}, count(*) from {self._table}{clause} group by 1, 2"  # noqa: S608
        rows = await self._storage.reader.run(lambda db: db.execute(sql, parameters).fetchall())
        return {bool(value) if boolean else value: number for value, boolean, number in rows}

    def _ensure(self, db: sqlite3.Connection) -> None:
        db.execute(f"create table if not exists {self._table} (id text primary key, document text not null) strict")
        keys = [(key, True) for key in self.schema.unique] + [(key, False) for key in self.schema.index]
        for key, unique in keys:
            other = index_name(self.schema, key, unique=not unique)
            if db.execute("select 1 from sqlite_master where type = 'index' and name = ?", (other,)).fetchone():
                raise IndexConflict(self.schema, key, unique=unique)
            try:
                db.execute(create_index(self.schema, key, unique=unique))
            except sqlite3.IntegrityError as error:
                raise IndexConflict(self.schema, key, unique=unique, is_shared=True) from error

    def _insert(self, document_id: str, text: str, db: sqlite3.Connection) -> None:
        try:
            db.execute(f"insert into {self._table} values (?, ?)", (document_id, text))  # noqa: S608 - checked name
        except sqlite3.IntegrityError as error:
            raise self._duplicate(error) from error

    def _select(self, document_id: str, db: sqlite3.Connection) -> str | None:
        sql = f"select document from {self._table} where id = ?"  # noqa: S608 - checked name
        row = db.execute(sql, (document_id,)).fetchone()
        return None if row is None else str(row[0])

    def _update(self, document_id: str, expect: Query, change: Change, db: sqlite3.Connection) -> Document | None:
        text = self._select(document_id, db)
        if text is None or not matches(document := read_json(text), expect):
            return None
        return self._replace(apply_change(document, change), db)

    def _upsert(self, born: Document, change: Change, db: sqlite3.Connection) -> Document:
        text = self._select(born["_id"], db)
        if text is not None:
            return self._replace(apply_change(read_json(text), change), db)
        document = apply_change(born, change)
        self._insert(document["_id"], write_json(document), db)
        return document

    def _replace(self, document: Document, db: sqlite3.Connection) -> Document:
        text = write_json(document)
        if len(text) > MAX_DOCUMENT_BYTES:
            raise DocumentRefused(f"{document['_id']} would grow beyond {MAX_DOCUMENT_BYTES} bytes.")
        try:
            sql = f"update {self._table} set document = ? where id = ?"  # noqa: S608 - checked name
            db.execute(sql, (text, document["_id"]))
        except sqlite3.IntegrityError as error:
            raise self._duplicate(error) from error
        return document

    def _duplicate(self, error: sqlite3.IntegrityError) -> Duplicate:
        """SQLite names the index: `UNIQUE constraint failed: index 'uq_sessions__exam_id__seat'`."""
        for key in self.schema.unique:
            if f"'{index_name(self.schema, key, unique=True)}'" in str(error):
                return Duplicate(self.schema.name, key)
        return Duplicate(self.schema.name, ("_id",))
