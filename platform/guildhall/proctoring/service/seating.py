"""Taking and leaving a seat: which process answers for which session, and the clock of those that are here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets import NEW_PAGE, PageSaid
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.signals import Silence, Stopped
from guildhall.proctoring.rules.claims import close_claims, notice_silence
from guildhall.proctoring.service.cards import announce_card
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.moves import SessionBusy, SessionMoves, SessionTakenOver, mark_lost, never_reopened
from guildhall.proctoring.service.seats import Seat, take_seat
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore

log = get_logger(__name__)

CLOCK_SECONDS = 0.5  # how finely silence is noticed; its threshold is seconds


def seat_topic(session_id: str) -> str:
    """Carries the epoch of whoever owns the session now; an older owner lets go."""
    return f"proctoring.seat.{session_id}"


class Seating:
    def __init__(
        self,
        owner: str,
        store: ProctoringStore,
        bus: Bus,
        recorder: IncidentRecorder,
        clock: Clock,
        settings: ProctoringSettings,
    ) -> None:
        self._owner = owner
        self._store = store
        self._bus = bus
        self._recorder = recorder
        self._clock = clock
        self._settings = settings
        self._moves = SessionMoves(owner, store, clock)
        self._leaving: deque[Seat] = deque()  # one for each connection that ended while the database was away
        self._seeing_off = asyncio.Lock()
        self._leased_until_ms: int | None = None
        self._unanswered = 0  # rounds of storing that ended early
        self.see_off_film: Callable[[Seat], None] = lambda _: None  # set by the service
        self.is_reopened: Callable[[str], Awaitable[bool]] = never_reopened  # set by the composition root
        self.seats: dict[str, Seat] = {}

    async def take(self, session_id: str, evict: Callable[[], Awaitable[None]], page: PageSaid = NEW_PAGE) -> Seat:
        """Own the session from now on. Raises what `SessionMoves.join` raises."""
        if (before := self.seats.get(session_id)) is not None:
            await self._recorder.flush(before)  # what another tab here has not stored yet would be lost with its seat
        lost_at_ms = await self._lost_at_ms(session_id, before)
        session = await self._moves.join(session_id, page, self.is_reopened)
        seat = take_seat(session, evict, self._clock.now_ms(), self._settings.rules)
        try:
            await self._sit_down(seat, lost_at_ms)
        except BaseException:  # also when cancelled: nobody else knows of this seat, so nobody would ever leave it
            await self.leave(seat)
            raise
        return seat

    async def _lost_at_ms(self, session_id: str, before: Seat | None) -> int | None:
        """Since when our end of their line has been silent; None for somebody who comes for the first time."""
        if before is not None:
            return before.arrived_ms
        seen = await self._store.session(session_id)
        is_back = seen is not None and seen.epoch > 0 and seen.state is SessionState.OPEN
        return seen.since_ms if seen is not None and is_back and seen.connection is Connection.OFFLINE else None

    async def _sit_down(self, seat: Seat, lost_at_ms: int | None) -> None:
        session_id = seat.session.id
        await self._recorder.resume(seat)
        if seat.lost:
            raise SessionBusy(session_id)
        if lost_at_ms is not None:
            seat.claims, _ = notice_silence(seat.claims, lost_at_ms, self._clock.now_ms(), seat.claim_terms())
        seat.subscription = await self._bus.subscribe(
            seat_topic(session_id),
            lambda body: self._notice_owner(seat, int(body)),
            lambda: setattr(seat, "recheck", True),
        )
        before = self.seats.get(session_id)
        if before is not None and before.session.epoch > seat.session.epoch:  # overtaken while subscribing
            seat.lost = True
            raise SessionBusy(session_id)
        self.seats[session_id] = seat
        if before is not None:  # another tab at this very process
            before.lost = True
            await self._evict(before)
        await self._bus.publish(seat_topic(session_id), str(seat.session.epoch).encode())
        await self._recorder.flush(seat)
        await announce_card(self._bus, seat.session)

    async def leave(self, seat: Seat) -> None:
        """The socket is gone: write what is left and mark the candidate away, unless another owner has taken over.

        What is open ends with the watching. While the database is away the seat waits, and its clock tries again.
        """
        await self._let_go(seat)
        if not seat.lost and seat.tape is not None:
            self._close_open(seat)
        self._leaving.append(seat)
        await self._see_off()

    async def finish(self, seat: Seat) -> Session:
        """The candidate is done: close what is open, then end the session. Repeating it is harmless.

        Raises `SessionTakenOver` when the session goes on elsewhere.
        """
        if seat.session.state is SessionState.FINISHED:
            return seat.session
        seat.finishing = True  # no tick and no frame opens anything any more
        try:
            self._close_open(seat)
            await self._recorder.flush(seat)
            if seat.lost:
                raise SessionTakenOver
            seat.session = await self._moves.finish(seat.session)
        finally:
            seat.finishing = False
        await announce_card(self._bus, seat.session)
        return seat.session

    def _close_open(self, seat: Seat) -> None:
        now_ms = self._clock.now_ms()
        judgement = seat.advance(Stopped(now_ms))
        self._recorder.note(seat, judgement.changes, now_ms)
        seat.claims, ended = close_claims(seat.claims, now_ms)
        self._recorder.note(seat, ended, now_ms)

    async def keep_time(self) -> None:
        """The clock of all seats here: silence, and who goes on elsewhere.

        It waits for no database: one that is away holds each question up for seconds, and silence would go unnoticed.
        """
        while True:
            self._tick()
            await self._evict_lost()
            await asyncio.sleep(CLOCK_SECONDS)

    async def keep_stored(self) -> None:
        """Write what could not be written at once, see off who has left, ask again what was missed."""
        while True:
            await self._store_what_waits()
            await self._see_off()
            await asyncio.sleep(CLOCK_SECONDS)

    async def keep_leased(self) -> None:
        """Say again and again that this process is alive."""
        while True:
            await self.renew_lease()
            await asyncio.sleep(self._settings.lease_seconds / 3)

    async def keep_seats(self) -> None:  # one round of the first two
        self._tick()
        await self._store_what_waits()
        await self._evict_lost()
        await self._see_off()

    async def close(self) -> None:
        for seat in list(self.seats.values()):
            await self.leave(seat)
        await self._see_off()
        try:
            await self._store.leave(self._owner)
        except StorageUnavailable as error:  # the lease runs out by itself
            log.warning("lease_not_returned", reason=str(error))

    async def _see_off(self) -> None:
        """See off everybody who has left, in turn; a hundred who leave together wait for one such round."""
        async with self._seeing_off:
            while self._leaving:
                try:
                    if not await self._seen_off(self._leaving[0]):
                        return
                except Exception:
                    # Somebody who cannot be seen off must not stop the clock, nor keep those behind them.
                    log.exception("departure_failed", session_id=self._leaving[0].session.id)
                self._leaving.popleft()

    async def _seen_off(self, seat: Seat) -> bool:
        """False while the database is away."""
        if seat.tape is None and not seat.lost:  # the database went away before the log could be resumed
            await self._recorder.flush(seat)
            if seat.tape is None:
                return seat.lost
            self._close_open(seat)
        await self._recorder.flush(seat)
        if seat.lost:
            return True
        if seat.has_unwritten:
            return False
        try:
            moved = await mark_lost(self._store, seat.session, self._clock.now_ms())
        except StorageUnavailable as error:
            log.warning("departure_not_stored_yet", session_id=seat.session.id, reason=str(error))
            return False
        if moved is not None:
            await announce_card(self._bus, moved)
        return True

    def _tick(self) -> None:
        for seat in self.seats.values():
            if seat.session.state is SessionState.FINISHED or seat.finishing or seat.lost:
                continue
            try:
                now_ms = self._clock.now_ms()
                judgement = seat.advance(Silence(now_ms, seat.arrived_ms))
                self._recorder.note(seat, judgement.changes, now_ms)
            except Exception:
                # One seat's trouble must not stop the clock of all the others.
                log.exception("seat_clock_failed", session_id=seat.session.id)

    async def _evict_lost(self) -> None:
        for seat in [seat for seat in self.seats.values() if seat.lost]:
            try:
                await self._evict(seat)
            except Exception:
                log.exception("eviction_failed", session_id=seat.session.id)

    async def _store_what_waits(self) -> None:
        """Seat by seat until the database does not answer; whoever comes next then is asked first the next time."""
        now_ms = self._clock.now_ms()
        waiting = [seat for seat in self.seats.values() if seat.recheck or seat.undecided or seat.is_due(now_ms)]
        for place in range(len(waiting)):
            seat = waiting[(place + self._unanswered) % len(waiting)]
            if not seat.recording.locked() and not await self._was_stored(seat):
                self._unanswered += 1
                return

    async def _was_stored(self, seat: Seat) -> bool:
        """False when the database is away."""
        try:
            if seat.recheck:
                await self._recheck(seat)
            if not seat.lost and (seat.undecided or seat.is_due(self._clock.now_ms())):
                await self._recorder.flush(seat)
        except StorageUnavailable as error:
            log.warning("seat_not_rechecked_yet", session_id=seat.session.id, reason=str(error))
            return False
        except Exception:
            log.exception("seat_not_stored", session_id=seat.session.id)
            return True
        return seat.lost or not seat.undecided

    async def _recheck(self, seat: Seat) -> None:
        """Is the session still ours? Say so again where a sweep took this process for dead."""
        stored = await self._store.session(seat.session.id)
        seat.recheck = False
        if stored is None or stored.epoch != seat.session.epoch:
            seat.lost = True
            return
        if stored.connection is Connection.ONLINE:
            return
        moved = await self._moves.reclaim(stored)
        if moved is None:
            seat.recheck = True
        else:
            await announce_card(self._bus, moved)

    async def renew_lease(self) -> None:
        """Say that this process is alive; before the first candidate, or a sweep would take them for orphans."""
        now_ms = self._clock.now_ms()
        until_ms = now_ms + round(self._settings.lease_seconds * 1000)
        try:
            await self._store.beat(self._owner, until_ms)
        except StorageUnavailable as error:
            log.warning("lease_not_renewed", reason=str(error))
            return
        if self._leased_until_ms is not None and now_ms > self._leased_until_ms:
            for seat in self.seats.values():  # a sweep may have marked them all away meanwhile
                seat.recheck = True
        self._leased_until_ms = until_ms

    def _notice_owner(self, seat: Seat, epoch: int) -> None:
        if epoch > seat.session.epoch:
            seat.lost = True  # acted on by the seat's clock, within CLOCK_SECONDS

    async def _evict(self, seat: Seat) -> None:
        await self._let_go(seat)
        await seat.evict()

    async def _let_go(self, seat: Seat) -> None:
        seat.left = True
        self.see_off_film(seat)
        if self.seats.get(seat.session.id) is seat:
            del self.seats[seat.session.id]
        if seat.subscription is not None:
            await seat.subscription.close()
            seat.subscription = None
