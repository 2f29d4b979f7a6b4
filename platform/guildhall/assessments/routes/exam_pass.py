"""The exam's own token over HTTP: the page that sits an exam may hold no other, and the web sockets may be blocked."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from aiohttp import web

from guildhall.assessments.model.attempts import ExamClaims
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http import Principal
from guildhall.kit.http.guards import Authenticate

ATTEMPTS: Final = "/v1/attempts/"
_BEARER: Final = "Bearer "
_NOT_FOR_IT: Final = "doors"
"""What opens a door would make an exam token renew itself for ever."""

ReadToken = Callable[[str], ExamClaims]
EndedAmong = Callable[[Collection[str]], Awaitable[list[str]]]


def accept_exam_tokens(authenticate: Authenticate, read_token: ReadToken, ended_among: EndedAmong) -> Authenticate:
    """`authenticate`, but an exam token is taken too, for what belongs to its own attempt and for nothing else.

    Whoever holds it is a candidate without any role, for as long as the sign-in behind it lasts.
    """

    async def accepting(request: web.Request) -> Principal:
        header = request.headers.get("Authorization", "")
        attempt_id, _, rest = request.path.removeprefix(ATTEMPTS).partition("/")
        if not request.path.startswith(ATTEMPTS) or not header.startswith(_BEARER) or rest == _NOT_FOR_IT:
            return await authenticate(request)
        try:
            claims = read_token(header.removeprefix(_BEARER))
        except Unauthenticated:
            return await authenticate(request)
        if claims.attempt_id != attempt_id:
            raise Unauthenticated("This token opens another attempt.")
        if claims.session_id and await ended_among((claims.session_id,)):
            raise Unauthenticated("The sign-in behind this exam has ended; sign in and open it again.")
        return Principal(
            kind="user", id=claims.account_id, session_id=claims.session_id, expires_at_ms=claims.expires_at_ms
        )

    return accepting
