"""Who gets the work: applications, interviews and offers."""

from typing import Any, Final

from guildhall.gigs.model.terms import WorkTerms
from guildhall.opportunities.lifecycle import ApplicationState
from guildhall.opportunities.model.applications import RejectionCode
from guildhall.opportunities.service.hiring import SideOf
from tests.guildhall.gigs.contracts import HOUR_MS, fixed, hourly
from tests.guildhall.opportunities.market import given
from tests.soaks.guild.acts.drawn import Act, Drawn, Verb, one_of
from tests.soaks.guild.acts.posting import approve_waiting, post
from tests.soaks.guild.town import AGENTS, CLIENTS, STAFF, Town


def work(drawn: Drawn) -> WorkTerms:
    if drawn.what % 3 == 2:
        return hourly(weekly_cap_minutes=120, rate_minor=6_001)
    return fixed(20_000, 60_001, revisions=1) if drawn.what % 3 else fixed(40_000)


async def apply(town: Town, drawn: Drawn) -> None:
    found = await town.posted()
    if found:
        opportunity = one_of(found, drawn.which)
        version = opportunity.terms_version if drawn.what % 4 else 1
        written = given(terms_version=version, bid_minor=100_000 + drawn.minor % 3)
        await town.opportunities.applying.apply(town.accounts[one_of(AGENTS, drawn.who)], opportunity.id, written)


async def _side(town: Town, drawn: Drawn) -> tuple[Any, SideOf] | None:
    """An application, and one of its two sides."""
    found = await town.applications()
    if not found:
        return None
    application = one_of(found, drawn.which)
    if drawn.who % 2:
        return application, SideOf(application.id, application.agent_id)
    name = town.client_of(application.organisation_id)
    return application, SideOf(application.id, town.accounts[name], town.client(name))


async def act_on_application(town: Town, drawn: Drawn) -> None:
    found = await town.applications()
    if not found:
        return
    application, hiring, applying = one_of(found, drawn.which), town.opportunities.hiring, town.opportunities.applying
    client, agent = town.client(town.client_of(application.organisation_id)), application.agent_id
    verbs: tuple[Verb, ...] = (
        lambda: hiring.shortlist(client, application.id),
        lambda: hiring.unshortlist(client, application.id),
        lambda: hiring.reject(client, application.id, RejectionCode.PAY, "Too dear."),
        lambda: hiring.reopen(client, application.id),
        lambda: applying.confirm(agent, application.id),
        lambda: applying.withdraw(agent, application.id),
    )
    await one_of(verbs, drawn.what)()


async def interview(town: Town, drawn: Drawn) -> None:
    """Asked for, at no time, at one that is to come, or at one that is over; moved to another time, or ended."""
    found = [one for one in await town.applications() if one.state is not ApplicationState.REJECTED]
    if not found:
        return
    application, hiring = one_of(found, drawn.which), town.opportunities.hiring
    client = town.client(town.client_of(application.organisation_id))
    if drawn.what % 3 == 2:
        await hiring.end_interview(client, application.id)
        return
    now_ms, hours = town.clock.now_ms(), 1 + drawn.minor % 200
    at_ms = one_of((0, now_ms + hours * HOUR_MS, now_ms - HOUR_MS, now_ms), drawn.who)
    invited = await hiring.invite(client, application.id, "Come by.", at_ms)
    assert at_ms == 0 or at_ms > now_ms, f"{invited.id} is invited to a time that is over"


async def offer(town: Town, drawn: Drawn) -> None:
    found = await town.applications()
    if found:
        application = one_of(found, drawn.which)
        client = town.client(town.client_of(application.organisation_id))
        await town.opportunities.hiring.offer(client, application.id, work(drawn), "")


async def answer_offer(town: Town, drawn: Drawn) -> None:
    """Of an offer that may have ended long ago, too."""
    found = await _side(town, drawn)
    if found is None or not found[0].offers:
        return
    application, side = found
    hiring, offers = town.opportunities.hiring, application.offers
    chosen = offers[-1].id if drawn.minor % 4 else one_of(offers, drawn.minor).id
    verbs: tuple[Verb, ...] = (
        lambda: hiring.accept(side, chosen),
        lambda: hiring.accept(side, chosen),
        lambda: hiring.counter(side, chosen, work(drawn), "Rather so."),
        lambda: hiring.decline(side, chosen),
        lambda: hiring.withdraw_offer(side, chosen),
    )
    await one_of(verbs, drawn.what)()


async def hire(town: Town, drawn: Drawn) -> None:
    """All of it, so that walks get to the work."""
    name, client = one_of(AGENTS, drawn.who), one_of(tuple(CLIENTS), drawn.which)
    posted = await post(town, Drawn(drawn.which, 0, 1, 30))
    opportunity = await approve_waiting(town, posted, one_of(STAFF, drawn.who))
    application = await town.opportunities.applying.apply(town.accounts[name], opportunity.id, given())
    offered = await town.opportunities.hiring.offer(town.client(client), application.id, work(drawn), "")
    await town.opportunities.hiring.accept(SideOf(application.id, application.agent_id), offered.offers[-1].id)


async def apply_without_the_pass(town: Town, drawn: Drawn) -> None:
    """For work that asks for an exam: invited to it, and waiting."""
    posted = await post(town, Drawn(drawn.which, 0, 3, 30))
    opportunity = await approve_waiting(town, posted, one_of(STAFF, drawn.who))
    await town.opportunities.applying.apply(town.accounts[one_of(AGENTS, drawn.who)], opportunity.id, given())


ACTS: Final[tuple[Act, ...]] = (apply, apply_without_the_pass, act_on_application, interview, offer, answer_offer, hire)
