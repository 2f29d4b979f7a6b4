"""A7: the innermost middleware, so that everything slow is inside it."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from guildhall.kit.http.guards import Mounts
from guildhall.kit.http.problems import DeadlineExceeded


def make_deadline(mounts: Mounts) -> Middleware:
    @web.middleware
    async def deadline(request: web.Request, handler: Handler) -> web.StreamResponse:
        seconds = mounts.of(request).deadline_seconds
        scope = asyncio.timeout(seconds)
        try:
            async with scope:
                return await handler(request)
        except TimeoutError as error:
            if not scope.expired():
                raise  # the handler's own, and a crash of it
            raise DeadlineExceeded(
                f"This took longer than {seconds:g} seconds and was given up. Whether it was done is not known: "
                "look, or send it again with the same Idempotency-Key."
            ) from error

    return deadline
