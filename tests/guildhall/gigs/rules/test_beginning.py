"""Hourly work goes on held money alone: a first week is held before it begins, each week before hours are logged in it.

An hour costs 60.00 EUR here, and a week has ten of them at most.
"""

import asyncio
import contextlib

import pytest

from guildhall.gigs.lifecycle import ContractState, WeekState
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.rules.hours import HoursRefused
from guildhall.gigs.rules.moving import OnlyFunds
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.verbs import week_verbs
from guildhall.kit.lifecycle import MoveRefused
from guildhall.payments.jobs import look as look_at_money
from tests.fakes.killer import Killed, Killer
from tests.guildhall.gigs.contracts import DAY_MS, HOUR_MS, MONDAY_MS, hourly
from tests.guildhall.gigs.service.test_held_funds import ORG, held_for, pay_in, purses
from tests.guildhall.gigs.workshop import Workshop
from tests.guildhall.payments.purse import prove_whole

THIS, NEXT = "2027-01-18_cover", "2027-01-25_cover"
NEXT_MONDAY_MS = MONDAY_MS + 7 * DAY_MS - 9 * HOUR_MS  # 0:00 in Berlin


async def begin(bank: Workshop, contract: Contract) -> Contract:
    return await bank.act(contract, bank.client, "begin")


async def log(bank: Workshop, contract: Contract, at_ms: int) -> None:
    await bank.service.hours.log_hours(contract.id, bank.agent, at_ms, 60, "Chapter one")


async def at(bank: Workshop, at_ms: int) -> None:
    await bank.later(at_ms - bank.clock.now_ms())


async def test_work_does_not_begin_on_money_that_is_not_there_and_says_what_to_do(bank: Workshop) -> None:
    await pay_in(bank, 10_000)
    contract = await begin(bank, await bank.open(hourly()))
    assert contract.state is ContractState.PENDING_FUNDING
    assert "600.00 EUR is needed and 100.00 EUR is there" in contract.refusal
    assert (await bank.told("carla")).count("gig_not_begun") == 1
    assert "gig_begun" not in await bank.told()
    bank.clock.advance(2 * HOUR_MS)
    with pytest.raises(MoveRefused):
        await log(bank, contract, MONDAY_MS)
    await bank.later(3 * HOUR_MS)
    assert await held_for(bank, contract, THIS) == (0, 0)  # nobody holds by itself what the client has not begun
    await pay_in(bank, 50_000, "more")
    contract = await begin(bank, contract)
    assert (contract.state, contract.refusal) == (ContractState.ACTIVE, "")
    assert await held_for(bank, contract, THIS) == (60_000, 0)
    assert (await bank.told()).count("gig_begun") == 1
    await log(bank, contract, MONDAY_MS)


async def test_what_was_refused_and_never_begun_ends_by_itself_and_holds_nothing(bank: Workshop) -> None:
    contract = await begin(bank, await bank.open(hourly()))
    for _ in range(30):
        await bank.later(DAY_MS)
    after = await bank.read(contract)
    assert (after.state, after.open_weeks) == (ContractState.VOID, ())
    assert [one.state for one in await bank.store.weeks_of(contract.id)] == [WeekState.VOID]
    assert await prove_whole(bank.backbone.payments.ledger) == 0


async def test_finance_begins_a_manager_does_not_and_finance_ends_nothing(bank: Workshop) -> None:
    await pay_in(bank, 60_000)
    contract = await bank.open(hourly())
    manager, finance = Caller(bank.client.account_id, ORG), Caller("acc_fin", frozenset(), ORG)
    with pytest.raises(MoveRefused, match="owner or finance"):
        await bank.act(contract, manager, "begin")
    assert (await bank.act(contract, finance, "begin")).state is ContractState.ACTIVE
    with pytest.raises(OnlyFunds):
        await bank.act(contract, finance, "end", "Enough.")


async def test_each_week_is_held_as_it_begins_and_hours_without_one_are_refused(bank: Workshop) -> None:
    await pay_in(bank, 60_000)
    contract = await begin(bank, await bank.open(hourly()))
    await at(bank, NEXT_MONDAY_MS)
    assert await held_for(bank, contract, NEXT) == (0, 0)
    assert "600.00 EUR is needed" in (await bank.read(contract)).refusal
    for name in ("ada", "carla"):
        assert (await bank.told(name)).count("gig_week_not_covered") == 1
    bank.clock.advance(2 * HOUR_MS)
    with pytest.raises(HoursRefused, match=r"not held\. Not enough is paid in"):
        await log(bank, contract, NEXT_MONDAY_MS)
    assert all(not one.entries for one in await bank.store.weeks_of(contract.id))
    await pay_in(bank, 60_000, "more")
    await bank.later(61_000)
    assert await held_for(bank, contract, NEXT) == (60_000, 0)
    assert (await bank.read(contract)).refusal == ""
    assert (await bank.told()).count("gig_week_covered") == 1
    await log(bank, contract, NEXT_MONDAY_MS)
    await at(bank, NEXT_MONDAY_MS + 13 * HOUR_MS)  # the first one was empty
    assert await held_for(bank, contract, THIS) == (0, 0)
    assert await purses(bank) == (60_000, 0, 0)


async def test_whoever_logs_need_not_wait_for_the_minute_after_the_client_paid_in(bank: Workshop) -> None:
    await pay_in(bank, 60_000)
    contract = await begin(bank, await bank.open(hourly()))
    await at(bank, NEXT_MONDAY_MS)
    await pay_in(bank, 60_000, "more")
    bank.clock.advance(HOUR_MS)
    await log(bank, contract, NEXT_MONDAY_MS)
    assert await held_for(bank, contract, NEXT) == (60_000, 0)


@pytest.mark.parametrize("is_paid_in", [False, True])
async def test_two_days_before_a_week_both_are_told_where_its_pay_is_missing_and_only_there(
    bank: Workshop, is_paid_in: bool
) -> None:
    await pay_in(bank, 120_000 if is_paid_in else 119_999)
    await begin(bank, await bank.open(hourly()))
    await at(bank, NEXT_MONDAY_MS - 48 * HOUR_MS - 1)
    assert "gig_week_ahead" not in await bank.told()
    await bank.later(1)
    await bank.later(HOUR_MS)
    for name in ("ada", "carla"):
        assert (await bank.told(name)).count("gig_week_ahead") == (0 if is_paid_in else 1)


async def test_what_is_paused_holds_no_new_week_until_it_goes_on(bank: Workshop) -> None:
    await pay_in(bank, 200_000)
    contract = await begin(bank, await bank.open(hourly()))
    await bank.act(contract, bank.client, "pause", "Holidays.")
    await at(bank, NEXT_MONDAY_MS + DAY_MS)
    assert await held_for(bank, contract, NEXT) == (0, 0)
    await bank.act(contract, bank.client, "resume")
    await bank.look()
    assert await held_for(bank, contract, NEXT) == (60_000, 0)


async def test_a_week_that_was_settled_before_its_end_is_not_open_again(bank: Workshop) -> None:
    """A contract from before weeks were held as they begin has no mark of the last one."""
    await pay_in(bank, 200_000)
    contract = await begin(bank, await bank.open(hourly()))
    bank.clock.advance(2 * HOUR_MS)
    await log(bank, contract, MONDAY_MS)
    monday = THIS.removesuffix("_cover")
    for who, action in ((bank.agent, "submit"), (bank.client, "approve")):
        await bank.service.hours.on_week(contract.id, who, monday, week_verbs(action, ""))
    unmarked = {"weeks_held_to_ms": 0, "due_at_ms": 1}
    await bank.store.contracts.change(contract.id, bank.clock.now_ms(), lambda seen: seen.model_copy(update=unmarked))
    await bank.look()
    assert (await bank.read(contract)).open_weeks == ()


async def test_of_ten_who_begin_at_once_one_holds(bank: Workshop) -> None:
    await pay_in(bank, 200_000)
    contract = await bank.open(hourly())
    came = await asyncio.gather(*(begin(bank, contract) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(one, MoveRefused) for one in came) == 1
    assert await purses(bank) == (140_000, 0, 0)


@pytest.mark.parametrize("is_there", [True, False], ids=("held", "refused"))
async def test_a_beginning_holds_once_or_is_refused_whatever_write_the_process_dies_at(
    bank: Workshop, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    killer = Killer(monkeypatch)
    for write in range(1, 200, 3):
        killer.left, killer.after = -1, write % 2 == 0
        if is_there:
            await pay_in(bank, 60_000, f"in-{write}")
        contract = await bank.open(hourly())
        killer.left, was_killed = write, False
        try:
            await begin(bank, contract)
        except Killed:
            was_killed = True
        killer.left = -1
        bank.clock.advance(10_000)
        await look_at_money(bank.backbone.payments)
        await bank.look()
        with contextlib.suppress(MoveRefused):
            await begin(bank, contract)  # whoever saw no answer asks again
        await bank.look()
        after, (week,) = await bank.read(contract), await bank.store.weeks_of(contract.id)
        state = ContractState.ACTIVE if is_there else ContractState.PENDING_FUNDING
        assert (after.state, bool(after.refusal), after.unsettled) == (state, not is_there, False)
        assert (week.is_covered, week.unsettled) == (is_there, False)
        assert await held_for(bank, contract, THIS) == (60_000 if is_there else 0, 0)
        assert (await purses(bank))[0] == 0
        await prove_whole(bank.backbone.payments.ledger)
        if not was_killed:
            assert write > 5
            return
    raise AssertionError("never came through")
