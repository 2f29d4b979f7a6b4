"""What clients do with their opportunities over HTTP, and an administrator's one verb."""

from typing import Any, Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.opportunities.lifecycle import Actor, PostingEvent
from guildhall.opportunities.messages import (
    Invited,
    OpportunitiesPosted,
    OpportunityPosted,
    PostingActed,
    PostingEdited,
    PostingWanted,
    Removed,
)
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.service.showing import show_posted

TAGS: Final = ("hiring",)
POST: Final = "opportunities.post"
_POSTING_BYTES_MAX: Final = 65_536

LIST = Operation(
    name="list_posted_opportunities",
    method="GET",
    path="/hiring/opportunities",
    summary="What your organisations have posted, the newest first",
    permission=POST,
    answers={200: OpportunitiesPosted},
    tags=TAGS,
)
DRAFT = Operation(
    name="draft_opportunity",
    method="POST",
    path="/hiring/opportunities",
    summary="A new opportunity, which nobody else sees until it is published",
    permission=POST,
    rate_class="write",
    idempotency="optional",
    body=PostingWanted,
    max_body_bytes=_POSTING_BYTES_MAX,
    answers={201: OpportunityPosted},
    problems=frozenset({"not-found", "invalid"}),
    tags=TAGS,
)
READ = Operation(
    name="read_posted_opportunity",
    method="GET",
    path="/hiring/opportunities/{opportunity_id}",
    summary="One of your own: its positions, how many applied, and what you may do",
    permission=POST,
    answers={200: OpportunityPosted},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
EDIT = Operation(
    name="edit_opportunity",
    method="PUT",
    path="/hiring/opportunities/{opportunity_id}",
    summary="Change it; whoever applied confirms other terms before an offer can be made to them",
    permission=POST,
    rate_class="write",
    body=PostingEdited,
    max_body_bytes=_POSTING_BYTES_MAX,
    answers={200: OpportunityPosted},
    problems=frozenset({"not-found", "invalid", "conflict", "move-refused"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_opportunity",
    method="POST",
    path="/hiring/opportunities/{opportunity_id}/actions",
    summary="Publish, pause, resume, reopen or close it",
    permission=POST,
    rate_class="write",
    body=PostingActed,
    answers={200: OpportunityPosted},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
INVITE = Operation(
    name="invite_to_opportunity",
    method="POST",
    path="/hiring/opportunities/{opportunity_id}/invitations",
    summary="Ask somebody to apply; the answer is the same whether anybody has this address",
    permission=POST,
    rate_class="write",
    body=Invited,
    answers={200: OpportunityPosted},
    problems=frozenset({"not-found", "invalid", "conflict"}),
    tags=TAGS,
)
REMOVE = Operation(
    name="remove_opportunity",
    method="POST",
    path="/opportunities/{opportunity_id}/removal",
    summary="Take it down, with a reason that its client reads",
    permission="opportunities.moderate",
    rate_class="write",
    body=Removed,
    answers={200: OpportunityPosted},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)


def client_of(call: Call[Any, Any]) -> Client:
    return Client(call.principal.id, organisations_with(call.principal, POST))


def posting_routes(service: OpportunitiesService) -> tuple[Route, ...]:
    context, posting = service.context, service.posting

    async def shown(call: Call[Any, Any], opportunity: Opportunity, actor: Actor = Actor.CLIENT) -> OpportunityPosted:
        counts = await context.store.count_for(opportunity.id)
        return show_posted(opportunity, counts, context.settings, context.by(call.principal.id, actor))

    async def list_own(call: Call[NoBody, NoQuery]) -> Answer:
        found = await posting.listed(client_of(call))
        return Answer(OpportunitiesPosted(items=[await shown(call, one) for one in found]))

    async def draft(call: Call[PostingWanted, NoQuery]) -> Answer:
        made = await posting.draft(client_of(call), call.body.organisation_id, call.body.posting)
        return Answer(await shown(call, made), status=201)

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await shown(call, await context.posted(call.path["opportunity_id"], client_of(call))))

    async def edit(call: Call[PostingEdited, NoQuery]) -> Answer:
        changed = await posting.edit(client_of(call), call.path["opportunity_id"], call.body.posting)
        return Answer(await shown(call, changed))

    async def act(call: Call[PostingActed, NoQuery]) -> Answer:
        event = PostingEvent(call.body.action.value)
        return Answer(await shown(call, await posting.act(client_of(call), call.path["opportunity_id"], event)))

    async def invite(call: Call[Invited, NoQuery]) -> Answer:
        invited = await posting.invite(client_of(call), call.path["opportunity_id"], call.body.email)
        return Answer(await shown(call, invited))

    async def remove(call: Call[Removed, NoQuery]) -> Answer:
        removed = await posting.remove(call.principal.id, call.path["opportunity_id"], call.body.reason)
        return Answer(await shown(call, removed, Actor.ADMIN))

    return (
        Route(LIST, list_own),
        Route(DRAFT, draft),
        Route(READ, read),
        Route(EDIT, edit),
        Route(ACT, act),
        Route(INVITE, invite),
        Route(REMOVE, remove),
    )
