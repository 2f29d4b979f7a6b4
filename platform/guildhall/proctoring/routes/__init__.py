"""HTTP of proctoring: the demo exam's two doors, and the seats before the camera of proctored attempts."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.routes.supervision import supervising
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.store import NoSuch
from guildhall.kit.errors import Conflict
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, PROCTOR_AUDIENCE, CandidateClaims, ProctorClaims, seat_id
from guildhall.proctoring.service import ProctoringService

DEMO_EXAM_ID: Final = "demo"
DEMO_EXAM_TITLE: Final = "Demo exam"


class DemoSeatWanted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class Door(BaseModel):
    """Where to go, and the token that opens it. The token travels in the fragment, which no server log ever sees."""

    model_config = ConfigDict(frozen=True)

    url: str
    token: str
    session_id: str | None
    exam_token: str | None = None
    """Of the attempt that belongs to the seat, for the exam's socket."""
    attempt_id: str | None = None


TAKE_DEMO_SEAT: Final = Operation(
    name="take_demo_seat",
    method="POST",
    path="/proctoring/demo-seats",
    summary="Sit the demo exam, under any name",
    permission="proctoring.sit",
    rate_class="write",
    body=DemoSeatWanted,
    answers={201: Door},
    tags=("proctoring",),
)
OPEN_DEMO_WALL: Final = Operation(
    name="open_demo_wall",
    method="POST",
    path="/proctoring/demo-walls",
    summary="Watch everybody who sits the demo exam",
    permission="proctoring.watch",
    aal=2,
    rate_class="write",
    answers={201: Door},
    tags=("proctoring",),
)


class WallWanted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    delivery_id: Annotated[str, StringConstraints(min_length=1, max_length=80)]


OPEN_WALL: Final = Operation(
    name="open_wall",
    method="POST",
    path="/proctoring/walls",
    summary="Watch everybody who sits a delivery that one is assigned to",
    permission="proctoring.watch",
    aal=2,
    rate_class="write",
    body=WallWanted,
    answers={201: Door},
    problems=frozenset({"conflict", "not-found"}),
    tags=("proctoring",),
)


def wall_routes(service: ProctoringService, tokens: TokenSigner, assessments: AssessmentsService) -> tuple[Route, ...]:
    """The wall of a delivery is for whoever supervises it; for everybody else there is no such delivery."""

    async def open_wall(call: Call[WallWanted, NoQuery]) -> Answer:
        principal = call.principal
        delivery = await assessments.assigning.supervised_delivery(supervising(principal), call.body.delivery_id)
        plan = await assessments.papers.plan(delivery.exam_version_id)
        if not plan.is_proctored:
            raise Conflict("Nobody sits this exam before a camera, so there is nothing to watch.")
        person = await assessments.context.people.find(principal.id)
        claims = ProctorClaims(
            exam_id=delivery.id,
            exam_title=delivery.title[:80],
            delivery_id=delivery.id,
            account_id=principal.id,
            name="A proctor" if person is None else person.name,
            session_id=principal.session_id,
        )
        token = tokens.sign(claims, PROCTOR_AUDIENCE, service.settings.token_lifetime_seconds)
        return Answer(Door(url=f"/proctor-wall#token={token}", token=token, session_id=None), status=201)

    return (Route(OPEN_WALL, open_wall),)


class SeatsForAttempts:
    """A proctored attempt has one seat before the camera, under a name that follows from its own."""

    def __init__(self, service: ProctoringService, tokens: TokenSigner) -> None:
        self._service = service
        self._tokens = tokens

    async def token(self, attempt: Attempt, session_id: str, exam_id: str = "") -> str:
        """For `AssessmentsService.proctored_seat`. An exam's wall shows everybody of one delivery."""
        session = await self._service.invite_candidate(
            exam_id or attempt.delivery_id,
            attempt.exam_title[:80],
            attempt.candidate_name[:80],
            seat_id(attempt.id),
            attempt.id,
        )
        await self._service.admissions.open(
            session,
            delivery_id=attempt.delivery_id,
            attempt_id=attempt.id,
            account_id=attempt.account_id,
            needs_admission=attempt.needs_admission,
            muted=attempt.accommodation.muted_signals,
        )
        claims = CandidateClaims(sitting_id=session.id, session_id=session_id)
        return self._tokens.sign(claims, CANDIDATE_AUDIENCE, self._service.settings.token_lifetime_seconds)

    async def accommodated(self, attempt: Attempt) -> None:
        """For `Turns.accommodated`."""
        if attempt.is_proctored:
            await self._service.admissions.look_again(seat_id(attempt.id))

    async def expect_asked(self, attempt: Attempt) -> None:
        """For `Sitting.expect_asked`. Raises `NotReady`."""
        await self._service.admissions.expect_asked(seat_id(attempt.id))


def demo_routes(
    service: ProctoringService,
    tokens: TokenSigner,
    assessments: AssessmentsService | None = None,
    delivery_id: str = "",
) -> tuple[Route, ...]:
    """The composition root adds these where `proctoring.demo` is true.

    With `assessments` the seat is one in an exam that can be sat, where its delivery has been made.
    """
    lifetime_seconds = service.settings.token_lifetime_seconds
    seats = SeatsForAttempts(service, tokens)

    async def take_demo_seat(call: Call[DemoSeatWanted, NoQuery]) -> Answer:
        if assessments is not None:
            try:
                return await take_exam_seat(call, assessments)
            except NoSuch:
                pass  # the demo exam has not been made: the camera can be shown all the same
        session = await service.invite_candidate(DEMO_EXAM_ID, DEMO_EXAM_TITLE, call.body.name)
        claims = CandidateClaims(sitting_id=session.id, session_id=call.principal.session_id)
        token = tokens.sign(claims, CANDIDATE_AUDIENCE, lifetime_seconds)
        return Answer(Door(url=f"/exam-room#token={token}", token=token, session_id=session.id), status=201)

    async def take_exam_seat(call: Call[DemoSeatWanted, NoQuery], exams: AssessmentsService) -> Answer:
        principal = call.principal
        attempt = await exams.sitting.seat_without_invitation(delivery_id, principal.id, call.body.name)
        token = await seats.token(attempt, principal.session_id, DEMO_EXAM_ID)
        exam_token = exams.sitting.exam_token(attempt, principal.session_id)
        door = Door(
            url=f"/exam-room#token={token}&exam={exam_token}",
            token=token,
            session_id=seat_id(attempt.id),
            exam_token=exam_token,
            attempt_id=attempt.id,
        )
        return Answer(door, status=201)

    async def open_demo_wall(call: Call[NoBody, NoQuery]) -> Answer:
        principal = call.principal
        person = None if assessments is None else await assessments.context.people.find(principal.id)
        claims = ProctorClaims(
            exam_id=DEMO_EXAM_ID,
            exam_title=DEMO_EXAM_TITLE,
            account_id=principal.id,
            name="A proctor" if person is None else person.name,
            session_id=principal.session_id,
        )
        token = tokens.sign(claims, PROCTOR_AUDIENCE, lifetime_seconds)
        return Answer(Door(url=f"/proctor-wall#token={token}", token=token, session_id=None), status=201)

    return (Route(TAKE_DEMO_SEAT, take_demo_seat), Route(OPEN_DEMO_WALL, open_demo_wall))
