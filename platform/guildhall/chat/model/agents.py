"""Whoever answers at the desk."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from guildhall.chat.lifecycle import PresenceState
from guildhall.chat.model.conversations import ConversationKind
from guildhall.kit.documents import Stored, VersionedDocument

PLACES_MAX: Final = 100
QUEUES_MAX: Final = 40


def _kinds_there_are(kept: object) -> object:
    """Without those that a former version answered: they are written anew when the agent comes next."""
    known = {kind.value for kind in ConversationKind}
    return tuple(one for one in kept if one in known) if isinstance(kept, list | tuple) else kept


class Place(Stored):
    """Room for one conversation, taken before the conversation is, and given back after it has left.

    Each taking has a token of its own, so that a late giving back never frees somebody else's place.
    """

    token: str
    conversation_id: str
    taken_at_ms: int


class DeskAgent(VersionedDocument):
    """By account id. That nobody ever holds more than `limit` is this document's compare-and-set."""

    name: str = ""
    presence: PresenceState = PresenceState.OFFLINE
    lease_until_ms: int = 0
    limit: int
    kinds: Annotated[tuple[ConversationKind, ...], BeforeValidator(_kinds_there_are)] = ()
    queues: tuple[str, ...] = Field(default=(), max_length=QUEUES_MAX)
    """Those they serve; none named: all of their kinds."""
    places: tuple[Place, ...] = Field(default=(), max_length=PLACES_MAX)
    assigned_at_ms: int = 0
    """When they last got one: of those equally free, who waited longest is next."""
    doubt_at_ms: int = 0
    """When the places are held against the conversations (`service.following`); 0 when they agree."""

    @property
    def free(self) -> int:
        return max(0, self.limit - len(self.places))
