"""Webhooks on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.notifications.webhooks.lifecycle import DeliveryState, EndpointState
from guildhall.notifications.webhooks.model import ATTEMPTS_KEPT, ENDPOINTS_MAX, TYPES_MAX, URL_CHARACTERS

Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=URL_CHARACTERS)]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00]*$")]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EndpointSet(Shape):
    """`types` empty: every event, those too that are yet to come."""

    url: Url
    types: tuple[EventName, ...] = Field((), max_length=TYPES_MAX)
    description: Words = ""


class EndpointWanted(EndpointSet):
    """For an organisation that you own; without one, for yourself."""

    organisation_id: Annotated[str, StringConstraints(max_length=60)] = ""


class EndpointActed(Shape):
    action: Literal["pause", "resume"]


class ActionShown(Shape):
    event: str
    allowed: bool
    reason: str | None = None


class EndpointShown(Shape):
    endpoint_id: str
    organisation_id: str
    """Empty: it is your own."""
    url: str
    description: str
    types: tuple[str, ...]
    state: EndpointState
    why: str
    made_at_ms: int
    failing_since_ms: int
    former_secret_until_ms: int
    """Until when the secret before the last one signs as well; 0: it does not."""
    allowed_actions: tuple[ActionShown, ...]


class EndpointRevealed(Shape):
    """With its secret, which is shown this once."""

    endpoint: EndpointShown
    secret: str


class EventTypeShown(Shape):
    name: str
    words: str


class EndpointsShown(Shape):
    items: tuple[EndpointShown, ...]
    types: tuple[EventTypeShown, ...]
    """What an endpoint may choose among."""
    endpoints_max: int = ENDPOINTS_MAX


class AttemptShown(Shape):
    at_ms: int
    status: int
    """0: nothing was answered, and `reason` says why."""
    duration_ms: int
    reason: str


class DeliveryShown(Shape):
    event_id: str
    type: str
    made_at_ms: int
    state: DeliveryState
    next_at_ms: int
    """When it is tried next; 0: it is not."""
    attempts: tuple[AttemptShown, ...] = Field((), max_length=ATTEMPTS_KEPT)


class DeliveriesRecovered(Shape):
    count: int
