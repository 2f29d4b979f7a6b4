"""What admins do to others' accounts, and auditors look at."""

from guildhall.accounts.messages import AccountOverseen, Reinstate, RolesGiven, Suspend, oversee_account
from guildhall.accounts.service import AccountsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

TAGS = ("administration",)
FRESH_SECONDS = 300

READ = Operation(
    name="read_account",
    method="GET",
    path="/accounts/{account_id}",
    summary="Somebody's account",
    permission="accounts.read_any",
    aal=2,
    answers={200: AccountOverseen},
    tags=TAGS,
)
SUSPEND = Operation(
    name="suspend_account",
    method="POST",
    path="/accounts/{account_id}/suspend",
    summary="Suspend an account; signs it out everywhere",
    permission="accounts.suspend",
    rate_class="write",
    aal=2,
    body=Suspend,
    answers={200: AccountOverseen},
    problems=frozenset({"move-refused"}),
    tags=TAGS,
)
REINSTATE = Operation(
    name="reinstate_account",
    method="POST",
    path="/accounts/{account_id}/reinstate",
    summary="Open a suspended account again; another admin than the one who suspended it",
    permission="accounts.suspend",
    rate_class="write",
    aal=2,
    body=Reinstate,
    answers={200: AccountOverseen},
    problems=frozenset({"move-refused"}),
    tags=TAGS,
)
SET_ROLES = Operation(
    name="set_roles",
    method="PUT",
    path="/accounts/{account_id}/roles",
    summary="Give somebody platform roles",
    permission="accounts.grant_roles",
    rate_class="write",
    aal=2,
    fresh_seconds=FRESH_SECONDS,
    body=RolesGiven,
    answers={200: AccountOverseen},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)


def administration_routes(service: AccountsService) -> tuple[Route, ...]:
    admin = service.administration

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(oversee_account(await admin.account(call.path["account_id"])))

    async def suspend(call: Call[Suspend, NoQuery]) -> Answer:
        account = await admin.suspend(call.principal.id, call.path["account_id"], call.body.reason)
        return Answer(oversee_account(account))

    async def reinstate(call: Call[Reinstate, NoQuery]) -> Answer:
        account = await admin.reinstate(call.principal.id, call.path["account_id"], call.body.note)
        return Answer(oversee_account(account))

    async def set_roles(call: Call[RolesGiven, NoQuery]) -> Answer:
        account = await admin.set_roles(call.principal.id, call.path["account_id"], call.body.roles)
        return Answer(oversee_account(account))

    return (
        Route(READ, read),
        Route(SUSPEND, suspend),
        Route(REINSTATE, reinstate),
        Route(SET_ROLES, set_roles),
    )
