"""What gigs ask for: hold, release, refund, freeze and decide, each once by its key."""

import asyncio

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Conflict
from guildhall.kit.storage import Storage
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.rules.deciding import AlreadyResolved, InsufficientFunds, KeyTaken
from guildhall.payments.rules.drafting import NotAnEntry
from guildhall.payments.service import PaymentsService
from guildhall.payments.settings import HouseSettings, PaymentsSettings
from tests.guildhall.payments.purse import FEES, TAX, balance_of, client, paid_in, payable, prove_whole

DAY_MS = 86_400_000


@pytest.fixture
async def payments(sqlite: Storage) -> PaymentsService:
    service = PaymentsService(sqlite, ManualClock(), PaymentsSettings(), "a secret of thirty-two bytes....")
    await service.ensure()
    return service


def terms(minor: int = 1_000, deadline_ms: int = 0) -> HoldTerms:
    return HoldTerms(
        subject="milestone:mil_1", payer="acme", payee="ada", minor=minor, currency="EUR", deadline_ms=deadline_ms
    )


async def held(payments: PaymentsService, minor: int = 1_000) -> str:
    await payments.ledger.post(paid_in("in", minor))
    return (await payments.holding.hold("mil_1", terms(minor), "usr_client")).id


async def test_nothing_is_held_before_it_was_paid_in_and_the_same_key_holds_it_then(payments: PaymentsService) -> None:
    with pytest.raises(InsufficientFunds):
        await payments.holding.hold("mil_1", terms(), "usr_client")
    assert (await payments.holding.show("hold_mil_1")).held == 0
    hold = await held(payments)
    assert await held(payments) == hold
    assert (await payments.holding.show(hold)).held == 1_000
    with pytest.raises(Conflict, match="other terms"):
        await payments.holding.hold("mil_1", terms(999), "usr_client")
    assert await balance_of(payments.ledger, client()) == (0, 0, 0)


async def test_a_quote_is_the_very_lines_that_a_release_books(payments: PaymentsService) -> None:
    hold = await held(payments)
    quoted = await payments.holding.quote(hold, 999)
    assert (quoted.fee_minor, quoted.payee_minor) == (99, 900)  # what cannot be divided is the payee's
    entry = await payments.holding.release(hold, "r1", 999, "usr_client")
    assert entry.lines == quoted.lines
    assert await balance_of(payments.ledger, payable()) == (900, 0, 0)
    assert await balance_of(payments.ledger, FEES) == (99, 0, 0)


async def test_what_was_released_stands_with_the_tax_of_its_time_however_often_it_is_asked_for(
    payments: PaymentsService, sqlite: Storage
) -> None:
    taxed = [
        PaymentsService(
            sqlite,
            payments.clock,
            PaymentsSettings(house=HouseSettings(tax_basis_points=rate)),
            "a secret of thirty-two bytes....",
        )
        for rate in (1_900, 2_500)
    ]
    hold = await held(payments, 2_000)
    first, *_ = booked = [await one.holding.release(hold, "r1", 1_000, "usr_client") for one in (*taxed, payments)]
    assert all(one == first for one in booked)
    assert (await taxed[0].holding.quote(hold, 1_000)).lines == first.lines
    await payments.holding.freeze(hold, "dsp_1", 1_000, "usr_agent")
    decided = [await one.holding.decide(hold, "dsp_1", 600, 400, "usr_judge") for one in (*taxed, payments)]
    assert all(one == decided[0] for one in decided)
    assert await balance_of(payments.ledger, FEES) == (84 + 50, 0, 0)
    assert await balance_of(payments.ledger, TAX) == (16 + 10, 0, 0)
    shown = await payments.holding.show(hold)
    assert (shown.released, shown.refunded) == (1_600, 400)
    with pytest.raises(AlreadyResolved):
        await taxed[1].holding.decide(hold, "dsp_1", 400, 600, "usr_judge")
    with pytest.raises(KeyTaken):
        await taxed[1].holding.release(hold, "r1", 999, "usr_client")
    await prove_whole(payments.ledger)


async def test_part_is_released_part_refunded_and_the_rest_is_held(payments: PaymentsService) -> None:
    hold = await held(payments)
    await payments.holding.release(hold, "r1", 600, "usr_client")
    await payments.holding.release(hold, "r1", 600, "usr_client")
    await payments.holding.refund(hold, "b1", 300, "usr_client")
    shown = await payments.holding.show(hold)
    assert (shown.held, shown.released, shown.refunded) == (100, 600, 300)
    with pytest.raises(InsufficientFunds):
        await payments.holding.refund(hold, "b2", 101, "usr_client")
    assert await balance_of(payments.ledger, client()) == (300, 0, 0)


async def test_a_dispute_freezes_its_amount_and_no_more_until_it_is_decided(payments: PaymentsService) -> None:
    hold = await held(payments)
    await payments.holding.freeze(hold, "dsp_1", 700, "usr_agent")
    with pytest.raises(InsufficientFunds):
        await payments.holding.release(hold, "r1", 301, "usr_client")
    await payments.holding.release(hold, "r1", 300, "usr_client")
    with pytest.raises(NotAnEntry):
        await payments.holding.decide(hold, "dsp_1", 500, 201, "usr_judge")
    await payments.holding.decide(hold, "dsp_1", 400, 200, "usr_judge")
    shown = await payments.holding.show(hold)
    assert (shown.held, shown.frozen, shown.available) == (100, 0, 100)
    assert (shown.released, shown.refunded) == (700, 200)
    with pytest.raises(AlreadyResolved):
        await payments.holding.decide(hold, "dsp_1", 0, 600, "usr_judge")
    await payments.holding.freeze(hold, "dsp_2", 100, "usr_agent")
    await payments.holding.decide(hold, "dsp_2", 0, 0, "usr_judge")
    assert (await payments.holding.show(hold)).available == 100
    await prove_whole(payments.ledger)


async def test_of_a_release_a_refund_and_a_freeze_at_once_only_what_is_there_is_taken(
    payments: PaymentsService,
) -> None:
    hold = await held(payments)
    done = await asyncio.gather(
        *(payments.holding.release(hold, f"r{number}", 1_000, "usr_client") for number in range(20)),
        *(payments.holding.refund(hold, f"b{number}", 1_000, "usr_client") for number in range(20)),
        *(payments.holding.freeze(hold, f"f{number}", 1_000, "usr_agent") for number in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, InsufficientFunds) for one in done) == 59
    await prove_whole(payments.ledger)


async def test_of_a_hundred_releases_at_once_by_three_processes_one_releases_the_hold(storage: Storage) -> None:
    clock, secret = ManualClock(), "a secret of thirty-two bytes...."
    processes = [PaymentsService(storage, clock, PaymentsSettings(), secret) for _ in range(3)]
    await processes[0].ensure()
    hold = await held(processes[0])
    done = await asyncio.gather(
        *(processes[number % 3].holding.release(hold, f"r{number}", 1_000, "usr_client") for number in range(100)),
        return_exceptions=True,
    )
    assert [type(one) for one in done].count(InsufficientFunds) == 99
    assert await balance_of(processes[1].ledger, payable()) == (900, 0, 0)
    assert (await processes[2].holding.show(hold)).held == 0
    assert await prove_whole(processes[0].ledger) == 3


async def test_a_deadline_is_told_before_it_comes_and_moves_nothing(payments: PaymentsService) -> None:
    clock = payments.clock
    assert isinstance(clock, ManualClock)
    await payments.ledger.post(paid_in("in", 1_000))
    end_ms = clock.now_ms() + 20 * DAY_MS
    hold = await payments.holding.hold("mil_1", terms(deadline_ms=end_ms), "usr_client")
    warned = []
    for day in range(1, 25):
        clock.advance(DAY_MS)
        if await payments.holding.warn():
            warned.append(20 - day)
    assert warned == [14, 3, 1]
    assert (await payments.holding.show(hold.id)).held == 1_000
