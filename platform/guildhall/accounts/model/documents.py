"""What all documents of accounts share: a revision, and an outbox of what must follow."""

from enum import StrEnum
from typing import Any, Final, Self

from pydantic import Field

from guildhall.kit.documents import Stored
from guildhall.kit.documents import VersionedDocument as Versioned

PENDING_BOUND: Final = 32
"""Effects one document may hold undone; above it changes are refused until they are carried out (REFUSE_NEWEST)."""


class EffectKind(StrEnum):
    MAIL = "mail"  # details: to, subject, text, mail_kind
    END_SESSIONS = "end_sessions"  # details: reason; all but those that stay live by the account's epoch
    CLOSE_SOCKETS = "close_sockets"  # details: session_id
    AUDIT = "audit"  # details: actor, action, decision, and what is told of it
    RE_READ = "re_read"  # caches of this account's sessions are old
    RENAME_MEMBER = "rename_member"  # copy the account's name to its organisations
    SYNC_MEMBER = "sync_member"  # details: account_id; copy the member's role to their account


class Effect(Stored):
    """Decided, and perhaps not yet done. Carrying one out twice does no harm."""

    kind: EffectKind
    at_ms: int
    details: dict[str, Any] = Field(default_factory=dict)


class VersionedDocument(Versioned):
    """A document with a revision for compare-and-set, and its outbox."""

    pending: dict[str, Effect] = Field(default_factory=dict)
    pending_count: int = 0

    def then(self, effects: dict[str, Effect]) -> Self:
        """The same document with more to follow; keys are identifiers and unique to the change."""
        pending = {**self.pending, **effects}
        return self.model_copy(update={"pending": pending, "pending_count": len(pending)})
