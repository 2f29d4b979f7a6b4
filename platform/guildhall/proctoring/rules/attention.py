"""Whom to look at next: risk x doubt x time since a person last looked, so that nobody goes unseen. Pure.

A candidate is *due* when that product reaches the same threshold for everybody: a calm one `calm_ms` after the last
look, one of the highest risk and doubt after `urgent_ms`. The wall ranks by when they are, or were, due.

Nobody goes unseen for longer than `bound_ms`. Be t the last look at somebody: they are due by t + calm_ms,
and that stays so. Whoever else is looked at from then on is due again only after that look, so once each of them was
looked at, it is their turn: calm_ms and one look at each other candidate, whatever the others do. A ranking by the
product alone has no such bound, since a few of high risk can take every look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.model import Channel

RISK: Final = {Channel.BEHAVIOUR: 1.0, Channel.PLEASE_CHECK: 0.6, Channel.VISIBILITY: 0.35, Channel.CLAIM: 0.2}
"""Of every channel: a claim is only what a browser says, so it is worth a sooner look and no more."""
AWAY_RISK: Final = 0.25  # a lost connection is no suspicion, yet somebody may need help
LATE_RISK: Final = 0.5  # of what is over, and was not looked at since
WANTS: Final = "asks for you"
_UNDOUBTED: Final = 0.6  # of somebody whose signals all read well; to 1 where nothing is known of them
_PRESENT: Final = frozenset({Standing.LIVE, Standing.AWAY})


@dataclass(frozen=True, slots=True)
class Pace:
    calm_ms: int
    urgent_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one candidate, as the wall has it."""

    session_id: str
    standing: Standing
    since_ms: int  # when they came into this standing: from when on a first look is due
    looked_at_ms: int = 0
    open: tuple[tuple[Channel, int], ...] = ()  # the incidents that go on, and since when
    newest_incident_ms: int = 0  # of behaviour, over or not
    quality: float | None = None  # of what is judged, 0..1; None: nothing is known of the person yet
    is_asking: bool = False  # a raised hand, something written, a proposal for a second person
    asking_since_ms: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    session_id: str
    due_at_ms: int
    is_quiet: bool  # nothing goes on and a look is not due: the tile may fold away
    why: str


def bound_ms(candidates: int, look_ms: int, pace: Pace) -> int:
    """The longest that anybody goes unseen by one proctor who always looks at the first, `look_ms` each time."""
    return pace.calm_ms + max(1, candidates) * look_ms


def risk_of(seen: Seen) -> float:
    """0 to 1, from what goes on; several things at once come closer to 1."""
    left = 1.0
    for channel, _ in seen.open:
        left *= 1 - RISK[channel] * 0.9
    if seen.newest_incident_ms > seen.looked_at_ms:
        left *= 1 - LATE_RISK
    if seen.standing is Standing.AWAY:
        left *= 1 - AWAY_RISK
    return 1 - left


def doubt_of(seen: Seen) -> float:
    """How little is certain of what was judged: the poorer a person can be read, the more a look is worth."""
    known = 0.0 if seen.quality is None else min(1.0, max(0.0, seen.quality))
    return 1.0 - (1.0 - _UNDOUBTED) * known


def wait_ms(seen: Seen, pace: Pace) -> int:
    """How long after the last look the next is due: the time at which (1 + k x risk x doubt) x time is the same."""
    steepness = pace.calm_ms / pace.urgent_ms - 1
    return round(pace.calm_ms / (1 + steepness * risk_of(seen) * doubt_of(seen)))


def due_at_ms(seen: Seen, pace: Pace) -> int:
    """When a person should look again; never later than calm_ms after they last did, nor than they came."""
    from_ms = max(seen.looked_at_ms, seen.since_ms if seen.looked_at_ms == 0 else 0)
    due = from_ms + wait_ms(seen, pace)
    if seen.is_asking and seen.asking_since_ms > seen.looked_at_ms:
        due = min(due, seen.asking_since_ms)
    behaviour = [since for channel, since in seen.open if channel is Channel.BEHAVIOUR and since > seen.looked_at_ms]
    return min([due, *behaviour])  # what has begun since the last look is due at once


def ranked(everybody: Iterable[Seen], now_ms: int, pace: Pace) -> tuple[Place, ...]:
    """Whoever is in the room by when they are due, then who has not come yet, then who has finished."""
    present: list[Seen] = []
    absent: list[Seen] = []
    for seen in everybody:
        (present if seen.standing in _PRESENT else absent).append(seen)
    due = {seen.session_id: due_at_ms(seen, pace) for seen in present}
    first = sorted(present, key=lambda seen: (due[seen.session_id], seen.session_id))
    last = sorted(absent, key=lambda seen: (seen.standing is Standing.FINISHED, seen.session_id))
    places = [
        Place(seen.session_id, due[seen.session_id], _is_quiet(seen, due[seen.session_id], now_ms), _why(seen, now_ms))
        for seen in first
    ]
    return (*places, *(Place(seen.session_id, 0, True, "") for seen in last))


def _is_quiet(seen: Seen, due_ms: int, now_ms: int) -> bool:
    return not seen.open and not seen.is_asking and seen.standing is Standing.LIVE and due_ms > now_ms


def _why(seen: Seen, now_ms: int) -> str:
    if seen.is_asking:
        return WANTS
    if seen.open:
        return "something goes on"
    if seen.newest_incident_ms > seen.looked_at_ms:
        return "something happened since the last look"
    if seen.standing is Standing.AWAY:
        return "disconnected"
    if seen.looked_at_ms == 0:
        return "nobody has looked yet"
    minutes = (now_ms - seen.looked_at_ms) // 60_000
    return f"last looked at {minutes} min ago" if minutes else ""
