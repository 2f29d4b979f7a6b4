"""`record_incident`: store, then announce. Step 8 of the frame's journey."""

from collections.abc import Iterable

from guildhall.kit.bus import Bus
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.model import CHANNEL_OF, Entry, EntryKind, Incident, PendingEntry, Session
from guildhall.proctoring.rules import Closed, Opened
from guildhall.proctoring.rules.claims import Corroborated
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.store import ProctoringStore, entry_key, incident_id

log = get_logger(__name__)


def entry_topic(exam_id: str) -> str:
    return f"proctoring.entry.{exam_id}"


class IncidentRecorder:
    """Turns what `judge` found into numbered entries that survive any kill, and tells the walls."""

    def __init__(self, store: ProctoringStore, bus: Bus) -> None:
        self._store = store
        self._bus = bus

    def note(self, seat: Seat, changes: Iterable[Opened | Closed | Corroborated], at_ms: int) -> None:
        """Put the changes on the seat in order; `flush` writes them. What is off for this person is not opened.

        What the camera saw may corroborate what the browser said: that follows at once.
        """
        told = [change for change in changes if isinstance(change, Closed) or change.rule not in seat.rules_off]
        for change in (*told, *seat.corroborate(told)):
            if isinstance(change, Opened):
                incident = _opened(seat.session, change)
                seat.open_incidents[change.rule] = incident
                seat.undecided.append(PendingEntry(at_ms=at_ms, kind=EntryKind.INCIDENT_OPENED, incident=incident))
            elif isinstance(change, Corroborated):
                incident = _corroborated(seat.session, change)
                if incident.closed_at_ms is None:
                    seat.open_incidents[change.rule] = incident
                entry = PendingEntry(at_ms=at_ms, kind=EntryKind.INCIDENT_CORROBORATED, incident=incident)
                seat.undecided.append(entry)
            elif (opened := seat.open_incidents.pop(change.rule, None)) is not None:
                incident = opened.model_copy(update={"closed_at_ms": change.ended_ms})
                seat.undecided.append(PendingEntry(at_ms=at_ms, kind=EntryKind.INCIDENT_CLOSED, incident=incident))

    async def flush(self, seat: Seat) -> None:
        """Write everything noted, in order. Called after each frame that changed something, and by the seat's clock.

        When the database is away the entries stay on the seat, and the next call tries again: every step is
        idempotent. When the session belongs to somebody else by now, the seat is marked lost and nothing is written.
        """
        async with seat.recording:
            while seat.undecided and not seat.lost:
                entry = seat.undecided[0]
                key = entry_key(entry.incident, entry.kind)
                try:
                    if not await self._store.decide(seat.session.id, seat.session.epoch, key, entry):
                        seat.lost = True
                        return
                    await self.carry_out(seat.session, key, entry)
                except StorageUnavailable as error:
                    log.warning("incident_not_stored_yet", session_id=seat.session.id, key=key, reason=str(error))
                    return
                seat.undecided.popleft()

    async def carry_out(self, session: Session, key: str, entry: PendingEntry) -> None:
        """Number a decided entry, clear it from the outbox, announce it; also for the job that follows the dead."""
        numbered = await self._store.append(session.exam_id, session.id, key, entry)
        await self._store.settle(session.id, key)
        await self.announce(session.exam_id, numbered)

    async def close_orphaned(self, session: Session, ended_ms: int, now_ms: int) -> None:
        """End what a dead owner left open, at the last moment it is known to have been watching."""
        for incident in session.open.values():
            closed = incident.model_copy(update={"closed_at_ms": max(incident.opened_at_ms, ended_ms)})
            entry = PendingEntry(at_ms=now_ms, kind=EntryKind.INCIDENT_CLOSED, incident=closed)
            key = entry_key(closed, entry.kind)
            if not await self._store.decide(session.id, session.epoch, key, entry):
                return
            await self.carry_out(session, key, entry)

    async def announce(self, exam_id: str, entry: Entry) -> None:
        await self._bus.publish(entry_topic(exam_id), entry.model_dump_json().encode())


def _opened(session: Session, change: Opened) -> Incident:
    return Incident(
        incident_id=incident_id(session.id, change.rule.value, change.ordinal),
        session_id=session.id,
        candidate_name=session.candidate_name,
        rule=change.rule,
        channel=CHANNEL_OF[change.rule],
        opened_at_ms=change.began_ms,
        reason=change.reason,
    )


def _corroborated(session: Session, change: Corroborated) -> Incident:
    told = change.told
    opened = _opened(session, Opened(change.rule, told.number, told.began_ms, told.reason))
    fields = {"channel": change.channel, "corroborated_by": told.by, "closed_at_ms": told.ended_ms}
    return opened.model_copy(update=fields)
