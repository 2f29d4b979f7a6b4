"""A2: the cheapest refusals, before anything is counted, looked up or read."""

from collections import Counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from guildhall.kit.errors import TooLarge
from guildhall.kit.http.guards import Guards, Mounted, Mounts
from guildhall.kit.http.problems import Draining, LengthRequired, Malformed, Overloaded, UnsupportedMedia
from guildhall.kit.http.settings import PipelineSettings

_ONCE = ("Authorization", "Idempotency-Key", "If-Match", "Origin", "Api-Version")
"""Of two values, a proxy may have checked the one that we do not use; aiohttp refuses Host and Content-* by itself."""


def make_admission(mounts: Mounts, guards: Guards, settings: PipelineSettings) -> Middleware:
    """Each rate class may have `max_running` requests at work; the one above is refused, never queued."""
    running: Counter[str] = Counter()
    is_draining = guards.is_draining
    most = settings.max_running

    @web.middleware
    async def admission(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_draining():
            raise Draining("This server is stopping; send the request again and another one will answer.")
        mounted = mounts.of(request)
        _check_headers(request, mounted)
        name = mounted.rate.name
        if running[name] >= most:
            raise Overloaded(f"{most} requests of this kind are being answered already; try again in a moment.")
        running[name] += 1
        try:
            return await handler(request)
        finally:
            running[name] -= 1

    return admission


def _check_headers(request: web.Request, mounted: Mounted) -> None:
    headers = request.headers
    for name in _ONCE:
        if name in headers and len(headers.getall(name)) > 1:
            raise Malformed(f"The header {name} was sent more than once.")
    if "Transfer-Encoding" in headers:
        raise LengthRequired("A body must say its length in Content-Length; chunked bodies are not taken.")
    if "Content-Encoding" in headers:
        raise UnsupportedMedia("Compressed bodies are not taken: send the body as it is.")
    length = request.content_length or 0
    if length > mounted.max_body_bytes:
        raise TooLarge(f"The body has {length} bytes; here at most {mounted.max_body_bytes} are taken.")
    operation = mounted.operation
    takes_json = operation is not None and operation.body is not None
    takes = operation.takes if operation is not None else ()
    if length and takes_json and request.content_type != "application/json":
        raise UnsupportedMedia("The body must be JSON, and its Content-Type must be application/json.")
    if takes and request.content_type not in takes:
        raise UnsupportedMedia(f"The body's Content-Type must be one of: {', '.join(takes)}.")
