"""Hours in dispute: those alone stand still with their pay, what nobody disputes is paid, and all of it ends.

Three entries of a week: 90 minutes, 50 and 61, at 60.01 an hour; so no share of the pay is a round one.
"""

import asyncio
from typing import Any

import pytest

from guildhall.gigs.lifecycle import ContractState, DisputeState, WeekState
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules import disputed_hours
from guildhall.gigs.rules.disputing import DivisionWrong
from guildhall.gigs.rules.moving import OnlyFunds
from guildhall.gigs.service import paying
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.verbs import week_verbs
from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.payments.jobs import look as look_at_money
from tests.fakes.killer import Killed, Killer
from tests.guildhall.gigs.contracts import DAY_MS, HOUR_MS, MONDAY_MS, fixed, hourly
from tests.guildhall.gigs.service.test_held_funds import ORG, held_for, pay_in, purses
from tests.guildhall.gigs.workshop import SECOND, STAFF, Workshop
from tests.guildhall.payments.purse import prove_whole

CAP, WHOLE, DISPUTED = 60_010, 20_103, 11_102
"""The most that the week can come to, what it came to, and of that the second and the third entry."""


async def handed_in(bank: Workshop, at_ms: int = MONDAY_MS) -> tuple[Contract, Week]:
    bank.clock.advance(at_ms - bank.clock.now_ms())
    contract = await bank.open(hourly(rate_minor=6_001))
    await bank.act(contract, bank.client, "begin")
    bank.clock.advance(2 * DAY_MS)
    starts = (at_ms, at_ms + 3 * HOUR_MS, at_ms + 5 * HOUR_MS)
    for started_ms, minutes in zip(starts, (90, 50, 61), strict=True):
        week = await bank.service.hours.log_hours(contract.id, bank.agent, started_ms, minutes, "Chapter one")
    return contract, await on_week(bank, week, bank.agent, "submit")


async def on_week(bank: Workshop, week: Week, who: Caller, action: str, words: str = "") -> Week:
    return await bank.service.hours.on_week(week.contract_id, who, week.monday, week_verbs(action, words))


async def dispute(bank: Workshop, week: Week, minor: int = 0, who: Caller | None = None) -> Week:
    """The second and the third entry."""
    entries = [one.id for one in week.entries[1:]]
    return await bank.service.hours.dispute(
        week.contract_id, who or bank.client, week.monday, entries, minor, "Nothing came of these."
    )


async def cover_of(bank: Workshop, week: Week) -> tuple[int, int]:
    return await held_for(bank, await bank.store.contracts.read(week.contract_id), f"{week.monday}_cover")


async def test_what_is_not_disputed_is_paid_at_once_and_the_rest_as_both_agree(bank: Workshop) -> None:
    await pay_in(bank, CAP)
    contract, week = await handed_in(bank)
    disputed = await dispute(bank, week)
    assert (disputed.state, disputed.is_parted, disputed.auto_at_ms) == (WeekState.DISPUTED, True, 0)
    assert await cover_of(bank, week) == (DISPUTED, DISPUTED)
    client, agent, fees = await purses(bank)
    assert (client, agent + fees) == (CAP - WHOLE, WHOLE - DISPUTED)
    assert {"gig_hours_paid", "gig_disputed"} <= {*await bank.told()}
    with pytest.raises(DivisionWrong, match=r"At most 111\.02 EUR"):
        await bank.argue_about_hours(week, bank.agent, "propose", "All and more.", DISPUTED + 1)
    await bank.argue_about_hours(week, bank.agent, "propose", "The call was real.", 5_000)
    await bank.argue_about_hours(week, bank.client, "accept")
    settled = await bank.week(week)
    assert (settled.state, settled.agent_minor) == (WeekState.PAID, WHOLE - DISPUTED + 5_000)
    client, agent, fees = await purses(bank)
    assert (client, agent + fees) == (CAP - settled.agent_minor, settled.agent_minor)
    assert await cover_of(bank, week) == (0, 0)
    assert (await bank.read(contract)).open_weeks == ()
    await prove_whole(bank.backbone.payments.ledger)


@pytest.mark.parametrize(("action", "who", "gained"), [("concede", "agent", 3_000), ("withdraw", "client", DISPUTED)])
async def test_who_gives_way_ends_it(bank: Workshop, action: str, who: str, gained: int) -> None:
    """The agent takes what the client asked for; a client who disputes no more lets the agent have all of it."""
    await pay_in(bank, CAP)
    _, week = await handed_in(bank)
    await dispute(bank, week, 3_000)
    for other in {"agent", "client"} - {who}:
        with pytest.raises(MoveRefused):
            await bank.argue_about_hours(week, getattr(bank, other), action)
    await bank.argue_about_hours(week, getattr(bank, who), action)
    ended = await bank.week(week)
    assert (ended.state, ended.agent_minor) == (WeekState.PAID, WHOLE - DISPUTED + gained)
    assert (await purses(bank))[0] == CAP - ended.agent_minor
    assert await cover_of(bank, week) == (0, 0)


async def test_silence_pays_nobody_and_this_house_decides_with_somebody_who_has_not_mediated(bank: Workshop) -> None:
    await pay_in(bank, CAP)
    contract, week = await handed_in(bank)
    await bank.act(contract, bank.client, "end", "Enough.")
    await dispute(bank, week)
    assert (await bank.read(contract)).has_open_dispute
    await bank.later(8 * DAY_MS)
    assert await standing(bank, week) is DisputeState.EVIDENCE
    await bank.argue_about_hours(week, STAFF, "propose", "Half and half.", DISPUTED // 2)
    await bank.later(8 * DAY_MS)
    assert await standing(bank, week) is DisputeState.ESCALATED
    assert (await bank.week(week)).state is WeekState.DISPUTED
    assert await cover_of(bank, week) == (DISPUTED, DISPUTED)
    with pytest.raises(MoveRefused, match="mediated"):
        await bank.argue_about_hours(week, STAFF, "decide", "Half.", 5_551)
    await bank.argue_about_hours(week, SECOND, "decide", "The memo says what was done.", DISPUTED)
    assert (await bank.read(contract)).state is ContractState.ENDING
    await bank.later(10 * DAY_MS)
    assert (await bank.week(week)).agent_minor == WHOLE
    over = await bank.read(contract)
    assert (over.state, over.has_open_dispute, over.disputed_weeks) == (ContractState.COMPLETED, False, ())


async def standing(bank: Workshop, week: Week) -> DisputeState:
    found = (await bank.week(week)).dispute
    assert found is not None
    return found.state


async def test_only_the_client_disputes_and_only_while_the_week_is_looked_at(bank: Workshop) -> None:
    await pay_in(bank, CAP)
    contract, week = await handed_in(bank)
    finance = Caller("acc_fin", frozenset(), ORG)
    for who, refusal in ((bank.agent, MoveRefused), (STAFF, MoveRefused), (finance, OnlyFunds)):
        with pytest.raises(refusal):
            await dispute(bank, week, who=who)
    with pytest.raises(NotFound):
        await dispute(bank, week, who=Caller("acc_anybody"))
    for entries in ([], ["ent_elsewhere"], [week.entries[0].id, "ent_elsewhere"]):
        with pytest.raises(Invalid, match="Choose the hours"):
            await bank.service.hours.dispute(contract.id, bank.client, week.monday, entries, 0, "No.")
    await on_week(bank, week, bank.client, "query", "What was it?")
    await on_week(bank, week, bank.client, "approve")
    with pytest.raises(MoveRefused):
        await dispute(bank, week)
    with pytest.raises(NotFound, match="No hours of the week"):
        await bank.argue_about_hours(week, bank.agent, "concede")
    assert (await purses(bank))[0] == CAP - WHOLE


async def test_what_was_asked_about_twice_can_be_disputed(bank: Workshop) -> None:
    await pay_in(bank, CAP)
    _, week = await handed_in(bank)
    for _ in range(2):
        await on_week(bank, week, bank.client, "query", "What was it?")
        await on_week(bank, week, bank.agent, "submit")
    with pytest.raises(MoveRefused, match="dispute what you do not agree with"):
        await on_week(bank, week, bank.client, "query", "Once more?")
    assert (await dispute(bank, week)).state is WeekState.DISPUTED


async def uncovered(bank: Workshop) -> tuple[Contract, Week]:
    """Hours from before pay had to be held first: nothing is held for them, and the client has nothing left."""
    await pay_in(bank, CAP)
    contract, week = await handed_in(bank)
    await bank.act(contract, bank.client, "end", "Enough.")
    bare = await bank.store.weeks.change(
        week.id, bank.clock.now_ms(), lambda seen: seen.model_copy(update={"is_covered": False})
    )
    await bank.service.context.funding.let_go(paying.cover_of(contract, week))
    await bank.on(await bank.open(fixed(CAP)), bank.client, "fund")
    return contract, bare


async def test_hours_that_nobody_covered_are_disputed_all_the_same_and_paid_when_money_comes(bank: Workshop) -> None:
    _, week = await uncovered(bank)
    waiting = await dispute(bank, week)
    assert (waiting.state, waiting.is_parted) == (WeekState.DISPUTED, False)
    await bank.later(61_000)
    assert (await bank.told()).count("gig_week_unpaid") == 1
    await bank.argue_about_hours(week, bank.agent, "propose", "The call was real.", 5_000)
    await bank.argue_about_hours(week, bank.client, "accept")
    assert (await bank.week(week)).state is WeekState.SETTLING
    await pay_in(bank, WHOLE, "late")
    await bank.later(61_000)
    ended = await bank.week(week)
    assert (ended.state, ended.refusal, ended.due_at_ms - bank.clock.now_ms()) == (WeekState.PAID, "", 3_600_000)
    assert (await purses(bank))[0] == WHOLE - ended.agent_minor == DISPUTED - 5_000


async def test_money_that_comes_while_hours_are_disputed_pays_what_is_not_and_a_late_cover_goes_back(
    bank: Workshop,
) -> None:
    contract, week = await uncovered(bank)
    await dispute(bank, week)
    await pay_in(bank, CAP + WHOLE, "late")
    await bank.service.following._cover(week, contract)  # by one that stalled before the hold
    assert await cover_of(bank, week) == (0, 0)
    await bank.later(61_000)
    parted = await bank.week(week)
    assert (parted.is_parted, parted.is_covered, parted.refusal) == (True, False, "")
    assert await held_for(bank, contract, week.monday) == (DISPUTED, DISPUTED)
    assert (await purses(bank))[0] == CAP


async def test_a_follower_that_comes_late_marks_no_contract_that_is_over(bank: Workshop) -> None:
    await pay_in(bank, CAP)
    contract, week = await handed_in(bank)
    disputed = await dispute(bank, week)
    await bank.argue_about_hours(week, bank.agent, "concede")
    over = await bank.read(contract)
    assert disputed_hours.mark(over, disputed) is over


async def test_an_agent_who_answers_and_a_client_who_withdraws_at_once_leave_one_end(bank: Workshop) -> None:
    await pay_in(bank, CAP)
    _, week = await handed_in(bank)
    await dispute(bank, week, 3_000)
    came = await asyncio.gather(
        *(bank.argue_about_hours(week, bank.agent, "concede") for _ in range(3)),
        *(bank.argue_about_hours(week, bank.client, "withdraw") for _ in range(3)),
        *(bank.look() for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, MoveRefused) for one in came) == 5
    ended = await bank.week(week)
    assert ended.agent_minor in {WHOLE, WHOLE - DISPUTED + 3_000}
    assert (await purses(bank))[0] == CAP - ended.agent_minor
    await prove_whole(bank.backbone.payments.ledger)


async def test_hours_in_dispute_are_paid_once_whatever_write_the_process_dies_at(
    bank: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    for place, write in enumerate(range(1, 200, 2)):
        killer.left, killer.after = -1, write % 4 == 1
        await pay_in(bank, CAP, f"in-{write}")
        contract, week = await handed_in(bank, MONDAY_MS + place * 7 * DAY_MS)
        await bank.act(contract, bank.client, "end", "Enough.")
        before = (await purses(bank))[0] + CAP
        killer.left = write
        was_killed = await _end_it(bank, week)
        killer.left = -1
        await _end_it(bank, week)  # whoever saw no answer asks again
        bank.clock.advance(10_000)
        await look_at_money(bank.backbone.payments)
        await bank.look()
        ended = await bank.week(week)
        assert (ended.state, ended.follow_ups, ended.unsettled) == (WeekState.PAID, (), False), write
        assert (await purses(bank))[0] == before - (WHOLE - DISPUTED + 3_000), write
        assert await cover_of(bank, week) == (0, 0)
        await prove_whole(bank.backbone.payments.ledger)
        if not was_killed:
            assert write > 12
            return
    raise AssertionError("never came through")


async def _end_it(bank: Workshop, week: Week) -> bool:
    """Disputed and conceded, as far as that was not done; whether it was killed."""
    steps: tuple[Any, ...] = (
        lambda: dispute(bank, week, 3_000),
        lambda: bank.argue_about_hours(week, bank.agent, "concede"),
    )
    for step in steps:
        try:
            await step()
        except MoveRefused:
            continue
        except Killed:
            return True
    return False
