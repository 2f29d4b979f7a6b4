"""The collections of proctoring; the only file here that queries.

A session's document is the unit of truth: an incident is decided by one compare-and-set on it, which also leaves the
log entry in its outbox (`pending`). Appending that entry to the exam's numbered log and clearing the outbox are
idempotent, so a process can be killed between any two lines and the next one carries it out.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from guildhall.kit.audit.entry import link, unlinked
from guildhall.kit.storage import Change, Schema, Storage, gt, lt
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import Entry as LogEntry
from guildhall.kit.streams import NumberedLog, log_schema
from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.model import Baseline, CheckInProgress, Entry, EntryKind, PendingEntry, Session, ordinal_of
from guildhall.proctoring.model.deletions import Deletion
from guildhall.proctoring.store.admissions import AdmissionStore
from guildhall.proctoring.store.cases import CaseStore
from guildhall.proctoring.store.reviews import ReviewStore
from guildhall.proctoring.store.signals import SignalStore
from guildhall.proctoring.store.strips import DELETIONS, NoDeletion, StripStore

SESSIONS = Schema(
    "proctoring_sessions",
    index=(("exam_id", "created_at_ms"), ("connection", "_id")),
)
OWNERS = Schema("proctoring_owners", index=(("alive_until_ms",),))
LOG = log_schema("proctoring_log")


class ProctoringStore:
    """Used by the service and the jobs; every method is one or two storage calls, safe to repeat."""

    def __init__(self, storage: Storage) -> None:
        self._sessions = storage.collection(SESSIONS)
        self._owners = storage.collection(OWNERS)
        self._log_lines = storage.collection(LOG)
        self.incident_lines = NumberedLog(self._log_lines)  # hash-chained, a stream an exam
        self.admissions = AdmissionStore(storage)
        self.cases = CaseStore(storage)
        self.signals = SignalStore(storage)
        self.strips = StripStore(storage)
        self.deletions = Documents(storage.collection(DELETIONS), Deletion, NoDeletion)
        self.reviews = ReviewStore(storage)

    async def ensure(self) -> None:
        for collection in (self._sessions, self._owners, self._log_lines):
            await collection.ensure()
        await self.admissions.ensure()
        await self.cases.ensure()
        await self.signals.ensure()
        await self.strips.ensure()
        await self.deletions.ensure()
        await self.reviews.ensure()

    # --- sessions

    async def add_session(self, session: Session) -> None:
        await self._sessions.insert(session.model_dump(mode="json", by_alias=True))

    async def session(self, session_id: str) -> Session | None:
        return _as_session(await self._sessions.get(session_id))

    async def sessions_of(self, exam_id: str, limit: int) -> list[Session]:
        """The newest sessions of an exam, oldest of them first."""
        found = await self._sessions.find({"exam_id": exam_id}, sort=(("created_at_ms", -1), ("_id", -1)), limit=limit)
        return [Session.model_validate(document) for document in reversed(found)]

    async def newest_sessions(self, exam_id: str | None, before_id: str, limit: int) -> list[Session]:
        """A page, the last ids first; of one exam, or of all."""
        where: dict[str, Any] = {} if exam_id is None else {"exam_id": exam_id}
        if before_id:
            where["_id"] = lt(before_id)
        found = await self._sessions.find(where, sort=(("_id", -1),), limit=limit)
        return [Session.model_validate(document) for document in found]

    async def move_session(
        self,
        seen: Session,
        *,
        state: SessionState,
        connection: Connection,
        at_ms: int,
        owner: str,
        epoch: int,
        page_id: str | None = None,
    ) -> Session | None:
        """Move both machines at once if nobody else has moved them since `seen` was read; `page_id` None: as it is."""
        return _as_session(
            await self._sessions.update_if(
                seen.id,
                {"epoch": seen.epoch, "state": seen.state.value, "connection": seen.connection.value},
                Change(
                    set={
                        "state": state.value,
                        "connection": connection.value,
                        "since_ms": at_ms,
                        "owner": owner,
                        "epoch": epoch,
                        "page_id": seen.page_id if page_id is None else page_id,
                    }
                ),
            )
        )

    async def keep_calibration(
        self, session_id: str, epoch: int, baseline: Baseline | None, check_in: CheckInProgress
    ) -> None:
        known = None if baseline is None else baseline.model_dump(mode="json")
        kept = {"baseline": known, "check_in": check_in.model_dump(mode="json")}
        await self._sessions.update_if(session_id, {"epoch": epoch}, Change(set=kept))

    # --- incidents: decide, append, settle

    async def decide(self, session_id: str, epoch: int, key: str, entry: PendingEntry) -> bool:
        """Make an incident's opening or closing true; False when this epoch no longer owns the session.

        Sets and unsets only, so repeating a decision whose answer was lost changes nothing.
        """
        incident, rule = entry.incident, entry.incident.rule.value
        written: dict[str, Any] = {f"pending.{key}": entry.model_dump(mode="json")}
        if entry.kind is EntryKind.INCIDENT_OPENED:
            written |= {f"ordinals.{rule}": ordinal_of(incident), f"open.{rule}": incident.model_dump(mode="json")}
            change = Change(set=written)
        elif entry.kind is EntryKind.INCIDENT_CORROBORATED:
            if incident.closed_at_ms is None:
                written |= {f"open.{rule}": incident.model_dump(mode="json")}
            change = Change(set=written)
        else:
            change = Change(set=written, unset={f"open.{rule}": True})
        return await self._sessions.update_if(session_id, {"epoch": epoch}, change) is not None

    async def append(self, exam_id: str, session_id: str, key: str, entry: PendingEntry) -> Entry:
        """Give a decided entry its number in the exam's log; the same entry always gets the same number."""
        body = {"kind": entry.kind.value, "incident": entry.incident.model_dump(mode="json")}
        name = f"{session_id}.{key}"
        after = partial(link, body, exam_id, name, entry.at_ms)
        return _as_entry(await self.incident_lines.append_linked(exam_id, name, entry.at_ms, after))

    async def settle(self, session_id: str, key: str) -> None:
        """Take a carried-out entry from the outbox."""
        await self._sessions.update_if(session_id, {}, Change(unset={f"pending.{key}": True}))

    async def entries_after(self, exam_id: str, number: int, limit: int) -> list[Entry]:
        return [_as_entry(line) for line in await self.incident_lines.read(exam_id, number, limit)]

    async def opening(self, exam_id: str, session_id: str, incident_id: str) -> Entry | None:
        """The line of an incident's opening; None for one that was never decided."""
        _, _, name = incident_id.rpartition(f"{session_id}:")
        line = await self.incident_lines.find(exam_id, f"{session_id}.{name.replace(':', '_')}_opened")
        return None if line is None else _as_entry(line)

    async def head(self, exam_id: str) -> int:
        return await self.incident_lines.head(exam_id)

    # --- ownership: which process answers for which session

    async def beat(self, owner: str, alive_until_ms: int) -> None:
        await self._owners.upsert(owner, {}, Change(set={"alive_until_ms": alive_until_ms}))

    async def leave(self, owner: str) -> None:
        await self._owners.delete({"_id": owner})

    async def leases(self) -> dict[str, int]:
        """By process, until when it is taken to be alive; those of the dead stay until their sessions are swept."""
        found = await self._owners.find(limit=10_000)
        return {str(document["_id"]): int(document["alive_until_ms"]) for document in found}

    async def forget_leases(self, before_ms: int) -> None:
        await self._owners.delete({"alive_until_ms": lt(before_ms)})

    async def online_sessions(self, after_id: str, limit: int) -> list[Session]:
        """A page of the sessions that some process says are connected, by id."""
        found = await self._sessions.find(
            {"connection": Connection.ONLINE.value, "_id": gt(after_id)}, sort=(("_id", 1),), limit=limit
        )
        return [Session.model_validate(document) for document in found]


def _as_session(document: Mapping[str, Any] | None) -> Session | None:
    return None if document is None else Session.model_validate(document)


def _as_entry(line: LogEntry) -> Entry:
    return Entry.model_validate({"number": line.number, "at_ms": line.at_ms, **unlinked(line)})
