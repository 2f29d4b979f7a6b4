"""A6: which shape of the API a client was written for, and when what it uses goes away."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.guards import Mounts
from guildhall.kit.http.operation import Operation
from guildhall.kit.http.problems import Malformed

API_VERSION = "2026-11"
API_VERSIONS = (API_VERSION,)
"""Every version a client may name; within `/v1` they differ in the shape of answers only."""
HEADER = "Api-Version"


def version_headers(operation: Operation | None) -> Mapping[str, str]:
    """What an operation's answers say about its age: Deprecation (RFC 9745) and Sunset (RFC 8594)."""
    headers = {HEADER: API_VERSION}
    if operation is not None and operation.deprecated_on:
        since = datetime.fromisoformat(operation.deprecated_on).replace(tzinfo=UTC)
        headers["Deprecation"] = f"@{int(since.timestamp())}"
    if operation is not None and operation.sunset_on:
        end = datetime.fromisoformat(operation.sunset_on).replace(tzinfo=UTC)
        headers["Sunset"] = format_datetime(end, usegmt=True)
    return headers


def make_version(mounts: Mounts) -> Middleware:
    @web.middleware
    async def version(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CONTEXT].headers.update(mounts.of(request).version_headers)
        asked = request.headers.get(HEADER)
        if asked is not None and asked not in API_VERSIONS:
            raise Malformed(f"There is no such version of this API; there is {', '.join(API_VERSIONS)}.")
        return await handler(request)

    return version
