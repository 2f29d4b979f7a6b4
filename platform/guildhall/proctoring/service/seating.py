"""Taking and leaving a seat: which process answers for which session, and the clock of those that are here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.model import Session
from guildhall.proctoring.rules import judge_silence
from guildhall.proctoring.rules.judging import close_all
from guildhall.proctoring.service.cards import announce_card
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.moves import SessionBusy, SessionMoves, SessionTakenOver, mark_lost
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
        self.seats: dict[str, Seat] = {}

    async def take(self, session_id: str, evict: Callable[[], Awaitable[None]]) -> Seat:
        """Own the session from now on. Raises `SessionNotFound`, `SessionBusy`, or `MoveRefused` when finished."""
        if (before := self.seats.get(session_id)) is not None:
            await self._recorder.flush(before)  # what another tab here has not stored yet would be lost with its seat
        session = await self._moves.join(session_id)
        seat = take_seat(session, evict, self._clock.now_ms())
        try:
            await self._sit_down(seat)
        except BaseException:  # also when cancelled: nobody else knows of this seat, so nobody would ever leave it
            await self.leave(seat)
            raise
        return seat

    async def _sit_down(self, seat: Seat) -> None:
        session_id = seat.session.id
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
        if not seat.lost:
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
        judgement = close_all(seat.timeline, now_ms)
        seat.timeline = judgement.timeline
        self._recorder.note(seat, judgement.changes, now_ms)

    async def keep_time(self) -> None:
        """The clock of all seats here: silence, retries of what could not be stored, and this process's lease."""
        beat_due_ms = 0
        while True:
            if self._clock.monotonic_ms() >= beat_due_ms:
                beat_due_ms = self._clock.monotonic_ms() + round(self._settings.lease_seconds * 1000 / 3)
                await self.renew_lease()
            await self.keep_seats()
            await asyncio.sleep(CLOCK_SECONDS)

    async def keep_seats(self) -> None:
        """One tick for every seat here."""
        for seat in list(self.seats.values()):
            try:
                await self._keep_seat(seat)
            except Exception:
                # One seat's trouble must not stop the clock of all the others.
                log.exception("seat_clock_failed", session_id=seat.session.id)
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
        await self._recorder.flush(seat)
        if seat.lost:
            return True
        if seat.undecided:
            return False
        try:
            moved = await mark_lost(self._store, seat.session, self._clock.now_ms())
        except StorageUnavailable as error:
            log.warning("departure_not_stored_yet", session_id=seat.session.id, reason=str(error))
            return False
        if moved is not None:
            await announce_card(self._bus, moved)
        return True

    async def _keep_seat(self, seat: Seat) -> None:
        if seat.recheck:
            await self._recheck(seat)
        if seat.session.state is not SessionState.FINISHED and not seat.finishing and not seat.lost:
            now_ms = self._clock.now_ms()
            judgement = judge_silence(seat.timeline, seat.arrived_ms, now_ms, self._settings.rules)
            seat.timeline = judgement.timeline
            self._recorder.note(seat, judgement.changes, now_ms)
        if seat.undecided:
            await self._recorder.flush(seat)
        if seat.lost:
            await self._evict(seat)

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
        if self.seats.get(seat.session.id) is seat:
            del self.seats[seat.session.id]
        if seat.subscription is not None:
            await seat.subscription.close()
            seat.subscription = None
