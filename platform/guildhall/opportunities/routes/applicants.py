"""What clients do with applicants over HTTP: compare, shortlist, answer, and make offers."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

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
    Route,
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
    first_applied_first = Listing(CursorSigner(context.secret), "applicants", FIRST_APPLIED_FIRST)

    async def shown(application: Application, account_id: str, status: int = 200) -> Answer:
        opportunity = await context.store.opportunities.read(application.opportunity_id)
        terms = await context.terms_for_client(opportunity, application)
        return Answer(show_applicant(application, terms, context.by(account_id, Actor.CLIENT)), status=status)

    async def list_all(call: Call[NoBody, PageQuery]) -> Answer:
        opportunity = await context.posted(call.path["opportunity_id"], client_of(call))
        by = context.by(call.principal.id, Actor.CLIENT)

        async def show(found: Sequence[Application]) -> list[ApplicantShown]:
            return [show_applicant(one, await context.terms_for_client(opportunity, one), by) for one in found]

        read = partial(context.store.applications_for, opportunity.id)
        return await first_applied_first.page(call, Page[ApplicantShown], read, show, opportunity.id)

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
            ApplicantDecision.REQUIRE_ASSESSMENT: lambda: service.assessing.require(client, application_id),
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
