"""After a chargeback: its payer is told, and owes what was used of the money before, until a day that stands there.

What they have not used makes up for it at once (`making_up`). The rest is a claim: only they themselves take it from
money that they pay in later. An agent who was paid out of it keeps what they have.
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.money import Money, say_money
from guildhall.kit.passes import carry_out_all
from guildhall.kit.storage import Duplicate
from guildhall.notifications.service import Message
from guildhall.payments.lifecycle import ClaimState, PaymentState
from guildhall.payments.model.claims import Claim
from guildhall.payments.model.entries import Entry, entry_id
from guildhall.payments.model.flows import Payment
from guildhall.payments.rules import claiming
from guildhall.payments.rules.deciding import InsufficientFunds, KeyTaken
from guildhall.payments.rules.drafting import source_of
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.making_up import made_up, make_up
from guildhall.payments.service.telling import Telling
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.flows import FlowStore

_WHAT_TO_DO: Final = "Pay in as much and settle it under Money; if you know nothing of it, ask your bank."


@dataclass(frozen=True, slots=True)
class Claiming:
    """Any number of processes may have one; every step is a compare-and-set, or an entry by its key."""

    store: FlowStore
    ledger: Ledger
    clock: Clock
    settings: PaymentsSettings
    telling: Telling

    async def follow_payment(self, payment_id: str) -> None:
        """Whoever applied what the provider said of it; again changes nothing."""
        payment = await self.store.payments.read(payment_id)
        claim = await self.store.claims.get(payment_id)
        if payment.state is PaymentState.CHARGED_BACK and claim is None:
            await make_up(self.store, self.ledger, payment_id)
            await self._open(payment)
        if payment.state is PaymentState.CHARGEBACK_WON:
            await make_up(self.store, self.ledger, payment_id)
            if claim is not None and claim.state is not ClaimState.DROPPED:
                now_ms = self.clock.now_ms()
                await self.store.claims.change(
                    claim.id, now_ms, lambda seen: claiming.drop(seen, self.settings, now_ms)
                )
                await self._follow(claim.id)

    async def settle(self, claim_id: str, owners: frozenset[str], by: str) -> Claim:
        """All of it, out of the payer's balance; it says so where that is too little. Raises NotFound, MoveRefused."""
        claim = await self.store.claims.read(claim_id)
        if claim.owner not in owners:
            raise NotFound(f"There is no claim {claim_id}.")
        now_ms = self.clock.now_ms()
        await self.store.claims.change(claim_id, now_ms, lambda seen: claiming.settle(seen, by, self.settings, now_ms))
        return await self._follow(claim_id)

    async def look(self) -> None:
        """The job's: what was begun and not finished, and every clock."""
        due, left = self.store.claims_due(self.clock.now_ms()), self.store.claims_unsettled()
        await carry_out_all(due, self._fire, failed="claim_postponed")
        await carry_out_all(left, lambda claim: self._follow(claim.id), failed="claim_postponed")

    async def _fire(self, claim: Claim) -> None:
        now_ms = self.clock.now_ms()
        fired = claiming.fire(claim, self.settings, now_ms)
        if fired.state is ClaimState.OVERDUE:
            await self._tell(claim, "overdue", f"{_owed(claim)} is overdue", f"Since {_day(claim)}. {_WHAT_TO_DO}")
        elif fired.state is ClaimState.OPEN:
            await self._tell(claim, "reminder", f"{_owed(claim)} is due on {_day(claim)}", _WHAT_TO_DO)
        await self.store.claims.change(claim.id, now_ms, lambda seen: claiming.fire(seen, self.settings, now_ms))

    async def _open(self, payment: Payment) -> None:
        given = await made_up(self.ledger, payment)
        owed = payment.minor - (given.lines[0].minor if given is not None else 0)
        now_ms = self.clock.now_ms()
        claim = claiming.claim_of(payment, owed, self.settings, now_ms)
        whole = say_money(Money(minor=payment.minor, currency=payment.currency))
        if owed:
            text = f"The bank took {whole} back that was paid in by card, and {_owed(claim)} of it was used already."
            due = f"That is owed until {_day(claim)}. {_WHAT_TO_DO}"
            await self._tell(claim, "charged_back", f"{whole} was charged back", f"{text} {due}")
            with contextlib.suppress(Duplicate):
                await self.store.claims.add(claim)
            if (await self.store.payments.read(payment.id)).state is not payment.state:  # won while this was on its way
                await self.follow_payment(payment.id)
        elif not payment.is_told:
            text = f"The bank took {whole} back that was paid in by card. It was not used yet, so nothing is owed."
            await self._tell(claim, "charged_back", f"{whole} was charged back", text)
            told = {"is_told": True}
            await self.store.payments.change(payment.id, now_ms, lambda seen: seen.model_copy(update=told))

    async def _follow(self, claim_id: str) -> Claim:
        """As far as it goes without anybody: taken, or refused in words; given back where it was dropped."""
        claim, now_ms = await self.store.claims.read(claim_id), self.clock.now_ms()
        if claim.state is ClaimState.SETTLING:
            refusal = await self._take(claim)
            claim = await self.store.claims.change(
                claim_id, now_ms, lambda seen: claiming.answered(seen, refusal, self.settings, now_ms)
            )
        entry = await self._entry(claim)
        if claim.state is ClaimState.DROPPED and entry is not None:
            await self.ledger.reverse(entry.id, "claim_given_back", "system:claims", {"payment": claim.id})
        elif claim.state in {ClaimState.OPEN, ClaimState.OVERDUE} and entry is not None:
            claim = await self.store.claims.change(
                claim_id, now_ms, lambda seen: claiming.answered(seen, "", self.settings, now_ms)
            )
        if claim.state is ClaimState.DROPPED:
            text = "The chargeback was decided for this house; what was taken for it is in the balance again."
            await self._tell(claim, "dropped", f"{_owed(claim)} is not owed any more", text)
        state, over = claim.state, {"unsettled": False}
        return await self.store.claims.change(
            claim_id,
            now_ms,
            lambda seen: seen.model_copy(update=over) if seen.unsettled and seen.state is state else seen,
        )

    async def _take(self, claim: Claim) -> str:
        """Empty when it is taken, else why not."""
        payment = await self.store.payments.read(claim.id)
        given = await made_up(self.ledger, payment)  # by a process that had read the balance before there was a claim
        owed = min(claim.minor, payment.minor - (given.lines[0].minor if given is not None else 0))
        try:
            if owed:
                await self.ledger.post(claiming.settling(claim, owed))
        except KeyTaken:  # it was taken before
            return ""
        except InsufficientFunds as refusal:
            there = say_money(Money(minor=max(0, refusal.available), currency=claim.currency))
            return f"{_owed(claim)} is owed and {there} is there: pay the rest in first, and settle it again."
        return ""

    async def _entry(self, claim: Claim) -> Entry | None:
        draft = claiming.settling(claim, claim.minor)
        entry = entry_id(source_of(draft.lines), draft.key)
        return (await self.ledger.store.entries([entry])).get(entry)

    async def _tell(self, claim: Claim, kind: str, title: str, text: str) -> None:
        path = f"/money#{claim.owner}" if claim.owner.startswith("org_") else "/money"
        message = Message(kind=f"claim_{kind}", title=title, text=text, path=path)
        await self.telling.tell(claim.owner, f"{claim.id}_{kind}", message, self.clock.now_ms())


def _owed(claim: Claim) -> str:
    return say_money(Money(minor=claim.minor, currency=claim.currency))


def _day(claim: Claim) -> str:
    told = datetime.fromtimestamp(claim.due_at_ms / 1000, UTC)
    return f"{told.day} {told:%B %Y}"
