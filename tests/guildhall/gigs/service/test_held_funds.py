"""Work that is paid through the ledger: held before it begins, released, given back, frozen and divided, once each."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from guildhall.gigs.lifecycle import MilestoneState, WeekState
from guildhall.gigs.model.contracts import Contract, FollowUpKind
from guildhall.gigs.rules.moving import OnlyFunds
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.paying import cover_of, pay_of
from guildhall.gigs.service.verbs import week_verbs
from guildhall.kit.follow_ups import follow
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import StorageUnavailable
from guildhall.payments.jobs import look as look_at_money
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.rules.deciding import InsufficientFunds
from tests.fakes.killer import Killed, Killer
from tests.guildhall.gigs.contracts import DAY_MS, MONDAY_MS, fixed, hourly
from tests.guildhall.gigs.workshop import Workshop
from tests.guildhall.opportunities.market import ORGANISATION
from tests.guildhall.payments.purse import draft, moved, prove_whole

ORG = frozenset({ORGANISATION})


async def pay_in(bank: Workshop, minor: int, key: str = "in") -> None:
    there = account_id(AccountKind.CLIENT_BALANCE, ORGANISATION, "EUR")
    await bank.backbone.payments.ledger.post(draft(key, moved(minor, "cash:sandbox:EUR", there)))


async def balance(bank: Workshop, kind: AccountKind, owner: str) -> int:
    return (await bank.backbone.payments.ledger.balance(account_id(kind, owner, "EUR"))).amounts.posted


async def purses(bank: Workshop) -> tuple[int, int, int]:
    """What the client has, what the agent has, and what the house took."""
    agent = bank.agent.account_id
    return (
        await balance(bank, AccountKind.CLIENT_BALANCE, ORGANISATION),
        await balance(bank, AccountKind.PAYABLE, agent),
        await balance(bank, AccountKind.FEES, "house"),
    )


async def held_for(bank: Workshop, contract: Contract, item: str = "m1") -> tuple[int, int]:
    account = account_id(AccountKind.HELD, f"hold_gigs_{contract.id}_{item}", "EUR")
    amounts = (await bank.backbone.payments.ledger.balance(account)).amounts
    return amounts.posted, amounts.reserved


async def test_too_little_is_said_in_words_and_what_is_paid_in_is_held_and_released(bank: Workshop) -> None:
    await pay_in(bank, 10_000)
    contract = await bank.open(fixed(40_000))
    await bank.on(contract, bank.client, "fund")
    refused = await bank.milestone(contract)
    assert refused.state is MilestoneState.AGREED
    assert "400.00 EUR is needed and 100.00 EUR is there" in refused.refusal
    with pytest.raises(MoveRefused):
        await bank.on(contract, bank.agent, "start")
    await pay_in(bank, 30_000, "more")
    await bank.on(contract, bank.client, "fund")
    assert (await bank.milestone(contract)).refusal == ""
    assert await held_for(bank, contract) == (40_000, 0)
    await bank.on(contract, bank.agent, "start")
    await bank.on(contract, bank.client, "approve")
    assert (await bank.milestone(contract)).state is MilestoneState.RELEASED
    assert await purses(bank) == (0, 36_000, 4_000)
    assert await prove_whole(bank.backbone.payments.ledger) == 4


@pytest.mark.parametrize("is_begun", [False, True], ids=("cancelled", "given back"))
async def test_what_is_not_done_goes_back_whole(bank: Workshop, is_begun: bool) -> None:
    await pay_in(bank, 40_000)
    contract = await (bank.begun if is_begun else bank.open)(fixed(40_000))
    if is_begun:
        await bank.on(contract, bank.agent, "give_back", "I cannot.")
    else:
        await bank.on(contract, bank.client, "fund")
        await bank.on(contract, bank.client, "cancel")
    assert (await bank.milestone(contract)).state is MilestoneState.REFUNDED
    assert await purses(bank) == (40_000, 0, 0)


async def test_a_dispute_freezes_is_withdrawn_opened_again_and_divides(bank: Workshop) -> None:
    await pay_in(bank, 40_000)
    contract = await bank.begun(fixed(40_000))
    await bank.working.open_dispute(contract.id, bank.client, "m1", 0, "It is empty.")
    assert await held_for(bank, contract) == (40_000, 40_000)
    with pytest.raises(InsufficientFunds):
        await bank.backbone.payments.holding.release(f"hold_gigs_{contract.id}_m1", "early", 1, "usr_any")
    await bank.argue(contract, bank.client, "withdraw")
    assert await held_for(bank, contract) == (40_000, 0)
    await bank.working.open_dispute(contract.id, bank.client, "m1", 10_000, "A quarter of it is there.")
    await bank.argue(contract, bank.agent, "concede")
    assert (await bank.milestone(contract)).state is MilestoneState.SPLIT
    assert await held_for(bank, contract) == (0, 0)
    assert await purses(bank) == (30_000, 9_000, 1_000)


async def test_a_week_is_covered_before_it_is_worked_and_the_rest_of_its_cap_goes_back(bank: Workshop) -> None:
    await pay_in(bank, 60_000)
    contract, week = await logged(bank)
    assert week.is_covered
    assert await held_for(bank, contract, f"{week.monday}_cover") == (60_000, 0)
    await bank.service.hours.on_week(contract.id, bank.agent, week.monday, week_verbs("submit", ""))
    await bank.service.hours.on_week(contract.id, bank.client, week.monday, week_verbs("approve", ""))
    assert (await bank.store.weeks.read(week.id)).state is WeekState.PAID
    assert await purses(bank) == (51_000, 8_100, 900)


async def test_a_week_from_before_that_nobody_covered_waits_for_the_clients_money_and_both_are_told_once(
    bank: Workshop,
) -> None:
    """Its hours were logged when none were refused for want of money."""
    contract, week = await logged_outside(bank)
    await bank.service.hours.on_week(contract.id, bank.agent, week.monday, week_verbs("submit", ""))
    await bank.service.hours.on_week(contract.id, bank.client, week.monday, week_verbs("approve", ""))
    await bank.later(61_000)
    waiting = await bank.store.weeks.read(week.id)
    assert (waiting.state, waiting.follow_ups) == (WeekState.APPROVED, ())
    assert "90.00 EUR is needed" in waiting.refusal
    assert (await bank.told()).count("gig_week_unpaid") == 1
    await pay_in(bank, 10_000)
    await bank.later(61_000)
    assert (await bank.store.weeks.read(week.id)).state is WeekState.PAID
    assert await purses(bank) == (1_000, 8_100, 900)


async def logged(bank: Workshop) -> tuple[Contract, Any]:
    contract = await bank.open(hourly())
    await bank.act(contract, bank.client, "begin")
    bank.clock.advance(2 * DAY_MS)
    return contract, await bank.service.hours.log_hours(contract.id, bank.agent, MONDAY_MS, 90, "Chapter one")


async def logged_outside(bank: Workshop) -> tuple[Contract, Any]:
    contract = await bank.open(hourly())
    await pay_elsewhere(bank, contract, is_so=True)
    await bank.act(contract, bank.client, "begin")
    bank.clock.advance(2 * DAY_MS)
    week = await bank.service.hours.log_hours(contract.id, bank.agent, MONDAY_MS, 90, "Chapter one")
    await pay_elsewhere(bank, contract, is_so=False)
    return contract, week


async def pay_elsewhere(bank: Workshop, contract: Contract, *, is_so: bool) -> None:
    change = {"is_paid_outside": is_so}
    await bank.store.contracts.change(contract.id, bank.clock.now_ms(), lambda seen: seen.model_copy(update=change))


async def test_a_week_without_hours_gives_its_cover_back(bank: Workshop) -> None:
    await pay_in(bank, 60_000)
    contract, week = await logged(bank)
    await bank.service.hours.drop_hours(contract.id, bank.agent, week.monday, week.entries[0].id)
    await bank.later(9 * DAY_MS)
    assert (await bank.store.weeks.read(week.id)).state is WeekState.VOID
    assert await purses(bank) == (60_000, 0, 0)


async def test_who_keeps_the_money_funds_and_decides_nothing_else(bank: Workshop) -> None:
    await pay_in(bank, 40_000)
    contract = await bank.open(fixed(40_000))
    manager = Caller(bank.client.account_id, ORG)
    finance = Caller("acc_fin", frozenset(), ORG)
    with pytest.raises(MoveRefused, match="owner or finance"):
        await bank.on(contract, manager, "fund")
    with pytest.raises(OnlyFunds):
        await bank.on(contract, finance, "cancel")
    await bank.on(contract, finance, "fund")
    await bank.on(contract, bank.agent, "start")
    for act in (bank.on(contract, finance, "approve"), bank.act(contract, finance, "end", "Enough.")):
        with pytest.raises(OnlyFunds):
            await act
    await bank.on(contract, manager, "approve")
    assert await purses(bank) == (0, 36_000, 4_000)


async def test_a_database_that_is_away_is_never_too_little_money(
    bank: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pay_in(bank, 40_000)
    contract = await bank.open(fixed(40_000))

    async def away(_draft: Any) -> Any:
        raise StorageUnavailable("away")

    with monkeypatch.context() as while_away:
        while_away.setattr(bank.backbone.payments.ledger, "post", away)
        with pytest.raises(StorageUnavailable):
            await bank.on(contract, bank.client, "fund")
        assert (await bank.milestone(contract)).state is MilestoneState.FUNDING
    await bank.look()
    assert (await bank.milestone(contract)).state is MilestoneState.FUNDED
    assert "gig_not_funded" not in await bank.told("carla")


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_of_two_followers_one_finds_too_little_and_the_other_what_came_meanwhile(
    bank: Workshop, monkeypatch: pytest.MonkeyPatch, is_cancelled: bool
) -> None:
    contract = await bank.open(fixed(40_000))
    hold = type(bank.service.context.funding).hold

    async def hold_slowly(funding: Any, pay: Any) -> str:
        """The job sees the same follow-up, is refused and says so; then the money comes, and it is held here."""
        monkeypatch.undo()
        await bank.look()
        assert (await bank.milestone(contract)).state is MilestoneState.AGREED
        await pay_in(bank, 40_000)
        if is_cancelled:
            await bank.on(contract, bank.client, "cancel")
        return await hold(funding, pay)

    monkeypatch.setattr(type(bank.service.context.funding), "hold", hold_slowly)
    await bank.on(contract, bank.client, "fund")
    state = (await bank.milestone(contract)).state
    assert state is (MilestoneState.CANCELLED if is_cancelled else MilestoneState.FUNDED)
    assert await held_for(bank, contract) == ((0, 0) if is_cancelled else (40_000, 0))
    assert (await purses(bank))[0] == (40_000 if is_cancelled else 0)


async def test_what_is_held_for_what_nobody_knew_to_be_funded_goes_back_when_that_is_cancelled(bank: Workshop) -> None:
    """A follower that was killed between the hold and the word of it, after another had been refused."""
    contract = await bank.open(fixed(40_000))
    await bank.on(contract, bank.client, "fund")
    await pay_in(bank, 40_000)
    funding = bank.service.context.funding

    assert await funding.hold(pay_of(await bank.read(contract), "m1")) == ""
    await bank.on(contract, bank.client, "cancel")
    assert await purses(bank) == (40_000, 0, 0)


@pytest.mark.parametrize("is_voided", [False, True], ids=("cancelled", "void"))
async def test_what_a_dead_follower_held_for_what_was_over_already_goes_back_an_hour_later(
    bank: Workshop, is_voided: bool
) -> None:
    """One stalled before the hold while another one was refused; it was given up, money came, and the first held it."""
    contract = await bank.open(fixed(40_000))
    await bank.on(contract, bank.client, "fund")
    await (bank.act(contract, bank.agent, "void", "No.") if is_voided else bank.on(contract, bank.client, "cancel"))
    assert (await bank.milestone(contract)).state is MilestoneState.CANCELLED
    await pay_in(bank, 40_000)
    assert await bank.service.context.funding.hold(pay_of(await bank.read(contract), "m1")) == ""
    await bank.look()
    assert await held_for(bank, contract) == (40_000, 0)
    await bank.later(3_600_000)
    assert await held_for(bank, contract) == (0, 0)
    assert await purses(bank) == (40_000, 0, 0)
    assert (await bank.milestone(contract)).was_looked_after


async def test_a_cover_that_a_dead_follower_held_for_a_week_that_is_over_goes_back(bank: Workshop) -> None:
    contract, week = await logged_outside(bank)
    await bank.service.hours.drop_hours(contract.id, bank.agent, week.monday, week.entries[0].id)
    await bank.later(9 * DAY_MS)
    over = await bank.store.weeks.read(week.id)
    assert over.state is WeekState.VOID
    await pay_in(bank, 60_000)
    assert await bank.service.context.funding.hold(cover_of(contract, week)) == ""
    await bank.later(3_600_000)
    assert await purses(bank) == (60_000, 0, 0)
    assert (await bank.store.weeks.read(week.id)).due_at_ms == 0


async def test_a_contract_and_its_week_that_are_both_left_behind_do_not_follow_each_other_without_end(
    bank: Workshop,
) -> None:
    """Killed between the two: the contract still has to open a week that has still to close itself there."""
    await pay_in(bank, 60_000)
    contract, week = await logged(bank)
    await bank.service.hours.on_week(contract.id, bank.agent, week.monday, week_verbs("submit", ""))
    await bank.service.hours.on_week(contract.id, bank.client, week.monday, week_verbs("approve", ""))
    now_ms, at_ms = bank.clock.now_ms(), week.begins_at_ms
    await bank.store.weeks.change(week.id, now_ms, lambda seen: follow(seen, now_ms, (FollowUpKind.CLOSE_WEEK, {})))

    def still_to_open(seen: Contract) -> Contract:
        opened = seen.model_copy(update={"open_weeks": (week.monday,)})
        return follow(opened, now_ms, (FollowUpKind.OPEN_WEEK, {"at_ms": at_ms}))

    await bank.store.contracts.change(contract.id, now_ms, still_to_open)
    await bank.look()
    left = await bank.read(contract)
    assert (left.open_weeks, left.follow_ups) == ((), ())
    assert (await bank.store.weeks.read(week.id)).follow_ups == ()
    assert await purses(bank) == (51_000, 8_100, 900)


async def test_contracts_from_before_stay_paid_outside(workshop: Workshop) -> None:
    contract = await workshop.open(fixed(40_000))
    before = contract.model_dump(mode="json", by_alias=True, exclude={"is_paid_outside"})
    assert Contract.model_validate(before).is_paid_outside
    await workshop.on(contract, workshop.client, "fund")
    assert (await workshop.milestone(contract)).state is MilestoneState.FUNDED
    assert await prove_whole(workshop.backbone.payments.ledger) == 0


async def fund(bank: Workshop, contract: Contract) -> None:
    await bank.on(contract, bank.client, "fund")


async def approve(bank: Workshop, contract: Contract) -> None:
    await bank.on(contract, bank.client, "approve")


async def dispute(bank: Workshop, contract: Contract) -> None:
    if not contract.disputes and not (await bank.read(contract)).disputes:
        await bank.working.open_dispute(contract.id, bank.client, "m1", 10_000, "A quarter.")
    await bank.argue(contract, bank.agent, "concede")


CASES: tuple[tuple[Callable[[Workshop, Contract], Awaitable[None]], str, tuple[int, int, int]], ...] = (
    (fund, "open", (0, 0, 0)),
    (approve, "begun", (0, 36_000, 4_000)),
    (dispute, "begun", (30_000, 9_000, 1_000)),
)


@pytest.mark.parametrize(("act", "prepare", "gained"), CASES, ids=("fund", "approve", "dispute"))
async def test_money_is_moved_once_whatever_write_the_process_dies_at(
    bank: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Workshop, Contract], Awaitable[None]],
    prepare: str,
    gained: tuple[int, int, int],
) -> None:
    killer = Killer(monkeypatch)
    for write in range(1, 200, 3):
        killer.left, killer.after = -1, write % 2 == 0
        await pay_in(bank, 40_000, f"in-{write}")
        contract = await getattr(bank, prepare)(fixed(40_000))
        before = await purses(bank) if prepare == "begun" else (await purses(bank))[0] - 40_000
        killer.left, was_killed = write, False
        try:
            await act(bank, contract)
        except Killed:
            was_killed = True
        killer.left = -1
        with contextlib.suppress(MoveRefused):
            await act(bank, contract)  # whoever saw no answer asks again
        bank.clock.advance(10_000)
        await look_at_money(bank.backbone.payments)
        await bank.look()
        after = await bank.read(contract)
        assert (after.follow_ups, after.unsettled) == ((), False)
        now = await purses(bank)
        if isinstance(before, int):
            assert (now[0], await held_for(bank, contract)) == (before, (40_000, 0))
        else:
            assert tuple(one - was for one, was in zip(now, before, strict=True)) == gained
            assert await held_for(bank, contract) == (0, 0)
        await prove_whole(bank.backbone.payments.ledger)
        if not was_killed:
            assert write > 10
            return
    raise AssertionError("never came through")


async def test_twenty_approvals_at_once_release_once(bank: Workshop) -> None:
    await pay_in(bank, 40_000)
    contract = await bank.begun(fixed(40_000))
    came = await asyncio.gather(
        *(bank.on(contract, bank.client, "approve") for _ in range(20)),
        *(bank.look() for _ in range(5)),
        return_exceptions=True,
    )
    assert {type(one) for one in came if isinstance(one, BaseException)} == {MoveRefused}
    await bank.look()
    assert await purses(bank) == (0, 36_000, 4_000)
