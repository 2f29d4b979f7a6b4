"""A day of the desk in numbers, as it was counted last."""

from typing import Final

from pydantic import Field

from guildhall.kit.documents import Stored

TIMES_MAX: Final = 400
"""Of one kind that a day keeps: of more, every so many-th in order of size, which leaves median and tail as is."""


class DayNumbers(Stored):
    """Conversations with visitors of one site that began on one day (UTC). Everything but the times are counts."""

    site: str
    day: int
    """Days since 1970-01-01."""
    opened: int = 0
    asked: int = 0
    """In which the visitor said something; the rest were opened and left."""
    answered: int = 0
    unanswered: int = 0
    """Asked an hour ago or more, and nobody answered, neither bot nor person."""
    bot_alone: int = 0
    """Answered by the bot, no person wanted, and the visitor quiet for a day."""
    deflected: int = 0
    """Of these, those whose visitor did not come back within that day."""
    rested: int = 0
    """Asked, and quiet for a day: what deflection is a share of."""
    person_wanted: int = 0
    person_answered: int = 0
    resolved: int = 0
    reopened: int = 0
    promises_kept: int = 0
    promises_broken: int = 0
    ratings: tuple[int, ...] = (0, 0, 0, 0, 0)
    """How often 1 to 5 was given."""
    reply_ms: tuple[int, ...] = Field(default=(), max_length=TIMES_MAX)
    """From the first question to the first answer, in order of size."""
    person_ms: tuple[int, ...] = Field(default=(), max_length=TIMES_MAX)
    """From when a person was wanted to the first words of one."""
    resolution_ms: tuple[int, ...] = Field(default=(), max_length=TIMES_MAX)
    """From the first question to the last resolution."""
