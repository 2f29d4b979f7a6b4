"""Who moves what: the actors of the machines of opportunities."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from guildhall.kit.lifecycle import Guard


class Actor(StrEnum):
    AGENT = "agent"
    CLIENT = "client"
    ADMIN = "admin"
    SYSTEM = "system"


def guard(name: str, holds: Callable[[Any], bool], refusal: str) -> Guard:
    return Guard(name, holds, refusal)


AGENT, CLIENT, ADMIN, SYSTEM = (frozenset({actor}) for actor in (Actor.AGENT, Actor.CLIENT, Actor.ADMIN, Actor.SYSTEM))
BOTH: Final = AGENT | CLIENT
