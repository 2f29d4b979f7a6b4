"""One's second factor: setting it up, proving it, doing without it."""

from guildhall.accounts.messages import CodeGiven, Enrolled, RecoveryCodes
from guildhall.accounts.routes.account import FRESH_SECONDS, TAGS
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

ENROL = Operation(
    name="enrol_second_factor",
    method="POST",
    path="/accounts/me/second-factor",
    summary="Begin to set up a second factor",
    permission="accounts.second_factor_own",
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    answers={201: Enrolled},
    problems=frozenset({"conflict", "not-found"}),
    tags=TAGS,
)
CONFIRM = Operation(
    name="confirm_second_factor",
    method="POST",
    path="/accounts/me/second-factor/confirm",
    summary="Prove the app by its first code; signs out everywhere else",
    permission="accounts.second_factor_own",
    rate_class="auth",
    body=CodeGiven,
    answers={200: RecoveryCodes},
    problems=frozenset({"conflict", "proof-refused", "not-found"}),
    tags=TAGS,
)
DROP = Operation(
    name="drop_second_factor",
    method="DELETE",
    path="/accounts/me/second-factor",
    summary="Do without a second factor",
    permission="accounts.second_factor_own",
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    aal=2,
    answers={204: None},
    problems=frozenset({"conflict", "not-found"}),
    tags=TAGS,
)
RENEW_CODES = Operation(
    name="renew_recovery_codes",
    method="POST",
    path="/accounts/me/recovery-codes",
    summary="Ten new recovery codes; the old ones are void",
    permission="accounts.second_factor_own",
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    aal=2,
    answers={201: RecoveryCodes},
    problems=frozenset({"conflict", "not-found"}),
    tags=TAGS,
)


def second_factor_routes(service: AccountsService) -> tuple[Route, ...]:
    async def enrol(call: Call[NoBody, NoQuery]) -> Answer:
        enrolment = await service.second_factors.enrol(call.principal.id)
        return Answer(Enrolled(secret=enrolment.secret, uri=enrolment.uri), status=201)

    async def confirm(call: Call[CodeGiven, NoQuery]) -> Answer:
        codes = await service.second_factors.confirm(call.principal.id, call.principal.session_id, call.body.code)
        return Answer(RecoveryCodes(codes=list(codes)))

    async def drop(call: Call[NoBody, NoQuery]) -> Answer:
        await service.second_factors.drop(call.principal.id, call.principal.session_id)
        return Answer(status=204)

    async def renew_codes(call: Call[NoBody, NoQuery]) -> Answer:
        codes = await service.second_factors.renew_recovery_codes(call.principal.id)
        return Answer(RecoveryCodes(codes=list(codes)), status=201)

    return (
        Route(ENROL, enrol),
        Route(CONFIRM, confirm),
        Route(DROP, drop),
        Route(RENEW_CODES, renew_codes),
    )
