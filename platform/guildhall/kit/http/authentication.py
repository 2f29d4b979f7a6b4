"""A4: who is asking. It refuses nobody: whether that is enough is each operation's own question."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.guards import Guards


def make_authentication(guards: Guards) -> Middleware:
    """Credentials that are no good leave the request anonymous, so that A5 counts it by its address.

    Only an operation that needs somebody answers 401 with the reason; public ones go on. A limiter that stood after a
    refusal here would let junk tokens dodge every limit.
    """
    authenticate = guards.authenticate

    @web.middleware
    async def authentication(request: web.Request, handler: Handler) -> web.StreamResponse:
        context = request[CONTEXT]
        try:
            context.principal = await authenticate(request)
        except Unauthenticated as refusal:
            context.refusal = refusal
        return await handler(request)

    return authentication
