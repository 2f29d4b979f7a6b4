"""Hourly work: hours that are logged and dropped, weeks that are handed in, asked about and approved."""

from typing import Final

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.service.verbs import contract_verbs, week_verbs
from tests.guildhall.gigs.contracts import HOUR_MS
from tests.soaks.guild.acts.contracts import party
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
    if contract is not None:
        agent = town.caller(town.name_of(contract.agent_id))
        reach = 60 if drawn.who % 3 else 400
        started_at_ms = town.clock.now_ms() - (1 + drawn.minor % reach) * HOUR_MS // 2
        await town.gigs.hours.log_hours(contract.id, agent, started_at_ms, 10 + drawn.what * 7, "Wrote it down.")


async def act_on_week(town: Town, drawn: Drawn) -> None:
    weeks = await town.weeks()
    if not weeks:
        return
    week = one_of(weeks, drawn.which)
    contract = await town.gigs.store.contracts.read(week.contract_id)
    who = party(town, contract, drawn)
    if drawn.what % 4 == 3 and week.entries:
        await town.gigs.hours.drop_hours(contract.id, who, week.monday, one_of(week.entries, drawn.minor).id)
        return
    action = one_of(("submit", "query", "approve"), drawn.what)
    await town.gigs.hours.on_week(contract.id, who, week.monday, week_verbs(action, "What was that?"))


ACTS: Final[tuple[Act, ...]] = (hire_by_the_hour, log_hours, act_on_week)
