import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.streams import Entry, NumberedLog, log_schema

APPENDER = """
import asyncio, sys
from guildhall.kit.storage import open_storage, StorageSettings
from guildhall.kit.streams import NumberedLog, log_schema

async def main():
    storage = open_storage(StorageSettings.model_validate_json(sys.argv[1]))
    await storage.start()
    collection = storage.collection(log_schema("entries"))
    await collection.ensure()
    log = NumberedLog(collection)
    print("ready", flush=True)
    sys.stdin.readline()
    await asyncio.gather(*(log.append("exam_1", f"{sys.argv[2]}-{n}", n, {"n": n}) for n in range(30)))
    await storage.close()

asyncio.run(main())
"""


@pytest.fixture
async def log(storage: Storage) -> NumberedLog:
    collection = storage.collection(log_schema("entries"))
    await collection.ensure()
    return NumberedLog(collection)


async def test_entries_are_numbered_from_one_and_read_in_order(log: NumberedLog) -> None:
    assert await log.head("exam_1") == 0
    appended = [await log.append("exam_1", f"k{n}", 1000 + n, {"n": n}) for n in range(5)]
    assert [entry.number for entry in appended] == [1, 2, 3, 4, 5]
    assert appended[0] == Entry("exam_1", 1, "k0", 1000, {"n": 0})
    assert await log.read("exam_1", after=2, limit=2) == appended[2:4]
    assert await log.read("exam_1", after=5, limit=2) == []
    assert await log.head("exam_1") == 5


async def test_whoever_follows_reads_the_same_however_far_behind_they_are(log: NumberedLog) -> None:
    entries = [await log.append("exam_1", f"k{n}", n, {}) for n in range(20)]
    await log.append("exam_2", "k0", 0, {})
    for after in range(22):
        for limit in (1, 7, 8, 9, 200):
            assert await log.follow("exam_1", after, limit) == await log.read("exam_1", after, limit), (after, limit)
    for known in entries:
        assert await log.newest("exam_1", after=known) == entries[-1]
        assert await log.newest("exam_1", least=known.number) == entries[-1]
    assert await log.newest("exam_1", least=0) == entries[-1]
    assert await log.newest("exam_3", least=7) is None


async def test_the_same_key_again_returns_the_first_entry(log: NumberedLog) -> None:
    first = await log.append("exam_1", "k", 1, {"text": "first"})
    await log.append("exam_1", "other", 2, {})
    assert await log.append("exam_1", "k", 3, {"text": "again"}) == first
    assert await log.head("exam_1") == 2


async def test_streams_are_numbered_apart(log: NumberedLog) -> None:
    for stream in ("a", "b"):
        assert (await log.append(stream, "k", 1, {})).number == 1


async def test_entries_are_found_by_how_their_keys_begin_the_newest_first(log: NumberedLog) -> None:
    for number, key in enumerate(("itm_1/edit", "itm_10/edit", "itm_1/publish", "itm_2/edit", "itm_1/é", "itm_10"), 1):
        await log.append("audit", key, number, {})
    await log.append("other", "itm_1/edit", 1, {})
    assert [entry.number for entry in await log.keyed("audit", "itm_1/", 10)] == [5, 3, 1]
    assert [entry.number for entry in await log.keyed("audit", "itm_1/", 2)] == [5, 3]
    assert await log.keyed("audit", "itm_3/", 10) == []


async def test_what_is_forgotten_is_gone_and_the_next_entry_follows_what_is_left(log: NumberedLog) -> None:
    for number in range(1, 4):
        await log.append("exam_1", f"k{number}", number, {})
    assert await log.forget("exam_1", 2) == 2
    assert [entry.number for entry in await log.read("exam_1", 0, 10)] == [3]
    assert (await log.append("exam_1", "k1", 9, {})).number == 4
    assert await log.forget("exam_2", 9) == 0


async def test_fifty_appenders_leave_no_gap_and_no_double(log: NumberedLog) -> None:
    entries = await asyncio.gather(*(log.append("exam_1", f"k{n % 40}", n, {"n": n}) for n in range(50)))
    stored = await log.read("exam_1", after=0, limit=100)
    assert [entry.number for entry in stored] == list(range(1, 41))
    assert {entry.key for entry in stored} == {f"k{n}" for n in range(40)}
    assert all(stored[entry.number - 1] == entry for entry in entries)


async def test_logs_that_do_not_share_a_lock_leave_no_gap_and_no_double(storage: Storage, log: NumberedLog) -> None:
    logs = [log, *(NumberedLog(storage.collection(log_schema("entries"))) for _ in range(7))]
    await asyncio.gather(
        *(one.append("exam_1", f"k{n}", n, {"by": place}) for place, one in enumerate(logs) for n in range(4))
    )
    stored = await log.read("exam_1", after=0, limit=100)
    assert [entry.number for entry in stored] == [1, 2, 3, 4]


async def test_a_linked_entry_is_made_from_the_one_it_follows_however_many_write(storage: Storage) -> None:
    def link(before: Entry | None) -> dict[str, int]:
        return {"follows": before.number if before else 0}

    logs = [NumberedLog(storage.collection(log_schema("entries"))) for _ in range(4)]
    await storage.collection(log_schema("entries")).ensure()
    await asyncio.gather(*(logs[n % 4].append_linked("exam_1", f"k{n}", n, link) for n in range(20)))
    again = await logs[0].append_linked("exam_1", "k3", 99, link)
    stored = await logs[0].read("exam_1", after=0, limit=100)
    assert [entry.body["follows"] for entry in stored] == list(range(20))
    assert again in stored


async def test_two_processes_leave_no_gap_and_no_double(storage_settings: StorageSettings) -> None:
    processes = [await _start_appender(storage_settings, name) for name in ("left", "right")]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0]
    storage = open_storage(storage_settings)
    await storage.start()
    stored = await NumberedLog(storage.collection(log_schema("entries"))).read("exam_1", after=0, limit=100)
    await storage.close()
    assert [entry.number for entry in stored] == list(range(1, 61))
    assert {entry.key for entry in stored} == {f"{name}-{n}" for name in ("left", "right") for n in range(30)}


async def _start_appender(settings: StorageSettings, name: str) -> asyncio.subprocess.Process:
    pipe: dict[str, Any] = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    command = (sys.executable, "-c", APPENDER, settings.model_dump_json(), name)
    return await asyncio.create_subprocess_exec(*command, **pipe, cwd=Path(__file__).parent)


async def test_who_knows_the_newest_entry_saves_reading_it_and_who_is_mistaken_loses_nothing(
    log: NumberedLog,
) -> None:
    def follow(newest: Entry | None) -> dict[str, int]:
        return {"after": newest.number if newest else 0}

    first = await log.append_linked("s", "k1", 1, follow)
    second = await log.append_linked("s", "k2", 2, follow, after=first)
    stale = await log.append_linked("s", "k3", 3, follow, after=first)
    again = await log.append_linked("s", "k2", 4, follow, after=stale)
    assert (second.number, second.body, stale.number, stale.body) == (2, {"after": 1}, 3, {"after": 2})
    assert again == second
    assert await log.find("s", "k2") == second
    assert await log.find("s", "k9") is None
