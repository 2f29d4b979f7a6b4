"""One's own account: reading and naming it, its address and its password."""

from guildhall.accounts.messages import AccountShown, Asked, ChangePassword, Done, EmailGiven, NameGiven, show_account
from guildhall.accounts.model import Account
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route, check_match

TAGS = ("account",)
FRESH_SECONDS = 300
"""How long ago credentials may have been given for what a thief of an open browser would do first."""

READ = Operation(
    name="read_own_account",
    method="GET",
    path="/accounts/me",
    summary="Your account",
    permission="accounts.read_own",
    answers={200: AccountShown},
    problems=frozenset({"not-found"}),
    has_etag=True,
    tags=TAGS,
)
RENAME = Operation(
    name="rename_own_account",
    method="PATCH",
    path="/accounts/me",
    summary="Change your name",
    permission="accounts.change_own",
    rate_class="write",
    if_match="optional",
    has_etag=True,
    body=NameGiven,
    answers={200: AccountShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
CHANGE_PASSWORD = Operation(
    name="change_password",
    method="POST",
    path="/accounts/me/password",
    summary="Change your password; signs out everywhere else",
    permission="accounts.change_own",
    rate_class="auth",
    body=ChangePassword,
    answers={200: Done},
    problems=frozenset({"proof-refused"}),
    tags=TAGS,
)
CHANGE_EMAIL = Operation(
    name="change_email",
    method="POST",
    path="/accounts/me/email",
    summary="Ask to use another address; a link sent there confirms it",
    permission="accounts.change_own",
    rate_class="mail",
    fresh_seconds=FRESH_SECONDS,
    body=EmailGiven,
    answers={202: Asked},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)


def account_routes(service: AccountsService) -> tuple[Route, ...]:
    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await service.administration.account(call.principal.id))

    async def rename(call: Call[NameGiven, NoQuery]) -> Answer:
        def check(seen: Account) -> None:
            check_match(call, str(seen.rev))

        return _shown(await service.closing.rename(call.principal.id, call.body.name, check))

    async def change_password(call: Call[ChangePassword, NoQuery]) -> Answer:
        body, principal = call.body, call.principal
        await service.credentials.change_password(
            principal.id, principal.session_id, body.current_password, body.new_password
        )
        return Answer(Done(message="Your password is changed, and you are signed out everywhere else."))

    async def change_email(call: Call[EmailGiven, NoQuery]) -> Answer:
        await service.credentials.check_email_change(call.principal.id)
        await service.wishes.change_email(call.principal.id, call.body.email)
        return Answer(Asked(), status=202)

    return (
        Route(READ, read),
        Route(RENAME, rename),
        Route(CHANGE_PASSWORD, change_password),
        Route(CHANGE_EMAIL, change_email),
    )


def _shown(account: Account) -> Answer:
    return Answer(show_account(account), etag=str(account.rev))
