"""`record_incident`: store, then announce. Step 8 of the frame's journey.

The order of every write: first the chunk of the signal log, with the decisions that rest on it in the same document;
then each decision on the session's document; then its line in the exam's log. Whoever takes a session over carries out
the newest chunk's decisions once more, so a process may be killed between any two lines.
"""

from collections.abc import Iterable

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock, SystemClock
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.model import Entry, EntryKind, Incident, PendingEntry, Rule, Session, entry_key
from guildhall.proctoring.model.signals import Chunk, Orphaned, Resumed
from guildhall.proctoring.rules import Closed, Opened
from guildhall.proctoring.rules.advancing import entries_of, opened_incident
from guildhall.proctoring.rules.chaining import seal
from guildhall.proctoring.rules.claims import Corroborated
from guildhall.proctoring.rules.packing import compress, pack_record
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.service.seats import Seat, sit, standpoint_of
from guildhall.proctoring.service.signals import SEALED, SignalLog, Tape
from guildhall.proctoring.store import ProctoringStore

log = get_logger(__name__)

ATTEMPTS = 20  # at a chunk's number that others keep taking


def entry_topic(exam_id: str) -> str:
    return f"proctoring.entry.{exam_id}"


class IncidentRecorder:
    """Turns what `judge` found into numbered entries that survive any kill, and tells the walls."""

    def __init__(
        self, store: ProctoringStore, bus: Bus, signals: SignalLog | None = None, clock: Clock | None = None
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock or SystemClock()
        self._signals = signals or SignalLog(store.signals, None, self._clock)

    def note(self, seat: Seat, changes: Iterable[Opened | Closed | Corroborated], at_ms: int) -> None:
        """Put the changes on the seat in order; `flush` writes them. What is off for this person is not opened.

        What the camera saw may corroborate what the browser said: that follows at once.
        """
        session, version = seat.session, version_of(seat.rules)
        told = [change for change in changes if isinstance(change, Closed) or change.rule not in seat.rules_off]
        for change in (*told, *seat.corroborate(told)):
            if isinstance(change, Corroborated):
                incident = _corroborated(session, change, version)
                if incident.closed_at_ms is None:
                    seat.open_incidents[change.rule] = incident
                entry = PendingEntry(at_ms=at_ms, kind=EntryKind.INCIDENT_CORROBORATED, incident=incident)
                seat.undecided.append(entry)
            else:
                for entry in entries_of(
                    [change], seat.open_incidents, at_ms, session.id, session.candidate_name, version
                ):
                    seat.undecided.append(entry)
                    seat.film.follow(entry)

    async def resume(self, seat: Seat) -> None:
        """Carry out what was decided before, and go on from what is stored then: the log's first record of an owner.

        Marks the seat lost when somebody else owns the session by now. Raises StorageUnavailable.
        """
        async with seat.recording:
            await self._resume(seat)

    async def _resume(self, seat: Seat) -> None:
        session_id, epoch = seat.session.id, seat.session.epoch
        session_seal = await self._signals.seal_of(session_id)
        for _ in range(ATTEMPTS):
            newest = await self._signals.store.newest(session_id)
            if newest is not None and newest.epoch > epoch:
                break
            session = await self._settled(session_id, epoch, newest)
            if session is None:
                break
            resumed = Resumed(self._clock.now_ms(), standpoint_of(session))
            number = 1 if newest is None else newest.number + 1
            payload = SEALED + session_seal.close(compress([pack_record(resumed)]), f"{session_id}/{number}")
            chunk = seal(
                session_id,
                newest,
                epoch=epoch,
                rule_version=version_of(seat.rules),
                at_ms=resumed.at_ms,
                records=1,
                decisions=(),
                payload=payload,
            )
            if await self._signals.store.add(chunk):
                sit(seat, session, resumed)
                seat.tape = Tape(chunk, session_seal)
                self.note(seat, seat.mute(resumed.at_ms), resumed.at_ms)
                return
        seat.lost = True

    async def _settled(
        self, session_id: str, epoch: int, newest: Chunk | None, *, must_carry_out: bool = False
    ) -> Session | None:
        """The session after all that was decided on it is carried out; None when this epoch does not own it."""
        session = await self._store.session(session_id)
        if session is None or session.epoch != epoch:
            return None
        for entry in newest.decisions if newest is not None else ():
            if not await self._store.decide(session_id, epoch, entry_key(entry.incident, entry.kind), entry):
                return None
        session = await self._store.session(session_id)
        if session is None or session.epoch != epoch:
            return None
        for entry in session.outbox():
            try:
                await self.carry_out(session, entry_key(entry.incident, entry.kind), entry)
            except StorageUnavailable as error:
                if must_carry_out:
                    raise
                log.warning("incident_not_stored_yet", session_id=session_id, reason=str(error))
                return session  # the rest stays in the outbox, which the seat takes over
        return session.model_copy(update={"pending": {}})

    async def flush(self, seat: Seat) -> None:
        """Write everything noted, in order. Called after each frame that changed something, and by the seat's clock.

        When the database is away the entries stay on the seat, and the next call tries again: every step is
        idempotent. When the session belongs to somebody else by now, the seat is marked lost and nothing is written.
        """
        async with seat.recording:
            try:
                if seat.tape is None and not seat.lost:
                    await self._resume(seat)
                while (tape := seat.tape) is not None and not seat.lost:
                    if tape.written is None and not tape.records and not seat.undecided:
                        return
                    await self._write(seat, tape)
            except StorageUnavailable as error:
                log.warning("signals_not_stored_yet", session_id=seat.session.id, reason=str(error))

    async def _write(self, seat: Seat, tape: Tape) -> None:
        if tape.written is None:
            decisions = list(seat.undecided)
            tape.written = self._signals.cut(tape, seat.session.epoch, version_of(seat.rules), decisions)
        chunk = tape.written
        if tape.newest.number < chunk.number:
            if not await self._signals.store.add(chunk):
                # A sweep took this process for dead and ended what was open; or there is a newer owner.
                log.warning("signals_overtaken", session_id=seat.session.id, records=chunk.records)
                seat.tape = None
                await self._resume(seat)
                return
            tape.newest = chunk
        left = len(chunk.decisions)
        while left and seat.undecided and seat.undecided[0] in chunk.decisions:
            if not await self._decide(seat.session, seat.undecided[0]):
                seat.lost = True
                return
            seat.undecided.popleft()
            left -= 1
        tape.written = None

    async def _decide(self, session: Session, entry: PendingEntry) -> bool:
        key = entry_key(entry.incident, entry.kind)
        if not await self._store.decide(session.id, session.epoch, key, entry):
            return False
        await self.carry_out(session, key, entry)
        return True

    async def carry_out(self, session: Session, key: str, entry: PendingEntry) -> None:
        """Number a decided entry, clear it from the outbox, announce it; also for the job that follows the dead."""
        numbered = await self._store.append(session.exam_id, session.id, key, entry)
        await self._store.settle(session.id, key)
        await self.announce(session.exam_id, numbered)

    async def close_orphaned(self, session: Session, ended_ms: int, now_ms: int) -> None:
        """Carry out what a dead owner decided, and end what it left open when it is last known to have watched."""
        for _ in range(ATTEMPTS):
            newest = await self._signals.store.newest(session.id)
            if newest is not None and newest.epoch > session.epoch:
                return
            left = await self._settled(session.id, session.epoch, newest, must_carry_out=True)
            if left is None or not left.open:
                return
            entries = []
            for rule in Rule:  # in the order in which a timeline has them
                if (incident := left.open.get(rule)) is not None:
                    closed = incident.model_copy(update={"closed_at_ms": max(incident.opened_at_ms, ended_ms)})
                    entries.append(PendingEntry(at_ms=now_ms, kind=EntryKind.INCIDENT_CLOSED, incident=closed))
            version = newest.rule_version if newest is not None else ""
            record = Orphaned(now_ms, ended_ms)
            chunk = self._signals.plain(session.id, newest, record, session.epoch, version, entries)
            if not await self._signals.store.add(chunk):
                continue
            for entry in entries:
                if not await self._decide(session, entry):
                    return
            return

    async def announce(self, exam_id: str, entry: Entry) -> None:
        await self._bus.publish(entry_topic(exam_id), entry.model_dump_json().encode())


def _corroborated(session: Session, change: Corroborated, version: str) -> Incident:
    told = change.told
    opened = opened_incident(
        Opened(change.rule, told.number, told.began_ms, told.reason), session.id, session.candidate_name, version
    )
    fields = {"channel": change.channel, "corroborated_by": told.by, "closed_at_ms": told.ended_ms}
    return opened.model_copy(update=fields)
