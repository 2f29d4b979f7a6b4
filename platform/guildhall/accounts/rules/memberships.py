"""Who belongs to an organisation, and as what. It is never without an owner."""

from guildhall.accounts.model import (
    MAX_INVITATIONS,
    MAX_MEMBERS,
    Effect,
    EffectKind,
    Invitation,
    Member,
    Organisation,
    OrganisationRole,
)
from guildhall.accounts.rules.following import follow_up
from guildhall.accounts.rules.one_time_tokens import RESEND_AFTER_MS
from guildhall.kit.errors import Conflict, NotFound, Refused, TooMany


class LastOwner(Conflict):
    type = "last-owner"
    title = "An organisation needs an owner"

    def __init__(self) -> None:
        super().__init__("This is the last owner. Make somebody else an owner first, or close the organisation.")


class OrganisationFull(Conflict):
    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"An organisation has {most} {what} at most.")


def may_appoint(own: OrganisationRole | None, role: OrganisationRole) -> bool:
    """Owners appoint anybody; managers appoint all but owners."""
    return own is OrganisationRole.OWNER or (own is OrganisationRole.MANAGER and role is not OrganisationRole.OWNER)


def role_in(organisation: Organisation, account_id: str) -> OrganisationRole | None:
    member = organisation.members.get(account_id)
    return None if member is None else member.role


def add_member(organisation: Organisation, account_id: str, member: Member, now_ms: int) -> Organisation:
    """Somebody who is a member already stays as they are. Raises OrganisationFull."""
    if account_id in organisation.members:
        return organisation
    if len(organisation.members) >= MAX_MEMBERS:
        raise OrganisationFull("members", MAX_MEMBERS)
    return _with_members(organisation, {**organisation.members, account_id: member}, account_id, now_ms)


def change_role(organisation: Organisation, account_id: str, role: OrganisationRole, now_ms: int) -> Organisation:
    """Raises NotFound for somebody who is no member, and LastOwner."""
    member = organisation.members.get(account_id)
    if member is None:
        raise NotFound("There is no such member.")
    if member.role is role:
        return organisation
    members = {**organisation.members, account_id: member.model_copy(update={"role": role})}
    return _with_members(organisation, members, account_id, now_ms)


def rename_member(organisation: Organisation, account_id: str, name: str) -> Organisation:
    """Somebody who is no member, or is called so already, changes nothing."""
    member = organisation.members.get(account_id)
    if member is None or member.name == name:
        return organisation
    members = {**organisation.members, account_id: member.model_copy(update={"name": name})}
    return organisation.model_copy(update={"members": members})


def remove_member(organisation: Organisation, account_id: str, now_ms: int) -> Organisation:
    """Raises NotFound and LastOwner."""
    if account_id not in organisation.members:
        raise NotFound("There is no such member.")
    members = {id_: member for id_, member in organisation.members.items() if id_ != account_id}
    return _with_members(organisation, members, account_id, now_ms)


def invite(organisation: Organisation, invitation_id: str, invitation: Invitation, now_ms: int) -> Organisation:
    """One to the same address voids the one before; those out of time make room. Raises OrganisationFull, TooMany."""
    for other in organisation.invitations.values():
        wait_ms = other.made_at_ms + RESEND_AFTER_MS - now_ms
        if other.email_key == invitation.email_key and wait_ms > 0:
            raise TooMany("They were invited just now. Try again in a moment.", retry_after_ms=wait_ms)
    kept = {
        id_: other
        for id_, other in organisation.invitations.items()
        if other.email_key != invitation.email_key and other.expires_at_ms > now_ms
    }
    if len(kept) >= MAX_INVITATIONS:
        raise OrganisationFull("open invitations", MAX_INVITATIONS)
    return organisation.model_copy(update={"invitations": {**kept, invitation_id: invitation}})


def withdraw(organisation: Organisation, invitation_id: str) -> Organisation:
    """Raises NotFound."""
    if invitation_id not in organisation.invitations:
        raise NotFound("There is no such invitation.")
    kept = {id_: other for id_, other in organisation.invitations.items() if id_ != invitation_id}
    return organisation.model_copy(update={"invitations": kept})


def close(organisation: Organisation, now_ms: int) -> Organisation:
    """Its last member closes it. Raises Conflict while there are others."""
    if len(organisation.members) > 1:
        raise Conflict("Others are members of this organisation; they must leave, or be removed, first.")
    effects = [_sync(account_id, now_ms) for account_id in organisation.members]
    closed = organisation.model_copy(update={"members": {}, "invitations": {}, "closed_at_ms": now_ms})
    return follow_up(closed, *effects)


def refuse_unless(allowed: bool, sentence: str) -> None:
    """Raises Refused."""
    if not allowed:
        raise Refused(sentence)


def _with_members(organisation: Organisation, members: dict[str, Member], changed_id: str, now_ms: int) -> Organisation:
    changed = organisation.model_copy(update={"members": members})
    if not changed.owners:
        raise LastOwner
    # Whoever may not appoint any more has invited nobody: else a removed owner would come back by their own invitation.
    kept = {
        id_: one
        for id_, one in organisation.invitations.items()
        if may_appoint(role_in(changed, one.invited_by), one.role)
    }
    changed = changed.model_copy(update={"invitations": kept})
    return follow_up(changed, _sync(changed_id, now_ms))


def _sync(account_id: str, now_ms: int) -> Effect:
    return Effect(kind=EffectKind.SYNC_MEMBER, at_ms=now_ms, details={"account_id": account_id})
