"""Where somebody wants to be told by HTTP, and each thing told there. Pure."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.kit.follow_ups import FollowedDocument
from guildhall.notifications.webhooks.lifecycle import DeliveryState, EndpointState

ENDPOINTS_MAX: Final = 10
"""Of one account or organisation."""
TYPES_MAX: Final = 80
URL_CHARACTERS: Final = 2_000
ATTEMPTS_KEPT: Final = 12
SECRETS_MAX: Final = 2
"""The one that is shown, and its forerunner for as long as that still signs."""


class FollowUpKind(StrEnum):
    TELL = "tell"
    AUDIT = "audit"


class SigningSecret(Stored):
    """Names a secret, and is none: what it names is derived from the house's own (`rules.signing`)."""

    id: str
    made_at_ms: int
    expires_at_ms: int = 0
    """0: it stays."""


class Endpoint(FollowedDocument):
    """Owned by an account or an organisation; `place` (0 to ENDPOINTS_MAX - 1) is what holds their number."""

    owner_id: str
    place: int
    url: str
    description: str = ""
    types: tuple[str, ...] = Field((), max_length=TYPES_MAX)
    """Empty: every type, those too that are yet to come."""
    secrets: tuple[SigningSecret, ...] = Field(max_length=SECRETS_MAX)
    state: EndpointState = EndpointState.ACTIVE
    state_since_ms: int
    why: str = ""
    """Why it is disabled, in words."""
    failures: int = 0
    """In a row, since `failing_since_ms`."""
    failing_since_ms: int = 0
    rests_until_ms: int = 0
    """While it fails it is left alone until then, whatever waits for it."""


class Attempt(Stored):
    """One try: the status it was answered with, or 0 and why there was none. What was answered is not kept."""

    at_ms: int
    status: int = 0
    duration_ms: int = 0
    reason: str = ""


class Delivery(VersionedDocument):
    """One event for one endpoint; its id is made of both, so it is put down once.

    `lane` is the endpoint and the event's subject, within which `number` rises by one: what was told first is
    delivered first. `payload` is frozen as it was signed first.
    """

    endpoint_id: str
    lane: str
    number: int
    event_id: str
    type: str
    payload: str
    made_at_ms: int
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    """Since it was put down, or since it was last asked for again."""
    due_at_ms: int
    settled_at_ms: int = 0
    attempts: tuple[Attempt, ...] = Field((), max_length=ATTEMPTS_KEPT)
