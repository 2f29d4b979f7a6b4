"""Signing in and out, refreshing, stepping up, and the list of one's sign-ins."""

from guildhall.accounts.messages import (
    ProveCode,
    Refresh,
    SecondFactorAsked,
    SessionOpened,
    SessionsShown,
    SignIn,
    SteppedUp,
    StepUp,
    show_session,
)
from guildhall.accounts.routes.credentials import REFRESH_COOKIE, answer_sign_in, no_refresh_cookie, visitor_of
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import PUBLIC, Answer, Call, NoBody, NoQuery, Operation, Route

TAGS = ("sign-in",)
OWN = "accounts.sessions_own"

SIGN_IN = Operation(
    name="sign_in",
    method="POST",
    path="/auth/sign-in",
    summary="Sign in with an address and a password",
    permission=PUBLIC,
    rate_class="sign_in",
    body=SignIn,
    answers={200: SessionOpened, 202: SecondFactorAsked},
    problems=frozenset({"sign-in-refused", "account-suspended"}),
    cookie_borne=True,
    tags=TAGS,
)
PROVE = Operation(
    name="prove_second_factor",
    method="POST",
    path="/auth/second-factor",
    summary="Finish a sign-in with a code of the app or a recovery code",
    permission=PUBLIC,
    rate_class="sign_in",
    body=ProveCode,
    answers={200: SessionOpened},
    problems=frozenset({"code-refused"}),
    cookie_borne=True,
    tags=TAGS,
)
REFRESH = Operation(
    name="refresh_session",
    method="POST",
    path="/auth/refresh",
    summary="Exchange a refresh token for its successor and a new access token",
    permission=PUBLIC,
    rate_class="refresh",
    body=Refresh,
    answers={200: SessionOpened},
    problems=frozenset({"unauthenticated", "reuse-detected"}),
    cookie_borne=True,
    tags=TAGS,
)
SIGN_OUT = Operation(
    name="sign_out",
    method="POST",
    path="/auth/sign-out",
    summary="Sign out here",
    permission=OWN,
    rate_class="write",
    answers={204: None},
    problems=frozenset({"not-found"}),
    cookie_borne=True,
    tags=TAGS,
)
STEP_UP = Operation(
    name="step_up",
    method="POST",
    path="/auth/step-up",
    summary="Prove again that it is you",
    permission=OWN,
    rate_class="auth",
    body=StepUp,
    answers={200: SteppedUp},
    problems=frozenset({"proof-refused"}),
    tags=TAGS,
)
LIST = Operation(
    name="list_sessions",
    method="GET",
    path="/auth/sessions",
    summary="Where you are signed in",
    permission=OWN,
    answers={200: SessionsShown},
    tags=TAGS,
)
END = Operation(
    name="end_session",
    method="DELETE",
    path="/auth/sessions/{session_id}",
    summary="Sign out one device",
    permission=OWN,
    rate_class="write",
    answers={204: None},
    tags=TAGS,
)
END_ALL = Operation(
    name="end_all_sessions",
    method="DELETE",
    path="/auth/sessions",
    summary="Sign out everywhere, here too",
    permission=OWN,
    rate_class="write",
    answers={204: None},
    cookie_borne=True,
    tags=TAGS,
)


def session_routes(service: AccountsService) -> tuple[Route, ...]:
    async def sign_in(call: Call[SignIn, NoQuery]) -> Answer:
        body = call.body
        outcome = await service.signing_in.sign_in(body.email, body.password, visitor_of(call, body.device_token))
        return answer_sign_in(outcome, body.transport, service)

    async def prove(call: Call[ProveCode, NoQuery]) -> Answer:
        body = call.body
        outcome = await service.signing_in.prove(body.flow, body.code, visitor_of(call, body.device_token))
        return answer_sign_in(outcome, body.transport, service)

    async def refresh(call: Call[Refresh, NoQuery]) -> Answer:
        given = call.body.refresh_token
        # A refusal clears no cookie: a newer one may have come with the answer to a request beside this one.
        outcome = await service.sessions.refresh(given or call.request.cookies.get(REFRESH_COOKIE, ""))
        return answer_sign_in(outcome, "body" if given else "cookie", service)

    async def sign_out(call: Call[NoBody, NoQuery]) -> Answer:
        await service.sessions.end(call.principal.id, call.principal.session_id)
        return Answer(status=204, cookies=(no_refresh_cookie(),))

    async def step_up(call: Call[StepUp, NoQuery]) -> Answer:
        session = await service.second_factors.step_up(
            call.principal.id,
            call.principal.session_id,
            password=call.body.password or "",
            code=call.body.code or "",
        )
        return Answer(SteppedUp(aal=session.aal, authenticated_at_ms=session.authenticated_at_ms))

    async def list_sessions(call: Call[NoBody, NoQuery]) -> Answer:
        live = await service.sessions.live(call.principal.id)
        return Answer(SessionsShown(items=[show_session(one, call.principal.session_id) for one in live]))

    async def end(call: Call[NoBody, NoQuery]) -> Answer:
        await service.sessions.end(call.principal.id, call.path["session_id"])
        return Answer(status=204)

    async def end_all(call: Call[NoBody, NoQuery]) -> Answer:
        await service.sessions.end_all(call.principal.id)
        return Answer(status=204, cookies=(no_refresh_cookie(),))

    return (
        Route(SIGN_IN, sign_in),
        Route(PROVE, prove),
        Route(REFRESH, refresh),
        Route(SIGN_OUT, sign_out),
        Route(STEP_UP, step_up),
        Route(LIST, list_sessions),
        Route(END, end),
        Route(END_ALL, end_all),
    )
