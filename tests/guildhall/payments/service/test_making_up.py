"""A chargeback: the client's own money first, then the house's loss, and the agent's by two people and after notice."""

import asyncio

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Conflict
from guildhall.kit.storage import Storage
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import PaymentState
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Line
from guildhall.payments.model.flows import Payment, ProviderEvent
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.rules.deciding import InsufficientFunds
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.sandbox import LATE_MS
from guildhall.payments.settings import PaymentsSettings
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import balance_of, client, payable, prove_whole

RESERVE = account_id(AccountKind.LOSS_RESERVE, HOUSE, "EUR")
SETTINGS = PaymentsSettings(payout_minimum_minor=1, payout_cool_down_hours=0)
SECRET = "a secret of thirty-two bytes...."


@pytest.fixture
async def payments(storage: Storage) -> PaymentsService:
    service = PaymentsService(storage, ManualClock(), SETTINGS, SECRET)
    await service.ensure()
    return service


async def later(payments: PaymentsService, milliseconds: int) -> None:
    assert isinstance(payments.clock, ManualClock)
    payments.clock.advance(milliseconds)
    await look(payments)


async def paid_for_work(payments: PaymentsService, card: str) -> Payment:
    """1,000 paid in; 700 of it held, released and paid out to the agent at once."""
    payment = await payments.paying.pay_in("acme", "in", 1_000, "EUR", card)
    await look(payments)
    terms = HoldTerms(subject="A chart", payer="acme", payee="ada", minor=700, currency="EUR")
    hold = await payments.holding.hold("m1", terms, "usr_client")
    await payments.holding.release(hold.id, "m1", 700, "usr_client")
    await payments.paying.set_payout_account("ada", "bank_ok", "Mine")
    await payments.paying.pay_out("ada", "out", 630, "EUR")
    await look(payments)
    return payment


async def test_the_house_bears_what_an_agent_was_paid_and_the_client_what_was_not_used(
    payments: PaymentsService,
) -> None:
    payment = await paid_for_work(payments, "card_chargeback")
    before = await payments.ledger.explain(payable())
    await later(payments, LATE_MS)
    assert (await payments.flows.payments.read(payment.id)).state is PaymentState.CHARGED_BACK
    assert await balance_of(payments.ledger, client()) == (0, 0, 0)
    assert await balance_of(payments.ledger, RESERVE) == (700, 0, 0)
    assert await payments.ledger.explain(payable()) == before
    told = [one.purpose for page in await payments.ledger.explain(client()) for one in page.postings]
    assert told == ["payment_in", "fund", "chargeback_made_up"]
    lost = [one.purpose for page in await payments.ledger.explain(RESERVE) for one in page.postings]
    assert lost == ["chargeback", "chargeback_made_up"]
    await prove_whole(payments.ledger)


async def test_an_agent_gives_only_by_two_people_after_notice_and_down_to_the_floor(
    payments: PaymentsService,
) -> None:
    await paid_for_work(payments, "card_chargeback")
    await later(payments, LATE_MS)
    terms = HoldTerms(subject="Another", payer="bolt", payee="ada", minor=300, currency="EUR")
    await payments.paying.pay_in("bolt", "in", 300, "EUR", "card_ok")
    await look(payments)
    hold = await payments.holding.hold("m2", terms, "usr_client")
    await payments.holding.release(hold.id, "m2", 300, "usr_client")

    async def propose(minor: int) -> str:
        lines = (Line(account=payable(), minor=minor), Line(account=RESERVE, minor=-minor))
        return (await payments.manual.propose("The work was never done.", lines, "kate")).id

    too_much, right = await propose(271), await propose(270)
    with pytest.raises(Conflict, match="it can be confirmed in 72 hours"):
        await payments.manual.confirm(right, "alan")
    await later(payments, 72 * 3_600_000)
    with pytest.raises(InsufficientFunds):
        await payments.manual.confirm(too_much, "alan")
    await payments.manual.confirm(right, "alan")
    assert await balance_of(payments.ledger, payable()) == (0, 0, 0)
    assert await balance_of(payments.ledger, RESERVE) == (430, 0, 0)
    await prove_whole(payments.ledger)


async def test_one_that_is_won_gives_back_what_had_made_up_for_it(payments: PaymentsService) -> None:
    payment = await paid_for_work(payments, "card_chargeback_won")
    await later(payments, LATE_MS)
    assert await balance_of(payments.ledger, client()) == (0, 0, 0)
    await later(payments, LATE_MS)
    assert (await payments.flows.payments.read(payment.id)).state is PaymentState.CHARGEBACK_WON
    assert await balance_of(payments.ledger, client()) == (300, 0, 0)
    assert await balance_of(payments.ledger, RESERVE) == (0, 0, 0)
    await prove_whole(payments.ledger)


async def test_it_is_made_up_for_once_whoever_dies_however_many_hear_of_it_and_whatever_is_used_meanwhile(
    storage: Storage, payments: PaymentsService
) -> None:
    payment = await payments.paying.pay_in("acme", "in", 1_000, "EUR", "card_ok")
    await look(payments)
    event = ProviderEvent(id="evt", type="charged_back", subject=payment.id, at_ms=1)
    for left in range(12):
        dying = PaymentsService(Dying(storage, {"left": left, "is_after": left % 2}), payments.clock, SETTINGS, SECRET)
        await asyncio.gather(dying.inbox.receive("sandbox", event), return_exceptions=True)
    others = [PaymentsService(storage, payments.clock, SETTINGS, SECRET) for _ in range(4)]
    terms = HoldTerms(subject="A chart", payer="acme", payee="ada", minor=400, currency="EUR")
    held = others[0].holding.hold("m1", terms, "usr_client")
    came = await asyncio.gather(held, *(one.inbox.receive("sandbox", event) for one in others), return_exceptions=True)
    assert all(not isinstance(one, BaseException) or isinstance(one, InsufficientFunds) for one in came)
    await later(payments, 10_000)  # what a process that died left unsealed is taken over
    lost, _, _ = await balance_of(payments.ledger, RESERVE)
    left, _, _ = await balance_of(payments.ledger, client())
    used = 0 if isinstance(came[0], BaseException) else 400
    assert (lost, left) == (used, 0)
    await prove_whole(payments.ledger)
