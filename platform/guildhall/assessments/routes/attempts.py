"""A candidate's own attempts: coming in, answering without a websocket, files, and the receipt."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from guildhall.assessments.lifecycle import OVER
from guildhall.assessments.messages.attempts import (
    AttemptListed,
    AttemptWanted,
    ExamDoor,
    FileTaken,
    InvitationListed,
    MyExams,
)
from guildhall.assessments.messages.sitting import AnswersGiven, AnswersTaken, AttemptShown
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.questions import FILE_BYTES_MAX
from guildhall.assessments.rules import clock as clocks
from guildhall.assessments.rules.receipts import ReceiptDocument
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.projection import show_receipt
from guildhall.kit.content_types import SNIFFED
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route

TAGS = ("exams",)
NOT_THERE = frozenset({"not-found"})
PLENTY_SECONDS = 30.0


class FileNamed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)


MINE = Operation(
    name="list_own_exams",
    method="GET",
    path="/exams/mine",
    summary="The exams you are invited to, and your attempts",
    permission="assessments.sit",
    answers={200: MyExams},
    deadline_seconds=10,
    tags=TAGS,
)
ENTER = Operation(
    name="enter_exam",
    method="POST",
    path="/attempts",
    summary="Come in on an invitation; an attempt that is not over is gone on with",
    permission="assessments.sit",
    rate_class="write",
    body=AttemptWanted,
    answers={201: ExamDoor},
    problems=NOT_THERE | {"exam-not-open", "conflict"},
    tags=TAGS,
)
OPEN_DOOR = Operation(
    name="open_exam_door",
    method="POST",
    path="/attempts/{attempt_id}/doors",
    summary="A fresh door into an attempt of your own",
    permission="assessments.sit",
    rate_class="write",
    answers={201: ExamDoor},
    problems=NOT_THERE,
    tags=TAGS,
)
READ = Operation(
    name="read_own_attempt",
    method="GET",
    path="/attempts/{attempt_id}",
    summary="Your attempt as the exam page shows it",
    permission="assessments.sit",
    answers={200: AttemptShown},
    problems=NOT_THERE,
    tags=TAGS,
)
ANSWER = Operation(
    name="give_answers",
    method="POST",
    path="/attempts/{attempt_id}/answers",
    summary="Answers, as over the exam's socket: stored, then receipted, each under its own key",
    permission="assessments.sit",
    rate_class="write",
    body=AnswersGiven,
    answers={200: AnswersTaken},
    problems=NOT_THERE | {"not-begun"},
    deadline_seconds=PLENTY_SECONDS,
    tags=TAGS,
)
RECEIPT = Operation(
    name="read_receipt",
    method="GET",
    path="/attempts/{attempt_id}/receipt",
    summary="The document that `python -m guildhall verify-receipt` takes: every entry of the answer log",
    permission="assessments.sit",
    answers={200: ReceiptDocument},
    problems=NOT_THERE,
    deadline_seconds=PLENTY_SECONDS,
    tags=TAGS,
)
PUT_UP = Operation(
    name="put_up_file",
    method="POST",
    path="/attempts/{attempt_id}/slots/{slot_id}/files",
    summary="A file to answer with; the answer that names it comes next",
    permission="assessments.sit",
    rate_class="upload",
    takes=(*SNIFFED, "application/octet-stream"),
    query=FileNamed,
    answers={201: FileTaken},
    problems=NOT_THERE | {"does-not-fit", "attempt-over", "too-large"},
    max_body_bytes=FILE_BYTES_MAX,
    deadline_seconds=300,
    tags=TAGS,
)
DOWNLOAD = Operation(
    name="read_own_file",
    method="GET",
    path="/attempts/{attempt_id}/files/{sha256}",
    summary="A file that you put up",
    permission="assessments.sit",
    gives=(*SNIFFED, "application/octet-stream"),
    answers={200: None},
    problems=NOT_THERE,
    deadline_seconds=PLENTY_SECONDS,
    tags=TAGS,
)


def routes(service: AssessmentsService) -> tuple[Route, ...]:
    sitting, files, clock = service.sitting, service.files, service.context.clock

    async def mine(call: Call[NoBody, NoQuery]) -> Answer:
        invitations, others = await service.portal.exams_of(call.principal.id)
        now_ms = clock.now_ms()
        listed = [
            InvitationListed(
                id=one.invitation.id,
                delivery_id=one.delivery.id,
                title=one.delivery.title,
                opens_at_ms=one.delivery.opens_at_ms,
                closes_at_ms=one.delivery.closes_at_ms,
                is_practice=one.delivery.is_practice,
                attempts_allowed=one.delivery.attempts_allowed + len(one.invitation.resits),
                extra_time_percent=one.invitation.accommodation.extra_time_percent,
                break_seconds=one.invitation.accommodation.break_seconds,
                may_begin=not one.reason,
                reason=one.reason,
                attempts=tuple(list_attempt(attempt, now_ms) for attempt in one.attempts),
            )
            for one in invitations
        ]
        shown = tuple(list_attempt(attempt, now_ms) for attempt in others)
        return Answer(MyExams(server_time_ms=now_ms, invitations=tuple(listed), others=shown))

    async def enter(call: Call[AttemptWanted, NoQuery]) -> Answer:
        attempt = await sitting.enter(call.body.invitation_id, call.principal.id)
        return await door_to(attempt, call.principal.session_id)

    async def open_door(call: Call[NoBody, NoQuery]) -> Answer:
        attempt = await sitting.own(call.path["attempt_id"], call.principal.id)
        return await door_to(attempt, call.principal.session_id)

    async def door_to(attempt: Attempt, session_id: str) -> Answer:
        token = sitting.exam_token(attempt, session_id)
        seat = await service.proctored_seat(attempt, session_id) if attempt.is_proctored else ""
        fragment = f"token={seat}&exam={token}" if seat else f"exam={token}"
        return Answer(ExamDoor(url=f"/exam-room#{fragment}", attempt_id=attempt.id, exam_token=token), status=201)

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await sitting.show(await sitting.own(call.path["attempt_id"], call.principal.id)))

    async def answer(call: Call[AnswersGiven, NoQuery]) -> Answer:
        attempt = await sitting.own(call.path["attempt_id"], call.principal.id)
        return Answer(await sitting.answer(attempt.id, call.body))

    async def receipt(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await sitting.receipt(await sitting.own(call.path["attempt_id"], call.principal.id)))

    async def put_up(call: Call[NoBody, FileNamed]) -> Answer:
        attempt = await sitting.own(call.path["attempt_id"], call.principal.id)
        file = await files.put(attempt, call.path["slot_id"], call.query.name, call.content)
        told = FileTaken(
            file_id=file.sha256,
            name=call.query.name,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )
        return Answer(told, status=201)

    async def download(call: Call[NoBody, NoQuery]) -> Answer:
        attempt = await sitting.own(call.path["attempt_id"], call.principal.id)
        file, blob = await files.get(attempt, call.path["sha256"])
        return Answer(content=Content(blob.body, file.content_type, file.name))

    most = service.context.settings.max_answer_bytes
    return (
        Route(MINE, mine),
        Route(ENTER, enter),
        Route(OPEN_DOOR, open_door),
        Route(READ, read),
        Route(replace(ANSWER, max_body_bytes=most), answer),
        Route(RECEIPT, receipt),
        Route(PUT_UP, put_up),
        Route(DOWNLOAD, download),
    )


def list_attempt(attempt: Attempt, now_ms: int) -> AttemptListed:
    is_over = attempt.state in OVER
    return AttemptListed(
        id=attempt.id,
        exam_title=attempt.exam_title,
        number=attempt.number,
        is_practice=attempt.is_practice,
        state=attempt.state,
        state_since_ms=attempt.state_since_ms,
        left_ms=0 if is_over else max(0, clocks.left_ms(attempt.clock, now_ms)),
        started_at_ms=attempt.clock.started_at_ms,
        over_at_ms=attempt.over_at_ms,
        receipt=show_receipt(attempt),
    )
