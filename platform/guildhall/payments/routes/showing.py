"""Stored things as the wire shows them."""

from collections.abc import Sequence
from typing import TypeVar

from guildhall.payments.lifecycle import CLAIM, PAYOUT, Actor
from guildhall.payments.messages import (
    AccountShown,
    ActionShown,
    ClaimShown,
    DepositShown,
    HeldShown,
    LineGiven,
    ManualShown,
    PaymentShown,
    PayoutAccountShown,
    PayoutShown,
    PostingShown,
    ReconciliationShown,
)
from guildhall.payments.model.balances import LedgerAccount
from guildhall.payments.model.chart import CHART
from guildhall.payments.model.claims import Claim
from guildhall.payments.model.flows import Payment, Payout, PayoutAccount
from guildhall.payments.model.holds import Hold
from guildhall.payments.model.manual import ManualEntry
from guildhall.payments.model.pages import StatementPage
from guildhall.payments.model.reconciliations import Reconciliation
from guildhall.payments.model.transfers import StatementEntry
from guildhall.payments.store.flows import PAGE

T = TypeVar("T")


class Cutting:
    """Shows so much of each list of an answer, and tells by `cut` which of them go on."""

    def __init__(self) -> None:
        self._cut: list[str] = []

    def show(self, name: str, found: Sequence[T]) -> Sequence[T]:
        """`found` has one more than is shown where the list goes on."""
        if len(found) > PAGE and name not in self._cut:
            self._cut.append(name)
        return found[:PAGE]

    @property
    def cut(self) -> tuple[str, ...]:
        return tuple(self._cut)


def account_shown(account: LedgerAccount) -> AccountShown:
    amounts = account.amounts
    return AccountShown(
        account=account.id,
        kind=account.kind.value,
        words=CHART[account.kind].words,
        currency=account.currency,
        posted=amounts.posted,
        reserved=amounts.reserved,
        incoming=amounts.incoming,
        available=amounts.available,
    )


def held_shown(hold: Hold, account: LedgerAccount) -> HeldShown:
    return HeldShown(
        account=account.id,
        subject=hold.terms.subject,
        minor=hold.terms.minor,
        currency=hold.terms.currency,
        held_minor=account.amounts.posted,
        frozen_minor=account.amounts.reserved,
        created_at_ms=hold.created_at_ms,
    )


def deposit_shown(entry: StatementEntry) -> DepositShown:
    said = entry.said
    return DepositShown(
        deposit_id=entry.id,
        minor=said.minor,
        currency=said.currency,
        party=said.party,
        reference=said.reference,
        created_at_ms=entry.created_at_ms,
    )


def claim_shown(claim: Claim) -> ClaimShown:
    """With what its payer may do about it now."""
    allowed = CLAIM.allowed_actions(claim.state, Actor.OWNER, None)
    return ClaimShown(
        claim_id=claim.id,
        minor=claim.minor,
        currency=claim.currency,
        state=claim.state.value,
        due_at_ms=claim.due_at_ms,
        refusal=claim.refusal,
        created_at_ms=claim.created_at_ms,
        actions=tuple(ActionShown(event=one.event, allowed=one.allowed, reason=one.reason) for one in allowed),
    )


def payout_shown(payout: Payout, actor: Actor) -> PayoutShown:
    """With what this actor may do about it now."""
    allowed = PAYOUT.allowed_actions(payout.state, actor, None)
    return PayoutShown(
        payout_id=payout.id,
        owner=payout.owner,
        minor=payout.minor,
        currency=payout.currency,
        state=payout.state.value,
        attempt=payout.attempt,
        held_for=payout.held_for,
        next_actor=payout.next_actor,
        expected_by_ms=payout.expected_by_ms,
        said=payout.said,
        created_at_ms=payout.created_at_ms,
        actions=tuple(ActionShown(event=one.event, allowed=one.allowed, reason=one.reason) for one in allowed),
    )


def payment_shown(payment: Payment) -> PaymentShown:
    return PaymentShown(
        payment_id=payment.id,
        minor=payment.minor,
        currency=payment.currency,
        state=payment.state.value,
        method=payment.method,
        action_url=payment.action_url if payment.state.value == "requires_action" else "",
        created_at_ms=payment.created_at_ms,
    )


def payout_account_shown(account: PayoutAccount) -> PayoutAccountShown:
    """Of an account number its end alone, which is all that is known without a key."""
    bank = f"…{account.account.last_four}" if account.account else account.bank
    return PayoutAccountShown(label=account.label, bank=bank, changed_at_ms=account.changed_at_ms)


def postings_shown(pages: list[StatementPage]) -> tuple[PostingShown, ...]:
    """With the balance after each line, which the page knows after its last one."""
    shown = []
    for page in pages:
        balance = page.after.posted - sum(posting.change.posted for posting in page.postings)
        for posting in page.postings:
            balance += posting.change.posted
            shown.append(
                PostingShown(
                    entry=posting.entry,
                    purpose=posting.purpose,
                    at_ms=posting.at_ms,
                    posted=posting.change.posted,
                    reserved=posting.change.reserved,
                    incoming=posting.change.incoming,
                    balance=balance,
                )
            )
    return tuple(shown)


def manual_shown(manual: ManualEntry, reader: str) -> ManualShown:
    return ManualShown(
        manual_id=manual.id,
        state=manual.state.value,
        reason=manual.reason,
        lines=tuple(LineGiven(account=line.account, minor=line.minor) for line in manual.lines),
        proposed_by=manual.proposed_by,
        confirmed_by=manual.confirmed_by,
        entry=manual.entry,
        created_at_ms=manual.created_at_ms,
        is_mine=manual.proposed_by == reader,
    )


def reconciliation_shown(made: Reconciliation) -> ReconciliationShown:
    return ReconciliationShown(
        at_ms=made.at_ms,
        blocks=made.blocks,
        entries=made.entries,
        in_flight=made.in_flight,
        head=made.head,
        totals=made.totals,
        faults=made.faults,
        fault_count=made.fault_count,
    )
