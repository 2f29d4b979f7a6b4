"""How much time an attempt has left: elapsed time, less what it stood still, out of what was given. Pure.

    working time = time since the start, less the union of all suspensions
    left         = budget + extensions - working time

Everything here follows from what is stored and the moment that is asked about, so it is the same after a restart, in
another process, and however often the clock is read. Whole milliseconds throughout; nothing is rounded.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from guildhall.assessments.model.attempts import (
    SUSPENSIONS_MAX,
    AttemptClock,
    Outage,
    Suspension,
    SuspensionKind,
)

Stretch = tuple[int, int]
_ROOM_LEFT = 10  # suspensions kept free when outages fill the rest


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Those of some length, in order, those that touch or overlap as one."""
    merged: list[Stretch] = []
    for began, ended in sorted(stretches):
        if ended <= began:
            continue
        if merged and began <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ended)
        else:
            merged.append((began, ended))
    return merged


def length(stretches: Iterable[Stretch]) -> int:
    return sum(ended - began for began, ended in stretches)


def total_ms(clock: AttemptClock) -> int:
    """All the time that was ever given: extra time is in the budget, extensions come on top."""
    return clock.budget_ms + sum(extension.extra_ms for extension in clock.extensions)


def is_standing(clock: AttemptClock) -> bool:
    """Some suspension has no end yet."""
    return any(suspension.ended_at_ms is None for suspension in clock.suspensions)


def suspended_ms(clock: AttemptClock, now_ms: int, kinds: Iterable[SuspensionKind] = tuple(SuspensionKind)) -> int:
    """How long the clock has stood since its start, for any of these kinds; what overlaps counts once."""
    return length(union(_stretches(clock, clock.suspensions, frozenset(kinds), now_ms)))


def left_ms(clock: AttemptClock, now_ms: int) -> int:
    """Negative once the time is over; before the start all of it is left."""
    if clock.started_at_ms is None:
        return total_ms(clock)
    elapsed_ms = max(0, now_ms - clock.started_at_ms)
    return total_ms(clock) - (elapsed_ms - suspended_ms(clock, now_ms))


def deadline_ms(clock: AttemptClock) -> int | None:
    """The moment at which `left_ms` reaches 0, as far as is known; None while the clock stands or has not started."""
    if clock.started_at_ms is None or is_standing(clock):
        return None
    deadline = clock.started_at_ms + total_ms(clock)
    ends = (suspension.ended_at_ms or 0 for suspension in clock.suspensions)
    last = max(ends, default=0)
    for began, ended in union(_stretches(clock, clock.suspensions, frozenset(SuspensionKind), last)):
        if began >= deadline:
            break
        deadline += ended - began
    return deadline


def break_left_ms(clock: AttemptClock, now_ms: int) -> int:
    """Of the break budget. A break that goes on uses it; what an outage or a pause covers of it is not used."""
    others = [s for s in clock.suspensions if s.kind is not SuspensionKind.BREAK]
    covered = union(_stretches(clock, others, frozenset(SuspensionKind), now_ms))
    breaks = union(_stretches(clock, clock.suspensions, frozenset({SuspensionKind.BREAK}), now_ms))
    used = length(union([*covered, *breaks])) - length(covered)
    return max(0, clock.break_budget_ms - used)


def break_ends_at_ms(clock: AttemptClock, now_ms: int) -> int:
    """When the break that goes on will have used up its budget, if nothing else happens."""
    return now_ms + break_left_ms(clock, now_ms)


def credited_ms(clock: AttemptClock, suspension: Suspension, now_ms: int) -> int:
    """What this suspension gave back by itself: its length since the start, less what earlier ones had given."""
    before = clock.suspensions[: clock.suspensions.index(suspension)]
    kinds = frozenset(SuspensionKind)
    earlier = union(_stretches(clock, before, kinds, now_ms))
    return length(union([*earlier, *_stretches(clock, (suspension,), kinds, now_ms)])) - length(earlier)


def suspend(clock: AttemptClock, suspension: Suspension) -> AttemptClock:
    """Add it; one whose key is there already changes nothing."""
    if any(known.key == suspension.key for known in clock.suspensions):
        return clock
    return clock.model_copy(update={"suspensions": (*clock.suspensions, suspension)})


def end_suspensions(
    clock: AttemptClock, now_ms: int, kinds: Iterable[SuspensionKind] = tuple(SuspensionKind)
) -> AttemptClock:
    """Every open one of these kinds ends now; one that had begun later than now, by another clock, has no length."""
    chosen = frozenset(kinds)
    if not any(s.ended_at_ms is None and s.kind in chosen for s in clock.suspensions):
        return clock
    ended = tuple(
        suspension.model_copy(update={"ended_at_ms": max(now_ms, suspension.began_at_ms)})
        if suspension.ended_at_ms is None and suspension.kind in chosen
        else suspension
        for suspension in clock.suspensions
    )
    return clock.model_copy(update={"suspensions": ended})


def give_back(clock: AttemptClock, outages: Iterable[Outage]) -> AttemptClock:
    """The outages of ours that fell into this attempt's time, each once; the same clock where none is new."""
    started = clock.started_at_ms
    if started is None:
        return clock
    for outage in outages:
        began = max(outage.began_at_ms, started)
        if outage.ended_at_ms > began and not _is_within(clock, (began, outage.ended_at_ms)):
            clock = suspend(
                clock,
                Suspension(
                    key=outage.id,
                    kind=SuspensionKind.OUTAGE,
                    began_at_ms=began,
                    ended_at_ms=outage.ended_at_ms,
                    by="system:outage",
                    reason="Our service could not be reached.",
                ),
            )
    return _bounded(clock)


def _is_within(clock: AttemptClock, stretch: Stretch) -> bool:
    """An earlier outage covers it already, so it would give nothing and need not be written down."""
    known = union(
        (s.began_at_ms, s.ended_at_ms or s.began_at_ms) for s in clock.suspensions if s.kind is SuspensionKind.OUTAGE
    )
    return any(began <= stretch[0] and stretch[1] <= ended for began, ended in known)


def _bounded(clock: AttemptClock) -> AttemptClock:
    """Hundreds of outages in one attempt: the two that lie closest become one, and the candidate keeps the gap."""
    outages = sorted((s for s in clock.suspensions if s.kind is SuspensionKind.OUTAGE), key=lambda s: s.began_at_ms)
    others = [s for s in clock.suspensions if s.kind is not SuspensionKind.OUTAGE]
    most = max(1, SUSPENSIONS_MAX - _ROOM_LEFT - len(others))
    if len(outages) <= most:
        return clock
    while len(outages) > most:
        gaps = [_gap(one, two) for one, two in pairwise(outages)]
        place = gaps.index(min(gaps))
        one, two = outages[place], outages[place + 1]
        ended = max(one.ended_at_ms or 0, two.ended_at_ms or 0)
        outages[place : place + 2] = [one.model_copy(update={"ended_at_ms": ended})]
    return clock.model_copy(update={"suspensions": (*others, *outages)})


def _gap(one: Suspension, two: Suspension) -> int:
    return two.began_at_ms - (one.ended_at_ms or one.began_at_ms)


def _stretches(
    clock: AttemptClock, suspensions: Sequence[Suspension], kinds: frozenset[SuspensionKind], now_ms: int
) -> list[Stretch]:
    """Cut to the attempt's own time, which runs from its start until now."""
    start = clock.started_at_ms
    if start is None:
        return []
    return [
        (max(s.began_at_ms, start), min(now_ms if s.ended_at_ms is None else s.ended_at_ms, now_ms))
        for s in suspensions
        if s.kind in kinds
    ]
