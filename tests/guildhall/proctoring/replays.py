"""Replay beside what is stored: the check that every harness runs over whatever its sessions did."""

from guildhall.proctoring.model import SEEN, Entry
from guildhall.proctoring.rules.chaining import check_chain
from guildhall.proctoring.rules.replaying import replay
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.settings import RuleSettings
from guildhall.proctoring.store import ProctoringStore

PAGE = 500


async def stored_entries(store: ProctoringStore, exam_id: str) -> list[Entry]:
    found: list[Entry] = []
    while page := await store.entries_after(exam_id, found[-1].number if found else 0, PAGE):
        found += page
    return found


async def check_replays(store: ProctoringStore, signals: SignalLog, rules: RuleSettings) -> int:
    """Every session with a log: its chain is whole, and its replay is what is stored, byte for byte."""
    checked = 0
    for document in await store._sessions.find(limit=1_000):
        session = await store.session(document["_id"])
        assert session is not None
        chunks = await signals.chunks(session.id)
        if not chunks:
            continue
        assert check_chain(session.id, chunks).is_whole
        told = replay(session.id, session.candidate_name, await signals.records(session.id), {version_of(rules): rules})
        stored = [entry for entry in await stored_entries(store, session.exam_id) if entry.incident.rule in SEEN]
        lines = [
            (entry.at_ms, entry.kind, entry.incident.model_dump_json())
            for entry in stored
            if entry.incident.session_id == session.id and entry.incident.rule_version
        ]
        assert [(entry.at_ms, entry.kind, entry.incident.model_dump_json()) for entry in told.entries] == lines
        assert told.faults == ()
        checked += 1
    return checked
