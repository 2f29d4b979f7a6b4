"""Exams: their plan, publishing, and a look at them as a candidate."""

from typing import Final

from guildhall.assessments.lifecycle import PublishingEvent
from guildhall.assessments.messages.authoring import (
    ExamChecked,
    ExamEdited,
    ExamListed,
    ExamShown,
    ExamVersionsListed,
    ExamWanted,
    PreviewShown,
    PreviewWanted,
    list_exam,
)
from guildhall.assessments.routes.banks import author
from guildhall.assessments.routes.items import matching
from guildhall.assessments.routes.paging import Cursors
from guildhall.assessments.routes.scope import AUTHOR
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.exams import Exams
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Page, PageQuery, Route, link_to_next

TAGS: Final = ("authoring exams",)
PLAN_BYTES_MAX: Final = 524_288
_MOVES: Final = frozenset({"move-refused", "conflict"})

CREATE = Operation(
    name="create_exam",
    method="POST",
    path="/exams",
    summary="Begin an exam",
    permission=AUTHOR,
    rate_class="write",
    idempotency="optional",
    body=ExamWanted,
    max_body_bytes=PLAN_BYTES_MAX,
    answers={201: ExamShown},
    has_etag=True,
    tags=TAGS,
)
LIST = Operation(
    name="list_exams",
    method="GET",
    path="/exams",
    summary="The exams you may write",
    permission=AUTHOR,
    query=PageQuery,
    answers={200: Page[ExamListed]},
    tags=TAGS,
)
CHECK = Operation(
    name="check_exam",
    method="POST",
    path="/exam-checks",
    summary="What keeps this plan from being published, and how many items its sources find; nothing is kept",
    permission=AUTHOR,
    body=ExamWanted,
    max_body_bytes=PLAN_BYTES_MAX,
    answers={200: ExamChecked},
    tags=TAGS,
)
READ = Operation(
    name="read_exam",
    method="GET",
    path="/exams/{exam_id}",
    summary="An exam: its plan, its flaws, and what may be done with it",
    permission=AUTHOR,
    answers={200: ExamShown},
    has_etag=True,
    tags=TAGS,
)
EDIT = Operation(
    name="edit_exam",
    method="PUT",
    path="/exams/{exam_id}",
    summary="Change the plan of an exam",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=ExamEdited,
    max_body_bytes=PLAN_BYTES_MAX,
    answers={200: ExamShown},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
PUBLISH = Operation(
    name="publish_exam",
    method="POST",
    path="/exams/{exam_id}/publish",
    summary="Keep the plan, and what it draws from, as a version that never changes",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    answers={200: ExamShown},
    problems=_MOVES | {"flawed"},
    tags=TAGS,
)
RETIRE = Operation(
    name="retire_exam",
    method="POST",
    path="/exams/{exam_id}/retire",
    summary="Take an exam out of use; its deliveries go on",
    permission=AUTHOR,
    rate_class="write",
    if_match="optional",
    has_etag=True,
    answers={200: ExamShown},
    problems=_MOVES,
    tags=TAGS,
)
REVIVE = Operation(
    name="revive_exam",
    method="POST",
    path="/exams/{exam_id}/revive",
    summary="Make a retired exam a draft again",
    permission=AUTHOR,
    rate_class="write",
    if_match="optional",
    has_etag=True,
    answers={200: ExamShown},
    problems=_MOVES,
    tags=TAGS,
)
VERSIONS = Operation(
    name="list_exam_versions",
    method="GET",
    path="/exams/{exam_id}/versions",
    summary="What was published of it, the newest twenty first",
    permission=AUTHOR,
    answers={200: ExamVersionsListed},
    tags=TAGS,
)
PREVIEW = Operation(
    name="preview_exam",
    method="POST",
    path="/exams/{exam_id}/previews",
    summary="A form of the draft, as a candidate sees it; nothing is kept",
    permission=AUTHOR,
    body=PreviewWanted,
    answers={200: PreviewShown},
    problems=frozenset({"flawed"}),
    tags=TAGS,
)


def exam_routes(service: AssessmentsService) -> tuple[Route, ...]:
    exams = service.authoring.exams
    cursors = Cursors(service.context.secret, "exams")

    async def create(call: Call[ExamWanted, NoQuery]) -> Answer:
        return _shown(await exams.create(author(call), call.body), status=201)

    async def list_exams(call: Call[NoBody, PageQuery]) -> Answer:
        scope = author(call)
        found, has_more = await exams.of(scope, cursors.read(call, scope), call.query.limit)
        cursor = cursors.write(call, scope, found[-1].id) if has_more else None
        page = Page[ExamListed](items=[list_exam(exam) for exam in found], next_cursor=cursor, has_more=has_more)
        return Answer(page, headers=link_to_next(call.request, cursor))

    async def check(call: Call[ExamWanted, NoQuery]) -> Answer:
        return Answer(await exams.check(author(call), call.body.organisation_id, call.body.plan))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await exams.read(author(call), call.path["exam_id"]))

    async def edit(call: Call[ExamEdited, NoQuery]) -> Answer:
        return _shown(await exams.edit(author(call), call.path["exam_id"], call.body, matching(call)))

    return (
        Route(CREATE, create),
        Route(LIST, list_exams),
        Route(CHECK, check),
        Route(READ, read),
        Route(EDIT, edit),
        *_publishing_routes(exams),
    )


def _publishing_routes(exams: Exams) -> tuple[Route, ...]:
    async def publish(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await exams.publish(author(call), call.path["exam_id"], matching(call)))

    async def retire(call: Call[NoBody, NoQuery]) -> Answer:
        event = PublishingEvent.RETIRE
        return _shown(await exams.move(author(call), call.path["exam_id"], event, matching(call)))

    async def revive(call: Call[NoBody, NoQuery]) -> Answer:
        event = PublishingEvent.REVIVE
        return _shown(await exams.move(author(call), call.path["exam_id"], event, matching(call)))

    async def versions(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(ExamVersionsListed(items=await exams.versions(author(call), call.path["exam_id"])))

    async def preview(call: Call[PreviewWanted, NoQuery]) -> Answer:
        return Answer(await exams.preview(author(call), call.path["exam_id"], call.body.seed))

    return (
        Route(PUBLISH, publish),
        Route(RETIRE, retire),
        Route(REVIVE, revive),
        Route(VERSIONS, versions),
        Route(PREVIEW, preview),
    )


def _shown(exam: ExamShown, status: int = 200) -> Answer:
    return Answer(exam, status=status, etag=str(exam.rev))
