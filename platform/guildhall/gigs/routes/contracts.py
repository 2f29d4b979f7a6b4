"""Contracts over HTTP: lists, the room of one, what happens to the whole of it, and reviews."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from guildhall.gigs.messages import (
    ContractActed,
    ContractAction,
    ContractListed,
    ContractShown,
    ReplyWanted,
    ReviewWanted,
)
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.routes.calling import ACTED, TAGS, WORK, caller_of, shown
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.showing import list_contract, names_of
from guildhall.gigs.service.verbs import contract_verbs
from guildhall.gigs.store import NEWEST_FIRST, OLDEST_FIRST
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

_NEEDS_WORDS: Final = frozenset(
    {ContractAction.VOID, ContractAction.PAUSE, ContractAction.END, ContractAction.PROPOSE_TERMINATION}
)
LIST = Operation(
    name="list_own_contracts",
    method="GET",
    path="/contracts",
    summary="Your contracts as the agent, the newest first, with who acts next",
    permission=WORK,
    query=PageQuery,
    answers={200: Page[ContractListed]},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
LIST_FOR_CLIENT = Operation(
    name="list_organisation_contracts",
    method="GET",
    path="/contracts/of-organisations",
    summary="The newest contracts of the organisations that you lead, or whose money you keep",
    permission=WORK,
    answers={200: Page[ContractListed]},
    tags=TAGS,
)
LIST_DISPUTED = Operation(
    name="list_disputed_contracts",
    method="GET",
    path="/contracts/disputed",
    summary="Contracts with an open dispute, the oldest first; for whoever does not mediate, none",
    permission=WORK,
    query=PageQuery,
    answers={200: Page[ContractListed]},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
READ = Operation(
    name="read_contract",
    method="GET",
    path="/contracts/{contract_id}",
    summary="Everything of one contract: what next, who, until when, and what you may do",
    permission=WORK,
    answers={200: ContractShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_contract",
    method="POST",
    path="/contracts/{contract_id}/actions",
    summary="Begin, void, pause, resume or end it; the staff may end it for a reason, two of them",
    permission=WORK,
    rate_class="write",
    body=ContractActed,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)
REVIEW = Operation(
    name="review_contract",
    method="POST",
    path="/contracts/{contract_id}/review",
    summary="Say how the work was; sealed until the other side has, or the time is over",
    permission=WORK,
    rate_class="write",
    body=ReviewWanted,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)
REPLY = Operation(
    name="reply_to_review",
    method="POST",
    path="/contracts/{contract_id}/review/reply",
    summary="Reply once to what the other side has written",
    permission=WORK,
    rate_class="write",
    body=ReplyWanted,
    answers={200: ContractShown},
    problems=ACTED,
    tags=TAGS,
)


def contract_routes(service: GigsService, secret: str) -> tuple[Route, ...]:
    work = service.working

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return await shown(service, call)

    async def act(call: Call[ContractActed, NoQuery]) -> Answer:
        body = call.body
        if body.action in _NEEDS_WORDS and not body.words:
            raise Invalid("Say why: the other side reads it.", fields={"words": "is missing"})
        verb = contract_verbs(body.action.value, body.words)
        return await shown(service, call, await work.decide(call.path["contract_id"], caller_of(call.principal), verb))

    async def review(call: Call[ReviewWanted, NoQuery]) -> Answer:
        caller, body = caller_of(call.principal), call.body
        return await shown(service, call, await work.review(call.path["contract_id"], caller, body.scores, body.words))

    async def reply(call: Call[ReplyWanted, NoQuery]) -> Answer:
        caller = caller_of(call.principal)
        return await shown(service, call, await work.reply(call.path["contract_id"], caller, call.body.words))

    return (
        *_list_routes(service, CursorSigner(secret)),
        Route(READ, read),
        Route(ACT, act),
        Route(REVIEW, review),
        Route(REPLY, reply),
    )


def _list_routes(service: GigsService, signer: CursorSigner) -> tuple[Route, ...]:
    context = service.context
    own_newest = Listing(signer, "contracts", NEWEST_FIRST)
    disputed_oldest = Listing(signer, "disputed contracts", OLDEST_FIRST)

    async def listed(call: Call[NoBody, Any], found: Sequence[Contract]) -> list[ContractListed]:
        caller, store = caller_of(call.principal), context.store
        return [
            list_contract(one, await store.disputed_weeks(one), await names_of(context, one), context.settings, by)
            for one in found
            if (by := context.by_of(one, caller)) is not None
        ]

    async def own(call: Call[NoBody, PageQuery]) -> Answer:
        agent_id = call.principal.id
        return await own_newest.page(
            call, Page[ContractListed], partial(context.store.of_agent, agent_id), partial(listed, call), agent_id
        )

    async def of_organisations(call: Call[NoBody, NoQuery]) -> Answer:
        caller = caller_of(call.principal)
        found = await context.store.of_organisations(caller.organisations | caller.purses, 100)
        return Answer(Page[ContractListed](items=await listed(call, found), next_cursor=None, has_more=False))

    async def disputed(call: Call[NoBody, PageQuery]) -> Answer:
        if not caller_of(call.principal).is_staff:
            return Answer(Page[ContractListed](items=[], next_cursor=None, has_more=False))
        return await disputed_oldest.page(call, Page[ContractListed], context.store.disputed, partial(listed, call))

    return (Route(LIST, own), Route(LIST_FOR_CLIENT, of_organisations), Route(LIST_DISPUTED, disputed))
