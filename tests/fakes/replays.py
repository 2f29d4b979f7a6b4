"""Replay equals live for every session that any test makes: asked whenever a test's storage closes.

A test that edits what is stored says so with `@pytest.mark.tampers`.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakSet

from guildhall.kit.clock import SystemClock
from guildhall.kit.storage import Storage, StorageSettings, StorageUnavailable, open_storage
from guildhall.kit.storage.sqlite import SqliteStorage
from guildhall.proctoring.model import SEEN, PendingEntry, Session, entry_key
from guildhall.proctoring.rules.replaying import replay
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.rules.verifying import Part, verify
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.keys import EvidenceDestroyed, SessionKeys
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.service.verifying import gather
from guildhall.proctoring.settings import RuleSettings
from guildhall.proctoring.store import ProctoringStore

SESSIONS_BOUND: Final = 200  # of one storage: benchmarks make more
found: Final[list[str]] = []
"""What is not equal, in sentences; `tests/conftest.py` fails the test that was running."""
checked: Final[list[str]] = []
_services: "WeakSet[ProctoringService]" = WeakSet()
_storages: "WeakKeyDictionary[ProctoringStore, Storage]" = WeakKeyDictionary()


def watch_storages() -> None:
    """Called once, before any test: remembers who uses which storage, and looks into each before it closes."""
    make_service, make_store, close = ProctoringService.__init__, ProctoringStore.__init__, SqliteStorage.close

    def made_service(self: ProctoringService, *arguments: Any, **named: Any) -> None:
        make_service(self, *arguments, **named)
        _services.add(self)

    def made_store(self: ProctoringStore, storage: Storage) -> None:
        make_store(self, storage)
        _storages[self] = storage

    async def closed(self: SqliteStorage) -> None:
        mine = [service for service in _services if _storages.get(service._store) is self]
        if mine:
            rules = {version_of(one.settings.rules): one.settings.rules for one in mine}
            found.extend(await unequal(mine[0]._store, mine[0].signals, rules))
        await close(self)

    ProctoringService.__init__ = made_service  # type: ignore[method-assign]
    ProctoringStore.__init__ = made_store  # type: ignore[method-assign]
    SqliteStorage.close = closed  # type: ignore[method-assign]


async def unequal(store: ProctoringStore, signals: SignalLog, rules: Mapping[str, RuleSettings]) -> list[str]:
    """A sentence for each session whose log does not lead to what is stored of it."""
    sentences: list[str] = []
    try:
        known = {**await store.signals.rule_sets(), **rules}
        for document in await store._sessions.find(limit=SESSIONS_BOUND):
            session = await store.session(document["_id"])
            assert session is not None
            if await store.signals.newest(session.id) is not None:
                sentences += await _of(store, signals, session, known)
                checked.append(session.id)
    except StorageUnavailable:  # the test took it away
        return sentences
    return sentences


async def _of(
    store: ProctoringStore, signals: SignalLog, session: Session, rules: Mapping[str, RuleSettings]
) -> list[str]:
    reports = verify(await gather(store, session, None))
    faults = [one.fault.sentence for one in reports if one.fault is not None and one.part is not Part.EVIDENCE]
    if faults:
        return [f"{session.id}: {fault}" for fault in faults]
    try:
        told = replay(session.id, session.candidate_name, await signals.records(session.id), rules)
    except EvidenceDestroyed:
        return []
    decided: dict[str, PendingEntry] = {}
    for chunk in await signals.chunks(session.id):
        for entry in chunk.decisions:
            if entry.incident.rule in SEEN and entry.incident.rule_version:
                decided.setdefault(entry_key(entry.incident, entry.kind), entry)
    if [one.model_dump_json() for one in told.entries] != [one.model_dump_json() for one in decided.values()]:
        return [f"{session.id}: {len(told.entries)} entries are replayed, other ones than the {len(decided)} decided."]
    return [f"{session.id}: {fault}" for fault in told.faults]


def check_folder(folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Of a server that has ended, from its files."""
    path = Path(environ["GUILDHALL_STORAGE__SQLITE_PATH"])
    secret = Path(environ["GUILDHALL_SECURITY__TOKEN_SECRET_PATH"])
    if not path.is_relative_to(folder) or not path.exists() or not secret.exists():
        return []

    known = secret.read_text().strip()

    async def look() -> list[str]:
        storage = open_storage(StorageSettings(sqlite_path=path))
        await storage.start()
        try:
            store = ProctoringStore(storage)
            await store.ensure()
            keys = SessionKeys(store.signals, known)
            return await unequal(store, SignalLog(store.signals, keys, SystemClock()), {})
        finally:
            await storage.close()

    with ThreadPoolExecutor(1) as threads:  # the caller may be on an event loop
        return threads.submit(lambda: asyncio.run(look())).result()
