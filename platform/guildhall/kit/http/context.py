"""What is known of one request while it lasts: R1 finds its client, R2 names it."""

import os
import re
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict
from structlog.contextvars import bind_contextvars, reset_contextvars

from guildhall.kit.addresses import client_address, is_within
from guildhall.kit.errors import DomainError
from guildhall.kit.http.principal import ANONYMOUS, Principal
from guildhall.kit.http.settings import PipelineSettings

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_ID_BYTES = 13  # as long as our other ids; those sort by time, which costs 5 us more and a log line has its time
_IDENTITY_HEADER = "x-user-"


@dataclass(slots=True)
class RequestContext:
    """One object a request, shared by its copies; each stage fills in what it finds."""

    address: str
    request_id: str = ""
    trace_id: str = ""
    principal: Principal = ANONYMOUS
    refusal: DomainError | None = None
    """Why the credentials that were sent are no good; told by whatever needs them, and only then."""
    problem: str = ""
    """The type of problem it was answered with; for the log."""
    operation: str = ""
    """Whose handler it came to; empty while it is still before one."""
    declared: frozenset[str] = frozenset()
    """The types of problem that operation may answer with."""
    is_answered: bool = False
    """Headers have been sent, so nothing else can be told any more."""
    raw_body: bytes = b""
    """Kept only for operations that take an Idempotency-Key."""
    headers: dict[str, str] = field(default_factory=dict)
    """What stages add to the answer, also when that is a problem."""


CONTEXT = web.RequestKey("guildhall.context", RequestContext)


def make_client_ip(settings: PipelineSettings) -> Middleware:
    """R1: every later limit and log line depends on the address being the client's own."""
    trusted = settings.trusted_proxies

    @web.middleware
    async def client_ip(request: web.Request, handler: Handler) -> web.StreamResponse:
        headers = request.headers
        forwarded = ",".join(headers.getall("X-Forwarded-For", ())) if trusted else ""
        request[CONTEXT] = RequestContext(client_address(request.remote, forwarded, trusted))
        for name in headers:
            if name[0] in "xX" and name[:7].lower() == _IDENTITY_HEADER:
                # A gateway's way to say who is asking; none stands in front of us, so a client wrote it.
                kept = [(name, value) for name, value in headers.items() if name[:7].lower() != _IDENTITY_HEADER]
                return await handler(request.clone(headers=CIMultiDict(kept)))
        return await handler(request)

    return client_ip


def make_request_id() -> str:
    return f"req_{os.urandom(_ID_BYTES).hex()}"


def make_request_context(settings: PipelineSettings) -> Middleware:
    """R2: a name for the request, in its log lines and its answer, before anything can fail."""
    trusted = settings.trusted_proxies

    @web.middleware
    async def request_context(request: web.Request, handler: Handler) -> web.StreamResponse:
        headers = request.headers
        offered = headers.get("X-Request-Id")
        if offered and _REQUEST_ID.fullmatch(offered) and is_within(request.remote or "", trusted):
            request_id = offered
        else:
            request_id = make_request_id()
        context = request[CONTEXT]
        context.request_id = request_id
        bound = {"request_id": request_id}
        if (parent := headers.get("traceparent")) and (trace := _TRACE_PARENT.fullmatch(parent)):
            context.trace_id = bound["trace_id"] = trace[1]
        tokens = bind_contextvars(**bound)
        try:
            return await handler(request)
        finally:
            # One task serves all requests of a connection: what is not taken back here would name the next one.
            reset_contextvars(**tokens)

    return request_context
