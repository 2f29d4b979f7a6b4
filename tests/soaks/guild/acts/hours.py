"""Hourly work: hours that are logged and dropped; weeks that are handed in, asked about, approved and disputed."""

from typing import Final

from guildhall.gigs.lifecycle import WeekState
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.service.verbs import contract_verbs, week_dispute_verbs, week_verbs
from tests.guildhall.gigs.contracts import HOUR_MS
from tests.soaks.guild.acts.contracts import DISPUTE_ACTIONS, party
from tests.soaks.guild.acts.drawn import Act, Drawn, one_of
from tests.soaks.guild.acts.hiring import hire
from tests.soaks.guild.town import Town


async def _hourly(town: Town, drawn: Drawn) -> Contract | None:
    """Now and then one that is paid by milestone, where there are no hours."""
    found = await town.contracts()
    return one_of([one for one in found if not one.milestones] or found, drawn.which) if found else None


async def hire_by_the_hour(town: Town, drawn: Drawn) -> None:
    """And begin, so that hours can be logged."""
    before = {one.id for one in await town.contracts()}
    await hire(town, Drawn(drawn.who, drawn.which, 2, drawn.minor))
    for one in await town.contracts():
        if one.id not in before:
            client = town.client_of(one.organisation_id)
            await town.pay_in(client, 20_000)
            await town.gigs.working.decide(one.id, town.caller(client), contract_verbs("begin", ""))


async def log_hours(town: Town, drawn: Drawn) -> None:
    """Of the last days, so that they often meet what was logged before, under this contract or another."""
    contract = await _hourly(town, drawn)
    if contract is None:
        return
    agent, now_ms = town.caller(town.name_of(contract.agent_id)), town.clock.now_ms()
    there = (now_ms - contract.opened_at_ms) * 2 // HOUR_MS if drawn.who % 4 else 400  # some of before there was work
    reach = max(1, min(there, 60 if drawn.who % 3 else 400))
    started_at_ms = now_ms - (1 + drawn.minor % reach) * HOUR_MS // 2
    await town.gigs.hours.log_hours(contract.id, agent, started_at_ms, 10 + drawn.what * 7, "Wrote it down.")


async def act_on_week(town: Town, drawn: Drawn) -> None:
    week = await _week(town, drawn, frozenset(WeekState))
    if week is None:
        return
    contract = await town.gigs.store.contracts.read(week.contract_id)
    who = party(town, contract, drawn)
    if drawn.what % 4 == 3 and week.entries:
        await town.gigs.hours.drop_hours(contract.id, who, week.monday, one_of(week.entries, drawn.minor).id)
        return
    action = one_of(("submit", "query", "approve"), drawn.what)
    await town.gigs.hours.on_week(contract.id, who, week.monday, week_verbs(action, "What was that?"))


async def hand_in_week(town: Town, drawn: Drawn) -> None:
    """With hours in it, so that there is something to look at, and to dispute."""
    await log_hours(town, Drawn(1, drawn.which, drawn.what, drawn.minor))
    week = await _week(town, drawn, frozenset({WeekState.OPEN, WeekState.QUERIED}))
    if week is not None:
        agent = town.caller(town.name_of(week.agent_id))
        await town.gigs.hours.on_week(week.contract_id, agent, week.monday, week_verbs("submit", ""))


async def dispute_hours(town: Town, drawn: Drawn) -> None:
    """By the client, or by somebody whose it is not; some of the hours, all of them, or one that is not there."""
    week = await _week(town, drawn, frozenset({WeekState.SUBMITTED, WeekState.QUERIED}))
    if week is None:
        return
    contract = await town.gigs.store.contracts.read(week.contract_id)
    client = town.client_of(week.organisation_id)
    who = party(town, contract, drawn, with_staff=True) if drawn.who % 4 == 0 else town.caller(client)
    chosen = [one.id for place, one in enumerate(week.entries) if (drawn.what >> place % 3) % 2 == 0]
    entries = [*chosen, "ent_none"] if drawn.minor % 9 == 0 else chosen
    minor = drawn.minor % (week.minor + 1)
    await town.gigs.hours.dispute(contract.id, who, week.monday, entries, minor, "I did not see that.")


async def argue_about_hours(town: Town, drawn: Drawn) -> None:
    week = await _week(town, drawn, frozenset({WeekState.DISPUTED}))
    if week is None:
        return
    contract = await town.gigs.store.contracts.read(week.contract_id)
    who = party(town, contract, drawn, with_staff=True)
    disputed_minor = week.minor - week.undisputed_minor
    decide = week_dispute_verbs(one_of(DISPUTE_ACTIONS, drawn.what), drawn.minor % (disputed_minor + 2), "I say so.")
    await town.gigs.hours.on_dispute(contract.id, who, week.monday, decide)


async def _week(town: Town, drawn: Drawn, states: frozenset[WeekState]) -> Week | None:
    """One in such a state; any where there is none, to be refused."""
    weeks = await town.weeks()
    found = [one for one in weeks if one.state in states] or weeks
    return one_of(found, drawn.which) if found else None


ACTS: Final[tuple[Act, ...]] = (
    hire_by_the_hour,
    log_hours,
    act_on_week,
    hand_in_week,
    dispute_hours,
    argue_about_hours,
)
