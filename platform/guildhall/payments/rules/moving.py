"""What an event makes of a payment or a payout: its next state, and what that books, in one document."""

from typing import Final, TypeVar

from guildhall.kit.lifecycle import MoveRefused
from guildhall.payments.lifecycle import PAYMENT, PAYOUT, Actor, PaymentState, PayoutState
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Draft, Line
from guildhall.payments.model.flows import Flow, Payment, Payout, ProviderEvent

F = TypeVar("F", bound=Flow)
LOOK_AFTER_MS: Final = 60_000
LOOK_AT_LEAST_EACH_MS: Final = 30 * 86_400_000
LOOK_UNTIL_MS: Final = 540 * 86_400_000
"""The longest that card schemes let a cardholder wait with a chargeback."""
_ON_ITS_WAY: Final = frozenset({PaymentState.CREATED, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING})
_SETTLED: Final = frozenset(
    {
        *(set(PaymentState) - _ON_ITS_WAY),
        PayoutState.PAID,
        PayoutState.FAILED,
        PayoutState.PAID_LATE,
        PayoutState.CANCELLED,
    }
)
PROVIDER_WORDS: Final = frozenset(row.event for machine in (PAYMENT, PAYOUT) for row in machine.moves)


def draft_of(flow: Flow, purpose: str, debit: str, credit: str) -> Draft:
    """Its key says which payment or payout and what of it: so often the provider may say it, so often it is booked."""
    kind = "payment" if isinstance(flow, Payment) else "payout"
    return Draft(
        key=f"{purpose}/{flow.id}",
        purpose=purpose,
        by=f"system:{flow.provider}",
        lines=(Line(account=debit, minor=flow.minor), Line(account=credit, minor=-flow.minor)),
        refs={kind: flow.id},
    )


def move_payment(seen: Payment, event: ProviderEvent, now_ms: int) -> Payment:
    """The payment after what the provider said; itself where that says nothing new."""
    try:
        moved = PAYMENT.move(seen.state, event.type, Actor.PROVIDER, None)
    except MoveRefused:
        return seen
    cash, paid_in = _cash(seen), account_id(AccountKind.CLIENT_BALANCE, seen.owner, seen.currency)
    reserve = account_id(AccountKind.LOSS_RESERVE, HOUSE, seen.currency)
    made = {
        "book_money_in": ("payment_in", cash, paid_in),
        "book_chargeback": ("chargeback", reserve, cash),
        "book_won": ("chargeback_won", cash, reserve),
    }
    changed = {"state": moved.target, "look_at_ms": next_look(seen, moved.target, now_ms)}
    return _book(seen.model_copy(update=changed), [draft_of(seen, *made[effect]) for effect in moved.effects])


def next_look(flow: Flow, state: PaymentState | PayoutState, now_ms: int) -> int:
    """When the provider is asked in case a webhook was lost; 0 for never.

    What is settled can still be charged back or returned: it is asked about again whenever its age has doubled.
    """
    age_ms = now_ms - flow.created_at_ms
    if _is_over(flow, state) or (state in _SETTLED and age_ms > LOOK_UNTIL_MS):
        return 0
    return now_ms + (min(max(age_ms, LOOK_AFTER_MS), LOOK_AT_LEAST_EACH_MS) if state in _SETTLED else LOOK_AFTER_MS)


def _is_over(flow: Flow, state: PaymentState | PayoutState) -> bool:
    """Of a payout that was taken back before any attempt, no bank has heard."""
    return state is PayoutState.RETURNED or (
        state is PayoutState.CANCELLED and isinstance(flow, Payout) and not flow.attempt
    )


def move_payout(seen: Payout, event: ProviderEvent, now_ms: int) -> Payout:
    """The payout after what the provider said of one attempt; itself where that says nothing new."""
    if event.type == "failed" and event.attempt != seen.attempt:
        return seen  # of an attempt that was given up for another
    if not seen.attempt and seen.state is not PayoutState.CANCELLED:
        return seen  # nobody outside has heard of it
    try:
        moved = PAYOUT.move(seen.state, event.type, Actor.PROVIDER, None)
    except MoveRefused:
        return seen
    bookings = [_payout_booking(seen, effect) for effect in moved.effects]
    changed = {"state": moved.target, "look_at_ms": next_look(seen, moved.target, now_ms), "said": event.detail}
    changed |= {"held_for": "", "next_actor": "", "expected_by_ms": 0}
    return _book(seen.model_copy(update=changed), bookings)


def act_on_payout(seen: Payout, event: str, actor: Actor, now_ms: int) -> Payout:
    """Held, released, sent, retried or cancelled. Raises MoveRefused."""
    moved = PAYOUT.move(seen.state, event, actor, None)
    changed: dict[str, object] = {"state": moved.target}
    if moved.target is not PayoutState.HELD:
        changed |= {"held_for": "", "next_actor": "", "expected_by_ms": 0}
    if event == "send":
        # The attempt is on disk before the provider hears of it: asked again, it is asked for the same one.
        changed |= {"attempt": seen.attempt + 1, "look_at_ms": now_ms}
    elif moved.target is PayoutState.PENDING:
        changed |= {"look_at_ms": now_ms}  # whoever moved it may die before it is sent
    elif moved.target is not PayoutState.HELD:
        changed |= {"look_at_ms": next_look(seen, moved.target, now_ms)}
    effects = [effect for effect in moved.effects if effect.startswith("book_")]
    return _book(seen.model_copy(update=changed), [_payout_booking(seen, effect) for effect in effects])


def reserving(payout: Payout) -> Draft:
    """What a request takes from the payable at once."""
    return draft_of(payout, "payout_request", _payable(payout), _leaving(payout))


def giving_back(payout: Payout) -> Draft:
    """What a request took goes back; once, whether or not its cancelling has booked it."""
    return _payout_booking(payout, "book_cancelled")


def done(seen: F, bookings: tuple[Draft, ...]) -> F:
    left = tuple(one for one in seen.bookings if one not in bookings)
    return seen.model_copy(update={"bookings": left, "unsettled": bool(left)})


def _book(flow: F, new: list[Draft]) -> F:
    bookings = (*flow.bookings, *new)
    return flow.model_copy(update={"bookings": bookings, "unsettled": bool(bookings)})


def _payout_booking(payout: Payout, effect: str) -> Draft:
    cash, leaving, payable = _cash(payout), _leaving(payout), _payable(payout)
    suspense = account_id(AccountKind.SUSPENSE, HOUSE, payout.currency)
    made = {
        "book_paid": ("payout_paid", leaving, cash),
        "book_returned": ("payout_returned", cash, payable),
        "book_cancelled": ("payout_cancelled", leaving, payable),
        "book_paid_late": ("payout_paid_late", suspense, cash),
        "book_late_returned": ("payout_late_returned", cash, suspense),
    }
    return draft_of(payout, *made[effect])


def _cash(flow: Flow) -> str:
    return account_id(AccountKind.CASH, flow.provider, flow.currency)


def _payable(payout: Payout) -> str:
    return account_id(AccountKind.PAYABLE, payout.owner, payout.currency)


def _leaving(payout: Payout) -> str:
    return account_id(AccountKind.PAYOUT_PENDING, payout.owner, payout.currency)
