"""Signing in: a password, then a code where the account asks for one. Strangers learn nothing from the answer.

Every refusal has the same words and costs the same hash, whether the address is unknown, the password wrong, the
attempt throttled or the account not yet verified; what its owner must know is told by mail.
"""

from collections.abc import Callable
from dataclasses import dataclass

from guildhall.accounts.lifecycle import SIGN_IN, AccountState, Actor, SignInEvent, SignInState
from guildhall.accounts.model import Account, Device, Effect, SignInFlow, TokenPurpose
from guildhall.accounts.rules.addresses import address_prefix, read_email
from guildhall.accounts.rules.following import follow_up
from guildhall.accounts.rules.one_time_tokens import issue, spend, was_sent_just_now
from guildhall.accounts.rules.throttling import Verdict
from guildhall.accounts.service.context import MAY_SIGN_IN, Context, Visitor
from guildhall.accounts.service.hashing import HashingBusy
from guildhall.accounts.service.keys import digest, join_token, split_token
from guildhall.accounts.service.second_factors import CodeRefused, SecondFactors
from guildhall.accounts.service.sessions import Sessions, SignedIn
from guildhall.kit.errors import NotFound, Refused, Unauthenticated
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger

log = get_logger(__name__)


class SignInRefused(Unauthenticated):
    """The one answer to everything that does not sign in."""

    type = "sign-in-refused"
    title = "Not signed in"

    def __init__(self) -> None:
        super().__init__(
            "That address and password do not sign in. Check both; after many attempts wait a little, and look into "
            "your mailbox: if the account exists, we may have written to it."
        )


class AccountSuspended(Refused):
    """Told only to somebody who gave the right password."""

    type = "account-suspended"
    title = "This account is suspended"

    def __init__(self) -> None:
        super().__init__("This account is suspended. Write to support to have it looked at.")


@dataclass(frozen=True, slots=True)
class CodeRequired:
    """The password was right; a code, together with this flow's token, signs in."""

    flow_token: str
    expires_at_ms: int


class SigningIn:
    def __init__(self, context: Context, sessions: Sessions, second_factors: SecondFactors) -> None:
        self._context = context
        self._store = context.store
        self._sessions = sessions
        self._second_factors = second_factors

    async def sign_in(self, email: str, password: str, visitor: Visitor) -> SignedIn | CodeRequired:
        """Raises SignInRefused, AccountSuspended, HashingBusy; Invalid for what is no address."""
        _, email_key = read_email(email)
        prefix = address_prefix(visitor.address)
        account = await self._store.account_with_email(email_key)
        known = self._sessions.known_device(visitor, account.id if account else "")
        attempt = await self._context.throttle.admit("password", email_key, prefix, known)
        may_try = account is not None and attempt.verdict is not Verdict.WAIT
        password_hash = account.password_hash if account is not None and may_try else ""
        try:
            is_right, newer_hash = await self._context.hasher.verify(password, password_hash)
        except HashingBusy:
            await self._context.throttle.take_back(attempt)
            raise
        if account is None or not is_right:
            log.info("sign_in_refused", verdict=attempt.verdict.value, network=prefix)
            raise SignInRefused
        if attempt.verdict is Verdict.RAISED:
            await self._write(account, TokenPurpose.KNOW_DEVICE)
            raise SignInRefused
        await self._context.throttle.succeed(attempt)
        await self._refuse_by_state(account)
        if newer_hash is not None:
            account = await self._keep_newer_hash(account, newer_hash)
        device = self._sessions.device_of(visitor, account.id)
        if account.has_second_factor:
            return await self._ask_for_code(account, device)
        return await self._sessions.begin(account, ("password",), device)

    async def prove(self, flow_token: str, code: str, visitor: Visitor) -> SignedIn:
        """The second step. Raises CodeRefused for a wrong, used or late code, and after too many of them.

        A try is taken before the code is looked at, so parallel guesses cannot share one.
        """
        flow_id, secret = split_token(flow_token)
        prefix = address_prefix(visitor.address)
        flow = await self._take_try(flow_id, digest(secret))
        known = self._sessions.known_device(visitor, flow.account_id)
        attempt = await self._context.throttle.admit("code", flow.account_id, prefix, known)
        if attempt.verdict is Verdict.WAIT:
            raise CodeRefused
        try:
            account, method = await self._second_factors.use_code(flow.account_id, code)
        except CodeRefused:
            await self._change_flow(flow.id, _missed)
            raise
        if account.session_epoch != flow.epoch or account.state not in MAY_SIGN_IN:
            raise CodeRefused
        if attempt.verdict is Verdict.RAISED:
            await self._write(account, TokenPurpose.KNOW_DEVICE)
            raise CodeRefused
        await self._context.throttle.succeed(attempt)
        await self._change_flow(flow.id, _proven)
        return await self._sessions.begin(account, ("password", method), flow.device)

    async def know_device(self, token: str, visitor: Visitor) -> str:
        """The link from a mail about many attempts: a device token for this browser. Raises LinkRefused."""
        account_id, secret = split_token(token)
        now_ms = self._context.clock.now_ms()

        def decide(seen: Account) -> Account:
            return spend(seen, TokenPurpose.KNOW_DEVICE, digest(secret), now_ms)[0]

        await self._context.spend_link(account_id, decide)
        return self._sessions.device_token(account_id, self._sessions.device_of(visitor, account_id).id)

    async def _refuse_by_state(self, account: Account) -> None:
        match account.state:
            case AccountState.SUSPENDED:
                raise AccountSuspended
            case AccountState.PENDING_VERIFICATION:
                await self._write(account, TokenPurpose.VERIFY_EMAIL)
                raise SignInRefused
            case AccountState.DEACTIVATED:
                await self._write(account, TokenPurpose.REACTIVATE)
                raise SignInRefused
            case AccountState.ERASED:
                raise SignInRefused

    async def _write(self, account: Account, purpose: TokenPurpose) -> None:
        """Send the link that helps this owner on, at most once a minute."""
        letters, now_ms = self._context.letters, self._context.clock.now_ms()
        secret = self._context.keys.new_secret()
        token = self._context.one_time_token(secret, purpose=purpose, email=account.email)

        def letter(seen: Account) -> Effect:
            written = join_token(seen.id, secret)
            match purpose:
                case TokenPurpose.VERIFY_EMAIL:
                    return letters.verify_email(seen, written, now_ms)
                case TokenPurpose.REACTIVATE:
                    return letters.reactivate(seen, written, now_ms)
            return letters.know_device(seen, written, now_ms)

        def decide(seen: Account) -> Account:
            if was_sent_just_now(seen, purpose, now_ms):
                return seen
            return follow_up(issue(seen, purpose, token), letter(seen))

        await self._context.change_account(account.id, decide)

    async def _keep_newer_hash(self, account: Account, newer_hash: str) -> Account:
        def decide(seen: Account) -> Account:
            if seen.password_hash != account.password_hash:  # changed meanwhile
                return seen
            return seen.model_copy(update={"password_hash": newer_hash})

        return await self._context.change_account(account.id, decide)

    async def _ask_for_code(self, account: Account, device: Device) -> CodeRequired:
        now_ms, settings = self._context.clock.now_ms(), self._context.settings
        secret = self._context.keys.new_secret()
        flow = SignInFlow(
            id=new_id("sgn", self._context.clock),
            created_at_ms=now_ms,
            account_id=account.id,
            secret_hash=digest(secret),
            tries_left=settings.code_tries,
            expires_at_ms=now_ms + settings.sign_in_flow_seconds * 1000,
            epoch=account.session_epoch,
            device=device,
        )
        await self._store.flows.add(flow)
        return CodeRequired(join_token(flow.id, secret), flow.expires_at_ms)

    async def _take_try(self, flow_id: str, secret_hash: str) -> SignInFlow:
        now_ms = self._context.clock.now_ms()

        def decide(seen: SignInFlow) -> SignInFlow:
            is_it = seen.secret_hash == secret_hash and now_ms < seen.expires_at_ms
            if not is_it or seen.state is not SignInState.SECOND_FACTOR_REQUIRED:
                raise CodeRefused
            if seen.tries_left == 0:  # the last one is being looked at
                raise CodeRefused
            return seen.model_copy(update={"tries_left": seen.tries_left - 1})

        return await self._change_flow(flow_id, decide)

    async def _change_flow(self, flow_id: str, decide: Callable[[SignInFlow], SignInFlow]) -> SignInFlow:
        """Raises CodeRefused for a flow that is not there, or not any more: the job forgets those out of time."""
        try:
            return await self._store.flows.change(flow_id, self._context.clock.now_ms(), decide)
        except NotFound as error:
            raise CodeRefused from error


def _missed(seen: SignInFlow) -> SignInFlow:
    if seen.state is not SignInState.SECOND_FACTOR_REQUIRED:
        return seen
    target = SIGN_IN.move(seen.state, SignInEvent.MISS, Actor.SELF, seen.tries_left).target
    return seen if target is seen.state else seen.model_copy(update={"state": target})


def _proven(seen: SignInFlow) -> SignInFlow:
    if seen.state is not SignInState.SECOND_FACTOR_REQUIRED:
        raise CodeRefused  # another code of this flow was quicker
    target = SIGN_IN.move(seen.state, SignInEvent.PROVE, Actor.SELF, None).target
    return seen.model_copy(update={"state": target})
