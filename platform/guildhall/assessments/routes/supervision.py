"""What staff does with attempts while they are sat, and after."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from guildhall.accounts.permissions import relations
from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.messages.attempts import (
    AttemptSupervised,
    AttemptsWatched,
    Extended,
    LateAdmitted,
    Reopened,
    WithReason,
)
from guildhall.assessments.routes.scope import MARK, scope_of
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.assigning import SUPERVISE
from guildhall.kit.content_types import SNIFFED
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Principal, Route

TAGS = ("supervision",)
NOT_THERE = frozenset({"not-found"})
REFUSED = NOT_THERE | {"move-refused", "too-many-turns", "being-closed"}
VERBS = {
    AttemptEvent.ADMIT: "Let a candidate in who waits",
    AttemptEvent.TURN_AWAY: "Send a candidate back who has not begun",
    AttemptEvent.PAUSE: "Stop the clock; the candidate sees why",
    AttemptEvent.RESUME: "Let the clock go on; the pause is given back to the millisecond",
}


class After(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[str, Field(max_length=80)] = ""
    """The id of the last attempt of the page before."""


def _verb(event: str, summary: str, body: type[BaseModel], problems: frozenset[str] = REFUSED) -> Operation:
    return Operation(
        name=f"{event}_attempt",
        method="POST",
        path=f"/attempts/{{attempt_id}}/{event.replace('_', '-')}",
        summary=summary,
        permission=SUPERVISE,
        aal=2,
        rate_class="write",
        body=body,
        answers={200: AttemptSupervised},
        problems=problems,
        tags=TAGS,
    )


WATCH = Operation(
    name="watch_attempts",
    method="GET",
    path="/deliveries/{delivery_id}/attempts",
    summary="Everybody who sits this delivery: state, time left, questions answered, when last seen",
    permission=SUPERVISE,
    aal=2,
    query=After,
    answers={200: AttemptsWatched},
    problems=NOT_THERE,
    deadline_seconds=15,
    tags=TAGS,
)
LOOK = Operation(
    name="supervise_attempt",
    method="GET",
    path="/attempts/{attempt_id}/supervision",
    summary="One attempt: its time, who did what with it and why, and answers that came after the end",
    permission=SUPERVISE,
    aal=2,
    answers={200: AttemptSupervised},
    problems=NOT_THERE,
    tags=TAGS,
)
EXTEND = _verb("extend", "Give time on top", Extended)
VOID = _verb("void", "End an attempt that counts for nothing; nothing undoes it", WithReason)
REOPEN = _verb(
    "reopen", "Let a candidate go on who has handed in, or whose time was up", Reopened, REFUSED | {"no-time-left"}
)
ADMIT_LATE = _verb(
    "admit_late",
    "Take answers that came after the end into an attempt that was reopened",
    LateAdmitted,
    REFUSED | {"attempt-over"},
)
DELETE_LATE = _verb(
    "delete_late",
    "Delete the answers that came after the end, all of them and for good",
    WithReason,
    NOT_THERE,
)
MARKERS_FILE = Operation(
    name="read_answer_file",
    method="GET",
    path="/marking/attempts/{attempt_id}/files/{sha256}",
    summary="A file that a candidate answered with",
    permission=MARK,
    gives=(*SNIFFED, "application/octet-stream"),
    answers={200: None},
    problems=NOT_THERE,
    deadline_seconds=30,
    tags=("marking",),
)


def supervising(principal: Principal) -> Scope:
    """Administrators supervise everything, proctors the deliveries that they are assigned to."""
    return replace(scope_of(principal, SUPERVISE), is_assigned="assigned" in relations(principal, SUPERVISE))


def routes(service: AssessmentsService) -> tuple[Route, ...]:
    staff = service.supervision

    async def find(call: Call[Any, NoQuery]) -> str:
        return (await staff.find(call.path["attempt_id"], supervising(call.principal))).id

    async def watch(call: Call[NoBody, After]) -> Answer:
        scope = supervising(call.principal)
        return Answer(await staff.watch(call.path["delivery_id"], scope, call.query.after))

    async def look(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await staff.look(await staff.find(call.path["attempt_id"], supervising(call.principal))))

    def verb(event: AttemptEvent) -> Route:
        async def act(call: Call[WithReason, NoQuery]) -> Answer:
            attempt = await staff.turn(await find(call), event, call.principal.id, call.body.reason)
            return Answer(await staff.look(attempt))

        return Route(_verb(event.value, VERBS[event], WithReason), act)

    async def extend(call: Call[Extended, NoQuery]) -> Answer:
        extra_ms = call.body.extra_seconds * 1000
        attempt = await staff.turn(
            await find(call), AttemptEvent.EXTEND, call.principal.id, call.body.reason, extra_ms=extra_ms
        )
        return Answer(await staff.look(attempt))

    async def void(call: Call[WithReason, NoQuery]) -> Answer:
        return Answer(await staff.look(await staff.void(await find(call), call.principal.id, call.body.reason)))

    async def reopen(call: Call[Reopened, NoQuery]) -> Answer:
        extra_ms = call.body.extra_seconds * 1000
        attempt = await staff.reopen(await find(call), call.principal.id, call.body.reason, extra_ms)
        return Answer(await staff.look(attempt))

    return (
        Route(WATCH, watch),
        Route(LOOK, look),
        *(verb(event) for event in VERBS),
        Route(EXTEND, extend),
        Route(VOID, void),
        Route(REOPEN, reopen),
        *late_routes(service),
        markers_file_route(service),
    )


def late_routes(service: AssessmentsService) -> tuple[Route, ...]:
    """What becomes of answers that came after the end."""
    staff = service.supervision

    async def admit_late(call: Call[LateAdmitted, NoQuery]) -> Answer:
        attempt = await staff.find(call.path["attempt_id"], supervising(call.principal))
        admitted = await staff.admit_late(attempt.id, call.principal.id, call.body.reason, call.body.keys)
        return Answer(await staff.look(admitted))

    async def delete_late(call: Call[WithReason, NoQuery]) -> Answer:
        attempt = await staff.find(call.path["attempt_id"], supervising(call.principal))
        return Answer(await staff.look(await staff.delete_late(attempt.id, call.principal.id, call.body.reason)))

    return (Route(ADMIT_LATE, admit_late), Route(DELETE_LATE, delete_late))


def markers_file_route(service: AssessmentsService) -> Route:
    async def markers_file(call: Call[NoBody, NoQuery]) -> Answer:
        attempt = await service.supervision.find(call.path["attempt_id"], scope_of(call.principal, MARK))
        file, blob = await service.files.get(attempt, call.path["sha256"])
        return Answer(content=Content(blob.body, file.content_type, file.name))

    return Route(MARKERS_FILE, markers_file)
