"""Outages of ours, and what they took from a clock that ran meanwhile. Pure.

Whoever keeps a clock that takes something from somebody when it runs out gives outages back to it, each once: what was
left of it when nobody could be served is left of it afterwards. A day that people named themselves (the last day to
apply, an interview, until when a document is valid) is that day for everybody, and stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch in which nobody could be served."""

    began_at_ms: int
    ended_at_ms: int


def newer(outages: Iterable[Outage], known_ms: int) -> list[Outage]:
    """Those that were not given back yet where all up to `known_ms` were, in the order of their beginnings."""
    return sorted((one for one in outages if one.ended_at_ms > known_ms), key=lambda one: one.began_at_ms)


def lost_ms(from_ms: int, until_ms: int, known_ms: int, outages: Iterable[Outage]) -> int:
    """Milliseconds that outages took from a clock that began at `from_ms` and runs out at `until_ms`.

    Overlapping ones count once, and nothing up to `known_ms`. One that outlasts the clock counts whole: who had an hour
    left when it began has an hour left when it is over.
    """
    lost, seen_ms = 0, max(from_ms, known_ms)
    for one in outages:
        began_ms = max(one.began_at_ms, seen_ms)
        if one.ended_at_ms > began_ms and began_ms < until_ms + lost:
            lost += one.ended_at_ms - began_ms
            seen_ms = one.ended_at_ms
    return lost
