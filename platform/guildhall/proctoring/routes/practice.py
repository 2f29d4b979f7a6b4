"""HTTP of the practice room: the token that opens it. Anybody with an account may try their machine before the day."""

from typing import Final

from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.messages.reviewing import Shape
from guildhall.proctoring.model import PRACTICE_AUDIENCE, PracticeClaims

LIFETIME_SECONDS: Final = 30 * 60


class PracticeDoor(Shape):
    token: str


OPEN_PRACTICE: Final = Operation(
    name="open_practice_room",
    method="POST",
    path="/proctoring/practice-doors",
    summary="Try your camera with nobody watching and nothing kept",
    permission="proctoring.practise",
    rate_class="write",
    answers={201: PracticeDoor},
    tags=("proctoring",),
)


def practice_routes(tokens: TokenSigner) -> tuple[Route, ...]:
    async def open_practice(call: Call[NoBody, NoQuery]) -> Answer:
        claims = PracticeClaims(session_id=call.principal.session_id)
        return Answer(PracticeDoor(token=tokens.sign(claims, PRACTICE_AUDIENCE, LIFETIME_SECONDS)), status=201)

    return (Route(OPEN_PRACTICE, open_practice),)
