"""What a request carries: an access token in a header, and two cookies that no script reads."""

from typing import Any

from aiohttp import web

from guildhall.accounts.messages import SecondFactorAsked, SessionOpened, Transport
from guildhall.accounts.model import STAFF
from guildhall.accounts.service import AccountsService, CodeRequired, SignedIn, Visitor
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http import ANONYMOUS, Answer, Call, Cookie, Principal
from guildhall.kit.http.guards import Authenticate

REFRESH_COOKIE = "__Host-refresh"
"""`__Host-`: only over TLS (or localhost), for this host alone, for every path; Strict: never sent from elsewhere."""
DEVICE_COOKIE = "__Host-device"
_READS = frozenset({"GET", "HEAD"})
_BEARER = "Bearer "


def make_authenticate(service: AccountsService) -> Authenticate:
    """The pipeline's `authenticate` guard. A read may believe what was looked up within the last minute."""

    async def authenticate(request: web.Request) -> Principal:
        header = request.headers.get("Authorization")
        if header is None:
            return ANONYMOUS
        if not header.startswith(_BEARER):
            raise Unauthenticated("Send the access token as `Authorization: Bearer ...`.")
        return await service.live.authenticate(header.removeprefix(_BEARER), is_read=request.method in _READS)

    return authenticate


def visitor_of(call: Call[Any, Any], device_token: str | None = None) -> Visitor:
    """Where the call comes from, and the device token of its body or else of its cookie."""
    return Visitor(
        address=call.address,
        user_agent=call.request.headers.get("User-Agent", "")[:400],
        device_token=device_token or call.request.cookies.get(DEVICE_COOKIE, ""),
    )


def answer_sign_in(outcome: SignedIn | CodeRequired, transport: Transport, service: AccountsService) -> Answer:
    """200 for somebody signed in, 202 for one step more."""
    if isinstance(outcome, CodeRequired):
        return Answer(SecondFactorAsked(flow=outcome.flow_token, expires_at_ms=outcome.expires_at_ms), status=202)
    in_cookie = transport == "cookie"
    account, session = outcome.account, outcome.session
    opened = SessionOpened(
        account_id=account.id,
        name=account.name,
        access_token=outcome.access_token,
        access_expires_at_ms=outcome.access_expires_at_ms,
        session_id=session.id,
        aal=session.aal,
        roles=[role for role in account.roles if session.aal > 1 or role not in STAFF],
        needs_second_factor=account.is_staff and not account.has_second_factor,
        refresh_token=None if in_cookie else outcome.refresh_token,
        device_token=None if in_cookie else outcome.device_token,
    )
    return Answer(opened, cookies=_cookies(outcome, service) if in_cookie else ())


def device_cookie(token: str, service: AccountsService) -> Cookie:
    return Cookie(DEVICE_COOKIE, token, max_age_seconds=service.settings.device_seconds)


def no_refresh_cookie() -> Cookie:
    return Cookie(REFRESH_COOKIE, "", max_age_seconds=0)


def _cookies(outcome: SignedIn, service: AccountsService) -> tuple[Cookie, ...]:
    session = outcome.session
    seconds = max(1, (session.expires_at_ms - service.context.clock.now_ms()) // 1000)
    refresh = Cookie(REFRESH_COOKIE, outcome.refresh_token, max_age_seconds=seconds)
    return refresh, device_cookie(outcome.device_token, service)
