"""The fairness report as it crosses HTTP."""

from guildhall.proctoring.messages.reviewing import Shape


class ShareShown(Shape):
    """`low` and `high`: Wilson's 95 % interval of `count` out of `of`."""

    count: int
    of: int
    low: float
    high: float


class GroupShown(Shape):
    name: str
    sessions: int
    flagged: ShareShown
    cannot_see: ShareShown
    upheld: ShareShown


class ComparisonShown(Shape):
    by: str
    groups: tuple[GroupShown, ...]
    differs: tuple[str, ...]
    note: str


class FairnessShown(Shape):
    delivery_id: str
    title: str
    sessions: int
    most_sessions: int
    comparisons: tuple[ComparisonShown, ...]
