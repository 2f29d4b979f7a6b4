"""From conversations to the numbers of a day, and from days to those of a month. Pure.

Deflection is counted late on purpose: only when a visitor whom the bot answered, and who wanted no person, has been
quiet for a whole day and has come back neither to the conversation nor with another one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from guildhall.chat.model import Conversation, Tally
from guildhall.chat.model.numbers import TIMES_MAX, DayNumbers
from guildhall.chat.rules.tallying import RETURN_MS

DAY_MS: Final = 86_400_000
UNANSWERED_MS: Final = 3_600_000
_SUMMED: Final = (
    "opened", "asked", "answered", "unanswered", "bot_alone", "deflected", "rested", "person_wanted", "person_answered",
    "resolved", "reopened", "promises_kept", "promises_broken",
)  # fmt: skip


def day_of(at_ms: int) -> int:
    return at_ms // DAY_MS


def count_day(site: str, day: int, conversations: Iterable[Conversation], now_ms: int) -> DayNumbers:
    """`conversations` are of this site, of this day and the two after it, which tell who came back."""
    known = list(conversations)
    began: dict[str, list[int]] = defaultdict(list)
    for one in known:
        began[one.opener].append(one.created_at_ms)
    of_day = [one for one in known if day_of(one.created_at_ms) == day]
    asked = [one for one in of_day if one.tally.asked_at_ms]
    rested = [one for one in asked if now_ms - one.tally.last_asked_at_ms >= RETURN_MS]
    alone = [one for one in rested if one.tally.bot_answers and not one.tally.person_wanted_at_ms]
    tallies = [one.tally for one in of_day]
    return DayNumbers(
        site=site,
        day=day,
        opened=len(of_day),
        asked=len(asked),
        answered=sum(bool(tally.replied_at_ms) for tally in tallies),
        unanswered=sum(_is_unanswered(tally, now_ms) for tally in tallies),
        bot_alone=len(alone),
        deflected=sum(not _came_back(one, began[one.opener]) for one in alone),
        rested=len(rested),
        person_wanted=sum(bool(tally.person_wanted_at_ms) for tally in tallies),
        person_answered=sum(bool(tally.person_at_ms) for tally in tallies),
        resolved=sum(bool(tally.resolved_at_ms) for tally in tallies),
        reopened=sum(tally.resolutions > bool(tally.resolved_at_ms) for tally in tallies),
        promises_kept=sum(tally.promises_kept for tally in tallies),
        promises_broken=sum(tally.promises_broken for tally in tallies),
        ratings=tuple(sum(one.rating == rating for one in of_day) for rating in range(1, 6)),
        reply_ms=_thinned(_between(tally.asked_at_ms, tally.replied_at_ms) for tally in tallies),
        person_ms=_thinned(_between(tally.person_wanted_at_ms, tally.person_at_ms) for tally in tallies),
        resolution_ms=_thinned(_between(tally.asked_at_ms, tally.resolved_at_ms) for tally in tallies),
    )


def summed(days: Sequence[DayNumbers]) -> DayNumbers:
    """All of them as one; `site` and `day` are those of the first."""
    if not days:
        return DayNumbers(site="", day=0)
    counts = {name: sum(getattr(day, name) for day in days) for name in _SUMMED}
    return DayNumbers(
        site=days[0].site,
        day=days[0].day,
        ratings=tuple(map(sum, zip(*(day.ratings for day in days), strict=True))),
        reply_ms=_thinned(ms for day in days for ms in day.reply_ms),
        person_ms=_thinned(ms for day in days for ms in day.person_ms),
        resolution_ms=_thinned(ms for day in days for ms in day.resolution_ms),
        **counts,
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """Of times in order of size, by nearest rank; 0 where there is none."""

    median_ms: int
    p90_ms: int


def spread(times: Sequence[int]) -> Spread:
    def at(percent: int) -> int:
        return times[-(-len(times) * percent // 100) - 1] if times else 0

    return Spread(at(50), at(90))


def _is_unanswered(tally: Tally, now_ms: int) -> bool:
    return bool(tally.asked_at_ms) and not tally.replied_at_ms and now_ms - tally.asked_at_ms >= UNANSWERED_MS


def _came_back(one: Conversation, began: Sequence[int]) -> bool:
    left_at_ms = one.tally.last_asked_at_ms
    return one.tally.has_returned or any(left_at_ms < at_ms <= left_at_ms + RETURN_MS for at_ms in began)


def _between(from_ms: int, to_ms: int) -> int | None:
    return max(0, to_ms - from_ms) if from_ms and to_ms else None


def _thinned(times: Iterable[int | None]) -> tuple[int, ...]:
    known = sorted(ms for ms in times if ms is not None)
    if len(known) <= TIMES_MAX:
        return tuple(known)
    return tuple(known[index * (len(known) - 1) // (TIMES_MAX - 1)] for index in range(TIMES_MAX))
