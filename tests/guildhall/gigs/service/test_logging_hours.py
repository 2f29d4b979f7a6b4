"""Hours: no minute twice under whatever contracts, however many log at once and whatever write a process dies at."""

import asyncio

import pytest

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.days import AgentDay, day_id
from guildhall.gigs.model.weeks import Entry
from guildhall.gigs.rules.hours import HoursRefused, overlap
from guildhall.gigs.rules.taking_time import TAKING_MS, TimeTaken
from tests.fakes.killer import Killed, Killer
from tests.guildhall.gigs.contracts import DAY_MS, HOUR_MS, MONDAY_MS, hourly
from tests.guildhall.gigs.workshop import Workshop

EVENING_MS = MONDAY_MS + 15 * HOUR_MS + HOUR_MS // 2  # Monday, 23:30 UTC: an hour from here lies on two days


async def begun(workshop: Workshop, count: int) -> list[Contract]:
    contracts = [await workshop.open(hourly(time_zone="UTC")) for _ in range(count)]
    for contract in contracts:
        await workshop.act(contract, workshop.client, "begin")
    workshop.clock.advance(2 * DAY_MS)
    return contracts


async def log(workshop: Workshop, contract: Contract, at_ms: int, minutes: int = 60) -> bool:
    try:
        await workshop.service.hours.log_hours(contract.id, workshop.agent, at_ms, minutes, "Chapter one")
    except HoursRefused:
        return False
    return True


async def logged(workshop: Workshop) -> list[Entry]:
    weeks = await workshop.store.weeks.find({"agent_id": workshop.agent.account_id}, limit=100)
    return [entry for week in weeks for entry in week.entries]


async def taken(workshop: Workshop) -> set[str]:
    days: list[AgentDay] = await workshop.store.days.find({}, limit=100)
    return {one.entry_id for day in days for one in day.taken}


async def test_of_fifty_who_log_the_same_time_under_ten_contracts_one_does(workshop: Workshop) -> None:
    contracts = await begun(workshop, 10)
    starts = [EVENING_MS + place % 7 * 6 * 60_000 for place in range(50)]
    came = await asyncio.gather(*(log(workshop, contracts[place % 10], at_ms) for place, at_ms in enumerate(starts)))
    entries = await logged(workshop)
    # On two days each may keep another from a day and be kept from the other one itself: at most one, never two.
    assert sum(came) == len(entries) <= 1
    assert await log(workshop, contracts[0], EVENING_MS + 3 * HOUR_MS)
    assert await log(workshop, contracts[1], EVENING_MS) is not bool(entries)
    assert await taken(workshop) == {one.id for one in await logged(workshop)}


async def test_within_a_day_exactly_one_of_fifty_does(workshop: Workshop) -> None:
    contracts = await begun(workshop, 10)
    came = await asyncio.gather(*(log(workshop, contracts[place % 10], MONDAY_MS + place) for place in range(50)))
    assert (sum(came), len(await logged(workshop)), len(await taken(workshop))) == (1, 1, 1)


async def test_what_is_dropped_can_be_logged_under_another_contract_at_once(workshop: Workshop) -> None:
    one, other = await begun(workshop, 2)
    assert await log(workshop, one, EVENING_MS)
    assert not await log(workshop, other, EVENING_MS - HOUR_MS // 2)
    week = (await workshop.store.weeks_of(one.id))[0]
    await workshop.service.hours.drop_hours(one.id, workshop.agent, week.monday, week.entries[0].id)
    assert await log(workshop, other, EVENING_MS - HOUR_MS // 2)


async def test_time_that_a_killed_process_took_can_be_had_after_a_minute_and_its_entry_never_comes_late(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await begun(workshop, 2)
    killer = Killer(monkeypatch)
    for place in range(1, 40):
        at_ms = EVENING_MS + place * 2 * HOUR_MS
        workshop.clock.advance(2 * HOUR_MS)
        killer.left, killer.after, was_killed = (place + 1) // 2, place % 2 == 0, False
        before = {entry.id for entry in await logged(workshop)}
        try:
            await log(workshop, one, at_ms, 5)
        except Killed:
            was_killed = True
        killer.left = -1
        stands = {entry.id for entry in await logged(workshop)} - before
        workshop.clock.advance(TAKING_MS)
        assert await log(workshop, other, at_ms, 5) is not bool(stands)
        entries = await logged(workshop)
        assert not any(overlap(a, b) for a in entries for b in entries if a is not b)
        assert {entry.id for entry in entries} == await taken(workshop)
        if not was_killed:
            assert place > 6
            return
    raise AssertionError("never came through")


async def test_an_entry_that_was_on_its_way_too_long_is_refused_when_its_time_is_gone(workshop: Workshop) -> None:
    one, other = await begun(workshop, 2)
    slow = workshop.service.hours
    change, is_late = workshop.store.weeks.change, False

    async def change_late(*given: object, **named: object) -> object:
        nonlocal is_late
        if not is_late:
            is_late = True
            workshop.clock.advance(TAKING_MS)
            assert await log(workshop, other, MONDAY_MS)
        return await change(*given, **named)  # type: ignore[arg-type]

    workshop.store.weeks.change = change_late  # type: ignore[method-assign, assignment]
    with pytest.raises(HoursRefused, match="too long"):
        await slow.log_hours(one.id, workshop.agent, MONDAY_MS, 60, "Chapter one")
    assert len(await logged(workshop)) == len(await taken(workshop)) == 1


async def test_time_that_is_taken_at_this_moment_is_not_taken_over(workshop: Workshop) -> None:
    one, other = await begun(workshop, 2)
    assert await log(workshop, one, MONDAY_MS)
    day = await workshop.store.days.read(day_id(workshop.agent.account_id, "2027-01-18"))
    week = (await workshop.store.weeks_of(one.id))[0]
    await workshop.store.weeks.change(week.id, 0, lambda seen: seen.model_copy(update={"entries": ()}))
    with pytest.raises(TimeTaken):
        await workshop.service.hours.log_hours(other.id, workshop.agent, MONDAY_MS, 60, "Elsewhere")
    assert len(day.taken) == 1
