"""Money in and out through the sandbox: every card and bank, what is late, twice, lost, forged, returned."""

import asyncio

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Conflict, Invalid, NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import Storage, StorageUnavailable
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import Actor, PaymentState, PayoutState
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.entries import Line
from guildhall.payments.model.flows import Payment, Payout, ProviderEvent
from guildhall.payments.rules.deciding import InsufficientFunds
from guildhall.payments.rules.moving import LOOK_AFTER_MS, reserving
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.inbox import WebhookRefused
from guildhall.payments.service.sandbox import LATE_MS
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.flows import PAGE, to_look_at
from tests.guildhall.payments.purse import balance_of, client, draft, leaving, moved, payable, prove_whole

CASH = account_id(AccountKind.CASH, "sandbox", "EUR")
RESERVE = account_id(AccountKind.LOSS_RESERVE, "house", "EUR")
HOUR_MS = 3_600_000


@pytest.fixture
async def payments(sqlite: Storage) -> PaymentsService:
    service = PaymentsService(sqlite, ManualClock(), PaymentsSettings(), "a secret of thirty-two bytes....")
    await service.ensure()
    return service


async def later(payments: PaymentsService, milliseconds: int) -> None:
    clock = payments.clock
    assert isinstance(clock, ManualClock)
    clock.advance(milliseconds)
    await look(payments)


async def earned(payments: PaymentsService, minor: int, bank: str = "bank_ok") -> None:
    await payments.ledger.post(draft("earned", moved(minor, CASH, payable())))
    await payments.paying.set_payout_account("ada", bank, "DE.. 1234")
    await later(payments, 73 * HOUR_MS)


@pytest.mark.parametrize(
    ("card", "first", "last", "balance"),
    [
        ("card_ok", PaymentState.SUCCEEDED, PaymentState.SUCCEEDED, 500),
        ("card_declined", PaymentState.FAILED, PaymentState.FAILED, 0),
        ("card_step", PaymentState.REQUIRES_ACTION, PaymentState.REQUIRES_ACTION, 0),
        ("card_late", PaymentState.PROCESSING, PaymentState.SUCCEEDED, 500),
        ("card_twice", PaymentState.SUCCEEDED, PaymentState.SUCCEEDED, 500),
        ("card_chargeback", PaymentState.SUCCEEDED, PaymentState.CHARGED_BACK, 0),
    ],
)
async def test_each_card_does_what_it_says(
    payments: PaymentsService, card: str, first: PaymentState, last: PaymentState, balance: int
) -> None:
    payment = await payments.paying.pay_in("acme", "k1", 500, "EUR", card)
    assert await payments.paying.pay_in("acme", "k1", 500, "EUR", card) == payment
    with pytest.raises(Conflict):
        await payments.paying.pay_in("acme", "k1", 501, "EUR", card)
    await look(payments)
    assert (await payments.flows.payments.read(payment.id)).state is first
    await later(payments, LATE_MS)
    assert (await payments.flows.payments.read(payment.id)).state is last
    assert await balance_of(payments.ledger, client()) == (balance, 0, 0)
    assert await balance_of(payments.ledger, RESERVE) == (0, 0, 0)
    assert await balance_of(payments.ledger, CASH) == (balance, 0, 0)
    await prove_whole(payments.ledger)


SUSPENSE = account_id(AccountKind.SUSPENSE, "house", "EUR")


async def taken_back(payments: PaymentsService) -> Payout:
    """It failed, and its owner took it back."""
    await earned(payments, 2_000, "bank_failed")
    payout = await payments.paying.pay_out("ada", "k1", 2_000, "EUR")
    await later(payments, 1)
    payout = await payments.paying.act(payout.id, "cancel", Actor.OWNER)
    assert payout.state is PayoutState.CANCELLED
    return payout


async def hear(payments: PaymentsService, payout: Payout, what: str) -> Payout:
    event = ProviderEvent(id=f"late-{what}", type=what, subject=payout.id, attempt=1, at_ms=1)
    for _ in range(2):
        await payments.inbox.receive("sandbox", event)
    return await payments.flows.payouts.read(payout.id)


async def test_one_that_the_bank_paid_after_it_was_taken_back_waits_in_suspense_for_two_people(
    payments: PaymentsService,
) -> None:
    cash, _, _ = await balance_of(payments.ledger, CASH)
    payout = await hear(payments, await taken_back(payments), "paid")
    assert payout.state is PayoutState.PAID_LATE
    assert await balance_of(payments.ledger, SUSPENSE) == (-2_000, 0, 0)
    assert await balance_of(payments.ledger, CASH) == (cash, 0, 0)  # 2,000 earned since, and 2,000 gone
    assert await balance_of(payments.ledger, payable()) == (2_000, 0, 0)
    with pytest.raises(MoveRefused):
        await payments.paying.act(payout.id, "see_to", Actor.OWNER)
    right = (Line(account=payable(), minor=2_000), Line(account=SUSPENSE, minor=-2_000))
    proposed = await payments.manual.propose("The bank paid it after all.", right, "kate")
    await later(payments, 72 * HOUR_MS)
    await payments.manual.confirm(proposed.id, "alan")
    assert (await payments.paying.act(payout.id, "see_to", Actor.ADMIN)).state is PayoutState.PAID
    assert await balance_of(payments.ledger, SUSPENSE) == (0, 0, 0)
    await prove_whole(payments.ledger)


@pytest.mark.parametrize("is_paid_heard", [True, False])
async def test_what_came_back_from_that_leaves_nothing_in_suspense(
    payments: PaymentsService, is_paid_heard: bool
) -> None:
    payout = await taken_back(payments)
    if is_paid_heard:
        await hear(payments, payout, "paid")
    assert (await hear(payments, payout, "returned")).state is PayoutState.RETURNED
    assert await balance_of(payments.ledger, SUSPENSE) == (0, 0, 0)
    assert await balance_of(payments.ledger, payable()) == (2_000, 0, 0)
    await prove_whole(payments.ledger)


async def test_a_bank_is_asked_about_what_was_taken_back_only_if_it_had_heard_of_it(payments: PaymentsService) -> None:
    assert (await taken_back(payments)).look_at_ms > 0
    await payments.paying.set_payout_account("ada", "bank_ok", "Another")
    held = await payments.paying.pay_out("ada", "k2", 1_000, "EUR")
    assert (await payments.paying.act(held.id, "cancel", Actor.OWNER)).look_at_ms == 0


async def test_a_step_that_the_payer_takes_brings_the_money(payments: PaymentsService) -> None:
    payment = await payments.paying.pay_in("acme", "k1", 500, "EUR", "card_step")
    assert payment.action_url
    await look(payments)
    await payments.provider.confirm(payment.id)
    await look(payments)
    assert await balance_of(payments.ledger, client()) == (500, 0, 0)


async def test_what_was_lost_on_its_way_is_asked_for(payments: PaymentsService) -> None:
    payment = await payments.paying.pay_in("acme", "k1", 500, "EUR", "card_ok")
    clock = payments.clock
    assert isinstance(clock, ManualClock)
    clock.advance(2 * LATE_MS)
    await payments.paying.look()  # no webhook was ever delivered
    assert (await payments.flows.payments.read(payment.id)).state is PaymentState.SUCCEEDED


async def test_what_comes_after_the_money_is_asked_for_too_whenever_it_has_doubled_its_age(
    payments: PaymentsService,
) -> None:
    """A chargeback or a return whose webhook was lost (seen: the ledger never heard of it)."""

    async def nobody(_body: bytes, _headers: dict[str, str]) -> None:
        return None

    await earned(payments, 5_000, "bank_returned")
    payment = await payments.paying.pay_in("acme", "k1", 500, "EUR", "card_chargeback")
    payout = await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    await look(payments)
    clock = payments.clock
    assert isinstance(clock, ManualClock)
    clock.advance(LATE_MS)
    await payments.provider.deliver(nobody)
    await later(payments, LATE_MS)
    assert (await payments.flows.payments.read(payment.id)).state is PaymentState.CHARGED_BACK
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.RETURNED
    looked: list[int] = []
    while (due_ms := (await payments.flows.payments.read(payment.id)).look_at_ms) and len(looked) < 60:
        await later(payments, due_ms - clock.now_ms())
        looked.append(due_ms - payment.created_at_ms)
    assert len(looked) < 40
    assert looked[-1] > 540 * 24 * HOUR_MS


async def test_one_that_is_tried_again_is_sent_whoever_dies_before_that(
    payments: PaymentsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await earned(payments, 5_000, "bank_failed")
    payout = await payments.paying.pay_out("ada", "k1", 2_000, "EUR")
    await look(payments)

    async def killed(*_given: object) -> None:
        raise StorageUnavailable("killed")

    with monkeypatch.context() as while_dying:
        while_dying.setattr(type(payments.paying), "advance", killed)
        with pytest.raises(StorageUnavailable):
            await payments.paying.act(payout.id, "retry", Actor.OWNER)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PENDING
    await look(payments)
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PAID


async def test_a_webhook_that_is_not_the_providers_is_refused(payments: PaymentsService) -> None:
    event = ProviderEvent(id="evt_1", type="succeeded", subject="pay_1", at_ms=1)
    body, headers = payments.provider.sign(event)
    for forged in (body.replace(b"pay_1", b"pay_2"), b"", b"\xff"):
        with pytest.raises(WebhookRefused):
            await payments.receive(forged, headers)
    with pytest.raises(WebhookRefused):
        await payments.receive(body, headers | {"webhook-timestamp": "1"})
    for signature in ("", "nonsense", "v1,nonsense", "v1,,"):
        with pytest.raises(WebhookRefused):
            await payments.receive(body, headers | {"webhook-signature": signature})
    with pytest.raises(WebhookRefused):
        await payments.receive(body, {})
    await payments.receive(body, headers)
    received = await payments.flows.inbox.read("sandbox/evt_1")
    assert received.outcome == "is about nothing of ours"


async def test_a_chargeback_that_comes_before_the_payment_books_both_once(payments: PaymentsService) -> None:
    payment = await payments.paying.pay_in("acme", "k1", 500, "EUR", "card_chargeback")
    for number, word in enumerate(["charged_back", "succeeded", "processing", "charged_back", "failed"]):
        event = ProviderEvent(id=f"e{number}", type=word, subject=payment.id, at_ms=1)
        await payments.inbox.receive("sandbox", event)
        await payments.inbox.receive("sandbox", event)
    assert (await payments.flows.payments.read(payment.id)).state is PaymentState.CHARGED_BACK
    assert await balance_of(payments.ledger, RESERVE) == (0, 0, 0)
    assert await balance_of(payments.ledger, CASH) == (0, 0, 0)
    assert await prove_whole(payments.ledger) == 3


async def test_a_payout_waits_while_the_bank_account_is_new_and_says_for_whom_and_until_when(
    payments: PaymentsService,
) -> None:
    await payments.ledger.post(draft("earned", moved(5_000, CASH, payable())))
    with pytest.raises(NotFound, match="no bank account"):
        await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    await payments.paying.set_payout_account("ada", "bank_ok", "DE.. 1234")
    with pytest.raises(Invalid, match="The least"):
        await payments.paying.pay_out("ada", "k1", 999, "EUR")
    payout = await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    assert payout.state is PayoutState.HELD
    assert (payout.next_actor, payout.expected_by_ms) == ("calendar", payments.clock.now_ms() + 72 * HOUR_MS)
    assert payout.held_for
    await later(payments, 71 * HOUR_MS)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.HELD
    await later(payments, HOUR_MS)
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PAID
    assert await balance_of(payments.ledger, CASH) == (0, 0, 0)
    await prove_whole(payments.ledger)


async def test_a_hundred_payouts_asked_for_at_once_of_three_processes_pay_exactly_what_is_there(
    storage: Storage,
) -> None:
    clock, given = ManualClock(), PaymentsSettings(payout_minimum_minor=1, payout_cool_down_hours=0)
    processes = [PaymentsService(storage, clock, given, "a secret of thirty-two bytes....") for _ in range(3)]
    await processes[0].ensure()
    await earned(processes[0], 1_000)
    await processes[0].paying.set_payout_account("ada", "bank_ok", "Mine")
    wanted = [7 + number % 30 for number in range(100)]
    asked = (
        processes[number % 3].paying.pay_out("ada", f"k{number}", minor, "EUR") for number, minor in enumerate(wanted)
    )
    done = await asyncio.gather(*asked, return_exceptions=True)
    paid = sum(one.minor for one in done if isinstance(one, Payout))
    refused = [minor for minor, one in zip(wanted, done, strict=True) if isinstance(one, InsufficientFunds)]
    left = (await balance_of(processes[0].ledger, payable()))[0]
    assert len(refused) + sum(isinstance(one, Payout) for one in done) == 100
    assert (paid + left, left < min(refused)) == (1_000, True)
    for _ in range(3):
        await later(processes[1], 60_000)
        await look(processes[1])
    assert await balance_of(processes[2].ledger, leaving()) == (0, 0, 0)
    assert await balance_of(processes[2].ledger, payable()) == (left, 0, 0)
    assert await balance_of(processes[2].ledger, CASH) == (left, 0, 0)
    await prove_whole(processes[0].ledger)


async def test_a_payout_of_more_than_there_is_takes_nothing(payments: PaymentsService) -> None:
    await earned(payments, 5_000)
    with pytest.raises(InsufficientFunds):
        await payments.paying.pay_out("ada", "k1", 5_001, "EUR")
    assert await balance_of(payments.ledger, payable()) == (5_000, 0, 0)
    (refused,) = await payments.flows.payouts_of("ada")
    assert refused.state is PayoutState.CANCELLED
    assert "5000 are there" in refused.said


async def test_one_that_failed_stays_reserved_until_it_is_tried_again_or_cancelled(payments: PaymentsService) -> None:
    await earned(payments, 5_000, "bank_failed")
    payout = await payments.paying.pay_out("ada", "k1", 2_000, "EUR")
    other = await payments.paying.pay_out("ada", "k2", 3_000, "EUR")
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.FAILED
    assert await balance_of(payments.ledger, leaving()) == (5_000, 0, 0)
    await payments.paying.act(payout.id, "retry", Actor.OWNER)
    await payments.paying.act(other.id, "cancel", Actor.OWNER)
    await look(payments)
    again = await payments.flows.payouts.read(payout.id)
    assert (again.state, again.attempt) == (PayoutState.PAID, 2)
    assert await balance_of(payments.ledger, leaving()) == (0, 0, 0)
    assert await balance_of(payments.ledger, payable()) == (3_000, 0, 0)
    with pytest.raises(MoveRefused):
        await payments.paying.act(payout.id, "cancel", Actor.OWNER)
    await prove_whole(payments.ledger)


async def test_what_a_bank_returns_is_payable_again(payments: PaymentsService) -> None:
    await earned(payments, 5_000, "bank_returned")
    payout = await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PAID
    assert await balance_of(payments.ledger, payable()) == (0, 0, 0)
    await later(payments, LATE_MS)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.RETURNED
    assert await balance_of(payments.ledger, payable()) == (5_000, 0, 0)


async def test_an_admin_holds_a_payout_with_a_reason_and_lets_it_go(payments: PaymentsService) -> None:
    await payments.ledger.post(draft("earned", moved(5_000, CASH, payable())))
    await payments.paying.set_payout_account("ada", "bank_ok", "DE.. 1234")
    payout = await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    await payments.paying.act(payout.id, "release", Actor.ADMIN)
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PAID


async def test_whoever_has_paid_more_often_than_a_page_holds_sees_the_newest_of_it(payments: PaymentsService) -> None:
    made = [await payments.paying.pay_in("acme", f"k{number}", 500, "EUR", "card_ok") for number in range(103)]
    shown = [one.id for one in await payments.flows.payments_of("acme")]
    assert shown == [one.id for one in reversed(made)][: PAGE + 1]  # one more, so that a list can say that it goes on


@pytest.mark.parametrize("is_killed", [False, True])
async def test_a_payout_that_is_refused_while_another_process_takes_its_money_gives_it_back(
    payments: PaymentsService, is_killed: bool
) -> None:
    await earned(payments, 2_000)
    with pytest.raises(InsufficientFunds):
        await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    (refused,) = await payments.flows.payouts_of("ada")
    await payments.ledger.post(draft("more", moved(4_000, CASH, payable())))
    late = refused.model_copy(update={"state": PayoutState.REQUESTED})  # as it was read before it was refused
    if is_killed:
        await payments.ledger.post(reserving(late))
    else:
        assert (await payments.paying.advance(late)).state is PayoutState.CANCELLED
    await later(payments, LOOK_AFTER_MS)
    assert await balance_of(payments.ledger, payable()) == (6_000, 0, 0)
    assert await balance_of(payments.ledger, leaving()) == (0, 0, 0)
    (after,) = await payments.flows.payouts_of("ada")
    assert (after.state, after.look_at_ms) == (PayoutState.CANCELLED, 0)
    await prove_whole(payments.ledger)


async def test_what_was_asked_for_and_not_taken_yet_is_held_by_nobody(payments: PaymentsService) -> None:
    await earned(payments, 2_000)
    payout = await payments.paying.pay_out("ada", "k1", 1_500, "EUR")
    asked = payout.model_copy(update={"id": "pout_2", "key": "k2", "rev": 1, "state": PayoutState.REQUESTED})
    await payments.flows.payouts.add(asked)  # by a process that died before it asked the ledger
    with pytest.raises(MoveRefused):
        await payments.paying.hold("pout_2", "Looked at by a person.", "admin", 5_000_000_000_000, Actor.ADMIN)


async def test_what_was_not_asked_about_for_longest_is_asked_first_however_many_stand_before_it(
    payments: PaymentsService,
) -> None:
    """Payouts in a file are due each minute for days; in no order of theirs, a lost webhook behind them stayed lost."""
    for number in range(PAGE + 1):
        await payments.flows.payments.add(
            Payment(
                id=f"pay_{number:03}",
                created_at_ms=0,
                owner="acme",
                key=f"k{number}",
                minor=500,
                currency="EUR",
                provider="sandbox",
                method="card_ok",
                look_at_ms=2_000 - number,
            )
        )
    found = await to_look_at(payments.flows.payments, 2_000)
    assert [one.id for one in found] == [f"pay_{number:03}" for number in range(PAGE, 0, -1)]
