import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.kit.storage import (
    Change,
    Duplicate,
    Schema,
    StorageUnavailable,
    gt,
    sqlite_threads,
)
from guildhall.kit.storage.sqlite import SqliteStorage
from guildhall.kit.storage.sqlite_text import order_clause, where_clause

NOTES = Schema("notes", unique=(("name",), ("room", "number")), index=(("room", "at_ms"),))


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqliteStorage]:
    opened = SqliteStorage(tmp_path / "notes.sqlite3")
    await opened.start()
    yield opened
    await opened.close()


async def test_a_duplicate_names_its_key(storage: SqliteStorage) -> None:
    notes = storage.collection(NOTES)
    await notes.ensure()
    await notes.insert({"_id": "a", "name": "a", "room": "r", "number": 1})
    clashes = {
        ("_id",): {"_id": "a", "name": "b", "room": "r", "number": 2},
        ("name",): {"_id": "b", "name": "a", "room": "r", "number": 2},
        ("room", "number"): {"_id": "b", "name": "b", "room": "r", "number": 1},
    }
    for key, document in clashes.items():
        with pytest.raises(Duplicate) as caught:
            await notes.insert(document)
        assert caught.value.key == key


async def test_queries_and_orders_use_their_index(storage: SqliteStorage, tmp_path: Path) -> None:
    await storage.collection(NOTES).ensure()
    where, parameters = where_clause({"room": "r", "at_ms": gt(5)})
    sql = f"explain query plan select document from c_notes{where}{order_clause([('at_ms', 1)])}"
    file = sqlite3.connect(tmp_path / "notes.sqlite3")
    plan = [row[3] for row in file.execute(sql, parameters)]
    file.close()
    assert "USING INDEX ix_notes__room__at_ms" in plan[0]
    # Only documents that tie in the index's order are sorted, by their ids.
    assert plan[1:] == ["USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"]


async def test_every_commit_is_synced_to_the_disk(storage: SqliteStorage) -> None:
    assert await storage.writer.run(lambda db: db.execute("pragma synchronous").fetchone()[0]) == 2
    assert await storage.writer.run(lambda db: db.execute("pragma journal_mode").fetchone()[0]) == "wal"


async def test_one_write_that_fails_does_not_take_its_group_along(storage: SqliteStorage) -> None:
    notes = storage.collection(NOTES)
    await notes.ensure()
    documents = [{"_id": f"n{n}", "name": f"n{n % 20}", "room": "r", "number": n} for n in range(40)]
    outcomes = await asyncio.gather(*(notes.insert(document) for document in documents), return_exceptions=True)
    assert outcomes == [None] * 20 + outcomes[20:]
    assert {type(outcome) for outcome in outcomes[20:]} == {Duplicate}
    assert await notes.count() == 20


async def test_a_write_is_refused_when_too_many_wait(storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_threads, "MAX_WAITING", 3)
    notes = storage.collection(NOTES)
    await notes.ensure()
    writes = (notes.upsert(f"n{n}", {"name": f"n{n}", "room": "r", "number": n}, Change()) for n in range(5))
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [isinstance(outcome, StorageUnavailable) for outcome in outcomes] == [False, False, False, True, True]
    assert await notes.count() == 3


async def test_closing_answers_what_was_accepted(storage: SqliteStorage) -> None:
    notes = storage.collection(NOTES)
    await notes.ensure()
    names = [f"n{n}" for n in range(600)]
    writes = asyncio.gather(*(notes.insert({"_id": name, "name": name, "room": name, "number": 1}) for name in names))
    await asyncio.sleep(0)
    await storage.close()
    assert len(await writes) == 600


async def test_a_cancelled_caller_does_not_stop_the_others(storage: SqliteStorage) -> None:
    notes = storage.collection(NOTES)
    await notes.ensure()
    writes = [
        asyncio.create_task(notes.insert({"_id": f"n{n}", "name": f"n{n}", "room": "r", "number": n}))
        for n in range(20)
    ]
    await asyncio.sleep(0)
    writes[3].cancel()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [place for place, outcome in enumerate(outcomes) if outcome is not None] == [3]
    assert await notes.get("n19") is not None


async def test_reads_do_not_wait_for_a_write_in_progress(storage: SqliteStorage, tmp_path: Path) -> None:
    notes = storage.collection(NOTES)
    await notes.ensure()
    await notes.insert({"_id": "a", "name": "a", "room": "r", "number": 1})
    file = sqlite3.connect(tmp_path / "notes.sqlite3", isolation_level=None)
    file.execute("begin immediate")
    blocked = asyncio.create_task(notes.insert({"_id": "b", "name": "b", "room": "r", "number": 2}))
    await asyncio.sleep(0.02)
    assert await notes.get("a") is not None
    assert not blocked.done()
    file.execute("rollback")
    file.close()
    await blocked
    assert await notes.count() == 2


async def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"this is no database" * 100)
    for path in (tmp_path / "broken", tmp_path / "broken/below"):
        storage = SqliteStorage(path)
        with pytest.raises(StorageUnavailable, match="broken"):
            await storage.start()
        await storage.close()


async def test_a_collection_that_was_never_ensured_says_so(storage: SqliteStorage) -> None:
    with pytest.raises(StorageUnavailable, match="no such table"):
        await storage.collection(Schema("unknown")).count()
