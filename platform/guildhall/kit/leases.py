"""Leases: what waits for people is one person's alone for a while, so that two do not decide about it at once. Pure.

A lease ends by itself, whatever becomes of its holder; whoever goes on with it takes it anew.
"""

from dataclasses import dataclass
from typing import Any, Final

from guildhall.kit.follow_ups import FollowedDocument

GIVEN_BACK: Final[dict[str, Any]] = {"reviewer_id": "", "lease_until_ms": 0}
"""What a document whose lease has ended is updated by."""


@dataclass(frozen=True, slots=True)
class Lease:
    holder_id: str
    until_ms: int

    def is_over(self, at_ms: int) -> bool:
        return self.until_ms <= at_ms

    def is_held_by(self, account_id: str, at_ms: int) -> bool:
        return self.holder_id == account_id and not self.is_over(at_ms)

    def is_free_for(self, account_id: str, at_ms: int) -> bool:
        """Nobody else has it."""
        return self.holder_id == account_id or self.is_over(at_ms)


class LeasedDocument(FollowedDocument):
    """One that a reviewer takes before they decide about it."""

    reviewer_id: str = ""
    lease_until_ms: int = 0

    @property
    def lease(self) -> Lease:
        return Lease(self.reviewer_id, self.lease_until_ms)


def taken(account_id: str, minutes: int, at_ms: int) -> dict[str, Any]:
    """What a document is updated by that somebody takes, or holds for longer."""
    return {"reviewer_id": account_id, "lease_until_ms": at_ms + minutes * 60_000}
