"""What every answer carries, whoever made it: set when its headers are about to be sent."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.settings import PipelineSettings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of what is data: a browser that shows it loads and runs nothing."""
_DATA = ("application/json", "application/problem+json")
Prepare = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def make_header_signal(settings: PipelineSettings) -> Prepare:
    """For `app.on_response_prepare` of the root, which sub-apps and Socket.IO's handler share."""
    always = dict(HEADERS)
    if settings.hsts_seconds:
        always["Strict-Transport-Security"] = f"max-age={settings.hsts_seconds}; includeSubDomains"

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers.popall("Server", None)  # which would name the versions to look up known holes of
        context = request.get(CONTEXT)
        if context is not None:
            context.is_answered = True
            headers["X-Request-Id"] = context.request_id
            if context.headers:
                headers.update(context.headers)
        for name, value in always.items():
            if name not in headers:
                headers[name] = value
        if headers.get("Content-Type", "").startswith(_DATA) and "Content-Security-Policy" not in headers:
            headers["Content-Security-Policy"] = API_POLICY

    return prepare
