"""After a chargeback its payer is told and has a day; what they settle goes back where the house wins after all."""

import asyncio
from typing import Any

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Storage
from guildhall.notifications.service import ADMINS
from guildhall.payments.lifecycle import ClaimState
from guildhall.payments.model.flows import Payment, ProviderEvent
from guildhall.payments.rules.claiming import DAY_MS
from guildhall.payments.rules.moving import move_payment
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.inbox import carry_out
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import balance_of, client, paid_in, prove_whole
from tests.guildhall.payments.service.test_making_up import RESERVE, SECRET, SETTINGS, later, paid_for_work

ACME = frozenset({"acme"})


class Notices:
    """What was told to whom, by its key."""

    def __init__(self) -> None:
        self.told: dict[str, tuple[str, Any]] = {}
        self.hinted: list[tuple[str, tuple[str, ...]]] = []

    def watch(self, documents: Any, about: str, owners: Any) -> None:
        async def hint(document: Any) -> None:
            self.hinted.append((about, tuple(owners(document))))

        documents.written = hint

    async def tell(self, account_id: str, key: str, message: Any, _at_ms: int) -> None:
        self.told.setdefault(key, (account_id, message))

    def of(self, account_id: str) -> list[str]:
        return [message.kind for whom, message in self.told.values() if whom == account_id]


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
async def payments(sqlite: Storage, notices: Notices) -> PaymentsService:
    async def keepers_of(owner: str) -> list[str]:
        return ["olga", "fred"] if owner == "acme" else [owner]

    told: Any = notices
    service = PaymentsService(sqlite, ManualClock(), SETTINGS, SECRET, told, keepers_of=keepers_of)
    await service.ensure()
    return service


async def hear(payments: PaymentsService, payment: Payment, what: str) -> None:
    event = ProviderEvent(id=f"{payment.id}_{what}", type=what, subject=payment.id, at_ms=1)
    await payments.inbox.receive("sandbox", event)


async def charged_back(payments: PaymentsService) -> Payment:
    """Of 1,000 that were paid in 300 are left."""
    payment = await paid_for_work(payments, "card_ok")
    await hear(payments, payment, "charged_back")
    return payment


async def test_whoever_keeps_the_money_hears_of_it_at_once_and_what_is_owed_has_a_day(
    payments: PaymentsService, notices: Notices
) -> None:
    payment = await charged_back(payments)
    [claim] = await payments.flows.claims_of("acme")
    assert (claim.minor, claim.state) == (700, ClaimState.OPEN)
    for who in ("olga", "fred"):
        assert notices.of(who) == ["claim_charged_back"]
    text = notices.told[f"{payment.id}_charged_back_olga"][1].text
    assert "10.00 EUR back" in text
    assert "7.00 EUR of it was used already. That is owed until" in text
    await later(payments, 11 * DAY_MS)
    await later(payments, 1)
    await later(payments, 3 * DAY_MS)
    assert notices.of("fred") == ["claim_charged_back", "claim_reminder", "claim_overdue"]
    assert (await payments.flows.claims.read(claim.id)).state is ClaimState.OVERDUE
    assert "ada" not in {whom for whom, _ in notices.told.values()}


async def test_open_pages_of_whoever_it_concerns_and_of_finance_hear_that_money_moved(
    payments: PaymentsService, notices: Notices
) -> None:
    await charged_back(payments)
    assert {about for about, _ in notices.hinted} == {"money"}
    heard = {owner for _, owners in notices.hinted for owner in owners}
    assert heard == {"acme", "ada", ADMINS}
    notices.hinted.clear()
    await payments.claiming.settle((await payments.flows.claims_of("acme"))[0].id, ACME, "fred")
    assert set(notices.hinted) == {("money", ("acme", ADMINS))}


async def test_what_was_not_used_is_told_and_nothing_is_owed(payments: PaymentsService, notices: Notices) -> None:
    payment = await payments.paying.pay_in("acme", "in", 1_000, "EUR", "card_ok")
    await later(payments, 1)
    await hear(payments, payment, "charged_back")
    await payments.claiming.follow_payment(payment.id)
    assert await payments.flows.claims_of("acme") == []
    assert notices.of("olga") == ["claim_charged_back"]


async def test_it_is_taken_only_by_the_payer_and_out_of_what_is_there(payments: PaymentsService) -> None:
    payment = await charged_back(payments)
    refused = await payments.claiming.settle(payment.id, ACME, "fred")
    assert refused.refusal == "7.00 EUR is owed and 0.00 EUR is there: pay the rest in first, and settle it again."
    await payments.ledger.post(paid_in("more", 900))
    await later(payments, DAY_MS)
    assert await balance_of(payments.ledger, client()) == (900, 0, 0)  # nobody takes what was paid in later by itself
    with pytest.raises(NotFound):
        await payments.claiming.settle(payment.id, frozenset({"bolt"}), "eve")
    settled = await payments.claiming.settle(payment.id, ACME, "fred")
    assert (settled.state, settled.refusal, settled.unsettled) == (ClaimState.SETTLED, "", False)
    assert await balance_of(payments.ledger, client()) == (200, 0, 0)
    assert await balance_of(payments.ledger, RESERVE) == (0, 0, 0)
    await prove_whole(payments.ledger)


@pytest.mark.parametrize("is_settled", [False, True])
async def test_one_that_is_won_is_owed_no_more_and_what_was_taken_goes_back(
    payments: PaymentsService, notices: Notices, is_settled: bool
) -> None:
    payment = await charged_back(payments)
    await payments.ledger.post(paid_in("more", 900))
    if is_settled:
        await payments.claiming.settle(payment.id, ACME, "fred")
    await hear(payments, payment, "chargeback_won")
    await later(payments, 2 * 3_600_000)
    claim = await payments.flows.claims.read(payment.id)
    assert (claim.state, claim.look_at_ms, claim.unsettled) == (ClaimState.DROPPED, 0, False)
    assert await balance_of(payments.ledger, client()) == (1_200, 0, 0)
    assert await balance_of(payments.ledger, RESERVE) == (0, 0, 0)
    assert notices.of("olga")[-1] == "claim_dropped"
    await prove_whole(payments.ledger)


async def test_it_is_taken_once_whoever_dies_and_however_many_settle_at_once(
    sqlite: Storage, payments: PaymentsService
) -> None:
    payment = await charged_back(payments)
    await payments.ledger.post(paid_in("more", 1_500))
    for left in range(14):
        dying = PaymentsService(Dying(sqlite, {"left": left, "is_after": left % 2}), payments.clock, SETTINGS, SECRET)
        await asyncio.gather(dying.claiming.settle(payment.id, ACME, "fred"), return_exceptions=True)
    await asyncio.gather(
        *(payments.claiming.settle(payment.id, ACME, "olga") for _ in range(5)), return_exceptions=True
    )
    await later(payments, 10_000)
    assert (await payments.flows.claims.read(payment.id)).state is ClaimState.SETTLED
    assert await balance_of(payments.ledger, client()) == (800, 0, 0)
    await prove_whole(payments.ledger)


async def test_won_while_the_claim_was_being_opened_leaves_nothing_owed(
    payments: PaymentsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = await paid_for_work(payments, "card_ok")
    add = type(payments.flows.claims).add

    async def won_meanwhile(documents: Any, claim: Any) -> None:
        monkeypatch.undo()
        await hear(payments, payment, "chargeback_won")
        await add(documents, claim)

    monkeypatch.setattr(type(payments.flows.claims), "add", won_meanwhile, raising=True)
    event = ProviderEvent(id="back", type="charged_back", subject=payment.id, at_ms=1)
    await payments.flows.payments.change(payment.id, 1, lambda seen: move_payment(seen, event, 1))
    await carry_out(payments.flows.payments, payments.ledger, payment.id, 1)
    await payments.claiming.follow_payment(payment.id)
    assert (await payments.flows.claims.read(payment.id)).state is ClaimState.DROPPED
    assert await balance_of(payments.ledger, RESERVE) == (0, 0, 0)
