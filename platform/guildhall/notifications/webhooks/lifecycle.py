"""An endpoint, and one delivery to it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class Actor(StrEnum):
    OWNER = "owner"
    SYSTEM = "system"


class EndpointState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  # by its owner
    DISABLED = "disabled"  # by this house: it failed for days, or said that it is gone


class EndpointEvent(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class DeliveryEvent(StrEnum):
    DELIVER = "deliver"
    RETRY = "retry"
    GIVE_UP = "give_up"
    REDELIVER = "redeliver"


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    has_tries_left: bool = True


_OWNER: Final = frozenset({Actor.OWNER})
_SYSTEM: Final = frozenset({Actor.SYSTEM})
_E, _D = EndpointState, DeliveryState
_HAS_TRIES: Final = Guard("has_tries_left", lambda facts: facts.has_tries_left, "every try is spent")

ENDPOINT: Machine[EndpointState] = Machine(
    name="webhook endpoint",
    states=EndpointState,
    initial=EndpointState.ACTIVE,
    final=frozenset(),
    moves=(
        Move(EndpointEvent.PAUSE, frozenset({_E.ACTIVE}), _E.PAUSED, _OWNER),
        Move(EndpointEvent.RESUME, frozenset({_E.PAUSED, _E.DISABLED}), _E.ACTIVE, _OWNER),
        Move(EndpointEvent.DISABLE, frozenset({_E.ACTIVE}), _E.DISABLED, _SYSTEM, effects=("tell_owner",)),
    ),
)
DELIVERY: Machine[DeliveryState] = Machine(
    name="webhook delivery",
    states=DeliveryState,
    initial=DeliveryState.WAITING,
    final=frozenset(),
    moves=(
        Move(DeliveryEvent.DELIVER, frozenset({_D.WAITING}), _D.DELIVERED, _SYSTEM),
        Move(DeliveryEvent.RETRY, frozenset({_D.WAITING}), _D.WAITING, _SYSTEM, _HAS_TRIES),
        Move(DeliveryEvent.GIVE_UP, frozenset({_D.WAITING}), _D.FAILED, _SYSTEM),
        Move(DeliveryEvent.REDELIVER, frozenset({_D.DELIVERED, _D.FAILED}), _D.WAITING, _OWNER),
    ),
)
