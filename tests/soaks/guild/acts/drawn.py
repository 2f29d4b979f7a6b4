"""What is drawn for an act, and how it finds what to act on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.soaks.guild.town import Town

T = TypeVar("T")
Verb = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who, on which of what is there, what of several things, and how much."""

    who: int
    which: int
    what: int
    minor: int


Act = Callable[[Town, Drawn], Awaitable[object]]


def one_of(there: Sequence[T], place: int) -> T:
    return there[place % len(there)]
