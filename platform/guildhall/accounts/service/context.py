"""What every verb of accounts stands on, and the two steps all of them share: change one document, do what follows."""

from collections.abc import Callable
from dataclasses import dataclass

from guildhall.accounts.lifecycle import ACCOUNT, AccountEvent, AccountFacts, AccountState, Actor
from guildhall.accounts.model import Account, OneTimeToken, Organisation, Session, StateChange, TokenPurpose
from guildhall.accounts.rules.one_time_tokens import LinkRefused
from guildhall.accounts.rules.passwords import password_fault
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.accounts.service.effects import Effects
from guildhall.accounts.service.hashing import PasswordHasher
from guildhall.accounts.service.keys import Keys, digest
from guildhall.accounts.service.letters import Letters
from guildhall.accounts.service.throttle import Throttle
from guildhall.accounts.settings import AccountsSettings
from guildhall.accounts.store import AccountsStore
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.tokens import TokenSigner


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from."""

    address: str = ""
    user_agent: str = ""
    device_token: str = ""
    """From the browser's device cookie: proves an earlier sign-in."""


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by `AccountsService`."""

    store: AccountsStore
    effects: Effects
    hasher: PasswordHasher
    throttle: Throttle
    keys: Keys
    tokens: TokenSigner
    letters: Letters
    clock: Clock
    settings: AccountsSettings

    async def change_account(self, account_id: str, decide: Callable[[Account], Account]) -> Account:
        """One compare-and-set, then what must follow it."""
        changed = await self.store.accounts.change(account_id, self.clock.now_ms(), decide)
        await self.effects.carry_out(self.store.accounts, changed)
        return changed

    async def change_session(self, session_id: str, decide: Callable[[Session], Session]) -> Session:
        changed = await self.store.sessions.change(session_id, self.clock.now_ms(), decide)
        await self.effects.carry_out(self.store.sessions, changed)
        return changed

    async def session(self, session_id: str) -> Session:
        """The sign-in that asks for a change and shall outlast it. Raises SessionEnded."""
        session = await self.store.sessions.get(session_id)
        if session is None:
            raise SessionEnded
        return session

    async def account(self, account_id: str) -> Account:
        """Raises NotFound."""
        account = await self.store.accounts.get(account_id)
        if account is None:
            raise NotFound("There is no such account.")
        return account

    async def change_organisation(
        self, organisation_id: str, decide: Callable[[Organisation], Organisation]
    ) -> Organisation:
        changed = await self.store.organisations.change(organisation_id, self.clock.now_ms(), decide)
        await self.effects.carry_out(self.store.organisations, changed)
        return changed

    async def spend_link(self, account_id: str, decide: Callable[[Account], Account]) -> Account:
        """`change_account` by a link from a mail; an account that is not there is a link that does not count."""
        try:
            return await self.change_account(account_id, decide)
        except NotFound as error:
            raise LinkRefused from error

    def one_time_token(self, secret: str, *, purpose: TokenPurpose, email: str = "") -> OneTimeToken:
        now_ms, settings = self.clock.now_ms(), self.settings
        undo = purpose is TokenPurpose.UNDO_EMAIL
        seconds = settings.email_undo_seconds if undo else settings.one_time_token_seconds
        return OneTimeToken(
            secret_hash=digest(secret), made_at_ms=now_ms, expires_at_ms=now_ms + seconds * 1000, email=email
        )

    def check_password(self, password: str, name: str, email: str, *, field: str = "password") -> None:
        """Raises Invalid with the sentence that says what to do."""
        fault = password_fault(password, (self.settings.brand, name, email), self.settings)
        if fault is not None:
            raise Invalid(fault, fields={field: fault})


def move_account(
    account: Account, event: AccountEvent, actor: Actor, by: str, now_ms: int, facts: AccountFacts | None = None
) -> Account:
    """The account in its next state, with its timer and its history. Raises MoveRefused."""
    moved = ACCOUNT.move(account.state, event, actor, facts or facts_of(account, now_ms))
    due_at_ms = 0 if moved.timer is None else now_ms + round(moved.timer.after_seconds * 1000)
    change = StateChange(at_ms=now_ms, event=event.value, state=moved.target, by=by)
    return account.model_copy(
        update={
            "state": moved.target,
            "state_since_ms": now_ms,
            "was": account.state,
            "due_at_ms": due_at_ms,
            "history": account.remember(change),
        }
    )


def facts_of(account: Account, now_ms: int) -> AccountFacts:
    return AccountFacts(was=account.was, state_age_seconds=(now_ms - account.state_since_ms) / 1000)


MAY_SIGN_IN = frozenset({AccountState.ACTIVE, AccountState.ERASURE_PENDING})
"""Somebody whose account is to be erased may come back to cancel that, or to take their data along."""
