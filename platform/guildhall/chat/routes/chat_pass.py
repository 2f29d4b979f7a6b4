"""The chat token over HTTP: a visitor holds no other, and the web sockets may be blocked."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from aiohttp import web

from guildhall.chat.model import ChatClaims
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http import Principal
from guildhall.kit.http.guards import Authenticate
from guildhall.kit.tokens import TokenExpired

CHAT: Final = "/v1/chat/"
BEARER: Final = "Bearer "

ReadToken = Callable[[str], ChatClaims]
EndedAmong = Callable[[Collection[str]], Awaitable[list[str]]]


def accept_chat_tokens(authenticate: Authenticate, read_token: ReadToken, ended_among: EndedAmong) -> Authenticate:
    """`authenticate`, but a chat token is taken too, below `/v1/chat/` and nowhere else.

    Whoever holds it has no role there: what agents do goes by `/v1/desk/`, which asks for their own sign-in.
    """

    async def accepting(request: web.Request) -> Principal:
        header = request.headers.get("Authorization", "")
        if not request.path.startswith(CHAT) or not header.startswith(BEARER):
            return await authenticate(request)
        try:
            claims = read_token(header.removeprefix(BEARER))
        except TokenExpired:
            raise  # it was a chat token: an account's own is refused for its audience before its time
        except Unauthenticated as refusal:
            try:
                return await authenticate(request)
            except Unauthenticated:
                raise refusal from None
        if claims.session_id and await ended_among((claims.session_id,)):
            raise Unauthenticated("The sign-in behind this conversation has ended; sign in and open it again.")
        return Principal(
            kind="user", id=claims.subject, session_id=claims.session_id, expires_at_ms=claims.expires_at_ms
        )

    return accepting
