"""What one person is told, kept until they have seen it, and the same as their own systems are told it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from guildhall.kit.documents import VersionedDocument

KEPT_DAYS: Final = 180


class Notice(VersionedDocument):
    """Its id is the key of what it tells, so that the same thing is told once. Holds no secrets."""

    account_id: str
    kind: str
    title: str
    text: str
    path: str
    at_ms: int
    seen_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, for programs: `type` is one of an `EventType`'s, `subject` names what keeps its events in order.

    `data` is thin: ids and plain values, by which a receiver asks for the rest. No words meant for one person alone.
    """

    type: str
    subject: str
    at_ms: int
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventType:
    """`name` is what receivers see (`application.shortlisted`); `words` say when it comes.

    `is_for_told_alone`: the other side of the work has no business with it, such as a reminder.
    """

    name: str
    words: str
    is_for_told_alone: bool = False


def event_type(types: Mapping[str, EventType], kind: str) -> EventType:
    """By a notice's kind; one that nobody has named yet still reaches whoever wants every event."""
    return types.get(kind) or EventType(kind.replace("_", ".", 1), "")
