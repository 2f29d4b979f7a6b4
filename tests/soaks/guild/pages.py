"""Everything in a town as each of its people sees it: in whatever state, it can be shown and says who is next."""

from guildhall.gigs.service import showing as gigs_showing
from guildhall.onboarding.lifecycle import Actor as OnboardingActor
from guildhall.onboarding.service import showing as onboarding_showing
from guildhall.opportunities.lifecycle import Actor, PostingState
from guildhall.opportunities.rules.moving import Reviewing, Terms
from guildhall.opportunities.service import showing
from tests.soaks.guild.town import STAFF, Town


async def look_at_everything(town: Town) -> None:
    await _contracts(town)
    await _opportunities(town)
    context = town.onboarding.context
    for onboarding in await town.onboardings():
        seen = await town.onboarding.walking.read(onboarding.account_id)
        shown = onboarding_showing.show(seen, context.by(onboarding.account_id, OnboardingActor.AGENT))
        assert shown.next.says
        case = await town.onboarding.desk.read(onboarding.id)
        onboarding_showing.show_review(case, "Somebody", context.by(town.accounts["kate"], OnboardingActor.REVIEWER))


async def _contracts(town: Town) -> None:
    context = town.gigs.context
    for contract in await town.contracts():
        names, weeks = await gigs_showing.names_of(context, contract), await town.gigs.store.weeks_of(contract.id)
        for name in (town.name_of(contract.agent_id), town.client_of(contract.organisation_id), "sam"):
            by = context.by_of(contract, town.caller(name))
            assert by is not None
            pay = await gigs_showing.pay_seen(context, contract, by)
            shown = gigs_showing.show_contract(contract, weeks, names, pay, context, by)
            assert shown.next.says
            refused = [one for one in shown.allowed_actions if not one.allowed]
            assert all(one.reason and one.next_actor for one in refused), refused


async def _opportunities(town: Town) -> None:
    context = town.opportunities.context
    posted = {one.id: one for one in await town.posted()}
    for opportunity in posted.values():
        by = context.by(town.accounts[town.client_of(opportunity.organisation_id)], Actor.CLIENT)
        counts = await context.store.count_for(opportunity.id)
        posted_shown = showing.show_posted(opportunity, counts, context.settings, by)
        if opportunity.state is PostingState.DRAFT and opportunity.history:
            assert opportunity.history[-1].event != "return" or posted_shown.was_returned_for
    await _reviews(town)
    for application in await town.applications():
        opportunity = posted[application.opportunity_id]
        agent, client = (context.by(application.agent_id, one) for one in (Actor.AGENT, Actor.CLIENT))
        terms = await context.terms_for_agent(opportunity, application.agent_id)
        showing.show_to_agent(opportunity, application, terms, agent, "ada@example.org")
        shown = showing.show_applicant(application, Terms(opportunity, context.settings), client)
        assert shown.next.says


async def _reviews(town: Town) -> None:
    """What waits to be looked at, as each of the staff sees it: one of them has it at most."""
    context = town.opportunities.context
    for opportunity in await town.opportunities.posting.to_review(None, 100):
        assert opportunity.state is PostingState.PENDING_REVIEW or opportunity.edit is not None
        shown = [
            showing.show_to_review(opportunity, context.settings, context.by(town.accounts[name], Actor.ADMIN), own)
            for name in STAFF
            for own in (Reviewing(), Reviewing(is_own=True))
        ]
        assert sum(one.is_mine for one in shown) in {0, 2}
        own_actions = [action for one in shown[1::2] for action in one.allowed_actions]
        assert not any(one.allowed for one in own_actions if one.action in {"claim", "approve", "return"})
