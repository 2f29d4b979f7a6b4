"""Fund, release, refund, dispute, pay out, charge back, in any order, by processes that die at any write, with webhooks
that come twice, in any order or not at all: after recovery all sums are right, and all that was said is known.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from guildhall.kit.errors import NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import Actor, PaymentState, PayoutState
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.flows import Payment, Payout
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.rules.deciding import AlreadyResolved, InsufficientFunds
from guildhall.payments.rules.drafting import NotAnEntry
from guildhall.payments.service.making_up import made_up
from guildhall.payments.service.sandbox import CARDS, LATE_MS
from guildhall.payments.settings import PaymentsSettings
from tests.guildhall.payments.killed import EXAMPLES, KilledHouse, walk_over_mongo
from tests.guildhall.payments.purse import prove_whole
from tests.servers.mongo import MongoServers

MINOR = st.integers(1, 900)
CARD = st.sampled_from(sorted(CARDS))
BANK = st.sampled_from(["bank_ok", "bank_late", "bank_failed", "bank_returned"])
DEATH = st.one_of(st.none(), st.integers(0, 14))
SOON = st.integers(0, 7)
"""Among the first writes, where an event is kept, applied, booked and crossed out."""
LATELY = 4
CAME_IN = {PaymentState.SUCCEEDED, PaymentState.CHARGED_BACK, PaymentState.CHARGEBACK_WON}
LEAVING = {PayoutState.HELD, PayoutState.PENDING, PayoutState.IN_TRANSIT, PayoutState.FAILED}


class MoneyMachine(KilledHouse):
    settings_of_house = PaymentsSettings(payout_minimum_minor=1, payout_cool_down_hours=0, recover_after_seconds=0)
    refused = (InsufficientFunds, AlreadyResolved, NotAnEntry, MoveRefused, NotFound)

    def __init__(self) -> None:
        super().__init__()
        self.payments: list[str] = []
        self.payouts: list[str] = []
        self.flows: list[str] = []
        """Both, in the order in which they were asked for."""
        self.holds: list[str] = []
        self.frozen: list[tuple[str, str]] = []

    def teardown(self) -> None:
        self.run(self.settle())
        self.check(self.run(self.service.ledger.store.accounts_after("")), is_settled=True)
        self.close()

    @rule(minor=MINOR, card=CARD, death=DEATH)
    def pay_in(self, minor: int, card: str, death: int | None) -> None:
        key = self.key()
        payment = self.once(lambda service: service.paying.pay_in("acme", key, minor, "EUR", card), death)
        if payment is not None:
            self.payments.append(payment.id)
            self.flows.append(payment.id)

    @rule(minor=MINOR, death=DEATH)
    def fund(self, minor: int, death: int | None) -> None:
        key = self.key()
        terms = HoldTerms(subject=key, payer="acme", payee="ada", minor=minor, currency="EUR")
        hold = self.once(lambda service: service.holding.hold(key, terms, "usr_client"), death)
        if hold is not None:
            self.holds.append(hold.id)

    @rule(minor=MINOR, death=DEATH, data=st.data(), verb=st.sampled_from(["release", "refund", "freeze"]))
    def use_held(self, minor: int, death: int | None, data: st.DataObject, verb: str) -> None:
        if not self.holds:
            return
        hold, key = data.draw(st.sampled_from(self.holds)), self.key()
        done = self.once(lambda service: getattr(service.holding, verb)(hold, key, minor, "usr_any"), death)
        if done is not None and verb == "freeze":
            self.frozen.append((hold, key))

    @rule(to_payee=st.integers(0, 400), to_payer=st.integers(0, 400), death=DEATH, data=st.data())
    def decide(self, to_payee: int, to_payer: int, death: int | None, data: st.DataObject) -> None:
        if not self.frozen:
            return
        hold, key = data.draw(st.sampled_from(self.frozen))
        self.once(lambda service: service.holding.decide(hold, key, to_payee, to_payer, "usr_judge"), death)

    @rule(minor=MINOR, bank=BANK, death=DEATH)
    def pay_out(self, minor: int, bank: str, death: int | None) -> None:
        key = self.key()
        self.once(lambda service: service.paying.set_payout_account("ada", bank, "label"), death)
        payout = self.once(lambda service: service.paying.pay_out("ada", key, minor, "EUR"), death)
        if payout is not None:
            self.payouts.append(payout.id)
            self.flows.append(payout.id)

    @rule(event=st.sampled_from(["retry", "cancel"]), death=DEATH, data=st.data())
    def act(self, event: str, death: int | None, data: st.DataObject) -> None:
        if self.payouts:
            payout = data.draw(st.sampled_from(self.payouts))
            self.once(lambda service: service.paying.act(payout, event, Actor.OWNER), death)

    @rule(death=DEATH, data=st.data())
    def settle_claim(self, death: int | None, data: st.DataObject) -> None:
        if self.payments:
            claim, whose = data.draw(st.sampled_from(self.payments)), frozenset({"acme"})
            self.once(lambda service: service.claiming.settle(claim, whose, "usr_client"), death)

    @rule(data=st.data(), death=SOON, is_first_of_a_card=st.booleans(), card=CARD)
    def hear(self, data: st.DataObject, death: int, is_first_of_a_card: bool, card: str) -> None:
        """Some of what the provider has to say, in any order, each by two processes at once; the rest is lost."""
        if is_first_of_a_card or not self.flows:
            self.pay_in(500, card, None)
        flow = self.flows[-1] if is_first_of_a_card else data.draw(st.sampled_from(self.flows[-LATELY:]))
        said = self.run(self.service.provider.look(flow))
        for event in data.draw(st.permutations(said)):
            if data.draw(st.booleans()):
                self.once(lambda service, event=event: service.inbox.receive("sandbox", event), death)  # type: ignore[misc]
                both = (self.service.inbox, self.process(self.storage).inbox)
                self.run(_all(one.receive("sandbox", event) for one in both))

    @rule(seconds=st.integers(1, 200))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds * 1_000)

    @rule()
    def lose(self) -> None:
        """The provider tells all that it has to tell, and nobody hears it."""

        async def nobody(_body: bytes, _headers: dict[str, str]) -> None:
            return None

        self.run(self.service.provider.deliver(nobody))

    @rule(death=DEATH)
    def work(self, death: int | None) -> None:
        self.pass_of_a_worker(death)

    @invariant()
    def the_ledger_proves(self) -> None:
        self.run(prove_whole(self.service.ledger))

    async def settle(self) -> None:
        for _ in range(6):
            self.clock.advance(3 * LATE_MS)
            await look(self.service)
        await look(self.service)

    def check(self, accounts: Any, *, is_settled: bool) -> None:
        """What states say, and what the accounts hold."""
        held = {account.id: account.amounts.posted for account in accounts}
        payments: list[Payment] = self.run(self.service.flows.payments.find({"owner": "acme"}, limit=500))
        payouts: list[Payout] = self.run(self.service.flows.payouts_of("ada"))
        assert not any(flow.unsettled for flow in (*payments, *payouts)) or not is_settled
        said = {
            f"sandbox/{event.id}"
            for flow in (*payments, *payouts)
            for event in self.run(self.service.provider.look(flow.id))
        }
        known = self.run(self.service.flows.inbox.find({}, limit=1_000))
        assert not is_settled or said == {one.id for one in known if one.handled_at_ms}
        assert not is_settled or not any(one.state in {PayoutState.PENDING, PayoutState.IN_TRANSIT} for one in payouts)
        flows: list[Payment | Payout] = [*payments, *payouts]
        for flow in flows if is_settled else ():
            words = {event.type for event in self.run(self.service.provider.look(flow.id))}
            assert flow.state in meant_by(words, isinstance(flow, Payout)), (flow.state, words)
        came = sum(one.minor for one in payments if one.state in CAME_IN)
        back = sum(one.minor for one in payments if one.state is PaymentState.CHARGED_BACK)
        went = sum(one.minor for one in payouts if one.state in {PayoutState.PAID, PayoutState.PAID_LATE})
        leaving = sum(one.minor for one in payouts if one.state in LEAVING)
        assert held.get(account_id(AccountKind.CASH, "sandbox", "EUR"), 0) == came - back - went
        charged_back = [one for one in payments if one.state is PaymentState.CHARGED_BACK]
        given = [self.run(made_up(self.service.ledger, one)) for one in charged_back]
        back -= sum(one.lines[0].minor for one in given if one is not None)
        claims = {one.id: one for one in self.run(self.service.flows.claims_of("acme", limit=500))}
        back -= sum(
            claims[one.id].minor for one in charged_back if one.id in claims and claims[one.id].state == "settled"
        )
        assert held.get(account_id(AccountKind.LOSS_RESERVE, "house", "EUR"), 0) == back
        for payment, entry in zip(charged_back, given, strict=True):
            owed = payment.minor - (entry.lines[0].minor if entry is not None else 0)
            assert not is_settled or (claims[payment.id].minor if owed else 0) == owed
        for payment in payments:
            if is_settled and payment.state is not PaymentState.CHARGED_BACK and payment.id in claims:
                assert claims[payment.id].state == "dropped"
        assert not is_settled or not any(one.unsettled or one.state == "settling" for one in claims.values())
        assert held.get(account_id(AccountKind.PAYOUT_PENDING, "ada", "EUR"), 0) == leaving
        assert all(amount >= 0 for account, amount in held.items() if not account.startswith("cash"))


def meant_by(words: set[str], is_payout: bool) -> set[str]:
    """What a payment or a payout can be once all that the provider ever said of it was applied."""
    if is_payout:
        after = {"returned": {"returned"}, "paid": {"paid", "paid_late"}, "failed": {"failed", "cancelled"}}
        return next((after[word] for word in after if word in words), {"held", "cancelled"})
    last = ("chargeback_won", "charged_back", "succeeded", "failed", "requires_action", "processing")
    return next(({word} for word in last if word in words), {"created"})


async def _all(work: Iterable[Coroutine[Any, Any, object]]) -> None:
    await asyncio.gather(*work)


TestMoneyMachine = MoneyMachine.TestCase
TestMoneyMachine.settings = settings(max_examples=6 * EXAMPLES, stateful_step_count=25, deadline=None)


@pytest.mark.servers
def test_the_same_holds_over_mongodbs_protocol(mongo_servers: MongoServers) -> None:
    walk_over_mongo(MoneyMachine, mongo_servers.url("java"), 20)
