"""What time of a day an agent has logged, under whatever contract: one document for each agent and day (UTC).

Hours stand in the weeks of their contracts, and two weeks are two documents. So time is taken here first, by one
compare-and-set, and no minute is logged under two contracts however many requests come at once.
"""

from datetime import UTC, datetime
from typing import Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument

TAKEN_MAX: Final = 200


class TakenTime(Stored):
    """By an entry of hours: one that is logged, or is being logged at this moment."""

    entry_id: str
    week_id: str
    started_at_ms: int
    ended_at_ms: int
    at_ms: int


class AgentDay(VersionedDocument):
    """Its id is the agent's and the date."""

    agent_id: str
    date: str
    taken: tuple[TakenTime, ...] = Field((), max_length=TAKEN_MAX)


def day_id(agent_id: str, date: str) -> str:
    return f"{agent_id}/{date}"


def dates_of(started_at_ms: int, ended_at_ms: int) -> tuple[str, ...]:
    """The days (UTC) that hold some of this time, in order; an entry of at most 24 hours lies on two at most."""
    moments = (started_at_ms, ended_at_ms - 1)
    return tuple(dict.fromkeys(datetime.fromtimestamp(one / 1000, UTC).date().isoformat() for one in moments))
