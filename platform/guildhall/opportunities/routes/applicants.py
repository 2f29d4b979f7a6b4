"""What clients do with applicants over HTTP: compare, shortlist, answer, and make offers."""

from collections.abc import Awaitable, Callable
from typing import Final

from guildhall.kit.errors import Invalid
from guildhall.kit.http import (
    Answer,
    Call,
    CursorSigner,
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
    ApplicantDecided,
    ApplicantDecision,
    ApplicantShown,
    OfferAnswered,
    OfferWanted,
)
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.routes.agents import OFFER_PROBLEMS, answer_offer
from guildhall.opportunities.routes.postings import POST, TAGS, client_of
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.hiring import SideOf
from guildhall.opportunities.service.showing import show_applicant
from guildhall.opportunities.store import FIRST_APPLIED_FIRST

_ONE: Final = "/hiring/applicants/{application_id}"

LIST = Operation(
    name="list_applicants",
    method="GET",
    path="/hiring/opportunities/{opportunity_id}/applicants",
    summary="Who applied, whoever was first, first, with what you may decide",
    permission=POST,
    query=PageQuery,
    answers={200: Page[ApplicantShown]},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
DECIDE = Operation(
    name="decide_about_applicant",
    method="POST",
    path=f"{_ONE}/decisions",
    summary="Shortlist, invite to an interview, or answer with a reason; a rejection can be taken back for a while",
    permission=POST,
    rate_class="write",
    body=ApplicantDecided,
    answers={200: ApplicantShown},
    problems=frozenset({"not-found", "invalid", "move-refused"}),
    tags=TAGS,
)
OFFER = Operation(
    name="make_offer",
    method="POST",
    path=f"{_ONE}/offers",
    summary="Offer terms, which never change; a position is held until the offer has ended",
    permission=POST,
    rate_class="write",
    idempotency="optional",
    body=OfferWanted,
    answers={201: ApplicantShown},
    problems=OFFER_PROBLEMS - {"offer-changed"},
    tags=TAGS,
)
ANSWER = Operation(
    name="answer_counter_offer",
    method="POST",
    path=f"{_ONE}/offers/{{offer_id}}/answers",
    summary="Withdraw your offer, or accept, decline or counter the agent's",
    permission=POST,
    rate_class="write",
    body=OfferAnswered,
    answers={200: ApplicantShown},
    problems=OFFER_PROBLEMS,
    tags=TAGS,
)


def applicant_routes(service: OpportunitiesService) -> tuple[Route, ...]:
    context, hiring = service.context, service.hiring
    signer = CursorSigner(context.secret)

    async def shown(application: Application, account_id: str, status: int = 200) -> Answer:
        opportunity = await context.store.opportunities.read(application.opportunity_id)
        terms = await context.terms_for_client(opportunity, application)
        return Answer(show_applicant(application, terms, context.by(account_id, Actor.CLIENT)), status=status)

    async def list_all(call: Call[NoBody, PageQuery]) -> Answer:
        opportunity_id, limit, cursor = call.path["opportunity_id"], call.query.limit, call.query.cursor
        where = {"list": "applicants", "of": opportunity_id}
        place = signer.read(cursor, FIRST_APPLIED_FIRST, where) if cursor else None
        opportunity, found = await hiring.applicants(client_of(call), opportunity_id, place, limit + 1)
        after = None
        if len(found) > limit:
            last = found[limit - 1]
            after = signer.write(Place(last.applied_at_ms, last.id), FIRST_APPLIED_FIRST, where)
        by = context.by(call.principal.id, Actor.CLIENT)
        items = [show_applicant(one, await context.terms_for_client(opportunity, one), by) for one in found[:limit]]
        page = Page[ApplicantShown](items=items, next_cursor=after, has_more=after is not None)
        return Answer(page, headers=link_to_next(call.request, after))

    async def decide(call: Call[ApplicantDecided, NoQuery]) -> Answer:
        client, body, application_id = client_of(call), call.body, call.path["application_id"]
        code = body.reason_code
        if body.decision is ApplicantDecision.REJECT:
            if code is None:
                raise Invalid("A rejection says why.", fields={"reason_code": "A reason is asked for."})
            rejected = await hiring.reject(client, application_id, code, body.text)
            return await shown(rejected, call.principal.id)
        by_decision: dict[ApplicantDecision, Callable[[], Awaitable[Application]]] = {
            ApplicantDecision.SHORTLIST: lambda: hiring.shortlist(client, application_id),
            ApplicantDecision.INTERVIEW: lambda: hiring.invite(client, application_id, body.text, body.at_ms),
            ApplicantDecision.END_INTERVIEW: lambda: hiring.end_interview(client, application_id),
            ApplicantDecision.UNSHORTLIST: lambda: hiring.unshortlist(client, application_id),
            ApplicantDecision.REOPEN: lambda: hiring.reopen(client, application_id),
        }
        return await shown(await by_decision[body.decision](), call.principal.id)

    async def offer(call: Call[OfferWanted, NoQuery]) -> Answer:
        made = await hiring.offer(client_of(call), call.path["application_id"], call.body.terms, call.body.note)
        return await shown(made, call.principal.id, 201)

    async def answer(call: Call[OfferAnswered, NoQuery]) -> Answer:
        side = SideOf(call.path["application_id"], call.principal.id, client_of(call))
        return await shown(await answer_offer(hiring, side, call), call.principal.id)

    return (Route(LIST, list_all), Route(DECIDE, decide), Route(OFFER, offer), Route(ANSWER, answer))
