"""A rule change tried on past sessions, as it crosses HTTP."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from guildhall.proctoring.messages.reviewing import Shape
from guildhall.proctoring.model.incident_kinds import Channel, Rule

SETTINGS_MAX = 60
Id = Annotated[str, StringConstraints(max_length=80)]


class RulesTried(Shape):
    """`rules` are the settings that change, by their name in `proctoring.rules` of config.yaml.

    `before_id` is empty for the newest sessions, and then what the page before answered.
    """

    delivery_id: Id
    rules: dict[Annotated[str, StringConstraints(max_length=60)], Any] = Field(max_length=SETTINGS_MAX)
    before_id: Id = ""


class FlagTried(Shape):
    rule: Rule
    channel: Channel
    opened_at_ms: int
    closed_at_ms: int | None
    reason: str


class SessionTried(Shape):
    """`kept` is a count; `why_not` says why a session could not be tried, and is empty where it was."""

    session_id: str
    appeared: tuple[FlagTried, ...]
    vanished: tuple[FlagTried, ...]
    kept: int
    faults: tuple[str, ...]
    why_not: str


class TrialShown(Shape):
    """`rule_version` is what the tried rules would be called; `before_id` None: there are no more sessions."""

    rule_version: str
    items: tuple[SessionTried, ...]
    before_id: str | None
