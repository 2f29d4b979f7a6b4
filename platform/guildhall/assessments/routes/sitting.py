"""What a candidate does with their attempt, as over the exam's socket: for networks that let neither way of it through.

Each answers with where the attempt stands then, so whoever asks again after an answer that was lost reads it in that.
"""

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.messages.sitting import Acted, SectionToLeave
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

REFUSED = frozenset({"not-found", "move-refused", "too-many-turns", "being-closed"})
SUMMARIES = {
    "check_in": "Say that you are here, and ask to be let in",
    "begin": "Begin: the clock runs from now on",
    "take_break": "Take a break; the clock stands as long as break time is left",
    "end_break": "Go on after a break",
    "submit": "Hand in; again, or after the clock did, it is the same",
}


def _operation(name: str, summary: str) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=f"/attempts/{{attempt_id}}/{name.replace('_', '-')}",
        summary=summary,
        permission="assessments.sit",
        rate_class="write",
        answers={200: Acted},
        problems=REFUSED,
        tags=("exams",),
    )


LEAVE_SECTION = Operation(
    name="leave_section",
    method="POST",
    path="/attempts/{attempt_id}/leave-section",
    summary="Go on to the next section of an exam that goes forwards only; nothing leads back",
    permission="assessments.sit",
    rate_class="write",
    body=SectionToLeave,
    answers={200: Acted},
    problems=frozenset({"not-found", "cannot-move-on", "not-begun", "attempt-over"}),
    tags=("exams",),
)


def sitting_routes(service: AssessmentsService) -> tuple[Route, ...]:
    sitting = service.sitting

    async def shown(attempt: Attempt) -> Answer:
        return Answer(Acted(attempt=await sitting.show(attempt)))

    async def own(call: Call[NoBody, NoQuery]) -> tuple[str, str]:
        attempt = await sitting.own(call.path["attempt_id"], call.principal.id)  # raises NoSuch for anybody else's
        return attempt.id, attempt.account_id

    async def check_in(call: Call[NoBody, NoQuery]) -> Answer:
        return await shown(await sitting.check_in(*await own(call)))

    async def submit(call: Call[NoBody, NoQuery]) -> Answer:
        return await shown(await sitting.submit(*await own(call)))

    def turning(event: AttemptEvent) -> Route:
        async def act(call: Call[NoBody, NoQuery]) -> Answer:
            attempt_id, account_id = await own(call)
            return await shown(await sitting.act(attempt_id, event, account_id))

        return Route(_operation(event.value, SUMMARIES[event.value]), act)

    async def leave_section(call: Call[SectionToLeave, NoQuery]) -> Answer:
        attempt_id, account_id = call.path["attempt_id"], call.principal.id
        return await shown(await sitting.leave_section(attempt_id, account_id, call.body.section_id))

    return (
        Route(_operation("check_in", SUMMARIES["check_in"]), check_in),
        *(turning(event) for event in (AttemptEvent.BEGIN, AttemptEvent.TAKE_BREAK, AttemptEvent.END_BREAK)),
        Route(LEAVE_SECTION, leave_section),
        Route(_operation("submit", SUMMARIES["submit"]), submit),
    )
