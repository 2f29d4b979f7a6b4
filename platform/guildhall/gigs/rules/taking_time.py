"""Decisions about the time of an agent's day: take it for an entry of hours, and let it go. Pure."""

from typing import Final

from guildhall.gigs.model.days import TAKEN_MAX, AgentDay, TakenTime
from guildhall.gigs.model.weeks import BARRED_MAX, Entry, Week
from guildhall.gigs.rules.hours import HoursRefused

TAKING_MS: Final = 60_000
"""How long an entry may be on its way to its week, far above what a write takes; then its time can be had again."""


class TimeTaken(HoursRefused):
    """`by` is in the way: logged, on its way, or left behind by a process that was killed."""

    def __init__(self, by: TakenTime) -> None:
        super().__init__("You have logged some of this time already.")
        self.by = by


def take(day: AgentDay, entry: Entry, week_id: str, at_ms: int) -> AgentDay:
    """Raises TimeTaken, HoursRefused."""
    for one in day.taken:
        if one.entry_id == entry.id:
            return day
        if one.started_at_ms < entry.ended_at_ms and entry.started_at_ms < one.ended_at_ms:
            raise TimeTaken(one)
    if len(day.taken) >= TAKEN_MAX:
        raise HoursRefused(f"A day has at most {TAKEN_MAX} entries.")
    taken = TakenTime(
        entry_id=entry.id,
        week_id=week_id,
        started_at_ms=entry.started_at_ms,
        ended_at_ms=entry.ended_at_ms,
        at_ms=at_ms,
    )
    return day.model_copy(update={"taken": (*day.taken, taken)})


def let_go(day: AgentDay, entry_id: str) -> AgentDay:
    """Again changes nothing."""
    left = tuple(one for one in day.taken if one.entry_id != entry_id)
    return day if len(left) == len(day.taken) else day.model_copy(update={"taken": left})


def bar(week: Week, entry_id: str) -> Week:
    """An entry that was on its way for too long never comes into its week; one that is there stays there."""
    if any(one.id == entry_id for one in week.entries) or entry_id in week.barred:
        return week
    return week.model_copy(update={"barred": (*week.barred, entry_id)[-BARRED_MAX:]})
