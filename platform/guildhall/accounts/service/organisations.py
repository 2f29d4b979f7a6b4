"""Organisations, their members and invitations. What is not yours to see is not found; what is, may be refused."""

from collections.abc import Callable

from guildhall.accounts.lifecycle import AccountEvent, AccountFacts, AccountState, Actor
from guildhall.accounts.model import (
    MAX_ORGANISATIONS,
    Account,
    Effect,
    Invitation,
    Member,
    Organisation,
    OrganisationRole,
)
from guildhall.accounts.rules.addresses import read_email
from guildhall.accounts.rules.following import audited, follow_up
from guildhall.accounts.rules.memberships import (
    add_member,
    change_role,
    close,
    invite,
    may_appoint,
    refuse_unless,
    remove_member,
    role_in,
    withdraw,
)
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.service.context import Context, move_account
from guildhall.accounts.service.keys import digest, join_token, split_token
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate

_NOT_YOURS = "Only an owner or a manager may do this; managers may not make or unmake owners."

_LAPSE_MS = 60_000  # of an account made for an invitation whose process died before it was accepted


class SlugTaken(Conflict):
    type = "duplicate"
    title = "Already taken"

    def __init__(self, slug: str) -> None:
        super().__init__(f"Another organisation is called {slug} already.", fields={"slug": "is taken"})


class Organisations:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock

    async def create(self, account_id: str, name: str, slug: str) -> Organisation:
        """Whoever founds it is its owner. Raises SlugTaken, Conflict."""
        account = await self._context.account(account_id)
        _refuse_too_many(account)
        now_ms = self._clock.now_ms()
        empty = Organisation(
            id=new_id("org", self._clock), created_at_ms=now_ms, updated_at_ms=now_ms, slug=slug, name=name, members={}
        )
        owner = Member(name=account.name, role=OrganisationRole.OWNER, since_ms=now_ms)
        founded = add_member(empty, account_id, owner, now_ms)
        founded = follow_up(founded, audited(account_id, "organisations.create", now_ms))
        try:
            await self._store.organisations.add(founded)
        except Duplicate as error:
            raise SlugTaken(slug) from error
        await self._context.effects.carry_out(self._store.organisations, founded)
        return founded

    async def of(self, account_id: str) -> list[Organisation]:
        """Those the account belongs to."""
        account = await self._context.account(account_id)
        found = [await self._store.organisations.get(id_) for id_ in sorted(account.organisations)]
        return [one for one in found if one is not None and account_id in one.members]

    async def visible(self, account_id: str, organisation_id: str, *, to_staff: bool = False) -> Organisation:
        """Raises NotFound for an organisation that is not, is closed, or is none of the account's business."""
        organisation = await self._store.organisations.get(organisation_id)
        if organisation is None or organisation.closed_at_ms is not None:
            raise _not_found()
        if not to_staff and account_id not in organisation.members:
            raise _not_found()
        return organisation

    async def rename(
        self, account_id: str, organisation_id: str, name: str, check: Callable[[Organisation], None]
    ) -> Organisation:
        """`check` raises where the caller expected another revision than the one that is changed."""

        def decide(seen: Organisation) -> Organisation:
            refuse_unless(role_in(seen, account_id) is OrganisationRole.OWNER, "Only an owner may do this.")
            check(seen)
            return seen if seen.name == name else seen.model_copy(update={"name": name})

        return await self._change(account_id, organisation_id, "organisations.rename", decide)

    async def set_role(self, account_id: str, organisation_id: str, member_id: str, role: OrganisationRole) -> None:
        """Raises NotFound, Refused, LastOwner."""

        def decide(seen: Organisation) -> Organisation:
            self._refuse_appointment(seen, account_id, member_id, role)
            return change_role(seen, member_id, role, self._clock.now_ms())

        await self._change(account_id, organisation_id, "organisations.set_role", decide, member=member_id, role=role)

    async def remove(self, account_id: str, organisation_id: str, member_id: str) -> None:
        """Remove a member, or leave. Raises NotFound, Refused, LastOwner."""

        def decide(seen: Organisation) -> Organisation:
            if member_id != account_id:
                self._refuse_appointment(seen, account_id, member_id, OrganisationRole.MEMBER)
            return remove_member(seen, member_id, self._clock.now_ms())

        await self._change(account_id, organisation_id, "organisations.remove_member", decide, member=member_id)

    async def close(self, account_id: str, organisation_id: str) -> None:
        """Raises NotFound, and Conflict while it has other members."""
        await self._change(
            account_id, organisation_id, "organisations.close", lambda seen: close(seen, self._clock.now_ms())
        )

    async def invite(self, account_id: str, organisation_id: str, email: str, role: OrganisationRole) -> str:
        """Send a link that makes its reader a member; the invitation's id. The answer is the same for known people."""
        address, email_key = read_email(email)
        secret, invitation_id = self._context.keys.new_secret(), new_id("inv", self._clock)
        now_ms = self._clock.now_ms()
        invitation = Invitation(
            email=address,
            email_key=email_key,
            role=role,
            secret_hash=digest(secret),
            invited_by=account_id,
            made_at_ms=now_ms,
            expires_at_ms=now_ms + self._context.settings.invitation_seconds * 1000,
        )

        def decide(seen: Organisation) -> Organisation:
            refuse_unless(may_appoint(role_in(seen, account_id), role), _NOT_YOURS)
            return invite(seen, invitation_id, invitation, now_ms)

        def letter(seen: Organisation) -> Effect:
            token = join_token(seen.id, f"{invitation_id}.{secret}")
            return self._context.letters.invitation(address, seen, token, now_ms)

        await self._change(
            account_id, organisation_id, "organisations.invite", decide, letter, invitation=invitation_id
        )
        return invitation_id

    async def withdraw(self, account_id: str, organisation_id: str, invitation_id: str) -> None:
        def decide(seen: Organisation) -> Organisation:
            refuse_unless(may_appoint(role_in(seen, account_id), OrganisationRole.MEMBER), _NOT_YOURS)
            return withdraw(seen, invitation_id)

        await self._change(
            account_id, organisation_id, "organisations.withdraw_invitation", decide, invitation=invitation_id
        )

    async def accept(
        self, token: str, *, account_id: str = "", name: str = "", password: str = ""
    ) -> tuple[Organisation, str]:
        """Join by an invitation's link: as the account signed in, or as a new one with this name and password.

        Returns what was joined, and the account that did.

        A sign-up of the same address that nobody confirmed is taken over, with the name and password given here: who
        made it is not known, and who reads the mailbox is. Raises LinkRefused, MoveRefused, Invalid, Conflict.
        """
        organisation_id, rest = split_token(token)
        invitation_id, secret = split_token(rest)
        organisation = await self._store.organisations.get(organisation_id)
        invitation = _open_invitation(organisation, invitation_id, secret, self._clock.now_ms())
        if account_id:
            account = await self._context.account(account_id)
            if account.email_key != invitation.email_key:
                raise LinkRefused
        else:
            account = await self._account_for(invitation, name, password)
        _refuse_too_many(account)
        now_ms = self._clock.now_ms()
        member = Member(name=account.name, role=invitation.role, since_ms=now_ms)

        def decide(seen: Organisation) -> Organisation:
            _open_invitation(seen, invitation_id, secret, now_ms)
            joined = add_member(withdraw(seen, invitation_id), account.id, member, now_ms)
            return follow_up(joined, audited(account.id, "organisations.accept_invitation", now_ms))

        return await self._context.change_organisation(organisation_id, decide), account.id

    async def _account_for(self, invitation: Invitation, name: str, password: str) -> Account:
        """The account of whoever reads the invited mailbox, new or taken over. Raises LinkRefused for an active one."""
        self._context.check_password(password, name, invitation.email)
        password_hash = await self._context.hasher.hash(password)
        now_ms = self._clock.now_ms()
        existing = await self._store.account_with_email(invitation.email_key)
        if existing is None:
            existing = Account(
                id=new_id("usr", self._clock),
                created_at_ms=now_ms,
                email=invitation.email,
                email_key=invitation.email_key,
                name=name,
                state=AccountState.PENDING_VERIFICATION,
                state_since_ms=now_ms,
                due_at_ms=now_ms + _LAPSE_MS,
                password_hash="",
                password_changed_at_ms=now_ms,
            )
            try:
                await self._store.accounts.add(existing)
            except Duplicate as error:
                raise Conflict(
                    "An account with this address was made just now. Sign in, then open the link."
                ) from error
        if existing.state is not AccountState.PENDING_VERIFICATION:
            raise Conflict("You have an account with this address. Sign in, then open the link again.")

        def decide(seen: Account) -> Account:
            facts = AccountFacts(email_matches=seen.email_key == invitation.email_key)
            active = move_account(seen, AccountEvent.ACCEPT_INVITATION, Actor.SELF, seen.id, now_ms, facts)
            told = {"name": name, "password_hash": password_hash, "verified_at_ms": now_ms, "tokens": {}}
            return follow_up(active.model_copy(update=told), audited(seen.id, "accounts.accept_invitation", now_ms))

        return await self._context.change_account(existing.id, decide)

    async def _change(
        self,
        account_id: str,
        organisation_id: str,
        action: str,
        decide: Callable[[Organisation], Organisation],
        letter: Callable[[Organisation], Effect] | None = None,
        **details: str,
    ) -> Organisation:
        """What only members may do; a change that changes nothing is no audit entry. Raises NotFound for others."""
        await self.visible(account_id, organisation_id)

        def guarded(seen: Organisation) -> Organisation:
            if account_id not in seen.members:
                raise _not_found()
            changed = decide(seen)
            if changed is seen:
                return seen
            effects = [audited(account_id, action, self._clock.now_ms(), **details)]
            return follow_up(changed, *effects, *([letter(changed)] if letter else []))

        return await self._context.change_organisation(organisation_id, guarded)

    def _refuse_appointment(
        self, organisation: Organisation, account_id: str, member_id: str, role: OrganisationRole
    ) -> None:
        own, held = role_in(organisation, account_id), role_in(organisation, member_id)
        refuse_unless(may_appoint(own, role) and may_appoint(own, held or OrganisationRole.MEMBER), _NOT_YOURS)


def _not_found() -> NotFound:
    return NotFound("There is no such organisation.")


def _open_invitation(organisation: Organisation | None, invitation_id: str, secret: str, now_ms: int) -> Invitation:
    invitation = organisation.invitations.get(invitation_id) if organisation is not None else None
    if invitation is None or invitation.secret_hash != digest(secret) or now_ms >= invitation.expires_at_ms:
        raise LinkRefused
    return invitation


def _refuse_too_many(account: Account) -> None:
    if len(account.organisations) >= MAX_ORGANISATIONS:
        raise Conflict(f"One account belongs to {MAX_ORGANISATIONS} organisations at most.")
