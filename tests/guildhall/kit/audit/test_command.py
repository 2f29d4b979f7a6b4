import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.kit.audit import AUDIT_LOG, Audit, report_chain
from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Change, Storage, StorageSettings, open_storage
from guildhall.kit.streams import NumberedLog


@pytest.fixture
def storage_settings(tmp_path: Path) -> StorageSettings:
    """One database is enough here: what a chain is on each of them is told in test_audit."""
    return StorageSettings(sqlite_path=tmp_path / "guildhall.sqlite3")


@pytest.fixture
async def storage(storage_settings: StorageSettings) -> AsyncIterator[Storage]:
    storage = open_storage(storage_settings)
    await storage.start()
    yield storage
    await storage.close()


async def test_the_command_says_whether_the_log_is_whole_and_what_to_hold_the_next_check_against(
    storage: Storage,
) -> None:
    collection = storage.collection(AUDIT_LOG)
    await collection.ensure()
    audit = Audit(NumberedLog(collection), ManualClock())
    for number in range(3):
        last = await audit.record("acc_1", "tests.append", "thing", str(number), "allowed")
    out = io.StringIO()
    assert await report_chain(audit, out) == 0
    assert "3 entries" in out.getvalue()
    assert f"3:{last.hash}" in out.getvalue()
    assert await report_chain(audit, io.StringIO(), f"3:{last.hash}") == 0

    await collection.update_if("audit/000000000002", {}, Change(set={"body.decision": "refused"}))
    out = io.StringIO()
    assert await report_chain(audit, out) == 1
    assert "broken at entry 2" in out.getvalue()


async def test_a_witness_that_is_none_is_misuse(storage: Storage) -> None:
    out = io.StringIO()
    assert await report_chain(Audit(NumberedLog(storage.collection(AUDIT_LOG)), ManualClock()), out, "nonsense") == 2
    assert "is no witness" in out.getvalue()
