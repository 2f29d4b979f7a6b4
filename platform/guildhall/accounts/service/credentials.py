"""What the links in mails do, and changing a password: proving an address, taking one back, choosing a password."""

from contextlib import suppress
from dataclasses import dataclass

from guildhall.accounts.lifecycle import AccountEvent, AccountState, Actor
from guildhall.accounts.model import FORMER_MEMBER, Account, EndReason, Session, TokenPurpose
from guildhall.accounts.rules.addresses import email_key, masked_email
from guildhall.accounts.rules.following import audited, follow_up
from guildhall.accounts.rules.one_time_tokens import LinkRefused, issue, spend, void
from guildhall.accounts.rules.sessions import begin_epoch
from guildhall.accounts.service.context import Context, Visitor, move_account
from guildhall.accounts.service.keys import digest, join_token, split_token
from guildhall.accounts.service.second_factors import ProofRefused, SecondFactors
from guildhall.accounts.service.sessions import Sessions
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.storage import Duplicate

_OF_A_TAKEOVER = (TokenPurpose.UNDO_EMAIL, TokenPurpose.CHANGE_EMAIL, TokenPurpose.RESET_PASSWORD)
_NO_FORMER_EMAIL = {"former_email": "", "former_email_key": "", "former_until_ms": 0}


@dataclass(frozen=True, slots=True)
class VerifiedEmail:
    account: Account
    reset_token: str | None
    """To choose a password with, where none counts yet."""


class Credentials:
    def __init__(self, context: Context, sessions: Sessions, second_factors: SecondFactors) -> None:
        self._context = context
        self._sessions = sessions
        self._second_factors = second_factors
        self._clock = context.clock

    async def verify_email(self, token: str) -> VerifiedEmail:
        """The link of a sign-up. Raises LinkRefused.

        Where several signed up with the address, no password counts yet: the answer then has the token to choose one.
        """
        account_id, secret = split_token(token)
        now_ms = self._clock.now_ms()
        reset_secret = self._context.keys.new_secret()
        reset = self._context.one_time_token(reset_secret, purpose=TokenPurpose.RESET_PASSWORD)

        def decide(seen: Account) -> Account:
            spent, _ = spend(seen, TokenPurpose.VERIFY_EMAIL, digest(secret), now_ms)
            active = move_account(spent, AccountEvent.VERIFY_EMAIL, Actor.SELF, account_id, now_ms)
            verified = active.model_copy(update={"verified_at_ms": now_ms})
            if not seen.password_hash:
                verified = issue(verified, TokenPurpose.RESET_PASSWORD, reset)
            return follow_up(verified, audited(account_id, "accounts.verify_email", now_ms))

        account = await self._context.spend_link(account_id, decide)
        return VerifiedEmail(account, None if account.password_hash else join_token(account_id, reset_secret))

    async def reactivate(self, token: str) -> Account:
        """The link that a deactivated account is sent when somebody signs in to it. Raises LinkRefused, MoveRefused."""
        account_id, secret = split_token(token)
        now_ms = self._clock.now_ms()

        def decide(seen: Account) -> Account:
            spent, _ = spend(seen, TokenPurpose.REACTIVATE, digest(secret), now_ms)
            active = move_account(spent, AccountEvent.REACTIVATE, Actor.SELF, account_id, now_ms)
            return follow_up(active, audited(account_id, "accounts.reactivate", now_ms))

        return await self._context.spend_link(account_id, decide)

    async def choose_password(self, token: str, password: str, visitor: Visitor) -> str:
        """The link of a reset; a second factor is still asked for when they sign in. Raises LinkRefused, Invalid.

        Everybody is signed out. The answer is a device token: whoever reads this mailbox is no stranger any more.
        """
        account_id, secret = split_token(token)
        account = await self._context.store.accounts.get(account_id)
        if account is None:
            raise LinkRefused
        # Before the policy, which knows the account's name and address and would tell a guesser whether they occur.
        spend(account, TokenPurpose.RESET_PASSWORD, digest(secret), self._clock.now_ms())
        self._context.check_password(password, account.name, account.email)
        password_hash = await self._context.hasher.hash(password)

        def decide(seen: Account) -> Account:
            spent, _ = spend(seen, TokenPurpose.RESET_PASSWORD, digest(secret), self._clock.now_ms())
            return self._with_password(spent, password_hash, "accounts.reset_password")

        await self._context.spend_link(account_id, decide)
        return self._sessions.device_token(account_id, self._sessions.device_of(visitor, account_id).id)

    async def change_password(self, account_id: str, session_id: str, current: str, password: str) -> None:
        """Others are signed out, this session stays. Raises ProofRefused, Invalid, SessionEnded."""
        account = await self._second_factors.check_password(account_id, session_id, current)
        self._context.check_password(password, account.name, account.email, field="new_password")
        password_hash = await self._context.hasher.hash(password)
        here = await self._context.session(session_id)

        def decide(seen: Account) -> Account:
            if seen.password_hash != account.password_hash:  # changed meanwhile: `current` is no longer the password
                raise ProofRefused
            return self._with_password(seen, password_hash, "accounts.change_password", spare=here)

        await self._context.change_account(account_id, decide)

    async def check_email_change(self, account_id: str) -> None:
        """Raises Conflict while the change before may still be undone: a thief must not bury it under another."""
        account = await self._context.store.accounts.get(account_id)
        if account is not None and account.former_until_ms > self._clock.now_ms():
            raise Conflict("The address was changed lately. It can be changed again when that can no longer be undone.")

    async def confirm_email(self, token: str) -> Account:
        """The link sent to a new address; the former one is told, and kept for its owner. Raises LinkRefused."""
        account_id, secret = split_token(token)
        undo_secret = self._context.keys.new_secret()
        undo = self._context.one_time_token(undo_secret, purpose=TokenPurpose.UNDO_EMAIL)

        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            spent, new = spend(seen, TokenPurpose.CHANGE_EMAIL, digest(secret), now_ms)
            if seen.former_until_ms > now_ms:
                raise LinkRefused
            changed = issue(spent, TokenPurpose.UNDO_EMAIL, undo).model_copy(
                update={
                    "email": new.email,
                    "email_key": email_key(new.email),
                    "former_email": seen.email,
                    "former_email_key": seen.email_key,
                    "former_until_ms": undo.expires_at_ms,
                    "email_changed_at_ms": now_ms,
                }
            )
            letter = self._context.letters.email_changed(seen.email, join_token(seen.id, undo_secret), now_ms)
            audit = audited(account_id, "accounts.change_email", now_ms)
            return follow_up(void(changed, TokenPurpose.RESET_PASSWORD), letter, audit)

        try:
            return await self._context.spend_link(account_id, decide)
        except Duplicate as error:  # somebody signed up with it since the mail was sent
            raise LinkRefused from error

    async def undo_email(self, token: str) -> str:
        """The link sent to the former address: take it back, sign everybody out, and choose a new password.

        A second factor that was set up since the change is dropped, since a thief could have set it up. Returns the
        address, masked. Raises LinkRefused.
        """
        account_id, secret = split_token(token)
        reset_secret = self._context.keys.new_secret()
        reset = self._context.one_time_token(reset_secret, purpose=TokenPurpose.RESET_PASSWORD)

        def decide(seen: Account) -> Account:
            now_ms = self._clock.now_ms()
            spent, _ = spend(seen, TokenPurpose.UNDO_EMAIL, digest(secret), now_ms)
            restored = _restored(void(spent, *_OF_A_TAKEOVER))
            ended = begin_epoch(restored, EndReason.EMAIL_UNDO, now_ms)
            letter = self._context.letters.reset_password(ended, join_token(seen.id, reset_secret), now_ms)
            audit = audited(account_id, "accounts.undo_email", now_ms)
            return follow_up(issue(ended, TokenPurpose.RESET_PASSWORD, reset), letter, audit)

        account = await self._context.store.accounts.get(account_id)
        try:
            changed = await self._context.spend_link(account_id, decide)
        except Duplicate:
            # The address is kept from others, so only a sign-up at the moment of the change can hold it: unproved.
            await self._evict_unproved(account.former_email_key if account else "")
            changed = await self._context.spend_link(account_id, decide)
        return masked_email(changed.email)

    async def forget_sign_up(self, account_id: str, now_ms: int) -> None:
        """Of a sign-up that nobody confirmed nothing stays, else a flood of them would stay for ever.

        Erased first: of that and a confirmation at the same moment one compare-and-set wins. Raises MoveRefused.
        """
        with suppress(NotFound):  # another worker was here
            await self._context.change_account(account_id, lambda seen: expired_sign_up(seen, now_ms))
        await self._context.store.forget_account(account_id)

    async def _evict_unproved(self, email_key: str) -> None:
        holder = await self._context.store.account_with_email(email_key)
        if holder is None or holder.state is not AccountState.PENDING_VERIFICATION:
            raise LinkRefused
        await self.forget_sign_up(holder.id, self._clock.now_ms())

    def _with_password(
        self, account: Account, password_hash: str, action: str, *, spare: Session | None = None
    ) -> Account:
        now_ms = self._clock.now_ms()
        changed = void(account, TokenPurpose.RESET_PASSWORD).model_copy(
            update={"password_hash": password_hash, "password_changed_at_ms": now_ms}
        )
        ended = begin_epoch(changed, EndReason.PASSWORD_CHANGE, now_ms, spare=spare)
        notice = self._context.letters.security_notice(account, "Your password was changed.", now_ms)
        return follow_up(ended, notice, audited(account.id, action, now_ms))


def expired_sign_up(account: Account, now_ms: int) -> Account:
    """A sign-up that nobody confirmed: its address is free. One that is erased already stays as it is."""
    if account.state is AccountState.ERASED:
        return account
    erased = move_account(account, AccountEvent.EXPIRE_SIGN_UP, Actor.TIMER, "system:timer", now_ms)
    return pseudonymised(erased)


def without_former_email(account: Account, now_ms: int) -> Account:
    """When a change of address cannot be undone any more, the address before is forgotten and free."""
    if account.former_until_ms > now_ms:
        return account
    return account.model_copy(update=_NO_FORMER_EMAIL)


def pseudonymised(account: Account) -> Account:
    """Only the id and its history remain, for what refers to it."""
    return account.model_copy(
        update={
            "email": "",
            "email_key": account.id,
            **_NO_FORMER_EMAIL,
            "name": FORMER_MEMBER,
            "password_hash": "",
            "second_factor": None,
            "recovery_hashes": (),
            "tokens": {},
            "roles": (),
            "is_admin": False,
        }
    )


def _restored(account: Account) -> Account:
    factor = account.second_factor
    is_newer = factor is not None and (factor.confirmed_at_ms or 0) >= account.email_changed_at_ms
    return account.model_copy(
        update={
            "email": account.former_email,
            "email_key": account.former_email_key,
            **_NO_FORMER_EMAIL,
            "password_hash": "",
            **({"second_factor": None, "recovery_hashes": ()} if is_newer else {}),
        }
    )
