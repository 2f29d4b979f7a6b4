"""Money in and out, through a provider: it is asked only for what is on disk, and by the same id however often."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeVar

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, Invalid, Unavailable
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import carry_out_each
from guildhall.kit.storage import Duplicate, StorageUnavailable
from guildhall.payments.lifecycle import Actor, PaymentState, PayoutState
from guildhall.payments.model.entries import entry_id
from guildhall.payments.model.flows import Payment, Payout, PayoutAccount
from guildhall.payments.rules.bank_identifiers import check_holder, check_iban
from guildhall.payments.rules.deciding import InsufficientFunds
from guildhall.payments.rules.moving import LOOK_AFTER_MS, act_on_payout, giving_back, next_look, reserving
from guildhall.payments.service.inbox import Inbox, carry_out
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.provider import Provider
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.bank_seal import BankSeal
from guildhall.payments.store.flows import FlowStore, keyed, to_look_at

log = get_logger(__name__)
_HOUR_MS: Final = 3_600_000
_ASKED_ABOUT: Final = frozenset(
    {PayoutState.IN_TRANSIT, PayoutState.PAID, PayoutState.FAILED, PayoutState.CANCELLED, PayoutState.PAID_LATE}
)
F = TypeVar("F", Payment, Payout)


@dataclass(frozen=True, slots=True)
class Paying:
    store: FlowStore
    ledger: Ledger
    inbox: Inbox
    provider: Provider
    clock: Clock
    settings: PaymentsSettings
    seal: BankSeal
    bank: Provider | None = None
    """Sends to account numbers; `provider` sends to all else."""

    async def pay_in(self, owner: str, key: str, minor: int, currency: str, method: str) -> Payment:
        """Ask the provider to charge a card. Where the money is, its webhooks say. The same key is the same payment."""
        if minor <= 0:
            raise Invalid("An amount is more than nothing.")
        now_ms = self.clock.now_ms()
        payment = Payment(
            id=new_id("pay", self.clock),
            created_at_ms=now_ms,
            owner=owner,
            key=key,
            minor=minor,
            currency=currency,
            provider=self.provider.name,
            method=method,
            look_at_ms=now_ms,
        )
        try:
            await self.store.payments.add(payment)
        except Duplicate:
            found = await keyed(self.store.payments, owner, key)
            if found is None or (found.minor, found.currency, found.method) != (minor, currency, method):
                raise Conflict("That key was used for another payment.") from None
            payment = found
        return await self._charge(payment)

    async def set_payout_account(self, owner: str, bank: str, label: str, holder: str = "") -> PayoutAccount:
        """Where money goes. After a change payouts are held for a while, so that a thief gains nothing by it.

        With a holder `bank` is an account number. Raises Invalid for one whose digits do not fit, and for a name in
        letters that no bank takes.
        """
        now_ms = self.clock.now_ms()
        iban, holder = (check_iban(bank), check_holder(holder)) if holder else ("", "")
        token, sealed = ("", self.seal.seal(iban, holder)) if holder else (bank, None)
        given = {"bank": token, "account": sealed, "label": label, "changed_at_ms": now_ms}

        def is_same(seen: PayoutAccount) -> bool:
            return self.seal.is_of(seen.account, iban, holder) if holder else (seen.bank, seen.account) == (bank, None)

        account = PayoutAccount(
            id=owner, created_at_ms=now_ms, bank=token, account=sealed, label=label, changed_at_ms=now_ms
        )
        try:
            await self.store.payout_accounts.add(account)
        except Duplicate:
            return await self.store.payout_accounts.change(
                owner,
                now_ms,
                lambda seen: seen if is_same(seen) else seen.model_copy(update=given),
            )
        return account

    async def pay_out(self, owner: str, key: str, minor: int, currency: str) -> Payout:
        """Take it from what is payable at once, and send it, or hold it with a reason. The same key is the same payout.

        Raises InsufficientFunds, NotFound without a bank account, Invalid below the least amount.
        """
        if minor < self.settings.payout_minimum_minor:
            raise Invalid(f"The least that is paid out is {self.settings.payout_minimum_minor} minor units.")
        account = await self.store.payout_accounts.read(owner)
        payout = Payout(
            id=new_id("pout", self.clock),
            created_at_ms=self.clock.now_ms(),
            owner=owner,
            key=key,
            minor=minor,
            currency=currency,
            provider=self.bank.name if self.bank is not None and account.account else self.provider.name,
            bank=account.bank,
            account=account.account,
            look_at_ms=self.clock.now_ms(),
        )
        try:
            await self.store.payouts.add(payout)
        except Duplicate:
            found = await keyed(self.store.payouts, owner, key)
            if found is None or (found.minor, found.currency) != (minor, currency):
                raise Conflict("That key was used for another payout.") from None
            payout = found
        return await self.advance(payout)

    async def act(self, payout_id: str, event: str, actor: Actor) -> Payout:
        """Release, retry or cancel. Raises MoveRefused, with what is possible instead."""
        now_ms = self.clock.now_ms()
        await self.store.payouts.change(payout_id, now_ms, lambda seen: act_on_payout(seen, event, actor, now_ms))
        payout = await carry_out(self.store.payouts, self.ledger, payout_id, now_ms)
        return await self.advance(payout)

    async def hold(self, payout_id: str, reason: str, next_actor: str, expected_by_ms: int, actor: Actor) -> Payout:
        """Stop it before it is sent: never without a reason, who acts next, and when."""
        now_ms = self.clock.now_ms()
        told = {"held_for": reason, "next_actor": next_actor, "expected_by_ms": expected_by_ms, "look_at_ms": 0}
        return await self.store.payouts.change(
            payout_id, now_ms, lambda seen: act_on_payout(seen, "hold", actor, now_ms).model_copy(update=told)
        )

    async def advance(self, payout: Payout) -> Payout:
        """As far as it goes without anybody: reserved, held while the bank account is new, sent."""
        now_ms = self.clock.now_ms()
        if payout.state is PayoutState.REQUESTED:
            payout = await self._reserve(payout)
        if payout.state is PayoutState.HELD and payout.next_actor == "calendar" and payout.expected_by_ms <= now_ms:
            payout = await self.store.payouts.change(payout.id, now_ms, _unless_moved(payout, "release", now_ms))
        if payout.state is PayoutState.PENDING:
            payout = await self.store.payouts.change(payout.id, now_ms, _unless_moved(payout, "send", now_ms))
        if payout.state is PayoutState.IN_TRANSIT and not payout.reference.endswith(f"/{payout.attempt}"):
            payout = await self._send(payout)
        return payout

    async def look(self) -> None:
        """The job's: what was begun and not finished, and what the provider has not told us of."""
        now_ms = self.clock.now_ms()
        payments = await to_look_at(self.store.payments, now_ms)
        await carry_out_each(payments, self._or_later(self._look_at_payment), failed="payment_postponed")
        payouts = await to_look_at(self.store.payouts, now_ms)
        await carry_out_each(payouts, self._or_later(self._look_at_payout), failed="payout_postponed")

    def _or_later(self, look_at: Callable[[F], Awaitable[None]]) -> Callable[[F], Awaitable[None]]:
        """One that fails has had its turn: else a hundred of them would be the first for ever, and the only ones."""

        async def try_it(flow: F) -> None:
            try:
                await look_at(flow)
            except StorageUnavailable:
                raise
            except Exception:
                await self._look_later(flow)
                raise

        return try_it

    async def _look_at_payment(self, payment: Payment) -> None:
        if payment.reference or payment.state is not PaymentState.CREATED:
            await self._ask(payment)
            await self.inbox.claiming.follow_payment(payment.id)
        else:
            await self._charge(payment)

    async def _look_at_payout(self, payout: Payout) -> None:
        if _was_refused(payout):
            await self._give_back(payout)
            return
        try:
            moved = await self.advance(payout)
        except InsufficientFunds:
            return
        if moved.state in _ASKED_ABOUT and moved.rev == payout.rev:
            await self._ask(moved)

    async def _charge(self, payment: Payment) -> Payment:
        if payment.state is not PaymentState.CREATED or payment.reference:
            return payment
        asked = await self.provider.charge(payment)
        now_ms = self.clock.now_ms()
        noted = {"reference": asked.reference, "action_url": asked.action_url, "look_at_ms": now_ms + LOOK_AFTER_MS}
        await self.store.payments.change(
            payment.id, now_ms, lambda seen: seen if seen.reference else seen.model_copy(update=noted)
        )
        return await self.store.payments.read(payment.id)

    async def _reserve(self, payout: Payout) -> Payout:
        now_ms = self.clock.now_ms()
        try:
            await self.ledger.post(reserving(payout))
        except InsufficientFunds as refusal:
            # Looked at once more when whoever was about to reserve it at the same moment has.
            said = {"said": refusal.detail, "look_at_ms": now_ms + LOOK_AFTER_MS}
            refused = await self.store.payouts.change(payout.id, now_ms, _unless_moved(payout, "refuse", now_ms, said))
            if refused.state is not PayoutState.CANCELLED:
                return refused
            raise
        account = await self.store.payout_accounts.read(payout.owner)
        ends_ms = account.changed_at_ms + int(self.settings.payout_cool_down_hours * _HOUR_MS)
        if now_ms >= ends_ms:
            move = _unless_moved(payout, "reserve", now_ms)
        else:
            move = _unless_moved(payout, "hold", now_ms, _held_until(ends_ms))
        moved = await self.store.payouts.change(payout.id, now_ms, move)
        return await self._give_back(moved) if moved.state is PayoutState.CANCELLED else moved

    async def _give_back(self, payout: Payout) -> Payout:
        """One that was refused, and for which money was taken all the same by whoever asked when some had come."""
        request = reserving(payout)
        id_ = entry_id(request.lines[0].account, request.key)
        if id_ in await self.ledger.store.entries([id_]):
            await self.ledger.post(giving_back(payout))
        now_ms = self.clock.now_ms()
        return await self.store.payouts.change(
            payout.id, now_ms, lambda seen: seen.model_copy(update={"look_at_ms": 0}) if _was_refused(seen) else seen
        )

    async def _send(self, payout: Payout) -> Payout:
        asked = await self._provider_of(payout).send(payout)
        now_ms = self.clock.now_ms()
        noted = {"reference": f"{asked.reference}/{payout.attempt}", "look_at_ms": now_ms + LOOK_AFTER_MS}

        def note(seen: Payout) -> Payout:
            is_still = seen.state is PayoutState.IN_TRANSIT and seen.attempt == payout.attempt
            return seen.model_copy(update=noted) if is_still else seen

        return await self.store.payouts.change(payout.id, now_ms, note)

    def _provider_of(self, flow: Payment | Payout) -> Provider:
        return self.bank if self.bank is not None and flow.provider == self.bank.name else self.provider

    async def _ask(self, flow: Payment | Payout) -> None:
        """What a lost webhook would have said."""
        try:
            provider = self._provider_of(flow)
            for event in await provider.look(flow.id):
                await self.inbox.receive(provider.name, event)
        except Unavailable as error:
            log.warning("provider_does_not_answer", flow=flow.id, reason=str(error))
        await self._look_later(flow)

    async def _look_later(self, flow: Payment | Payout) -> None:
        now_ms = self.clock.now_ms()

        def look_later(seen: F) -> F:
            later = next_look(seen, seen.state, now_ms)
            return seen.model_copy(update={"look_at_ms": later}) if seen.look_at_ms else seen

        if isinstance(flow, Payout):
            await self.store.payouts.change(flow.id, now_ms, look_later)
        else:
            await self.store.payments.change(flow.id, now_ms, look_later)


def _unless_moved(
    payout: Payout, event: str, now_ms: int, said: Mapping[str, Any] = MappingProxyType({})
) -> Callable[[Payout], Payout]:
    """The system's move, with what is said of it, unless somebody was faster."""

    def decide(seen: Payout) -> Payout:
        if seen.state is not payout.state:
            return seen
        return act_on_payout(seen, event, Actor.SYSTEM, now_ms).model_copy(update=dict(said))

    return decide


def _held_until(ends_ms: int) -> dict[str, Any]:
    why = "The bank account was changed lately."
    return {"held_for": why, "next_actor": "calendar", "expected_by_ms": ends_ms, "look_at_ms": ends_ms}


def _was_refused(payout: Payout) -> bool:
    """Or taken back before any bank had heard of it."""
    return payout.state is PayoutState.CANCELLED and not payout.attempt
