"""The demo's work: a client who has posted, and the demo's agent who applied and was made an offer."""

from typing import Any, Final

from guildhall.accounts.demo import DEMO_PEOPLE
from guildhall.accounts.rules.addresses import email_key
from guildhall.accounts.service import AccountsService
from guildhall.accounts.service.organisations import SlugTaken
from guildhall.gigs.model.terms import Kind, MilestoneAgreed, WorkTerms
from guildhall.kit.ids import new_id
from guildhall.opportunities.lifecycle import Actor
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity, Posting
from guildhall.opportunities.rules import applying
from guildhall.opportunities.rules.moving import DAY_MS, Terms
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import Client

ADA, MARY = DEMO_PEOPLE[0][1], "mary@guildhall.example"
SLUG: Final = "connexion"
_CHART: Final[dict[str, Any]] = {
    "title": "Tables of the tides, by machine",
    "description": "Twelve months of high and low water for one harbour, computed and checked twice.\n\nYou get the "
    "observations of ten years. We look at the first month before you go on.",
    "kind": "fixed",
    "currency": "GBP",
    "pay_from_minor": 180_000,
    "pay_to_minor": 240_000,
    "positions": 2,
    "skills": ["Analysis", "Numerical tables"],
    "questions": ["Which error would you look for first?"],
}
_PROOFS: Final[dict[str, Any]] = {
    "title": "Read the proofs of a treatise",
    "description": "Three hundred pages on how the sciences hang together. Find what is wrong, and what is said badly.",
    "kind": "hourly",
    "currency": "GBP",
    "pay_from_minor": 3_000,
    "pay_to_minor": 4_500,
    "skills": ["Proof-reading", "Physics"],
}
_DRAFT: Final[dict[str, Any]] = {
    "title": "Engrave forty plates",
    "description": "Not decided yet: copper or steel.",
    "kind": "fixed",
    "currency": "GBP",
    "pay_from_minor": 400_000,
    "pay_to_minor": 600_000,
    "skills": ["Engraving"],
    "is_blind": True,
}


async def seed_demo_opportunities(service: OpportunitiesService, accounts: AccountsService) -> None:
    """Called by the composition root where the demo's people are. Whoever founds the client posts for it: once."""
    people = [await service.context.people.with_email(email_key(address)) for address in (MARY, ADA)]
    mary, ada = people
    if mary is None or ada is None:
        return
    try:
        organisation = await accounts.organisations.create(mary.account_id, "Connexion Press", SLUG)
    except SlugTaken:
        return
    client = Client(mary.account_id, frozenset({organisation.id}))
    closes_at_ms = service.context.clock.now_ms() + 60 * DAY_MS
    made = [
        await service.posting.draft(
            client, organisation.id, Posting.model_validate({**fields, "closes_at_ms": closes_at_ms})
        )
        for fields in (_DRAFT, _PROOFS, _CHART)
    ]
    for one in made[1:]:
        await service.posting.publish_for_the_house(client, one.id)
    application = await _apply(service, made[2], ada.account_id, ada.name)
    await service.hiring.shortlist(client, application.id)
    work = WorkTerms(
        kind=Kind.FIXED,
        currency="GBP",
        milestones=(
            MilestoneAgreed(title="The first month, to look at", minor=40_000),
            MilestoneAgreed(title="The other eleven", minor=170_000),
        ),
    )
    await service.hiring.offer(client, application.id, work, "Could you begin before the spring tides?")


async def _apply(service: OpportunitiesService, opportunity: Opportunity, account_id: str, name: str) -> Application:
    """Before her onboarding is done, which only the demo may: so an offer is there to be looked at from the start."""
    by = service.context.by(account_id, Actor.AGENT)
    fresh = Application(
        id=new_id("app", service.context.clock),
        created_at_ms=by.at_ms,
        opportunity_id=opportunity.id,
        organisation_id=opportunity.organisation_id,
        agent_id=account_id,
        name=name,
        title=opportunity.posting.title,
        applied_at_ms=by.at_ms,
        cover="I have written out such a computation before, step by step, so that a machine can follow it.",
        bid_minor=210_000,
        currency=opportunity.posting.currency,
        answers=("A sign that was lost between two cards.",),
        terms_version=opportunity.terms_version,
    )
    submitted = applying.submit(fresh, Terms(opportunity, service.context.settings), by)
    await service.context.store.applications.add(submitted)
    return await service.following.of_application(submitted)
