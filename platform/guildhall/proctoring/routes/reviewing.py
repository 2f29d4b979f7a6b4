"""Reviewers over HTTP: the queue, one case without a name, and what they decide in it."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from guildhall.accounts.permissions import organisations_with, relations
from guildhall.assessments.rules.scope import Scope
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Principal, Route
from guildhall.proctoring.messages.evidence import PhotosSeen, StripShown
from guildhall.proctoring.messages.reviewing import (
    AppealAnswered,
    CaseShown,
    PenaltyGiven,
    ReviewQueue,
    TraceShown,
    VerdictGiven,
    WordsSaid,
)
from guildhall.proctoring.routes.reviews_shown import list_review, show_case, show_photos, show_trace
from guildhall.proctoring.service.reviewing import Reviewing

REVIEW: Final = "proctoring.review"
TAGS: Final = ("review",)
_SLOW_SECONDS: Final = 30.0


class FlagQuery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    flag: Annotated[str, StringConstraints(min_length=1, max_length=120)]


QUEUE = Operation(
    name="list_reviews",
    method="GET",
    path="/proctoring/reviews",
    summary="Cases that wait for you, and those that you have",
    permission=REVIEW,
    aal=2,
    answers={200: ReviewQueue},
    tags=TAGS,
)
CASE = Operation(
    name="read_review",
    method="GET",
    path="/proctoring/reviews/{review_id}",
    summary="One case, without the candidate's name and without what others decided",
    permission=REVIEW,
    aal=2,
    answers={200: CaseShown},
    tags=TAGS,
)
TRACE = Operation(
    name="read_review_trace",
    method="GET",
    path="/proctoring/reviews/{review_id}/trace",
    summary="What was measured around a flag",
    permission=REVIEW,
    aal=2,
    query=FlagQuery,
    answers={200: TraceShown},
    problems=frozenset({"conflict"}),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)

STRIP = Operation(
    name="read_review_strip",
    method="GET",
    path="/proctoring/reviews/{review_id}/strip",
    summary="The pictures before, during and after a flag; that they were looked at is written down",
    permission=REVIEW,
    aal=2,
    query=FlagQuery,
    answers={200: StripShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)


PHOTOS = Operation(
    name="read_review_photos",
    method="GET",
    path="/proctoring/reviews/{review_id}/photos",
    summary="The photographs of the candidate and of their room, while they are kept; each look is written down",
    permission=REVIEW,
    aal=2,
    answers={200: PhotosSeen},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)


def _act(name: str, path: str, summary: str, body: type[BaseModel] | None = None) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=f"/proctoring/reviews/{{review_id}}/{path}",
        summary=summary,
        permission=REVIEW,
        aal=2,
        rate_class="write",
        body=body,
        answers={200: CaseShown},
        problems=frozenset({"move-refused", "unavailable"} | (set() if body is None else {"invalid"})),
        tags=TAGS,
    )


CLAIM = _act("claim_review", "claim", "Take a case for a while, or keep it for longer")
LEAVE = _act("leave_review", "leave", "Give a case back")
JUDGE = _act("judge_flag", "verdicts", "Uphold or dismiss one flag, with a reason", VerdictGiven)
CLEAR = _act("clear_review", "clear", "Nothing is held against the candidate", WordsSaid)
PENALISE = _act("propose_penalty", "penalty", "A penalty; it takes two people and the time to contest", PenaltyGiven)
ANSWER = _act("answer_appeal", "answer", "Answer what the candidate said against a decision", AppealAnswered)


def reviewing_scope(principal: Principal, permission: str = REVIEW) -> Scope:
    return Scope(
        account_id=principal.id,
        organisations=organisations_with(principal, permission),
        is_everywhere="any" in relations(principal, permission),
    )


def review_routes(reviewing: Reviewing) -> tuple[Route, ...]:
    return (*_reading(reviewing), *_acting(reviewing))


def _reading(reviewing: Reviewing) -> tuple[Route, ...]:
    async def queue(call: Call[NoBody, NoQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        mine, others = await reviewing.queue(scope)
        return Answer(ReviewQueue(items=[list_review(one, scope.account_id) for one in mine], others=others))

    async def case(call: Call[NoBody, NoQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        return Answer(show_case(reviewing, await reviewing.look(scope, call.path["review_id"]), scope.account_id))

    async def trace(call: Call[NoBody, FlagQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        return Answer(show_trace(*await reviewing.trace(scope, call.path["review_id"], call.query.flag)))

    async def strip(call: Call[NoBody, FlagQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        return Answer(await reviewing.strip(scope, call.path["review_id"], call.query.flag))

    async def photos(call: Call[NoBody, NoQuery]) -> Answer:
        found = await reviewing.photos(reviewing_scope(call.principal), call.path["review_id"])
        return Answer(show_photos(found))

    return (
        Route(QUEUE, queue),
        Route(CASE, case),
        Route(TRACE, trace),
        Route(STRIP, strip),
        Route(PHOTOS, photos),
    )


def _acting(reviewing: Reviewing) -> tuple[Route, ...]:
    async def claim(call: Call[NoBody, NoQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        return Answer(show_case(reviewing, await reviewing.claim(scope, call.path["review_id"]), scope.account_id))

    async def leave(call: Call[NoBody, NoQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        return Answer(show_case(reviewing, await reviewing.leave(scope, call.path["review_id"]), scope.account_id))

    async def judge(call: Call[VerdictGiven, NoQuery]) -> Answer:
        scope, given = reviewing_scope(call.principal), call.body
        review = await reviewing.judge(
            scope, call.path["review_id"], given.flag_id, given.reason, given.words, is_upheld=given.is_upheld
        )
        return Answer(show_case(reviewing, review, scope.account_id))

    async def clear(call: Call[WordsSaid, NoQuery]) -> Answer:
        scope = reviewing_scope(call.principal)
        review = await reviewing.clear(scope, call.path["review_id"], call.body.words)
        return Answer(show_case(reviewing, review, scope.account_id))

    async def penalise(call: Call[PenaltyGiven, NoQuery]) -> Answer:
        scope, given = reviewing_scope(call.principal), call.body
        review = await reviewing.penalise(scope, call.path["review_id"], given.penalty, given.words)
        return Answer(show_case(reviewing, review, scope.account_id))

    async def answer(call: Call[AppealAnswered, NoQuery]) -> Answer:
        scope, given = reviewing_scope(call.principal), call.body
        review = await reviewing.answer(scope, call.path["review_id"], given.words, is_overturned=given.is_overturned)
        return Answer(show_case(reviewing, review, scope.account_id))

    return (
        Route(CLAIM, claim),
        Route(LEAVE, leave),
        Route(JUDGE, judge),
        Route(CLEAR, clear),
        Route(PENALISE, penalise),
        Route(ANSWER, answer),
    )
