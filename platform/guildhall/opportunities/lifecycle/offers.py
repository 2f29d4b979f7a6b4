"""The machine of one offer."""

from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Machine, Move


class OfferState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    COUNTERED = "countered"


class OfferEvent(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    COUNTER = "counter"


class Side(StrEnum):
    SENDER = "sender"
    RECIPIENT = "recipient"
    SYSTEM = "system"


_SENT: Final = frozenset({OfferState.SENT})

OFFER: Machine[OfferState] = Machine(
    name="offer",
    states=OfferState,
    initial=OfferState.SENT,
    final=frozenset(OfferState) - _SENT,
    moves=(
        Move(OfferEvent.ACCEPT, _SENT, OfferState.ACCEPTED, frozenset({Side.RECIPIENT})),
        Move(OfferEvent.DECLINE, _SENT, OfferState.DECLINED, frozenset({Side.RECIPIENT})),
        Move(OfferEvent.COUNTER, _SENT, OfferState.COUNTERED, frozenset({Side.RECIPIENT})),
        Move(OfferEvent.WITHDRAW, _SENT, OfferState.WITHDRAWN, frozenset({Side.SENDER, Side.SYSTEM})),
        Move(OfferEvent.EXPIRE, _SENT, OfferState.EXPIRED, frozenset({Side.SYSTEM})),
    ),
)
