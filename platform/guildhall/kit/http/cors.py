"""A1: which pages of other origins may call the API, and what they may see.

Two lists, exact origins only: our own pages may send cookies, others' pages may not. A preflight carries no credentials
and must not be limited as somebody anonymous, so it is answered here, first of all.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.settings import PipelineSettings

CSRF_HEADER = "X-CSRF-Protection"
"""Any value will do: a page of another origin cannot set it without a preflight, and is refused there."""
_ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE"
_ALLOWED_HEADERS = f"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Api-Version, {CSRF_HEADER}"
_EXPOSED_HEADERS = (
    "Allow, Deprecation, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, "
    "X-Request-Id"
)
_PREFLIGHT_SECONDS = "600"


def make_cors(settings: PipelineSettings) -> Middleware:
    own = frozenset(settings.own_origins)
    allowed = own | frozenset(settings.allowed_origins)

    @web.middleware
    async def cors(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        added = request[CONTEXT].headers
        added["Vary"] = "Origin"
        if origin is None:
            return await handler(request)
        if origin in allowed:
            added["Access-Control-Allow-Origin"] = origin
            added["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
            if origin in own:
                added["Access-Control-Allow-Credentials"] = "true"
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            if origin in allowed:
                added["Access-Control-Allow-Methods"] = _ALLOWED_METHODS
                added["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
                added["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
            # To a stranger the same empty answer without permission: its browser refuses for us.
            return web.Response(status=204)
        return await handler(request)

    return cors
