"""The end of an account: taking one's data along, resting, and being erased after thirty days of grace."""

from collections.abc import Awaitable, Callable
from typing import Any

from guildhall.accounts.lifecycle import AccountEvent, AccountFacts, AccountState, Actor
from guildhall.accounts.model import Account, Effect, EffectKind, EndReason, OrganisationRole
from guildhall.accounts.rules.following import audited, follow_up
from guildhall.accounts.rules.memberships import close, remove_member
from guildhall.accounts.rules.sessions import begin_epoch
from guildhall.accounts.service.context import Context, move_account
from guildhall.accounts.service.credentials import pseudonymised
from guildhall.kit.errors import Conflict

_POSTPONED_MS = 86_400_000


class Closing:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock
        self.kept_elsewhere: dict[str, Callable[[str], Awaitable[Any]]] = {}
        """What other domains keep about an account, by its name in the export; the composition root puts them in."""

    async def export(self, account_id: str) -> dict[str, Any]:
        """Everything kept about the account that is not a secret, ready for JSON. Raises NotFound."""
        account = await self._context.account(account_id)
        sessions = await self._store.sessions_of(account_id)
        secret = {"password_hash", "second_factor", "recovery_hashes", "tokens", "pending", "pending_count"}
        hashes = {"current_hash", "previous_hash", "spent_hashes", "pending", "pending_count"}
        return {
            "account": {
                **account.model_dump(mode="json", exclude=secret),
                "has_second_factor": account.has_second_factor,
                "recovery_codes_left": len(account.recovery_hashes),
            },
            "sessions": [session.model_dump(mode="json", exclude=hashes) for session in sessions],
            **{name: await read(account_id) for name, read in self.kept_elsewhere.items()},
            "exported_at_ms": self._clock.now_ms(),
        }

    async def rename(self, account_id: str, name: str, check: Callable[[Account], None]) -> Account:
        """`check` raises where the caller expected another revision than the one that is changed."""

        def decide(seen: Account) -> Account:
            check(seen)
            if seen.name == name:
                return seen
            told = Effect(kind=EffectKind.RENAME_MEMBER, at_ms=self._clock.now_ms())
            return follow_up(seen.model_copy(update={"name": name}), told)

        return await self._context.change_account(account_id, decide)

    async def deactivate(self, account_id: str) -> None:
        """Rest: signed out everywhere, until a link from the mailbox brings it back. Raises MoveRefused."""

        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            resting = move_account(seen, AccountEvent.DEACTIVATE, Actor.SELF, account_id, now_ms)
            ended = begin_epoch(resting, EndReason.CLOSED, now_ms)
            text = "Your account rests. To use it again within a year, sign in and open the link we then send."
            letter = self._context.letters.notice(seen, "Your account is deactivated", text, now_ms)
            return follow_up(ended, letter, audited(account_id, "accounts.deactivate", now_ms))

        await self._context.change_account(account_id, decide)

    async def request_erasure(self, account_id: str) -> Account:
        """Erased in thirty days unless cancelled. Raises MoveRefused, and Conflict for an organisation's last owner."""
        await self._refuse_last_owner(account_id)

        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            leaving = move_account(seen, AccountEvent.REQUEST_ERASURE, Actor.SELF, account_id, now_ms)
            text = "Your account will be erased in 30 days. Until then you can sign in, take your data along, or stay."
            letter = self._context.letters.notice(seen, "Your account will be erased", text, now_ms)
            return follow_up(leaving, letter, audited(account_id, "accounts.request_erasure", now_ms))

        return await self._context.change_account(account_id, decide)

    async def cancel_erasure(self, account_id: str) -> Account:
        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            staying = move_account(seen, AccountEvent.CANCEL_ERASURE, Actor.SELF, account_id, now_ms)
            return follow_up(staying, audited(account_id, "accounts.cancel_erasure", now_ms))

        return await self._context.change_account(account_id, decide)

    async def erase(self, account_id: str) -> None:
        """The job's, when the grace is over. Raises MoveRefused where it was cancelled meanwhile."""
        account = await self._context.account(account_id)
        for organisation_id in account.organisations:
            await self._leave(account_id, organisation_id)

        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            facts = AccountFacts(was=seen.was, is_held=bool(seen.organisations))
            erased = move_account(seen, AccountEvent.ERASE, Actor.TIMER, "system:timer", now_ms, facts)
            ended = begin_epoch(pseudonymised(erased), EndReason.CLOSED, now_ms)
            return follow_up(ended, audited("system:timer", "accounts.erase", now_ms))

        await self._context.change_account(account_id, decide)

    async def postpone_erasure(self, account_id: str) -> None:
        """The job's, when something stood in the way: tried again in a day, so that it holds up nobody else's."""

        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            if seen.state is not AccountState.ERASURE_PENDING or seen.due_at_ms > now_ms:
                return seen
            return seen.model_copy(update={"due_at_ms": now_ms + _POSTPONED_MS})

        await self._context.change_account(account_id, decide)

    async def _leave(self, account_id: str, organisation_id: str) -> None:
        now_ms = self._clock.now_ms()
        organisation = await self._store.organisations.get(organisation_id)
        if organisation is None or account_id not in organisation.members:
            return
        is_alone = len(organisation.members) == 1
        await self._context.change_organisation(
            organisation_id,
            lambda seen: close(seen, now_ms) if is_alone else remove_member(seen, account_id, now_ms),
        )

    async def _refuse_last_owner(self, account_id: str) -> None:
        account = await self._context.account(account_id)
        for organisation_id, role in account.organisations.items():
            organisation = await self._store.organisations.get(organisation_id)
            if role is OrganisationRole.OWNER and organisation is not None:
                others = organisation.owners - {account_id}
                if not others and len(organisation.members) > 1:
                    raise Conflict(f"You are the last owner of {organisation.name}. Make somebody else an owner first.")
