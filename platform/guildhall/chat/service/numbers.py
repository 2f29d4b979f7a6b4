"""The numbers: a day is counted anew when a conversation of it has changed, and when a day's quiet has passed over it.

Any number of processes may count: a day's numbers are a function of its conversations, and the last one to write is as
right as the first.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final

from guildhall.chat.model import Conversation
from guildhall.chat.model.numbers import DayNumbers
from guildhall.chat.rules.counting import DAY_MS, count_day, day_of
from guildhall.chat.rules.tallying import RETURN_MS
from guildhall.chat.service.context import Context

OVERLAP_MS: Final = 60_000
"""Looked at twice: what was being written while the last pass looked."""
FIRST_LOOK_MS: Final = 100 * DAY_MS
DAYS_AFTER: Final = 2


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost."""

    amount: float
    currency: str


async def _none(day: int) -> int:  # noqa: ARG001 - of the port
    return 0


class Numbers:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self.tokens_of: Callable[[int], Awaitable[int]] = _none
        """What an AI cost on a day (since 1970-01-01), in tokens; set by whoever asks one."""
        self.price: Price | None = None

    async def count(self) -> int:
        """For the job: count what may have changed since the last pass; how many days that were."""
        now_ms = self._context.clock.now_ms()
        since_ms = await self._store.numbers_counted_to() or now_ms - FIRST_LOOK_MS
        # What was still for a day may by now be counted as deflected.
        days = await self._days_changed(since_ms - OVERLAP_MS, now_ms)
        days |= await self._days_changed(since_ms - OVERLAP_MS - RETURN_MS, now_ms - RETURN_MS)
        # Who began another one has come back, which the days before it count as well.
        days |= {day - before for day in days for before in range(1, DAYS_AFTER + 1)}
        for day in sorted(days):
            await self._count_day(day, now_ms)
        await self._store.numbers_are_counted(now_ms)
        return len(days)

    async def of(self, first_day: int, sites: Collection[str]) -> list[DayNumbers]:
        """From this day on, the oldest first."""
        return [day for day in await self._store.numbers_since(first_day) if not sites or day.site in sites]

    async def _days_changed(self, from_ms: int, to_ms: int) -> set[int]:
        return {day_of(at_ms) for at_ms in await self._store.begun_of_changed(from_ms, to_ms)}

    async def _count_day(self, day: int, now_ms: int) -> None:
        of_site: dict[str, list[Conversation]] = {}
        async for one in self._store.visitors_of(day * DAY_MS, (day + 1 + DAYS_AFTER) * DAY_MS):
            of_site.setdefault(one.site, []).append(one)
        for site, conversations in of_site.items():
            await self._store.keep_numbers(count_day(site, day, conversations, now_ms))
