"""HTTP of proctoring: the demo exam's two doors. Real invitations come with the assessments domain."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, PROCTOR_AUDIENCE, CandidateClaims, ProctorClaims
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


def demo_routes(service: ProctoringService, tokens: TokenSigner) -> tuple[Route, ...]:
    """The composition root adds these where `proctoring.demo` is true."""
    lifetime_seconds = service.settings.token_lifetime_seconds

    async def take_demo_seat(call: Call[DemoSeatWanted, NoQuery]) -> Answer:
        session = await service.invite_candidate(DEMO_EXAM_ID, DEMO_EXAM_TITLE, call.body.name)
        claims = CandidateClaims(sitting_id=session.id, session_id=call.principal.session_id)
        token = tokens.sign(claims, CANDIDATE_AUDIENCE, lifetime_seconds)
        return Answer(Door(url=f"/exam-room#token={token}", token=token, session_id=session.id), status=201)

    async def open_demo_wall(call: Call[NoBody, NoQuery]) -> Answer:
        claims = ProctorClaims(exam_id=DEMO_EXAM_ID, exam_title=DEMO_EXAM_TITLE, session_id=call.principal.session_id)
        token = tokens.sign(claims, PROCTOR_AUDIENCE, lifetime_seconds)
        return Answer(Door(url=f"/proctor-wall#token={token}", token=token, session_id=None), status=201)

    return (Route(TAKE_DEMO_SEAT, take_demo_seat), Route(OPEN_DEMO_WALL, open_demo_wall))
