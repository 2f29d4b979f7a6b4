"""A journal entry, and what somebody who wants one gives. Immutable from the moment its source has taken it."""

from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored

LINES_MAX: Final = 12
REFS_MAX: Final = 8
MINOR_MAX: Final = 10**15
"""Of one line, in minor units: sums of thousands of lines stay far below what 64 bits hold."""
RESOLVED: Final = "resolved/"
"""Begins the key of the one entry that resolves a pending one."""
REVERSED: Final = "reversed/"


class Phase(StrEnum):
    POSTED = "posted"
    PENDING = "pending"
    """Reserves what its lines would take, until it is resolved."""
    RESOLVING = "resolving"
    """Undoes the pending entry `of`, and posts its own lines: none when it voids."""


class Line(Stored):
    """Debits are positive."""

    account: str
    minor: int = Field(ge=-MINOR_MAX, le=MINOR_MAX)


Lines = tuple[Line, ...]


class Draft(Stored):
    """What is asked for; the same `key` again, of the same source, gives the first entry, or Conflict if it differs."""

    key: str = Field(min_length=1, max_length=200)
    purpose: str = Field(min_length=1, max_length=60)
    by: str = Field(max_length=80)
    lines: Lines = Field((), max_length=LINES_MAX)
    phase: Phase = Phase.POSTED
    of: str = ""
    reverses: str = ""
    refs: dict[str, str] = Field(default_factory=dict, max_length=REFS_MAX)
    expires_at_ms: int = 0
    """Of a pending entry; 0: never."""


class Entry(Draft):
    """As it stands in the journal. `number` counts the entries of one source from 1, without gaps."""

    id: str = Field(alias="_id")
    source: str
    number: int
    at_ms: int
    currency: str
    undone: Lines = ()
    """The lines of the pending entry that this one resolves."""
    hash: str

    model_config = ConfigDict(populate_by_name=True)


def entry_id(source: str, key: str) -> str:
    return f"{source}|{key}"


def source_of_id(entry: str) -> str:
    return entry.partition("|")[0]
