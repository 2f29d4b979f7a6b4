"""What a decision wrote down to be done after it, in the same document: decided, and perhaps not yet carried out. Pure.

Carrying one out twice does no harm, so it survives a kill between any two lines: the verb that decided does it at once
(`kit.storage.following.carry_out`), the domain's job does what was left behind.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.kit.errors import Unavailable

FOLLOW_UPS_MAX: Final = 32
"""What one document may hold undone; above it changes are refused until that is carried out (REFUSE_NEWEST)."""
Wanted = tuple[str, Mapping[str, Any]]
"""The kind of what must follow, which its domain knows, and its details."""


class FollowUp(Stored):
    key: str
    kind: str
    at_ms: int
    details: dict[str, Any] = Field(default_factory=dict)


class FollowedDocument(VersionedDocument):
    """Its store declares an index on `unsettled`, by which the job finds what was left behind."""

    follow_ups: tuple[FollowUp, ...] = Field((), max_length=FOLLOW_UPS_MAX)
    unsettled: bool = False


class FollowUpsFull(Unavailable):
    """What followed from earlier changes could not be carried out for a while, so no more is taken on."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"Earlier changes of {document_id} are still being carried out. Try again in a moment.")


F = TypeVar("F", bound=FollowedDocument)


def follow(document: F, at_ms: int, *wanted: Wanted) -> F:
    """With more to follow. Raises FollowUpsFull.

    Keys are made of the revision that was read, so none is used again: notices, mails and audit entries carry them on.
    """
    taken = len(document.follow_ups)
    if taken + len(wanted) > FOLLOW_UPS_MAX:
        raise FollowUpsFull(document.id)
    more = tuple(
        FollowUp(key=f"{kind}_{document.rev}_{taken + place}", kind=str(kind), at_ms=at_ms, details=dict(said))
        for place, (kind, said) in enumerate(wanted)
    )
    follow_ups = (*document.follow_ups, *more)
    return document.model_copy(update={"follow_ups": follow_ups, "unsettled": bool(follow_ups)})


def done(document: F, keys: Iterable[str]) -> F:
    """Without the follow-ups that were carried out."""
    gone = set(keys)
    left = tuple(one for one in document.follow_ups if one.key not in gone)
    if len(left) == len(document.follow_ups):
        return document
    return document.model_copy(update={"follow_ups": left, "unsettled": bool(left)})
