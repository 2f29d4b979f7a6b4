"""O8: what a handler gave, as HTTP. Only what its operation declares may leave."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from guildhall.kit.http.operation import Answer, Operation
from guildhall.kit.http.preconditions import is_unchanged

Render = Callable[[web.Request, Answer], web.Response]
_JSON = "application/json"
_NONE: frozenset[str | None] = frozenset({None})


class AnswerUndeclared(RuntimeError):
    """A handler answered what its operation does not declare: a defect, which the boundary turns into a 500."""


def make_render(operation: Operation) -> Render:
    """The last step of one operation. Empty values are sent as null, so that the document's schemas are exact."""
    models = dict(operation.answers)
    reads = operation.method == "GET" and operation.has_etag
    gives = frozenset(operation.gives)

    def render(request: web.Request, answer: Answer) -> web.Response:
        status, body = answer.status, answer.body
        if status not in models or type(body) is not (models[status] or type(None)):
            raise AnswerUndeclared(f"{operation.name} does not declare {status} with {type(body).__name__}.")
        content = answer.content
        if (content.content_type if content else None) not in (gives if gives and status == HTTPStatus.OK else _NONE):
            raise AnswerUndeclared(f"{operation.name} does not declare {status} with such bytes.")
        headers = {"Cache-Control": "no-store", **answer.headers}
        if answer.etag is not None:
            headers["ETag"] = f'"{answer.etag}"'
            if reads and is_unchanged(request, answer.etag):
                return web.Response(status=304, headers=headers)
        if content is not None:
            response = web.Response(body=content.body, status=status, headers={**headers, **content.headers()})
        elif body is None:
            response = web.Response(status=status, headers=headers)
        else:
            headers["Content-Type"] = _JSON
            response = web.Response(body=body.__pydantic_serializer__.to_json(body), status=status, headers=headers)
        for cookie in answer.cookies:
            options: dict[str, Any] = {
                "max_age": cookie.max_age_seconds,
                "path": cookie.path,
                "httponly": cookie.http_only,
                "secure": cookie.secure,
                "samesite": cookie.same_site,
            }
            response.set_cookie(cookie.name, cookie.value, **options)
        return response

    return render
