"""Who holds the seat of an attempt, and how each page learns what has changed.

Each page that connects raises the attempt's epoch, so the newest one holds the seat wherever it is; older ones are told
once and let go, and stay so when they reconnect, until the candidate asks for the seat there. Nothing here decides
about an answer: that is by `based_on` alone, so a page without a seat (over HTTP, or one that has not heard yet) loses
nothing and overwrites nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import orjson

from guildhall.assessments.messages.sitting import AttemptShown, ClockChanged
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.turns import Turns, attempt_topic
from guildhall.kit.bus import Subscription
from guildhall.kit.errors import Conflict
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets import NEW_PAGE, PageSaid
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner

log = get_logger(__name__)

RETRY_SECONDS = 1.0

Tell = Callable[[AttemptShown | ClockChanged], Awaitable[None]]


class SeatGoneOn(Conflict):
    type = "seat-gone-on"
    title = "This exam goes on elsewhere"

    def __init__(self) -> None:
        super().__init__("This exam was opened on a newer page while this one was away.")


class Shows(Protocol):
    """What makes a page's view of an attempt: `service.sitting`."""

    async def show(self, attempt: Attempt) -> AttemptShown: ...

    async def show_clock(self, attempt: Attempt, reason: str) -> ClockChanged: ...


@dataclass(slots=True, eq=False)
class ExamSeat:
    """One page's hold on an attempt."""

    attempt: Attempt
    tell: Tell
    evict: Callable[[], Awaitable[None]]
    reason: str = ""
    is_lost: bool = False
    is_outdated: bool = False
    """By another page a section was left or an answer stored: what this one was shown is not all there is."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    acting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the page's own action is carried out: its answer tells what has changed, so nothing else needs to."""
    subscription: Subscription | None = None
    keeper: TaskOwner = field(default_factory=lambda: TaskOwner("exam-seat"))


class ExamSeating:
    def __init__(self, context: Context, turns: Turns, shows: Shows) -> None:
        self._context = context
        self._store = context.store
        self._turns = turns
        self._shows = shows
        self.seats: set[ExamSeat] = set()

    async def take(
        self, attempt_id: str, tell: Tell, evict: Callable[[], Awaitable[None]], page: PageSaid = NEW_PAGE
    ) -> ExamSeat:
        """Hold the seat from now on, and be told where the attempt stands. Raises NoSuch, SeatGoneOn."""
        await self._turns.settle(attempt_id)
        now_ms = self._context.clock.now_ms()

        def seated(seen: Attempt) -> Attempt:
            if not page.may_take_from(seen.page_id):
                raise SeatGoneOn
            return seen.model_copy(update={"epoch": seen.epoch + 1, "seen_at_ms": now_ms, "page_id": page.id})

        attempt = await self._store.attempts.change(attempt_id, now_ms, seated)
        attempt = await self._turns.give_back(attempt)
        seat = ExamSeat(attempt, tell, evict)
        seat.subscription = await self._context.bus.subscribe(
            attempt_topic(attempt_id), lambda body: _hear(seat, body), lambda: _look_again(seat)
        )
        try:
            self.seats.add(seat)
            await self._context.bus.publish(attempt_topic(attempt_id), orjson.dumps({"seat": attempt.epoch}))
            await tell(await self._shows.show(attempt))
            seat.keeper.start("keep", self._keep(seat))
            _look_again(seat)  # what came between the reading and the subscription
        except BaseException:
            await self.leave(seat)
            raise
        return seat

    async def leave(self, seat: ExamSeat) -> None:
        """The page has gone, or was taken over. Nothing is stored: no network event moves an attempt."""
        self.seats.discard(seat)
        if seat.subscription is not None:
            subscription, seat.subscription = seat.subscription, None
            await subscription.close()
        await seat.keeper.close()

    async def tell_newer(self, seat: ExamSeat) -> None:
        """An answer of this page was stored after another took its seat, which was shown the attempt without it."""
        await self._turns.announce_answered(seat.attempt.id)

    async def close(self) -> None:
        for seat in list(self.seats):
            await self.leave(seat)

    async def _keep(self, seat: ExamSeat) -> None:
        """Tell the page each change; several that come at once are told as one."""
        while True:
            await seat.changed.wait()
            seat.changed.clear()
            try:
                await self._look(seat)
            except StorageUnavailable as error:
                log.warning("exam_seat_not_read", attempt_id=seat.attempt.id, reason=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                seat.changed.set()
            if seat.is_lost:
                await seat.evict()
                return

    async def _look(self, seat: ExamSeat) -> None:
        async with seat.acting:
            reason, seat.reason = seat.reason, ""
        attempt = await self._store.attempts.read(seat.attempt.id)
        is_outdated, seat.is_outdated = seat.is_outdated, False
        if attempt.epoch > seat.attempt.epoch:
            seat.is_lost = True
        if seat.is_lost:
            return
        before, seat.attempt = seat.attempt, attempt
        try:
            if is_outdated or (attempt.state, attempt.over_at_ms) != (before.state, before.over_at_ms):
                await seat.tell(await self._shows.show(attempt))
            elif (attempt.clock, attempt.due_at_ms) != (before.clock, before.due_at_ms):
                await seat.tell(await self._shows.show_clock(attempt, reason))
        except StorageUnavailable:
            seat.is_outdated = True  # what was not told now is told whole by the next look
            raise


def _hear(seat: ExamSeat, body: bytes) -> None:
    hint = orjson.loads(body)
    if hint.get("seat", 0) > seat.attempt.epoch:
        seat.is_lost = True
    seat.reason = hint.get("turn") or seat.reason
    seat.is_outdated = seat.is_outdated or "left" in hint or "answered" in hint
    seat.changed.set()


def _look_again(seat: ExamSeat) -> None:
    seat.changed.set()
