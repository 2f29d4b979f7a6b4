"""What no stage of the pipeline sees: bytes that are no HTTP, or a request line or header longer than is read.

aiohttp answers these itself, before any application, in plain text that quotes what it got, and logs a traceback for
each. Through `mount_root` they leave as the problem `malformed` like everything else, and as one line in the log.
"""

from http import HTTPStatus

import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler

from guildhall.kit.http.boundary import PROBLEM_JSON
from guildhall.kit.http.context import make_request_id
from guildhall.kit.http.headers import API_POLICY, HEADERS
from guildhall.kit.http.problems import Malformed
from guildhall.kit.logs import get_logger

log = get_logger(__name__)

LINE_BYTES_MAX = 8190  # aiohttp's own default for the request line and for each header
# aiohttp runs no signal for these answers: what `headers` sets for others stands here, and a name without a version.
_HEADERS = HEADERS | {
    "Content-Type": PROBLEM_JSON,
    "Cache-Control": "no-store",
    "Content-Security-Policy": API_POLICY,
    "Server": "Guildhall",
}
_OF_THE_LIBRARY = RequestHandler.handle_error


def answer_unreadable_requests() -> None:
    """For every server of this process. aiohttp has no setting for it, and makes its handlers by this class alone."""
    setattr(RequestHandler, "handle_error", _handle_error)  # noqa: B010 - mypy has no word for replacing a method


def _handle_error(
    connection: RequestHandler,
    request: web.BaseRequest,
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    if not isinstance(exc, HttpProcessingError):
        return _OF_THE_LIBRARY(connection, request, status, exc, message)
    request_id = make_request_id()
    log.info("request_unreadable", request_id=request_id, address=request.remote, reason=type(exc).__name__)
    too_long = f"The address or a header of this request is longer than {LINE_BYTES_MAX} bytes."
    document = {
        "type": f"/problems/{Malformed.type}",
        "code": Malformed.type,
        "title": Malformed.title,
        "status": Malformed.status,
        "detail": too_long if isinstance(exc, LineTooLong) else "This is not HTTP as this server speaks it.",
        "instance": "",
        "request_id": request_id,
    }
    answer = web.Response(
        body=orjson.dumps(document),
        status=Malformed.status,
        headers=_HEADERS,
    )
    answer.force_close()  # where the next request would begin is anybody's guess
    return answer
