"""The machines of money that comes in and goes out. Only the provider says what became of it.

A provider's words come late, twice and in any order; so each of them is a fact that leads on from every state that it
may find, and never back: what says `processing` after `succeeded` finds no move, and changes nothing.
"""

from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class Actor(StrEnum):
    PROVIDER = "provider"
    OWNER = "owner"
    ADMIN = "admin"
    SYSTEM = "system"


class PaymentState(StrEnum):
    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CHARGED_BACK = "charged_back"
    CHARGEBACK_WON = "chargeback_won"


class PayoutState(StrEnum):
    REQUESTED = "requested"
    HELD = "held"
    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    RETURNED = "returned"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAID_LATE = "paid_late"  # after it was taken back: two people see to it


class ClaimState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    SETTLING = "settling"  # being taken from the payer's balance
    SETTLED = "settled"
    DROPPED = "dropped"  # the house won the chargeback


_PROVIDER: Final = frozenset({Actor.PROVIDER.value})
_SYSTEM: Final = frozenset({Actor.SYSTEM.value})
_ADMIN: Final = frozenset({Actor.ADMIN.value})
_OWNER: Final = frozenset({Actor.OWNER.value})
_OWNER_OR_ADMIN: Final = frozenset({Actor.OWNER.value, Actor.ADMIN.value})
P, Q = PaymentState, PayoutState
# It failed, is tried again and not sent yet, and the bank carried out the first attempt after all.
_SENT_ONCE: Final = frozenset({Q.IN_TRANSIT, Q.FAILED, Q.PENDING, Q.HELD})
_NOT_IN: Final = frozenset({P.CREATED, P.REQUIRES_ACTION, P.PROCESSING, P.FAILED})

PAYMENT: Final = Machine(
    name="payment",
    states=PaymentState,
    initial=P.CREATED,
    final=frozenset({P.CHARGEBACK_WON}),
    moves=(
        Move("requires_action", frozenset({P.CREATED, P.PROCESSING}), P.REQUIRES_ACTION, _PROVIDER),
        Move("processing", frozenset({P.CREATED, P.REQUIRES_ACTION}), P.PROCESSING, _PROVIDER),
        Move("succeeded", _NOT_IN, P.SUCCEEDED, _PROVIDER, effects=("book_money_in",)),
        Move("failed", _NOT_IN - {P.FAILED}, P.FAILED, _PROVIDER),
        # A chargeback says that the money had come, whether or not we were told.
        Move("charged_back", _NOT_IN, P.CHARGED_BACK, _PROVIDER, effects=("book_money_in", "book_chargeback")),
        Move("charged_back", frozenset({P.SUCCEEDED}), P.CHARGED_BACK, _PROVIDER, effects=("book_chargeback",)),
        Move("chargeback_won", frozenset({P.CHARGED_BACK}), P.CHARGEBACK_WON, _PROVIDER, effects=("book_won",)),
        Move(
            "chargeback_won",
            _NOT_IN,
            P.CHARGEBACK_WON,
            _PROVIDER,
            effects=("book_money_in", "book_chargeback", "book_won"),
        ),
        Move(
            "chargeback_won",
            frozenset({P.SUCCEEDED}),
            P.CHARGEBACK_WON,
            _PROVIDER,
            effects=("book_chargeback", "book_won"),
        ),
    ),
)
PAYOUT: Final = Machine(
    name="payout",
    states=PayoutState,
    initial=Q.REQUESTED,
    final=frozenset({Q.RETURNED}),
    moves=(
        Move("reserve", frozenset({Q.REQUESTED}), Q.PENDING, _SYSTEM),
        # Nobody holds what has not been taken from the payable yet: released, it would be paid from nothing.
        Move("hold", frozenset({Q.REQUESTED}), Q.HELD, _SYSTEM),
        Move("hold", frozenset({Q.PENDING}), Q.HELD, _SYSTEM | _ADMIN),
        Move("refuse", frozenset({Q.REQUESTED}), Q.CANCELLED, _SYSTEM),
        Move("release", frozenset({Q.HELD}), Q.PENDING, _SYSTEM | _ADMIN),
        Move("send", frozenset({Q.PENDING}), Q.IN_TRANSIT, _SYSTEM, effects=("ask_provider",)),
        Move("paid", _SENT_ONCE, Q.PAID, _PROVIDER, effects=("book_paid",)),
        Move("failed", frozenset({Q.IN_TRANSIT}), Q.FAILED, _PROVIDER),
        Move("returned", frozenset({Q.PAID}), Q.RETURNED, _PROVIDER, effects=("book_returned",)),
        # A bank returns only what it had paid, whether or not we were told.
        Move(
            "returned",
            _SENT_ONCE,
            Q.RETURNED,
            _PROVIDER,
            effects=("book_paid", "book_returned"),
        ),
        # It had failed and was taken back, and the bank paid it after all: the money has left, and is nobody's yet.
        Move("paid", frozenset({Q.CANCELLED}), Q.PAID_LATE, _PROVIDER, effects=("book_paid_late",)),
        Move("returned", frozenset({Q.PAID_LATE}), Q.RETURNED, _PROVIDER, effects=("book_late_returned",)),
        Move(
            "returned",
            frozenset({Q.CANCELLED}),
            Q.RETURNED,
            _PROVIDER,
            effects=("book_paid_late", "book_late_returned"),
        ),
        Move("see_to", frozenset({Q.PAID_LATE}), Q.PAID, _ADMIN),
        Move("retry", frozenset({Q.FAILED}), Q.PENDING, _OWNER_OR_ADMIN),
        Move(
            "cancel",
            frozenset({Q.HELD, Q.PENDING, Q.FAILED}),
            Q.CANCELLED,
            _OWNER_OR_ADMIN,
            effects=("book_cancelled",),
        ),
    ),
)
_C: Final = ClaimState
_IN_TIME: Final = Guard("is_in_time", bool, "its day is over")
CLAIM: Final = Machine(
    name="claim",
    states=ClaimState,
    initial=_C.OPEN,
    final=frozenset({_C.DROPPED}),
    moves=(
        Move("fall_due", frozenset({_C.OPEN}), _C.OVERDUE, _SYSTEM, effects=("tell_payer",)),
        Move("settle", frozenset({_C.OPEN, _C.OVERDUE}), _C.SETTLING, _OWNER, effects=("take_from_balance",)),
        # Of two followers one may have found too little and said so, when the other one takes what came meanwhile.
        Move("settled", frozenset({_C.OPEN, _C.OVERDUE, _C.SETTLING}), _C.SETTLED, _SYSTEM),
        Move("refused", frozenset({_C.SETTLING}), _C.OPEN, _SYSTEM, _IN_TIME),
        Move("refused", frozenset({_C.SETTLING}), _C.OVERDUE, _SYSTEM),
        Move("drop", frozenset(set(_C) - {_C.DROPPED}), _C.DROPPED, _SYSTEM, effects=("give_back", "tell_payer")),
    ),
)
