"""Who belongs to an organisation: roles, invitations, leaving."""

from guildhall.accounts.messages import InvitationAccepted, InvitationWanted, Invited, OrganisationListed, RoleGiven
from guildhall.accounts.routes.organisations import TAGS, listed, which
from guildhall.accounts.service import AccountsService
from guildhall.kit.errors import Invalid
from guildhall.kit.http import PUBLIC, Answer, Call, NoBody, NoQuery, Operation, Route

SET_ROLE = Operation(
    name="set_member_role",
    method="PUT",
    path="/organisations/{organisation_id}/members/{account_id}",
    summary="Change a member's role",
    permission="organisations.members",
    rate_class="write",
    body=RoleGiven,
    answers={204: None},
    problems=frozenset({"last-owner"}),
    tags=TAGS,
)
REMOVE = Operation(
    name="remove_member",
    method="DELETE",
    path="/organisations/{organisation_id}/members/{account_id}",
    summary="Remove a member, or leave",
    permission="organisations.leave",
    rate_class="write",
    answers={204: None},
    problems=frozenset({"last-owner"}),
    tags=TAGS,
)
INVITE = Operation(
    name="invite_member",
    method="POST",
    path="/organisations/{organisation_id}/invitations",
    summary="Invite somebody by mail",
    permission="organisations.members",
    rate_class="mail",
    idempotency="optional",
    body=InvitationWanted,
    answers={201: Invited},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
WITHDRAW = Operation(
    name="withdraw_invitation",
    method="DELETE",
    path="/organisations/{organisation_id}/invitations/{invitation_id}",
    summary="Withdraw an invitation",
    permission="organisations.members",
    rate_class="write",
    answers={204: None},
    tags=TAGS,
)
ACCEPT = Operation(
    name="accept_invitation",
    method="POST",
    path="/invitations/accept",
    summary="Join by an invitation, signed in or with a new account",
    permission=PUBLIC,
    rate_class="sign_in",
    body=InvitationAccepted,
    answers={200: OrganisationListed},
    problems=frozenset({"link-refused", "move-refused", "conflict", "not-found"}),
    tags=TAGS,
)


def membership_routes(service: AccountsService) -> tuple[Route, ...]:
    organisations = service.organisations

    async def set_role(call: Call[RoleGiven, NoQuery]) -> Answer:
        await organisations.set_role(call.principal.id, which(call), call.path["account_id"], call.body.role)
        return Answer(status=204)

    async def remove(call: Call[NoBody, NoQuery]) -> Answer:
        await organisations.remove(call.principal.id, which(call), call.path["account_id"])
        return Answer(status=204)

    async def invite(call: Call[InvitationWanted, NoQuery]) -> Answer:
        body = call.body
        invitation_id = await organisations.invite(call.principal.id, which(call), body.email, body.role)
        return Answer(Invited(invitation_id=invitation_id), status=201)

    async def withdraw(call: Call[NoBody, NoQuery]) -> Answer:
        await organisations.withdraw(call.principal.id, which(call), call.path["invitation_id"])
        return Answer(status=204)

    async def accept(call: Call[InvitationAccepted, NoQuery]) -> Answer:
        body, account_id = call.body, call.principal.id
        if not account_id and (body.name is None or body.password is None):
            missing = "is needed to make an account; or sign in first"
            raise Invalid("Sign in, or give a name and a password.", fields={"name": missing, "password": missing})
        organisation, joined_id = await organisations.accept(
            body.token, account_id=account_id, name=body.name or "", password=body.password or ""
        )
        return Answer(listed(organisation, joined_id))

    return (
        Route(SET_ROLE, set_role),
        Route(REMOVE, remove),
        Route(INVITE, invite),
        Route(WITHDRAW, withdraw),
        Route(ACCEPT, accept),
    )
