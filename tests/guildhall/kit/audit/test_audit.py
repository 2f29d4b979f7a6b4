import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from guildhall.kit.audit import AUDIT_LOG, Audit, Witness
from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Change, Collection, Storage, StorageSettings, open_storage
from guildhall.kit.streams import NumberedLog

RECORDER = """
import asyncio, sys
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.clock import SystemClock
from guildhall.kit.storage import open_storage, StorageSettings
from guildhall.kit.streams import NumberedLog

async def main():
    storage = open_storage(StorageSettings.model_validate_json(sys.argv[1]))
    await storage.start()
    collection = storage.collection(AUDIT_LOG)
    await collection.ensure()
    audit = Audit(NumberedLog(collection), SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    name = sys.argv[2]
    await asyncio.gather(*(audit.record(name, "tests.append", "thing", str(n), "allowed", {"n": n}) for n in range(20)))
    await storage.close()

asyncio.run(main())
"""


@pytest.fixture
async def collection(storage: Storage) -> Collection:
    collection = storage.collection(AUDIT_LOG)
    await collection.ensure()
    return collection


@pytest.fixture
def audit(collection: Collection) -> Audit:
    return Audit(NumberedLog(collection), ManualClock())


async def record_five(audit: Audit) -> None:
    for number in range(1, 6):
        await audit.record(f"acc_{number}", "accounts.sign_in", "session", "ses_1", "allowed", {"n": number})


async def fault_number(audit: Audit, witness: Witness | None = None) -> int:
    report = await audit.check(witness=witness)
    assert report.fault is not None
    return report.fault.number


async def test_what_is_recorded_is_read_as_it_was(audit: Audit) -> None:
    details: dict[str, Any] = {
        "roles": ["proctor", "admin"],
        "aal": 2,
        "is_new": True,
        "before": None,
        "n": {"ü": -(2**63)},
    }
    recorded = await audit.record("acc_1", "accounts.grant_role", "account", "acc_2", "refused", details)
    assert await audit.read(after=0, limit=10) == [recorded]
    assert (recorded.number, recorded.decision, recorded.details) == (1, "refused", details)
    assert (await audit.check()).is_whole


async def test_an_event_recorded_again_under_its_key_is_there_once(audit: Audit) -> None:
    first = await audit.record("acc_1", "accounts.sign_in", "session", "ses_1", "allowed", key="acc_1:7", at_ms=5)
    again = await audit.record("acc_1", "accounts.sign_in", "session", "ses_1", "allowed", key="acc_1:7", at_ms=5)
    assert first == again
    assert first.at_ms == 5
    assert (await audit.check()).entries == 1


async def test_details_that_could_not_be_checked_again_are_refused_and_nothing_is_written(audit: Audit) -> None:
    for details in ({"score": 0.5}, {"text": "x" * 16_000}):
        with pytest.raises(ValueError, match="audit entry"):
            await audit.record("acc_1", "tests.append", "thing", "1", "allowed", details)
    assert await audit.read(after=0, limit=10) == []


async def test_fifty_tasks_keep_one_unbroken_chain(collection: Collection) -> None:
    audits = [Audit(NumberedLog(collection), ManualClock()) for _ in range(2)]
    await asyncio.gather(
        *(audits[n % 2].record(f"acc_{n}", "tests.append", "thing", str(n), "allowed", {"n": n}) for n in range(50))
    )
    report = await audits[0].check()
    assert (report.is_whole, report.entries) == (True, 50)
    assert {entry.actor for entry in await audits[0].read(after=0, limit=100)} == {f"acc_{n}" for n in range(50)}


async def test_two_processes_keep_one_unbroken_chain(storage_settings: StorageSettings) -> None:
    processes = [await _start_recorder(storage_settings, name) for name in ("left", "right")]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0]
    storage = open_storage(storage_settings)
    await storage.start()
    report = await Audit(NumberedLog(storage.collection(AUDIT_LOG)), ManualClock()).check()
    await storage.close()
    assert (report.fault, report.entries) == (None, 40)


async def test_an_edited_entry_is_found_in_the_database(audit: Audit, collection: Collection) -> None:
    await record_five(audit)
    await collection.update_if("audit/000000000003", {}, Change(set={"body.actor": "acc_9"}))
    assert await fault_number(audit) == 3


async def test_a_deleted_entry_is_found_in_the_database(audit: Audit, collection: Collection) -> None:
    await record_five(audit)
    await collection.delete({"_id": "audit/000000000002"})
    assert await fault_number(audit) == 2


async def test_entries_deleted_at_the_end_are_found_against_an_earlier_check(
    audit: Audit, collection: Collection
) -> None:
    await record_five(audit)
    witness = (await audit.check()).head
    await collection.delete({"_id": "audit/000000000005"})
    assert (await audit.check()).is_whole
    assert await fault_number(audit, witness) == 5


async def test_an_inserted_entry_is_found_in_the_database(audit: Audit, collection: Collection) -> None:
    await record_five(audit)
    forged = {"actor": "acc_1", "hash": "00", "prev_hash": "00"}
    inserted = {"stream": "audit", "number": 6, "entry_key": "k", "at_ms": 1, "body": forged}
    await collection.insert({"_id": "audit/000000000006", **inserted})
    assert await fault_number(audit) == 6
    await audit.record("acc_1", "tests.append", "thing", "1", "allowed")  # recording goes on all the same
    assert await fault_number(audit) == 6


async def test_a_long_chain_is_checked_a_page_at_a_time(
    audit: Audit, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.kit.audit.audit._PAGE", 2)
    find, limits = collection.find, []

    async def counting(*arguments: Any, **more: Any) -> Any:
        limits.append(more["limit"])
        return await find(*arguments, **more)

    await record_five(audit)
    monkeypatch.setattr(collection, "find", counting)
    assert (await audit.check()).entries == 5
    assert limits == [2, 2, 2, 2]
    await collection.update_if("audit/000000000003", {}, Change(set={"at_ms": 1}))
    limits.clear()
    assert await fault_number(audit) == 3
    assert limits == [2, 2]


async def test_a_check_beside_writers_finds_nothing_wrong(audit: Audit) -> None:
    await record_five(audit)
    writing = asyncio.gather(*(audit.record("acc_1", "tests.append", "thing", str(n), "allowed") for n in range(20)))
    while not writing.done():
        assert (await audit.check()).is_whole
    await writing
    assert (await audit.check()).entries == 25


async def _start_recorder(settings: StorageSettings, name: str) -> asyncio.subprocess.Process:
    pipe: dict[str, Any] = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    command = (sys.executable, "-c", RECORDER, settings.model_dump_json(), name)
    return await asyncio.create_subprocess_exec(*command, **pipe, cwd=Path(__file__).parent)
