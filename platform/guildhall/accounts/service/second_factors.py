"""The second factor: enrolling, proving and dropping a code generator, recovery codes, and stepping up."""

from dataclasses import dataclass

from guildhall.accounts.model import Account, Effect, EffectKind, EndReason, SecondFactor, Session
from guildhall.accounts.rules.following import audited, follow_up
from guildhall.accounts.rules.second_factor import (
    hash_recovery_code,
    match_code,
    new_recovery_codes,
    new_totp_secret,
    provisioning_uri,
    without_recovery_code,
)
from guildhall.accounts.rules.sessions import begin_epoch
from guildhall.accounts.rules.throttling import Verdict
from guildhall.accounts.service.context import Context
from guildhall.accounts.service.throttle import Attempt
from guildhall.kit.errors import Conflict, NotFound, Unauthenticated

TOTP, RECOVERY, PASSWORD = "totp", "recovery", "password"


class CodeRefused(Unauthenticated):
    """Wrong, used before, too late, or one guess too many: the same answer for all."""

    type = "code-refused"
    title = "This code does not count"

    def __init__(self) -> None:
        super().__init__("This code does not count: it is wrong, was used before, or there were too many. Begin again.")


class ProofRefused(Unauthenticated):
    """A step-up that failed; the session goes on as it was."""

    type = "proof-refused"
    title = "That did not prove that it is you"

    def __init__(self) -> None:
        super().__init__("That is not the right password or code, or there were too many attempts. Wait and try again.")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Shown once, for an authenticator app; nothing counts until a code proves that it arrived."""

    secret: str
    uri: str


class SecondFactors:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock = context.clock

    async def enrol(self, account_id: str) -> Enrolment:
        """Raises Conflict where one is confirmed already."""
        secret = new_totp_secret()
        factor = SecondFactor(sealed_secret=self._context.keys.seal(secret))

        def decide(seen: Account) -> Account:
            if seen.has_second_factor:
                raise Conflict("You already have a second factor. Drop it before you set up another one.")
            return seen.model_copy(update={"second_factor": factor})

        account = await self._context.change_account(account_id, decide)
        return Enrolment(secret, provisioning_uri(secret, account.email, self._context.settings.brand))

    async def confirm(self, account_id: str, session_id: str, code: str) -> tuple[str, ...]:
        """The first code proves the app; the answer is the recovery codes, shown once. Other sessions end."""
        attempt = await self._admit(session_id)
        here = await self._context.session(session_id)
        codes = new_recovery_codes()
        hashes = tuple(hash_recovery_code(one, self._context.keys.recovery) for one in codes)

        def decide(seen: Account) -> Account:
            if seen.second_factor is None or seen.has_second_factor:
                raise Conflict("There is no second factor waiting to be confirmed. Set one up first.")
            factor, now_ms = seen.second_factor, self._clock.now_ms()
            counter = match_code(self._context.keys.unseal(factor.sealed_secret), code, now_ms, factor.last_counter)
            if counter is None:
                raise ProofRefused
            confirmed = factor.model_copy(update={"confirmed_at_ms": now_ms, "last_counter": counter})
            changed = seen.model_copy(update={"second_factor": confirmed, "recovery_hashes": hashes})
            return self._changed(changed, here, "enabled", "A second factor now protects your account.", now_ms)

        await self._context.change_account(account_id, decide)
        await self._context.throttle.succeed(attempt)
        await self._raise_session(session_id, (PASSWORD, TOTP))
        return codes

    async def drop(self, account_id: str, session_id: str) -> None:
        """Raises Conflict for staff, whose role asks for one, and SessionEnded."""
        here = await self._context.session(session_id)

        def decide(seen: Account) -> Account:
            if seen.is_staff:
                raise Conflict("Your role asks for a second factor, so it cannot be dropped.")
            if seen.second_factor is None:
                return seen
            now_ms = self._clock.now_ms()
            changed = seen.model_copy(update={"second_factor": None, "recovery_hashes": ()})
            return self._changed(
                changed, here, "disabled", "Your account is no longer protected by a second factor.", now_ms
            )

        await self._context.change_account(account_id, decide)

    async def renew_recovery_codes(self, account_id: str) -> tuple[str, ...]:
        """Ten new ones, shown once; the old ones are void. Raises Conflict without a second factor."""
        codes = new_recovery_codes()
        hashes = tuple(hash_recovery_code(one, self._context.keys.recovery) for one in codes)

        def decide(seen: Account) -> Account:
            if not seen.has_second_factor:
                raise Conflict("Recovery codes belong to a second factor. Set one up first.")
            now_ms = self._clock.now_ms()
            notice = self._context.letters.security_notice(seen, "You have new recovery codes.", now_ms)
            audit = audited(account_id, "accounts.recovery_codes_renewed", now_ms)
            return follow_up(seen.model_copy(update={"recovery_hashes": hashes}), notice, audit)

        await self._context.change_account(account_id, decide)
        return codes

    async def use_code(self, account_id: str, code: str) -> tuple[Account, str]:
        """Use up a code of the app or a recovery code; the account as it then is, and which it was. Raises CodeRefused.

        Of many uses of one code one compare-and-set wins: a counter only rises, and a recovery code is taken out.
        """
        method = TOTP

        def decide(seen: Account) -> Account:
            nonlocal method
            factor, now_ms = seen.second_factor, self._clock.now_ms()
            if factor is None or not seen.has_second_factor:
                raise CodeRefused
            counter = match_code(self._context.keys.unseal(factor.sealed_secret), code, now_ms, factor.last_counter)
            if counter is not None:
                method = TOTP
                return seen.model_copy(update={"second_factor": factor.model_copy(update={"last_counter": counter})})
            left = without_recovery_code(seen.recovery_hashes, hash_recovery_code(code, self._context.keys.recovery))
            if left is None:
                raise CodeRefused
            method = RECOVERY
            what = f"A recovery code signed in to your account; {len(left)} are left."
            notice = self._context.letters.security_notice(seen, what, now_ms)
            audit = audited(account_id, "accounts.recovery_code_used", now_ms, left=len(left))
            return follow_up(seen.model_copy(update={"recovery_hashes": left}), notice, audit)

        try:
            return await self._context.change_account(account_id, decide), method
        except NotFound as error:
            raise CodeRefused from error

    async def step_up(self, account_id: str, session_id: str, *, password: str = "", code: str = "") -> Session:
        """Prove again that it is you: by a code where the account has a second factor, else by the password.

        Guesses are counted for this session alone, so nobody else's can keep its owner out. Raises ProofRefused.
        """
        attempt = await self._admit(session_id)
        account = await self._context.store.accounts.get(account_id)
        if account is None:
            raise ProofRefused
        if account.has_second_factor:
            try:
                _, method = await self.use_code(account_id, code)
            except CodeRefused as error:
                raise ProofRefused from error
            methods: tuple[str, ...] = (PASSWORD, method)
        else:
            is_right, _ = await self._context.hasher.verify(password, account.password_hash)
            if not is_right:
                raise ProofRefused
            methods = (PASSWORD,)
        await self._context.throttle.succeed(attempt)
        return await self._raise_session(session_id, methods)

    async def check_password(self, account_id: str, session_id: str, password: str) -> Account:
        """The account, when this is its password. Raises ProofRefused."""
        attempt = await self._admit(session_id)
        account = await self._context.store.accounts.get(account_id)
        is_right, _ = await self._context.hasher.verify(password, account.password_hash if account else "")
        if account is None or not is_right:
            raise ProofRefused
        await self._context.throttle.succeed(attempt)
        return account

    async def _admit(self, session_id: str) -> Attempt:
        attempt = await self._context.throttle.admit("proof", session_id, "", session_id)
        if attempt.verdict is not Verdict.OPEN:
            raise ProofRefused
        return attempt

    async def _raise_session(self, session_id: str, methods: tuple[str, ...]) -> Session:
        now_ms = self._clock.now_ms()

        def decide(seen: Session) -> Session:
            raised = seen.model_copy(
                update={
                    "authenticated_at_ms": now_ms,
                    "aal": max(seen.aal, 2 if len(methods) > 1 else 1),
                    "methods": tuple(dict.fromkeys((*seen.methods, *methods))),
                }
            )
            re_read = Effect(kind=EffectKind.RE_READ, at_ms=now_ms, details={"account_id": seen.account_id})
            return follow_up(raised, re_read, audited(seen.account_id, "accounts.step_up", now_ms))

        return await self._context.change_session(session_id, decide)

    def _changed(self, changed: Account, here: Session, how: str, what: str, now_ms: int) -> Account:
        ended = begin_epoch(changed, EndReason.SECOND_FACTOR_CHANGE, now_ms, spare=here)
        notice = self._context.letters.security_notice(changed, what, now_ms)
        return follow_up(ended, notice, audited(changed.id, f"accounts.second_factor_{how}", now_ms))
