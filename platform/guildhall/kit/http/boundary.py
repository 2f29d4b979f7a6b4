"""R4: whatever goes wrong leaves as problem+json (RFC 9457), and nothing of our insides leaves with it."""

import math
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web import RequestPayloadError
from prometheus_client import Counter

from guildhall.kit.errors import DomainError, NotFound, TooLarge
from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.problems import (
    Internal,
    LengthRequired,
    Malformed,
    MethodNotAllowed,
    Registry,
    UnsupportedMedia,
    common_type,
)
from guildhall.kit.logs import get_logger

log = get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
_RETRY_AFTER_MS = 1000
_CHALLENGES = {"token-expired": 'Bearer error="invalid_token"'}
_PLAIN: dict[int, DomainError] = {
    error.status: error
    for error in (
        Malformed("This request cannot be read."),
        NotFound("There is nothing at this address."),
        MethodNotAllowed("This address exists, but not for this method."),
        LengthRequired("A body must say its length in Content-Length."),
        TooLarge("The request body is larger than this server takes."),
        UnsupportedMedia("This type of body is not taken here."),
    )
}


PROBLEMS_UNDECLARED: Final = Counter(
    "http_problems_undeclared",
    "Answers of a type of problem that the API document does not name for their operation.",
    ("operation", "problem"),
    registry=None,
)
"""Of the process, and in no registry of its own: every `Telemetry` shows it. Its series are bounded by the routes and
the types of problem there are."""


def tell_undeclared(operation: str, problem: str) -> None:
    """A fault of ours: the answer leaves as it is, but whoever reads the API document could not expect it.

    The tests' harness stands in its place, so that a test in which it happens fails.
    """
    PROBLEMS_UNDECLARED.labels(operation, problem).inc()
    log.error("problem_undeclared", operation=operation, problem=problem)


def make_error_boundary(registry: Registry) -> Middleware:
    """Telemetry stands outside it to see the final status; everything that can fail stands inside."""

    @web.middleware
    async def error_boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:
            if request[CONTEXT].is_answered:
                raise  # aiohttp closes the connection, which is all that can be done in the middle of an answer
            return answer_to(request, error)

    def answer_to(request: web.Request, error: Exception) -> web.StreamResponse:
        if isinstance(error, DomainError):
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                log.warning("request_refused", problem=error.type, detail=error.detail)
            return problem_answer(request, error, registry)
        if isinstance(error, web.HTTPException):
            if error.status < HTTPStatus.BAD_REQUEST:
                raise error
            return _of_the_framework(request, error, registry)
        if isinstance(error, RequestPayloadError) or error is request.content.exception():
            # The client went away, or its body broke off; whoever still listens learns that it was not read. Not any
            # ConnectionError: one of ours, to a database, is a crash.
            return problem_answer(request, Malformed("The request body broke off before its end."), registry)
        log.error("request_failed", method=request.method, exc_info=error)
        return problem_answer(request, Internal(""), registry)

    return error_boundary


def problem_answer(request: web.BaseRequest, error: DomainError, registry: Registry) -> web.Response:
    """A domain error as an HTTP answer, of a type the registry knows."""
    context = request[CONTEXT]
    known = registry.get(error.type)
    detail = error.detail
    if known is None or known.status != error.status:
        # Storage and other insides raise types of their own, and their sentences name hosts, collections and keys.
        log.error("problem_type_unregistered", problem=error.type, detail=detail)
        known = common_type(error.status)
        detail = f"{known.title}."
    if known is Internal:
        detail = f"This is our fault. Tell us this number and we can find it: {context.request_id}."
    context.problem = known.type
    if context.operation and known.type not in context.declared:
        tell_undeclared(context.operation, known.type)
    document: dict[str, Any] = {
        "type": f"/problems/{known.type}",
        "code": known.type,
        "title": known.title,
        "status": known.status,
        "detail": detail,
        "instance": request.rel_url.raw_path,
        "request_id": context.request_id,
    }
    if error.fields:
        document["fields"] = error.fields
    headers = {"Content-Type": PROBLEM_JSON, "Cache-Control": "no-store"}
    retry_after_ms = getattr(error, "retry_after_ms", None)
    if retry_after_ms is None and known.status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry_after_ms = _RETRY_AFTER_MS
    if retry_after_ms is not None:
        document["retry_after_ms"] = retry_after_ms
        headers["Retry-After"] = str(max(1, math.ceil(retry_after_ms / 1000)))
    if known.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _CHALLENGES.get(known.type, "Bearer")
    return web.Response(body=orjson.dumps(document), status=known.status, headers=headers)


def _of_the_framework(request: web.Request, error: web.HTTPException, registry: Registry) -> web.Response:
    plain = _PLAIN.get(error.status)
    if plain is None:
        plain = Internal("") if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Malformed(f"{error.reason}.")
    response = problem_answer(request, plain, registry)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
