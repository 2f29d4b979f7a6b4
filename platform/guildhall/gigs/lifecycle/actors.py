"""Who moves the machines of gigs. Pure."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from guildhall.kit.lifecycle import Guard


class Actor(StrEnum):
    AGENT = "agent"
    CLIENT = "client"
    STAFF = "staff"  # mediates and decides; never a party
    SYSTEM = "system"


def guard(name: str, holds: Callable[[Any], bool], refusal: str) -> Guard:
    return Guard(name, holds, refusal)


AGENT, CLIENT, STAFF, SYSTEM = (frozenset({actor}) for actor in (Actor.AGENT, Actor.CLIENT, Actor.STAFF, Actor.SYSTEM))
BOTH: Final = AGENT | CLIENT
