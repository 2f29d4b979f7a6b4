"""Claims after chargebacks: opened with a day, reminded of, overdue, settled by their payer, dropped when won. Pure."""

from typing import Final

from guildhall.payments.lifecycle import CLAIM, Actor, ClaimState
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.claims import Claim
from guildhall.payments.model.entries import Draft, Line
from guildhall.payments.model.flows import Payment
from guildhall.payments.settings import PaymentsSettings

DAY_MS: Final = 86_400_000
LOOK_AFTER_MS: Final = 3_600_000
"""No follower that was alive when a claim was dropped is still about to take its money so much later."""
SETTLED: Final = "claim_settled"


def claim_of(payment: Payment, owed_minor: int, settings: PaymentsSettings, now_ms: int) -> Claim:
    claim = Claim(
        id=payment.id,
        created_at_ms=now_ms,
        owner=payment.owner,
        currency=payment.currency,
        minor=owed_minor,
        due_at_ms=now_ms + settings.claim_days * DAY_MS,
    )
    return _timed(claim, settings, now_ms)


def settle(claim: Claim, by: str, settings: PaymentsSettings, now_ms: int) -> Claim:
    """The payer's: take it from their balance. Raises MoveRefused."""
    return _moved(claim, "settle", Actor.OWNER, settings, now_ms, settled_by=by, refusal="", unsettled=True)


def answered(claim: Claim, refusal: str, settings: PaymentsSettings, now_ms: int) -> Claim:
    """The system's: it was taken, or too little was there; the same claim where that is no news."""
    if claim.state in {ClaimState.SETTLED, ClaimState.DROPPED} or (refusal and claim.state is not ClaimState.SETTLING):
        return claim
    return _moved(claim, "refused" if refusal else "settled", Actor.SYSTEM, settings, now_ms, refusal=refusal)


def drop(claim: Claim, settings: PaymentsSettings, now_ms: int) -> Claim:
    """The system's: the chargeback was won; what was taken for it goes back."""
    if claim.state is ClaimState.DROPPED:
        return claim
    return _moved(claim, "drop", Actor.SYSTEM, settings, now_ms, refusal="", unsettled=True)


def fire(claim: Claim, settings: PaymentsSettings, now_ms: int) -> Claim:
    """What is due: overdue, reminded, or looked after once more; the same claim for nothing."""
    if not 0 < claim.look_at_ms <= now_ms:
        return claim
    if claim.state is ClaimState.OPEN and claim.due_at_ms <= now_ms:
        return _moved(claim, "fall_due", Actor.SYSTEM, settings, now_ms)
    if claim.state is ClaimState.OPEN:
        return _timed(claim.model_copy(update={"is_reminded": True}), settings, now_ms)
    return claim.model_copy(update={"look_at_ms": 0, "unsettled": claim.state is ClaimState.DROPPED})


def settling(claim: Claim, minor: int) -> Draft:
    """From the payer's balance, against the loss that the chargeback left."""
    balance = account_id(AccountKind.CLIENT_BALANCE, claim.owner, claim.currency)
    lost = account_id(AccountKind.LOSS_RESERVE, HOUSE, claim.currency)
    return Draft(
        key=f"{SETTLED}/{claim.id}",
        purpose=SETTLED,
        by=claim.settled_by,
        lines=(Line(account=balance, minor=minor), Line(account=lost, minor=-minor)),
        refs={"payment": claim.id},
    )


def _moved(claim: Claim, event: str, actor: Actor, settings: PaymentsSettings, now_ms: int, **changes: object) -> Claim:
    moved = CLAIM.move(claim.state, event, actor, claim.due_at_ms > now_ms)
    return _timed(claim.model_copy(update={"state": moved.target, **changes}), settings, now_ms)


def _timed(claim: Claim, settings: PaymentsSettings, now_ms: int) -> Claim:
    look_at_ms = 0
    if claim.state is ClaimState.OPEN:
        remind_ms = claim.due_at_ms - settings.claim_reminder_days * DAY_MS
        look_at_ms = claim.due_at_ms if claim.is_reminded else remind_ms
    elif claim.state is ClaimState.DROPPED:
        look_at_ms = now_ms + LOOK_AFTER_MS
    return claim.model_copy(update={"look_at_ms": look_at_ms})
