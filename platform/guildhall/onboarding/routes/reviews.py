"""The reviewers' queue over HTTP: what is theirs to do, one case, and their decisions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from guildhall.kit.errors import Invalid
from guildhall.kit.http import (
    Answer,
    Call,
    Content,
    CursorSigner,
    Listing,
    NoBody,
    NoQuery,
    Operation,
    Page,
    Route,
)
from guildhall.onboarding.lifecycle import Actor
from guildhall.onboarding.messages import (
    Decided,
    ReviewDecision,
    ReviewListed,
    ReviewQuery,
    ReviewShown,
    StepDecided,
    StepDecision,
)
from guildhall.onboarding.model.onboardings import Onboarding, ReasonCode
from guildhall.onboarding.rules.documents import DOCUMENT_TYPES
from guildhall.onboarding.service import OnboardingService
from guildhall.onboarding.service.showing import list_review, show_review
from guildhall.onboarding.service.walking import Seen
from guildhall.onboarding.store import QUEUE_ORDER

TAGS: Final = ("onboarding reviews",)
REVIEW: Final = "onboarding.review"

QUEUE = Operation(
    name="list_onboarding_reviews",
    method="GET",
    path="/onboarding/reviews",
    summary="Who waits for a reviewer, whoever was promised an answer first, first",
    permission=REVIEW,
    query=ReviewQuery,
    answers={200: Page[ReviewListed]},
    tags=TAGS,
)
READ = Operation(
    name="read_onboarding_review",
    method="GET",
    path="/onboarding/reviews/{onboarding_id}",
    summary="One case: its steps, its documents, and what you may decide",
    permission=REVIEW,
    answers={200: ReviewShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
DECIDE = Operation(
    name="decide_onboarding",
    method="POST",
    path="/onboarding/reviews/{onboarding_id}/decisions",
    summary="Take it, give it back, let in, ask for changes, or turn away by two",
    permission=REVIEW,
    rate_class="write",
    body=Decided,
    answers={200: ReviewShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
DECIDE_STEP = Operation(
    name="decide_onboarding_step",
    method="POST",
    path="/onboarding/reviews/{onboarding_id}/steps/{step}/decisions",
    summary="Accept one step, return it with a reason, or waive it",
    permission=REVIEW,
    rate_class="write",
    body=StepDecided,
    answers={200: ReviewShown},
    problems=frozenset({"not-found", "move-refused", "step-locked"}),
    tags=TAGS,
)
DOCUMENT = Operation(
    name="read_onboarding_document",
    method="GET",
    path="/onboarding/reviews/{onboarding_id}/documents/{document_id}",
    summary="A document of somebody; the look is recorded",
    permission=REVIEW,
    gives=DOCUMENT_TYPES,
    answers={200: None},
    problems=frozenset({"not-found"}),
    deadline_seconds=30,
    tags=TAGS,
)


def review_routes(service: OnboardingService) -> tuple[Route, ...]:
    desk, context = service.desk, service.context
    promised_first = Listing(CursorSigner(context.secret), "onboarding reviews", QUEUE_ORDER)

    async def shown(call: Call[Any, Any], seen: Seen) -> Answer:
        by = context.by(call.principal.id, Actor.REVIEWER)
        return Answer(show_review(seen, await desk.name_of(seen.onboarding.account_id), by))

    async def queue(call: Call[NoBody, ReviewQuery]) -> Answer:
        by = context.by(call.principal.id, Actor.REVIEWER)

        async def show(found: Sequence[Onboarding]) -> list[ReviewListed]:
            return [
                list_review(one, await context.terms_of(one), await desk.name_of(one.account_id), by) for one in found
            ]

        return await promised_first.page(call, Page[ReviewListed], desk.queue, show)

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return await shown(call, await desk.read(call.path["onboarding_id"]))

    async def decide(call: Call[Decided, NoQuery]) -> Answer:
        return await shown(call, await _decide(call, service))

    async def decide_step(call: Call[StepDecided, NoQuery]) -> Answer:
        return await shown(call, await _decide_step(call, service))

    async def document(call: Call[NoBody, NoQuery]) -> Answer:
        path = call.path
        _, blob = await desk.document(call.principal.id, path["onboarding_id"], path["document_id"])
        return Answer(content=Content(blob.body, blob.content_type))

    return (
        Route(QUEUE, queue),
        Route(READ, read),
        Route(DECIDE, decide),
        Route(DECIDE_STEP, decide_step),
        Route(DOCUMENT, document),
    )


async def _decide(call: Call[Decided, Any], service: OnboardingService) -> Seen:
    desk, body = service.desk, call.body
    who = (call.principal.id, call.path["onboarding_id"])
    by_decision: dict[ReviewDecision, Callable[[], Awaitable[Seen]]] = {
        ReviewDecision.CLAIM: lambda: desk.claim(*who),
        ReviewDecision.RELEASE: lambda: desk.release(*who),
        ReviewDecision.APPROVE: lambda: desk.approve(*who),
        ReviewDecision.REQUEST_CHANGES: lambda: desk.request_changes(*who, body.reason or ""),
        ReviewDecision.PROPOSE_REJECTION: lambda: desk.propose_rejection(*who, *_reasoned(body)),
        ReviewDecision.CONFIRM_REJECTION: lambda: desk.confirm_rejection(*who),
        ReviewDecision.OVERRULE: lambda: desk.overrule(*who, _reason(body)),
        ReviewDecision.PROPOSE_REVOCATION: lambda: desk.propose_revocation(*who, *_reasoned(body)),
        ReviewDecision.DROP_REVOCATION: lambda: desk.drop_revocation(*who, _reason(body)),
        ReviewDecision.REVOKE: lambda: desk.revoke(*who),
    }
    return await by_decision[body.decision]()


async def _decide_step(call: Call[StepDecided, Any], service: OnboardingService) -> Seen:
    desk, body = service.desk, call.body
    which = (call.principal.id, call.path["onboarding_id"], call.path["step"])
    match body.decision:
        case StepDecision.ACCEPT:
            return await desk.accept_step(*which)
        case StepDecision.RETURN:
            return await desk.return_step(*which, *_reasoned(body))
        case StepDecision.WAIVE:
            return await desk.waive_step(*which, _reason(body))


def _reasoned(body: Decided | StepDecided) -> tuple[ReasonCode, str]:
    """Raises Invalid where the agent would not learn why."""
    if body.reason_code is None or body.reason is None:
        raise Invalid(
            "Say why: choose a reason, and write it in words that the agent reads.",
            fields={"reason_code" if body.reason_code is None else "reason": "is missing"},
        )
    return body.reason_code, body.reason


def _reason(body: Decided | StepDecided) -> str:
    if body.reason is None:
        raise Invalid("Say why.", fields={"reason": "is missing"})
    return body.reason
