"""What agents do over HTTP: search, apply, and answer offers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from guildhall.kit.errors import Invalid
from guildhall.kit.http import (
    Answer,
    Call,
    CursorSigner,
    Listing,
    NoBody,
    NoQuery,
    Operation,
    Page,
    PageQuery,
    Place,
    Route,
    link_to_next,
)
from guildhall.opportunities.lifecycle import Actor
from guildhall.opportunities.messages import (
    AgentActed,
    AgentAction,
    ApplicationShown,
    ApplicationWanted,
    OfferAnswer,
    OfferAnswered,
    OpportunityListed,
    OpportunitySeen,
    SearchQuery,
)
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.rules.applying import Given
from guildhall.opportunities.rules.moving import Passes, Terms
from guildhall.opportunities.rules.searching import asked_words
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.hiring import Hiring, SideOf
from guildhall.opportunities.service.showing import list_opportunity, show_application, show_to_agent
from guildhall.opportunities.store import BY_RANK, LAST_APPLIED_FIRST

TAGS: Final = ("opportunities",)
APPLY: Final = "opportunities.apply"
_OFFER: Final = frozenset({"not-found", "invalid", "conflict", "offer-changed", "move-refused", "no-place-free"})
OFFER_PROBLEMS: Final = _OFFER

SEARCH = Operation(
    name="search_opportunities",
    method="GET",
    path="/opportunities",
    summary="What is open, the newest first; filters are answered from an index",
    permission=APPLY,
    query=SearchQuery,
    answers={200: Page[OpportunityListed]},
    tags=TAGS,
)
READ = Operation(
    name="read_opportunity",
    method="GET",
    path="/opportunities/{opportunity_id}",
    summary="One opportunity, your application for it, and whether you may apply",
    permission=APPLY,
    answers={200: OpportunitySeen},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
SUBMIT = Operation(
    name="apply_for_opportunity",
    method="POST",
    path="/opportunities/{opportunity_id}/applications",
    summary="Apply; again after it was withdrawn or nobody answered",
    permission=APPLY,
    rate_class="write",
    idempotency="optional",
    body=ApplicationWanted,
    answers={201: ApplicationShown},
    problems=frozenset(
        {
            "not-found",
            "invalid",
            "conflict",
            "not-open",
            "capability-missing",
            "credentials-missing",
            "too-many",
            "move-refused",
        }
    ),
    tags=TAGS,
)
LIST_OWN = Operation(
    name="list_own_applications",
    method="GET",
    path="/applications",
    summary="Your applications, the newest first, with who acts next",
    permission=APPLY,
    query=PageQuery,
    answers={200: Page[ApplicationShown]},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_own_application",
    method="POST",
    path="/applications/{application_id}/actions",
    summary="Confirm the terms as they are now, or withdraw",
    permission=APPLY,
    rate_class="write",
    body=AgentActed,
    answers={200: ApplicationShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
ANSWER = Operation(
    name="answer_offer",
    method="POST",
    path="/applications/{application_id}/offers/{offer_id}/answers",
    summary="Accept, decline or counter the offer that is open, or take your own counter-offer back",
    permission=APPLY,
    rate_class="write",
    body=OfferAnswered,
    answers={200: ApplicationShown},
    problems=_OFFER,
    tags=TAGS,
)


def agent_routes(service: OpportunitiesService) -> tuple[Route, ...]:
    context, applying = service.context, service.applying
    signer = CursorSigner(context.secret)
    own_applications = Listing(signer, "applications", LAST_APPLIED_FIRST)

    async def address_of(account_id: str) -> str:
        person = await context.people.find(account_id)
        return person.email_key if person is not None else ""

    async def shown(application: Application, status: int = 200) -> Answer:
        opportunity, terms = await applying.seen(application.agent_id, application)
        by = context.by(application.agent_id, Actor.AGENT)
        return Answer(show_application(application, opportunity, terms, by), status=status)

    async def search(call: Call[NoBody, SearchQuery]) -> Answer:
        query = call.query
        where = {"list": "opportunities", "of": [query.text, query.skill, query.kind, query.currency]}
        place = signer.read(query.cursor, BY_RANK, where) if query.cursor else None
        words = asked_words(query.text, query.skill, query.kind, query.currency)
        found = await service.searching.search(words, str(place.value) if place else "", query.limit)
        after = None if found.next_rank is None else signer.write(Place(found.next_rank, ""), BY_RANK, where)
        address = await address_of(call.principal.id)
        items = [list_opportunity(one, address) for one in found.items]
        page = Page[OpportunityListed](items=items, next_cursor=after, has_more=after is not None)
        return Answer(page, headers=link_to_next(call.request, after))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        agent_id, opportunity_id = call.principal.id, call.path["opportunity_id"]
        opportunity = await service.posting.seen_by_agent(opportunity_id, agent_id)
        application = await context.store.application_of(opportunity_id, agent_id)
        terms = await context.terms_for_agent(opportunity, agent_id)
        terms = replace(terms, passes=Passes(await context.held_by(agent_id, opportunity.posting)))
        by = context.by(agent_id, Actor.AGENT)
        return Answer(show_to_agent(opportunity, application, terms, by, await address_of(agent_id)))

    async def submit(call: Call[ApplicationWanted, NoQuery]) -> Answer:
        body = call.body
        given = Given(body.cover, body.bid_minor, body.answers, body.terms_version)
        return await shown(await applying.apply(call.principal.id, call.path["opportunity_id"], given), 201)

    async def list_own(call: Call[NoBody, PageQuery]) -> Answer:
        agent_id = call.principal.id
        return await own_applications.page(
            call,
            Page[ApplicationShown],
            partial(applying.of_agent, agent_id),
            partial(_shown_of, service, agent_id),
            agent_id,
        )

    async def act(call: Call[AgentActed, NoQuery]) -> Answer:
        verb = applying.confirm if call.body.action is AgentAction.CONFIRM else applying.withdraw
        return await shown(await verb(call.principal.id, call.path["application_id"]))

    async def answer(call: Call[OfferAnswered, NoQuery]) -> Answer:
        side = SideOf(call.path["application_id"], call.principal.id)
        return await shown(await answer_offer(service.hiring, side, call))

    return (
        Route(SEARCH, search),
        Route(READ, read),
        Route(SUBMIT, submit),
        Route(LIST_OWN, list_own),
        Route(ACT, act),
        Route(ANSWER, answer),
    )


async def _shown_of(
    service: OpportunitiesService, agent_id: str, found: Sequence[Application]
) -> list[ApplicationShown]:
    """What the agent may is asked once for the whole page."""
    if not found:
        return []
    context = service.context
    by = context.by(agent_id, Actor.AGENT)
    opportunities = {one.id: one for one in await context.store.with_ids([one.opportunity_id for one in found])}
    asked = await context.terms_for_agent(next(iter(opportunities.values())), agent_id)
    shown = []
    for one in found:
        opportunity = opportunities[one.opportunity_id]
        terms = Terms(opportunity, asked.settings, asked.may_apply, asked.may_accept)
        shown.append(show_application(one, opportunity, terms, by))
    return shown


async def answer_offer(hiring: Hiring, side: SideOf, call: Call[OfferAnswered, Any]) -> Application:
    """Either side's. Raises Invalid, and what the verbs raise."""
    body, offer_id = call.body, call.path["offer_id"]
    match body.answer:
        case OfferAnswer.ACCEPT:
            return await hiring.accept(side, offer_id)
        case OfferAnswer.DECLINE:
            return await hiring.decline(side, offer_id)
        case OfferAnswer.WITHDRAW:
            return await hiring.withdraw_offer(side, offer_id)
        case OfferAnswer.COUNTER:
            if body.terms is None:
                raise Invalid("A counter-offer says its terms.", fields={"terms": "Terms are asked for."})
            return await hiring.counter(side, offer_id, body.terms, body.note)
