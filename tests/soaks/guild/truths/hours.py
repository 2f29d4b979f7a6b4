"""Hours: no two entries of an agent overlap, whatever contracts they are under, and no week is above its cap."""

from collections.abc import Iterable
from itertools import pairwise

from guildhall.gigs.model.weeks import Entry, Week
from guildhall.gigs.rules import hours


def check_hours(weeks: Iterable[Week]) -> None:
    by_agent: dict[str, list[Entry]] = {}
    for week in weeks:
        assert week.minutes <= week.cap_minutes
        by_agent.setdefault(week.agent_id, []).extend(week.entries)
    for entries in by_agent.values():
        entries.sort(key=lambda one: one.started_at_ms)
        for one, other in pairwise(entries):
            assert not hours.overlap(one, other), (one, other)
