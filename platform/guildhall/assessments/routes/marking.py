"""Marking over HTTP: the queue, a claim, a draft that saves itself, a mark that is final."""

from collections.abc import Callable
from typing import Any, Final

from guildhall.assessments.messages.marking import (
    ClaimAnswered,
    ClaimWanted,
    DraftGiven,
    MarkSaved,
    MarkShown,
    OtherMark,
    OwnMarkListed,
    OwnMarksListed,
    QuestionListed,
    QueueShown,
)
from guildhall.assessments.messages.results import ReasonGiven
from guildhall.assessments.model.results import Mark
from guildhall.assessments.routes.scope import DECIDE, MARK, scope_of
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.marking import MarkSeen
from guildhall.kit.content_types import SNIFFED
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route, check_match

TAGS: Final = ("marking",)
ENDINGS: Final = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
}
PROMPT_CHARACTERS: Final = 240
_REFUSED: Final = frozenset({"mark-not-yours", "mark-is-final"})

QUEUE = Operation(
    name="show_marking_queue",
    method="GET",
    path="/marking",
    summary="What there is to mark, question by question",
    permission=MARK,
    answers={200: QueueShown},
    tags=TAGS,
)
CLAIM = Operation(
    name="claim_mark",
    method="POST",
    path="/marking/claims",
    summary="Take the next answer to a question",
    permission=MARK,
    rate_class="write",
    body=ClaimWanted,
    answers={200: ClaimAnswered},
    problems=_REFUSED | {"not-found"},
    tags=TAGS,
)
MINE = Operation(
    name="list_own_marks",
    method="GET",
    path="/marking/mine",
    summary="What you have claimed and marked of a question",
    permission=MARK,
    query=ClaimWanted,
    answers={200: OwnMarksListed},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
READ = Operation(
    name="read_mark",
    method="GET",
    path="/marking/marks/{mark_id}",
    summary="An answer that you mark",
    permission=MARK,
    answers={200: MarkShown},
    has_etag=True,
    tags=TAGS,
)
FILE = Operation(
    name="read_marked_file",
    method="GET",
    path="/marking/marks/{mark_id}/files/{sha256}",
    summary="A file of an answer that you mark",
    permission=MARK,
    gives=(*SNIFFED, "application/octet-stream"),
    answers={200: None},
    deadline_seconds=30.0,
    tags=TAGS,
)
SAVE = Operation(
    name="save_mark",
    method="PUT",
    path="/marking/marks/{mark_id}",
    summary="Save the points so far",
    permission=MARK,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=DraftGiven,
    answers={200: MarkSaved},
    problems=_REFUSED,
    tags=TAGS,
)
FINISH = Operation(
    name="finish_mark",
    method="POST",
    path="/marking/marks/{mark_id}/final",
    summary="Make a mark final",
    permission=MARK,
    rate_class="write",
    if_match="required",
    has_etag=True,
    answers={200: MarkSaved},
    problems=_REFUSED,
    tags=TAGS,
)
GIVE_BACK = Operation(
    name="give_mark_back",
    method="DELETE",
    path="/marking/marks/{mark_id}/claim",
    summary="Leave an answer to somebody else",
    permission=MARK,
    rate_class="write",
    answers={204: None},
    problems=_REFUSED,
    tags=TAGS,
)
REOPEN = Operation(
    name="reopen_mark",
    method="POST",
    path="/marking/marks/{mark_id}/reopenings",
    summary="Open a final mark again, with a reason",
    permission=MARK,
    rate_class="write",
    body=ReasonGiven,
    answers={200: MarkSaved},
    tags=TAGS,
)


def queue_routes(service: AssessmentsService) -> tuple[Route, ...]:
    """What there is, and what is one's own."""
    desk = service.marking

    async def queue(call: Call[NoBody, NoQuery]) -> Answer:
        found = await desk.queue(_scope(call))
        return Answer(
            QueueShown(
                items=[
                    QuestionListed(
                        organisation_id=one.delivery.organisation_id,
                        delivery_id=one.delivery.id,
                        delivery_title=one.delivery.title,
                        version_id=one.version.id,
                        prompt=one.version.content.question.prompt.text[:PROMPT_CHARACTERS],
                        total=one.total,
                        final=one.final,
                        mine_open=one.mine_open,
                    )
                    for one in found
                ]
            )
        )

    async def claim(call: Call[ClaimWanted, NoQuery]) -> Answer:
        seen = await desk.claim(_scope(call), call.body.delivery_id, call.body.version_id)
        return Answer(ClaimAnswered(mark=None if seen is None else show_mark(seen)))

    async def mine(call: Call[NoBody, ClaimWanted]) -> Answer:
        marks = await desk.mine(_scope(call), call.query.delivery_id, call.query.version_id)
        listed = [
            OwnMarkListed(mark_id=one.alias, label=one.label, is_final=one.is_final, centipoints=one.centipoints)
            for one in marks
        ]
        return Answer(OwnMarksListed(items=listed))

    return (Route(QUEUE, queue), Route(CLAIM, claim), Route(MINE, mine))


def marking_routes(service: AssessmentsService) -> tuple[Route, ...]:
    """One mark, by its marker."""
    desk, clock = service.marking, service.context.clock

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        seen = await desk.read(_scope(call), call.path["mark_id"])
        return Answer(show_mark(seen), etag=str(seen.mark.rev))

    async def file(call: Call[NoBody, NoQuery]) -> Answer:
        content_type, blob = await desk.file(_scope(call), call.path["mark_id"], call.path["sha256"])
        # Named by us: what its writer called it may say who that is.
        return Answer(
            content=Content(blob.body, content_type, f"{call.path['sha256'][:12]}{ENDINGS.get(content_type, '')}")
        )

    async def save(call: Call[DraftGiven, NoQuery]) -> Answer:
        draft = call.body
        return saved(await desk.save(_scope(call), call.path["mark_id"], draft.points, draft.comment, _expected(call)))

    async def finish(call: Call[NoBody, NoQuery]) -> Answer:
        return saved(await desk.finish(_scope(call), call.path["mark_id"], _expected(call)))

    async def give_back(call: Call[NoBody, NoQuery]) -> Answer:
        await desk.give_back(_scope(call), call.path["mark_id"])
        return Answer(status=204)

    async def reopen(call: Call[ReasonGiven, NoQuery]) -> Answer:
        results_scope = scope_of(call.principal, DECIDE)
        return saved(await desk.reopen(_scope(call), results_scope, call.path["mark_id"], call.body.reason))

    def saved(mark: Mark) -> Answer:
        told = MarkSaved(
            mark_id=mark.alias,
            rev=mark.rev,
            is_final=mark.is_final,
            saved_at_ms=clock.now_ms(),
            claimed_until_ms=mark.claimed_until_ms,
        )
        return Answer(told, etag=str(mark.rev))

    return (
        Route(READ, read),
        Route(FILE, file),
        Route(SAVE, save),
        Route(FINISH, finish),
        Route(GIVE_BACK, give_back),
        Route(REOPEN, reopen),
    )


def show_mark(seen: MarkSeen) -> MarkShown:
    mark = seen.mark
    return MarkShown(
        mark_id=mark.alias,
        rev=mark.rev,
        delivery_id=mark.delivery_id,
        delivery_title=seen.delivery_title,
        version_id=mark.version_id,
        bank_id=seen.version.bank_id,
        label=mark.label,
        name=seen.name,
        role=mark.role,
        question=seen.version.content.question,
        criteria=seen.rubric.criteria,
        model_answer=seen.rubric.model_answer,
        response=seen.response,
        points=mark.points,
        comment=mark.comment,
        is_final=mark.is_final,
        claimed_until_ms=mark.claimed_until_ms,
        reopened=tuple(one.reason for one in mark.reopenings),
        others=tuple(OtherMark(role=one.role, points=one.points, comment=one.comment) for one in seen.others),
    )


def _scope(call: Call[Any, Any]) -> Scope:
    return scope_of(call.principal, MARK)


def _expected(call: Call[Any, Any]) -> Callable[[Mark], None]:
    return lambda seen: check_match(call, str(seen.rev))
