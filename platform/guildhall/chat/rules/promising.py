"""Within what time a person will answer: a promise that is shown to whoever waits. Pure.

It is what four of five people waited at most in this queue lately, more where more wait than are answered at once, and
rounded up to a time that people say. Where nobody is at the desk nothing is promised: the visitor is asked for an
address instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MINUTE_MS: Final = 60_000
ENOUGH_WAITS: Final = 5
"""Fewer say nothing of a queue; the owner's own time is promised then."""
PROMISED_SHARE: Final = 0.8
_SAID_MINUTES: Final = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a queue promises now; `within_ms` is 0 where nobody is there."""

    within_ms: int = 0

    @property
    def is_staffed(self) -> bool:
        return self.within_ms > 0


NOTHING_PROMISED: Final = Outlook()


def outlook(waits_ms: Sequence[int], usual_ms: int, waiting: int, present: int, free: int) -> Outlook:
    """`waits_ms` of late; `waiting` of now; `present` agents of whom `free` places could be taken."""
    if present == 0:
        return NOTHING_PROMISED
    within_ms = _at_share(waits_ms) if len(waits_ms) >= ENOUGH_WAITS else usual_ms
    ahead = max(0, waiting - free)
    return Outlook(_rounded_up(round(within_ms * (1 + ahead / present))))


def _at_share(waits_ms: Sequence[int]) -> int:
    """The nearest-rank percentile."""
    return sorted(waits_ms)[-(-len(waits_ms) * round(PROMISED_SHARE * 100) // 100) - 1]


def _rounded_up(ms: int) -> int:
    minutes = next((minutes for minutes in _SAID_MINUTES if minutes * MINUTE_MS >= ms), _SAID_MINUTES[-1])
    return minutes * MINUTE_MS
