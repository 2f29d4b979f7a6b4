"""What administrators look at before it is published, over HTTP."""

from collections.abc import Sequence
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
    Route,
)
from guildhall.opportunities.lifecycle import Actor, PostingEvent
from guildhall.opportunities.messages import OpportunityToReview, ReviewAction, Reviewed
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules.moving import Reviewing
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.service.showing import show_to_review
from guildhall.opportunities.store import LONGEST_WAITING_FIRST

TAGS: Final = ("hiring",)
MODERATE: Final = "opportunities.moderate"

QUEUE = Operation(
    name="list_opportunities_to_review",
    method="GET",
    path="/moderation/opportunities",
    summary="What waits to be looked at before it is published, the longest waiting first",
    permission=MODERATE,
    query=PageQuery,
    answers={200: Page[OpportunityToReview]},
    tags=TAGS,
)
READ = Operation(
    name="read_opportunity_to_review",
    method="GET",
    path="/moderation/opportunities/{opportunity_id}",
    summary="One opportunity as its client wrote it, and what you may decide",
    permission=MODERATE,
    answers={200: OpportunityToReview},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
DECIDE = Operation(
    name="review_opportunity",
    method="POST",
    path="/moderation/opportunities/{opportunity_id}/actions",
    summary="Take it, give it back, have it published, or return it with a reason that its client reads",
    permission=MODERATE,
    rate_class="write",
    body=Reviewed,
    answers={200: OpportunityToReview},
    problems=frozenset({"not-found", "invalid", "move-refused"}),
    tags=TAGS,
)


def moderation_routes(service: OpportunitiesService) -> tuple[Route, ...]:
    context, posting = service.context, service.posting
    longest_waiting_first = Listing(CursorSigner(context.secret), "opportunity-reviews", LONGEST_WAITING_FIRST)

    def reviewer_of(call: Call[Any, Any]) -> Client:
        return Client(call.principal.id, frozenset(call.principal.organisations))

    def shown(call: Call[Any, Any], opportunity: Opportunity) -> OpportunityToReview:
        reviewing = Reviewing(is_own=opportunity.organisation_id in call.principal.organisations)
        by = context.by(call.principal.id, Actor.ADMIN)
        return show_to_review(opportunity, context.settings, by, reviewing)

    async def queue(call: Call[NoBody, PageQuery]) -> Answer:
        async def show(found: Sequence[Opportunity]) -> list[OpportunityToReview]:
            return [shown(call, one) for one in found]

        return await longest_waiting_first.page(call, Page[OpportunityToReview], posting.to_review, show)

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(shown(call, await context.store.opportunities.read(call.path["opportunity_id"])))

    async def decide(call: Call[Reviewed, NoQuery]) -> Answer:
        body = call.body
        if body.action is ReviewAction.RETURN and body.reason is None:
            raise Invalid("Say why: its client reads it.", fields={"reason": "A reason is asked for."})
        event = PostingEvent(body.action.value)
        reason = (body.reason or "") if body.action is ReviewAction.RETURN else ""
        changed = await posting.review(reviewer_of(call), call.path["opportunity_id"], event, reason)
        return Answer(shown(call, changed))

    return (Route(QUEUE, queue), Route(READ, read), Route(DECIDE, decide))
