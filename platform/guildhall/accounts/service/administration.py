"""What admins do to others' accounts: look, suspend, reinstate, give roles. Never to their own."""

from guildhall.accounts.lifecycle import AccountEvent, AccountFacts, AccountState, Actor
from guildhall.accounts.model import STAFF, Account, Effect, EffectKind, EndReason, PlatformRole
from guildhall.accounts.rules.following import audited, follow_up
from guildhall.accounts.rules.sessions import begin_epoch
from guildhall.accounts.service.context import Context, move_account
from guildhall.kit.errors import Conflict, Refused


class Administration:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = context.clock
        self._marked_to: str | None = ""
        """How far this process has looked whether accounts are marked as their roles say; None: through."""

    async def account(self, account_id: str) -> Account:
        """Raises NotFound."""
        return await self._context.account(account_id)

    async def suspend(self, admin_id: str, account_id: str, reason: str) -> Account:
        """Signed out everywhere within seconds. Raises MoveRefused."""

        def decide(seen: Account) -> Account:
            now_ms, facts = self._clock.now_ms(), AccountFacts(is_own=admin_id == account_id)
            suspended = move_account(seen, AccountEvent.SUSPEND, Actor.ADMIN, admin_id, now_ms, facts)
            ended = begin_epoch(suspended.model_copy(update={"suspended_by": admin_id}), EndReason.SUSPENDED, now_ms)
            text = "Your account is suspended. Write to support to have it looked at."
            letter = self._context.letters.notice(seen, "Your account is suspended", text, now_ms)
            return follow_up(ended, letter, audited(admin_id, "accounts.suspend", now_ms, reason=reason))

        return await self._context.change_account(account_id, decide)

    async def reinstate(self, admin_id: str, account_id: str, note: str) -> Account:
        """Raises MoveRefused, also for the admin who suspended it."""

        def decide(seen: Account) -> Account:
            now_ms, facts = self._clock.now_ms(), AccountFacts(did_suspend=seen.suspended_by == admin_id)
            active = move_account(seen, AccountEvent.REINSTATE, Actor.ADMIN, admin_id, now_ms, facts)
            letter = self._context.letters.notice(
                seen, "Your account is open again", "Your account is open again: you can sign in.", now_ms
            )
            audit = audited(admin_id, "accounts.reinstate", now_ms, note=note)
            return follow_up(active.model_copy(update={"suspended_by": ""}), letter, audit)

        return await self._context.change_account(account_id, decide)

    async def set_roles(self, admin_id: str, account_id: str, roles: frozenset[PlatformRole]) -> Account:
        """Staff roles need a second factor first. Losing one signs out everywhere. Raises Refused, Conflict."""
        if admin_id == account_id:
            raise Refused("Nobody gives roles to themselves.")

        def decide(seen: Account) -> Account:
            if roles == frozenset(seen.roles):
                return seen
            if seen.state is not AccountState.ACTIVE:
                raise Conflict("Only an active account is given roles.")
            if not STAFF.isdisjoint(roles) and not seen.has_second_factor:
                raise Conflict("This role needs a second factor. Ask them to set one up first.")
            now_ms = self._clock.now_ms()
            lost = frozenset(seen.roles) - roles
            changed = seen.model_copy(update={"roles": tuple(sorted(roles)), "is_admin": PlatformRole.ADMIN in roles})
            if not STAFF.isdisjoint(lost):
                changed = begin_epoch(changed, EndReason.ROLES_CHANGED, now_ms)
            notice = self._context.letters.security_notice(seen, "Your roles were changed.", now_ms)
            audit = audited(admin_id, "accounts.set_roles", now_ms, roles=sorted(roles), lost=sorted(lost))
            re_read = Effect(kind=EffectKind.RE_READ, at_ms=now_ms, details={"account_id": account_id})
            return follow_up(changed, re_read, notice, audit)

        return await self._context.change_account(account_id, decide)

    async def mark_administrators(self) -> None:
        """The job's: a page of all accounts, once in a process's life.

        Roles that were given before accounts were marked as administrators' say more than the mark: without it nobody
        would tell them what waits for them.
        """
        if self._marked_to is None:
            return
        page = await self._context.store.accounts_after(self._marked_to)
        for account in page:
            if account.is_admin is not _is_admin(account):
                await self._context.change_account(account.id, _marked)
        self._marked_to = page[-1].id if page else None


def _is_admin(account: Account) -> bool:
    return PlatformRole.ADMIN in account.roles


def _marked(account: Account) -> Account:
    return account.model_copy(update={"is_admin": _is_admin(account)})
