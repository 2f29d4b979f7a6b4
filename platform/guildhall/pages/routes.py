"""The pages and their files, with the headers that keep a browser strict about them."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from guildhall.pages.built_pages import BuiltFile, PagesNotBuiltError, read_built_pages
from guildhall.pages.settings import PagesSettings

# 'self' in connect-src covers this origin's own web sockets too (CSP 3, section 6.7.2.8; a journey runs on it).
# The camera preview and the tiles are streams and bitmaps, which no directive governs, so no blob: is needed.
DIRECTIVES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
COMMON_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SHELL_HEADERS: Final = COMMON_HEADERS | {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in DIRECTIVES.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
# ... and this page embeds the panel as another site would.
EMBEDDING_HEADERS: Final = SHELL_HEADERS | {
    "Content-Security-Policy": SHELL_HEADERS["Content-Security-Policy"] + "; frame-src 'self'"
}
# The script that other sites embed keeps its address, so that their pages need no change: it is asked for anew.
LOADER_HEADERS: Final = COMMON_HEADERS | {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}
LOADER_STEM: Final = "loader-"
# The name of a file holds the hash of what is in it, so it never has to be asked for again.
STATIC_HEADERS: Final = COMMON_HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
# The exam room's worker stands in for that page alone; without this it could for /static/ only.
WORKER_HEADERS: Final = STATIC_HEADERS | {"Service-Worker-Allowed": "/exam-room"}
WORKER_STEM: Final = "offline_worker-"
NO_CAMERA: Final = "camera=(), microphone=(), geolocation=()"
OWN_CAMERA: Final = "camera=(self), microphone=(), geolocation=()"
OWN_CAMERA_AND_SOUND: Final = "camera=(self), microphone=(self), geolocation=()"

SHELLS: Final = (
    ("/", "landing.html", NO_CAMERA),
    ("/exam-room", "exam_room.html", OWN_CAMERA),
    ("/exams", "exams.html", NO_CAMERA),
    ("/practice-room", "practice_room.html", OWN_CAMERA),
    ("/proctor-wall", "proctor_wall.html", NO_CAMERA),
    ("/marking", "marking.html", NO_CAMERA),
    ("/results", "results.html", NO_CAMERA),
    ("/reviews", "reviews.html", NO_CAMERA),
    ("/rights", "rights.html", NO_CAMERA),
    ("/report", "report.html", NO_CAMERA),
    ("/fairness", "fairness.html", NO_CAMERA),
    ("/credential", "credential.html", NO_CAMERA),
    ("/sign-up", "sign_up.html", NO_CAMERA),
    ("/sign-in", "sign_in.html", NO_CAMERA),
    ("/home", "home.html", NO_CAMERA),
    ("/account", "account.html", NO_CAMERA),
    ("/sessions", "account.html", NO_CAMERA),
    ("/organisations", "organisations.html", NO_CAMERA),
    ("/contracts", "contracts.html", NO_CAMERA),
    ("/onboarding", "onboarding.html", OWN_CAMERA_AND_SOUND),  # its device check looks and listens
    ("/onboarding-reviews", "onboarding_reviews.html", NO_CAMERA),
    ("/opportunity-reviews", "opportunity_reviews.html", NO_CAMERA),
    ("/opportunities", "opportunities.html", NO_CAMERA),
    ("/hiring", "hiring.html", NO_CAMERA),
    ("/money", "money.html", NO_CAMERA),
    ("/finance", "finance.html", NO_CAMERA),
    ("/webhooks", "webhooks.html", NO_CAMERA),
    ("/mailbox", "mailbox.html", NO_CAMERA),
    ("/authoring", "authoring.html", NO_CAMERA),
    ("/widget", "chat_widget.html", NO_CAMERA),
    ("/desk", "desk.html", NO_CAMERA),
    ("/desk/numbers", "numbers.html", NO_CAMERA),
    ("/faq", "faq.html", NO_CAMERA),
    ("/chat-demo", "chat_demo.html", NO_CAMERA),
    # Where the links in mails lead: see accounts/service/letters.py.
    ("/reset-password", "reset_password.html", NO_CAMERA),
    ("/join", "join.html", NO_CAMERA),
    ("/verify-email", "mail_link.html", NO_CAMERA),
    ("/change-email", "mail_link.html", NO_CAMERA),
    ("/undo-email", "mail_link.html", NO_CAMERA),
    ("/confirm-device", "mail_link.html", NO_CAMERA),
    ("/reactivate", "mail_link.html", NO_CAMERA),
)
NOT_FOUND: Final = "not_found.html"
_OF_PROGRAMS: Final = ("/v1", "/socket.io")
"""Below these an address without anything is a problem, whoever asks: a program reads it."""

PANEL: Final = "/widget"
HEADERS_OF: Final = {"/chat-demo": EMBEDDING_HEADERS}
Embedders = Callable[[str], Sequence[str]]
"""By a site's key, the origins whose pages may show its chat; none: any."""


def add_pages(app: web.Application, settings: PagesSettings, embedders: Embedders = lambda _: ()) -> None:
    """Serve the pages from `app`; called by the composition root. Raises PagesNotBuiltError without a whole build.

    A browser at an address where nothing is gets a page as well; it comes after `mount_root`, so inside its stages.
    """
    built = read_built_pages(settings.built_folder)
    for path, name, permissions in (*SHELLS, ("", NOT_FOUND, NO_CAMERA)):
        if name not in built.shells:
            raise PagesNotBuiltError(settings.built_folder, f"there is no {name}")
        if path:
            headers = HEADERS_OF.get(path, SHELL_HEADERS) | {"Permissions-Policy": permissions}
            serve = _serve(built.shells[name], headers)
            app.router.add_get(path, _serve_panel(built.shells[name], headers, embedders) if path == PANEL else serve)
    loader = next((file for name, file in built.static.items() if name.startswith(LOADER_STEM)), None)
    if loader is None:
        raise PagesNotBuiltError(settings.built_folder, "there is no loader of the chat widget")
    app.router.add_get("/widget.js", _serve(loader, LOADER_HEADERS))
    app.middlewares.append(_make_not_found(built.shells[NOT_FOUND]))

    async def serve_static(request: web.Request) -> web.Response:
        # A dictionary look-up: there is no path to walk out of.
        file = built.static.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        is_worker = request.match_info["name"].startswith(WORKER_STEM)
        return _respond(file, WORKER_HEADERS if is_worker else STATIC_HEADERS)

    app.router.add_get("/static/{name}", serve_static)


def _serve(file: BuiltFile, headers: dict[str, str]) -> Handler:
    async def serve(_request: web.Request) -> web.Response:
        return _respond(file, headers)

    return serve


def _serve_panel(file: BuiltFile, headers: dict[str, str], embedders: Embedders) -> Handler:
    """The chat's panel stands in frames of the sites that may embed it; it loads as little as any page."""

    async def serve(request: web.Request) -> web.Response:
        named = embedders(request.query.get("site", ""))
        ancestors = " ".join(("'self'", *named)) if named else "*"
        directives = {**DIRECTIVES, "frame-ancestors": ancestors}
        policy = "; ".join(f"{name} {sources}" for name, sources in directives.items())
        return _respond(file, headers | {"Content-Security-Policy": policy})

    return serve


def _make_not_found(file: BuiltFile) -> Middleware:
    headers = SHELL_HEADERS | {"Permissions-Policy": NO_CAMERA}

    @web.middleware
    async def not_found(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not isinstance(request.match_info.http_exception, web.HTTPNotFound) or not _is_browsing(request):
            return await handler(request)
        response = _respond(file, headers)
        response.set_status(HTTPStatus.NOT_FOUND)
        response.headers["Vary"] = "Accept, Accept-Encoding"
        return response

    return not_found


def _is_browsing(request: web.Request) -> bool:
    """A person's browser that opens an address; a script's `fetch` and a program take anything, or JSON."""
    path = request.rel_url.raw_path
    return (
        request.method in ("GET", "HEAD")
        and "text/html" in request.headers.get("Accept", "")
        and not any(path == prefix or path.startswith(f"{prefix}/") for prefix in _OF_PROGRAMS)
    )


def _respond(file: BuiltFile, headers: dict[str, str]) -> web.Response:
    charset = None if file.content_type.startswith("image/") else "utf-8"
    response = web.Response(
        body=file.body, content_type=file.content_type, charset=charset, headers=headers | {"Vary": "Accept-Encoding"}
    )
    response.enable_compression()
    return response
