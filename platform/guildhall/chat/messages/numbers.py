"""The desk's numbers over HTTP."""

from typing import Annotated

from pydantic import Field

from guildhall.chat.messages.requests import Shape


class NumbersQuery(Shape):
    days: Annotated[int, Field(ge=1, le=366)] = 30
    site: Annotated[str, Field(max_length=60)] = ""
    """All of them where none is named."""


class SpreadShown(Shape):
    median_ms: int
    p90_ms: int


class NumbersShown(Shape):
    """Counts of conversations with visitors; see `DayNumbers` for what each means."""

    opened: int
    asked: int
    answered: int
    unanswered: int
    bot_alone: int
    deflected: int
    rested: int
    person_wanted: int
    person_answered: int
    resolved: int
    reopened: int
    promises_kept: int
    promises_broken: int
    ratings: list[int]
    reply: SpreadShown
    person: SpreadShown
    resolution: SpreadShown
    tokens: int
    """Of all sites: budgets are kept for the day, not by site."""


class DayShown(Shape):
    day: str
    numbers: NumbersShown


class NumbersTold(Shape):
    sites: list[str]
    whole: NumbersShown
    days: list[DayShown]
    million_tokens_cost: float
    """0 where the owner has not said."""
    cost_currency: str
    counted_to_ms: int
