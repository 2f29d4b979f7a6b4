"""What we send: never a hash, and nobody else's address but to those who look after them."""

from typing import Any, Literal

from pydantic import Field

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.messages.shape import Shape
from guildhall.accounts.model import Account, Organisation, OrganisationRole, PlatformRole, Session


class Asked(Shape):
    """The answer to whatever a stranger asks for: the same for every address."""

    message: str = "If that address can be used, we have written to it. Look into your mailbox."


class Done(Shape):
    message: str


class Verified(Done):
    """Of a sign-up: with `reset_token`, the next step is to choose a password."""

    reset_token: str | None


class SessionOpened(Shape):
    """`refresh_token` and `device_token` are null where they went into cookies."""

    status: Literal["signed_in"] = "signed_in"
    account_id: str
    name: str
    access_token: str
    access_expires_at_ms: int
    session_id: str
    aal: int
    roles: list[PlatformRole]
    needs_second_factor: bool
    """A role of this account counts only with a second factor, and it has none yet."""
    refresh_token: str | None
    device_token: str | None


class SecondFactorAsked(Shape):
    status: Literal["second_factor_required"] = "second_factor_required"
    flow: str
    expires_at_ms: int


class SessionShown(Shape):
    session_id: str
    device: str
    network: str
    methods: list[str]
    signed_in_at_ms: int
    last_seen_at_ms: int
    expires_at_ms: int
    is_current: bool


class SessionsShown(Shape):
    items: list[SessionShown]


class SteppedUp(Shape):
    aal: int
    authenticated_at_ms: int


class AccountShown(Shape):
    """One's own account."""

    account_id: str
    email: str
    name: str
    state: AccountState
    roles: list[PlatformRole]
    has_second_factor: bool
    recovery_codes_left: int
    organisations: dict[str, OrganisationRole]
    created_at_ms: int
    erased_at_ms: int | None
    """When an account that is to be erased will be."""


class AccountOverseen(Shape):
    """An account as an admin or auditor sees it."""

    account_id: str
    email: str
    name: str
    state: AccountState
    state_since_ms: int
    roles: list[PlatformRole]
    has_second_factor: bool
    created_at_ms: int


class Enrolled(Shape):
    """Shown once: the secret for an authenticator app, as text and as what it scans."""

    secret: str
    uri: str


class RecoveryCodes(Shape):
    """Shown once."""

    codes: list[str]


class Exported(Shape):
    """Everything kept about the account, its sign-ins and its work, without secrets, as its owner sees it."""

    account: dict[str, Any]
    sessions: list[dict[str, Any]]
    onboarding: dict[str, Any] | None = None
    applications: list[dict[str, Any]] = Field(default_factory=list)
    contracts: list[dict[str, Any]] = Field(default_factory=list)
    """As the agent, each with its weeks of hours and with the reviews that can be read by now."""
    exported_at_ms: int


class MemberShown(Shape):
    account_id: str
    name: str
    role: OrganisationRole
    since_ms: int


class InvitationShown(Shape):
    invitation_id: str
    email: str
    role: OrganisationRole
    expires_at_ms: int


class OrganisationShown(Shape):
    """`invitations` is empty for those who may not invite."""

    organisation_id: str
    rev: int
    slug: str
    name: str
    own_role: OrganisationRole | None
    members: list[MemberShown]
    invitations: list[InvitationShown]


class OrganisationListed(Shape):
    organisation_id: str
    slug: str
    name: str
    own_role: OrganisationRole


class OrganisationsListed(Shape):
    items: list[OrganisationListed]


class Invited(Shape):
    invitation_id: str


def show_account(account: Account) -> AccountShown:
    return AccountShown(
        account_id=account.id,
        email=account.email,
        name=account.name,
        state=account.state,
        roles=list(account.roles),
        has_second_factor=account.has_second_factor,
        recovery_codes_left=len(account.recovery_hashes),
        organisations=account.organisations,
        created_at_ms=account.created_at_ms,
        erased_at_ms=account.due_at_ms if account.state is AccountState.ERASURE_PENDING else None,
    )


def oversee_account(account: Account) -> AccountOverseen:
    return AccountOverseen(
        account_id=account.id,
        email=account.email,
        name=account.name,
        state=account.state,
        state_since_ms=account.state_since_ms,
        roles=list(account.roles),
        has_second_factor=account.has_second_factor,
        created_at_ms=account.created_at_ms,
    )


def show_session(session: Session, current_id: str) -> SessionShown:
    return SessionShown(
        session_id=session.id,
        device=session.device.label,
        network=session.device.address_prefix,
        methods=list(session.methods),
        signed_in_at_ms=session.created_at_ms,
        last_seen_at_ms=session.rotated_at_ms,
        expires_at_ms=min(session.idle_until_ms, session.expires_at_ms),
        is_current=session.id == current_id,
    )


def show_organisation(organisation: Organisation, account_id: str) -> OrganisationShown:
    own = organisation.members.get(account_id)
    own_role = None if own is None else own.role
    may_invite = own_role in (OrganisationRole.OWNER, OrganisationRole.MANAGER)
    return OrganisationShown(
        organisation_id=organisation.id,
        rev=organisation.rev,
        slug=organisation.slug,
        name=organisation.name,
        own_role=own_role,
        members=[
            MemberShown(account_id=id_, name=member.name, role=member.role, since_ms=member.since_ms)
            for id_, member in sorted(organisation.members.items())
        ],
        invitations=[
            InvitationShown(invitation_id=id_, email=one.email, role=one.role, expires_at_ms=one.expires_at_ms)
            for id_, one in sorted(organisation.invitations.items())
            if may_invite
        ],
    )
