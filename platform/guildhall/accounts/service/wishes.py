"""What strangers ask for, granted after the answer: signing up, a new password, another address.

The verb hashes, keeps the wish and answers; so a known and an unknown address get the same words for the same work.
Granting runs at once in the background and again by the job until it is done: each step is a compare-and-set or keyed
by the wish, so it may be killed anywhere.
"""

from typing import Final

from guildhall.accounts.lifecycle import ACCOUNT, SIGN_UP_EXPIRES_SECONDS, AccountState
from guildhall.accounts.model import Account, Effect, StateChange, TokenPurpose, Wish, WishKind
from guildhall.accounts.rules.addresses import read_email
from guildhall.accounts.rules.following import audited
from guildhall.accounts.rules.one_time_tokens import RESEND_AFTER_MS, issue, issue_beside, was_sent_just_now
from guildhall.accounts.service.context import Context
from guildhall.accounts.service.keys import digest, join_token
from guildhall.kit.errors import DomainError, Unavailable
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import Duplicate, StorageUnavailable
from guildhall.kit.tasks import TaskOwner

log = get_logger(__name__)

MAX_TRIES: Final = 5
MAX_AT_ONCE: Final = 64
"""Wishes granted in the background at once; more are left to the job (policy: LEAVE_TO_JOB)."""
PATIENCE_MS: Final = 10_000
PAGE: Final = 50
_HELP: Final = {
    AccountState.PENDING_VERIFICATION: TokenPurpose.VERIFY_EMAIL,
    AccountState.ACTIVE: TokenPurpose.RESET_PASSWORD,
    AccountState.DEACTIVATED: TokenPurpose.RESET_PASSWORD,
    AccountState.ERASURE_PENDING: TokenPurpose.RESET_PASSWORD,
}
"""Which link helps somebody who cannot sign in."""


class Wishes:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock
        self._tasks = TaskOwner("accounts-wishes")

    async def sign_up(self, email: str, password: str, name: str) -> None:
        """Raises Invalid for an address, a name or a password that nobody could sign up with, and HashingBusy."""
        address, email_key = read_email(email)
        self._context.check_password(password, name, address)
        password_hash = await self._context.hasher.hash(password)
        await self._wish(WishKind.SIGN_UP, address, email_key, new_id("usr", self._clock), name, password_hash)

    async def reset_password(self, email: str) -> None:
        address, email_key = read_email(email)
        await self._wish(WishKind.RESET_PASSWORD, address, email_key, "")

    async def change_email(self, account_id: str, email: str) -> None:
        address, email_key = read_email(email)
        await self._wish(WishKind.CHANGE_EMAIL, address, email_key, account_id)

    async def drain(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until what was wished is granted; False when it takes longer."""
        return await self._tasks.drain(timeout_seconds)

    async def close(self) -> None:
        await self._tasks.close()

    async def grant_left_behind(self) -> int:
        """The job's: wishes whose process died, or that could not be granted the last time."""
        wishes = await self._store.wishes_before(self._clock.now_ms() - PATIENCE_MS, PAGE)
        for wish in wishes:
            try:
                await self._grant(wish)
            except Exception:  # one poisoned wish must not stop the others; its tries are counted
                log.exception("wish_failed", wish=wish.id)
        return len(wishes)

    async def _wish(
        self, kind: WishKind, email: str, email_key: str, account_id: str, name: str = "", password_hash: str = ""
    ) -> None:
        wish = Wish(
            id=new_id("wsh", self._clock),
            kind=kind,
            at_ms=self._clock.now_ms(),
            email=email,
            email_key=email_key,
            account_id=account_id,
            name=name,
            password_hash=password_hash,
        )
        await self._store.add_wish(wish)
        if len(self._tasks) < MAX_AT_ONCE:
            self._tasks.start("grant", self._grant(wish))

    async def _grant(self, wish: Wish) -> None:
        try:
            if not await self._store.try_wish(wish):
                return
            if wish.tries >= MAX_TRIES:
                log.error("wish_given_up", wish=wish.id, kind=wish.kind.value)
            else:
                await self._carry_out(wish)
            await self._store.drop_wish(wish.id)
        except (Unavailable, StorageUnavailable) as error:
            log.warning("wish_postponed", wish=wish.id, reason=str(error))
        except DomainError as error:
            log.info("wish_in_vain", wish=wish.id, reason=str(error))
            await self._store.drop_wish(wish.id)

    async def _carry_out(self, wish: Wish) -> None:
        match wish.kind:
            case WishKind.SIGN_UP:
                await self._grant_sign_up(wish)
            case WishKind.RESET_PASSWORD:
                await self._grant_reset(wish)
            case WishKind.CHANGE_EMAIL:
                await self._grant_change(wish)

    async def _grant_sign_up(self, wish: Wish) -> None:
        now_ms, letters = self._clock.now_ms(), self._context.letters
        if await self._store.account_keeping(wish.email_key, now_ms) is not None:
            await self._tell(wish, letters.address_kept(wish.email, now_ms))
            return
        try:
            account = self._with_link(self._new_account(wish, now_ms), wish, TokenPurpose.VERIFY_EMAIL)
            await self._store.accounts.add(account)
        except Duplicate:
            existing = await self._store.account_with_email(wish.email_key)
        else:
            await self._context.effects.carry_out(self._store.accounts, account)
            return
        if existing is None:  # erased at this very moment
            raise Unavailable(f"Account {wish.account_id} could not be made now.")
        if existing.id == wish.account_id:  # made by the process that died with this wish
            await self._context.effects.carry_out(self._store.accounts, existing)
        elif existing.state is AccountState.PENDING_VERIFICATION:
            await self._sign_up_again(existing, wish)
        else:
            await self._tell(wish, letters.already_member(wish.email, now_ms))

    async def _sign_up_again(self, existing: Account, wish: Wish) -> None:
        """The address was never proved, so nobody knows whose password counts: none does, until one is chosen.

        Whoever proves the address then chooses it. Else somebody who signs up with another's address could have their
        own password confirmed by the other's click, whichever of the mails that is in. Within a minute of the last mail
        none is sent, so that nobody's mailbox is filled.
        """

        def decide(seen: Account) -> Account:
            is_proved = seen.state is not AccountState.PENDING_VERIFICATION
            if is_proved:
                return seen
            undecided = seen.model_copy(update={"name": wish.name, "password_hash": ""})
            if was_sent_just_now(seen, TokenPurpose.VERIFY_EMAIL, self._clock.now_ms()):
                return undecided
            return self._with_link(undecided, wish, TokenPurpose.VERIFY_EMAIL)

        await self._context.change_account(existing.id, decide)

    async def _grant_reset(self, wish: Wish) -> None:
        existing = await self._store.account_with_email(wish.email_key)
        if existing is None:
            return

        def decide(seen: Account) -> Account:
            purpose = _HELP.get(seen.state)
            if purpose is None or was_sent_just_now(seen, purpose, self._clock.now_ms()):
                return seen
            return self._with_link(seen, wish, purpose)

        await self._context.change_account(existing.id, decide)

    async def _grant_change(self, wish: Wish) -> None:
        now_ms = self._clock.now_ms()
        taken = await self._store.account_with_email(wish.email_key)
        taken = taken or await self._store.account_keeping(wish.email_key, now_ms)
        if taken is not None:
            await self._tell(wish, self._context.letters.already_member(wish.email, now_ms))
            return

        def decide(seen: Account) -> Account:
            sent = seen.tokens.get(TokenPurpose.CHANGE_EMAIL)
            is_repeated = sent is not None and sent.email == wish.email
            if is_repeated and was_sent_just_now(seen, TokenPurpose.CHANGE_EMAIL, self._clock.now_ms()):
                return seen
            return self._with_link(seen, wish, TokenPurpose.CHANGE_EMAIL)

        await self._context.change_account(wish.account_id, decide)

    async def _tell(self, wish: Wish, letter: Effect) -> None:
        """A mail to an address that the wish does not belong to: one a minute, however often it is named."""
        minute = wish.at_ms // RESEND_AFTER_MS
        await self._context.effects.send(f"wish_{digest(wish.email_key)[:32]}_{minute}", letter)

    def _new_account(self, wish: Wish, now_ms: int) -> Account:
        account = Account(
            id=wish.account_id,
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            email=wish.email,
            email_key=wish.email_key,
            name=wish.name,
            state=ACCOUNT.initial,
            state_since_ms=now_ms,
            due_at_ms=now_ms + SIGN_UP_EXPIRES_SECONDS * 1000,
            password_hash=wish.password_hash,
            password_changed_at_ms=now_ms,
        )
        change = StateChange(at_ms=now_ms, event="sign_up", state=account.state, by=account.id)
        account = account.model_copy(update={"history": account.remember(change)})
        return account.then({f"audit_{wish.id}": audited(account.id, "accounts.sign_up", now_ms)})

    def _with_link(self, account: Account, wish: Wish, purpose: TokenPurpose) -> Account:
        """The token and the mail that carries it; both are the same however often this wish is granted."""
        now_ms = self._clock.now_ms()
        secret = self._context.keys.one_time_secret(wish.id)
        token = self._context.one_time_token(secret, purpose=purpose, email=wish.email)
        letter = self._letter(account, wish, purpose, join_token(account.id, secret), now_ms)
        # A change of address is asked for by whoever is signed in, and what is confirmed is what they asked for last.
        place = issue if purpose is TokenPurpose.CHANGE_EMAIL else issue_beside
        return place(account, purpose, token).then({f"mail_{wish.id}": letter})

    def _letter(self, account: Account, wish: Wish, purpose: TokenPurpose, token: str, now_ms: int) -> Effect:
        letters = self._context.letters
        match purpose:
            case TokenPurpose.CHANGE_EMAIL:
                return letters.change_email(wish.email, token, now_ms)
            case TokenPurpose.RESET_PASSWORD:
                return letters.reset_password(account, token, now_ms)
        return letters.verify_email(account, token, now_ms)
