"""O1: may this principal call this operation at all? Asked before the body is read: a stranger makes us parse nothing.

Whether it may touch the one object it names is the domain's to say, with 404 for what it may not even see.
"""

from collections.abc import Callable

from aiohttp import web

from guildhall.kit.addresses import origin_is_allowed
from guildhall.kit.errors import Refused, Unauthenticated
from guildhall.kit.http.context import RequestContext
from guildhall.kit.http.cors import CSRF_HEADER
from guildhall.kit.http.guards import Guards
from guildhall.kit.http.operation import PUBLIC, Operation
from guildhall.kit.http.principal import Principal
from guildhall.kit.http.problems import CsrfRefused, MfaRequired, StepUpRequired
from guildhall.kit.http.settings import PipelineSettings

Authorise = Callable[[web.Request, RequestContext], None]


def make_authorise(operation: Operation, guards: Guards, settings: PipelineSettings) -> Authorise:
    """The checks one operation asks for. Raises Unauthenticated, MfaRequired, Refused, StepUpRequired, CsrfRefused."""
    permission = operation.permission
    is_public = permission == PUBLIC
    is_allowed = guards.is_allowed

    def authorise(request: web.Request, context: RequestContext) -> None:
        if operation.cookie_borne:
            check_sent_by_our_page(request, settings)
        if is_public:
            return
        principal = context.principal
        if principal.kind == "anonymous":
            raise context.refusal or Unauthenticated("Sign in first: this is not open to everybody.")
        if not is_allowed(principal, permission):
            raise Refused(f"Your account does not have the permission {permission}.")
        if principal.aal < operation.aal:
            raise MfaRequired("This needs a session that was opened with a second factor.")
        if operation.fresh_seconds is not None:
            check_fresh(principal, operation.fresh_seconds, guards.clock.now_ms())

    return authorise


def check_fresh(principal: Principal, fresh_seconds: int, now_ms: int) -> None:
    if now_ms - principal.authenticated_at_ms > fresh_seconds * 1000:
        raise StepUpRequired(f"Confirm that it is you: this needs credentials given in the last {fresh_seconds} s.")


def check_sent_by_our_page(request: web.Request, settings: PipelineSettings) -> None:
    """A browser adds cookies to whatever any page sends; only ours can add this header and has this Origin.

    A request without cookies carries nothing ambient, so that a program may send its token in the body instead.
    """
    headers = request.headers
    if "Cookie" not in headers:
        return
    if CSRF_HEADER not in headers:
        raise CsrfRefused(f"A request with cookies must carry the header {CSRF_HEADER}.")
    origin = headers.get("Origin", "")
    if not origin_is_allowed(origin, request.host, settings.own_origins):
        raise CsrfRefused("A request with cookies must come from our own page, and its Origin says otherwise.")
