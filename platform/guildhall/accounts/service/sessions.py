"""Beginning, refreshing, listing and ending sign-ins. Machine 2.2: one family of refresh tokens a session."""

from dataclasses import dataclass

from pydantic import Field

from guildhall.accounts.lifecycle import SESSION, Actor, RefreshCase, SessionEvent, SessionState
from guildhall.accounts.model import (
    MAX_LIVE_SESSIONS,
    AccessClaims,
    Account,
    Device,
    Effect,
    EffectKind,
    EndReason,
    Session,
)
from guildhall.accounts.rules.addresses import address_prefix
from guildhall.accounts.rules.devices import device_label
from guildhall.accounts.rules.following import audited, follow_up
from guildhall.accounts.rules.refreshing import judge_refresh, rotate
from guildhall.accounts.rules.sessions import SessionEnded, begin_epoch, end_session, is_live, lifetime_of
from guildhall.accounts.service.context import MAY_SIGN_IN, Context, Visitor
from guildhall.accounts.service.keys import digest, join_token, split_token
from guildhall.kit.errors import NotFound, Unauthenticated
from guildhall.kit.ids import new_id
from guildhall.kit.tokens import Claims

API_AUDIENCE = "guildhall/api"
DEVICE_AUDIENCE = "guildhall/device"


class DeviceClaims(Claims):
    """What the device cookie says: this browser has signed in to this account before."""

    account_id: str = Field(min_length=1)
    device_id: str = Field(min_length=1)


class ReuseDetected(Unauthenticated):
    """An older token was shown: it was stolen, or its thief has already used it. Everything it opened is shut."""

    type = "reuse-detected"
    title = "This sign-in was ended for safety"

    def __init__(self) -> None:
        super().__init__(
            "This sign-in was used from two places, so it was ended everywhere. Sign in again; we have sent you a mail."
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in as its owner receives it; the three tokens are shown once and kept only as hashes."""

    account: Account
    session: Session
    access_token: str
    access_expires_at_ms: int
    refresh_token: str
    device_token: str


class Sessions:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock

    async def begin(self, account: Account, methods: tuple[str, ...], device: Device) -> SignedIn:
        """A new session; the oldest ends where there would be too many. The account was read just now."""
        now_ms = self._clock.now_ms()
        idle_ms, lifetime_ms = lifetime_of(account, self._context.settings)
        session_id = new_id("ses", self._clock)
        refresh_token = join_token(session_id, self._context.keys.new_secret())
        session = Session(
            id=session_id,
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            account_id=account.id,
            epoch=account.session_epoch,
            current_hash=digest(refresh_token),
            rotated_at_ms=now_ms,
            aal=2 if len(methods) > 1 else 1,
            methods=methods,
            authenticated_at_ms=now_ms,
            idle_until_ms=now_ms + idle_ms,
            expires_at_ms=now_ms + lifetime_ms,
            device=device,
        )
        session = follow_up(session, audited(account.id, "accounts.sign_in", now_ms, methods=list(methods)))
        await self._store.sessions.add(session)
        await self._context.effects.carry_out(self._store.sessions, session)
        await self._end_surplus(account)
        return self._signed_in(account, session, refresh_token)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Rotate the family. Raises SessionEnded, or ReuseDetected when the token is an older one.

        Whoever loses the compare-and-set reads again and finds the token just rotated out: so of twenty at once one
        rotates and the others are given the same successor.
        """
        session_id, _ = split_token(refresh_token)
        successor = self._context.keys.successor(refresh_token)
        presented, following = digest(refresh_token), digest(successor)
        grace_ms = self._context.settings.refresh_grace_seconds * 1000
        case = RefreshCase.UNKNOWN
        account: Account | None = None

        def decide(seen: Session) -> Session:
            nonlocal case
            now_ms = self._clock.now_ms()
            if account is None or account.state not in MAY_SIGN_IN or not is_live(seen, account, now_ms):
                raise SessionEnded
            case = judge_refresh(seen, presented, following, now_ms, grace_ms)
            if case is RefreshCase.UNKNOWN:
                raise SessionEnded
            SESSION.move(seen.state, SessionEvent.REFRESH, Actor.SELF, case)
            if case is RefreshCase.GRACE:
                return seen
            if case is RefreshCase.REUSED:
                return self._revoke_family(account, seen, now_ms)
            idle_ms, lifetime_ms = lifetime_of(account, self._context.settings)
            last_ms = min(seen.expires_at_ms, seen.created_at_ms + lifetime_ms)
            if now_ms >= last_ms:
                raise SessionEnded
            return rotate(seen, following, now_ms, min(now_ms + idle_ms, last_ms))

        known = await self._store.sessions.get(session_id)
        account = await self._store.accounts.get(known.account_id if known else "")
        try:
            session = await self._context.change_session(session_id, decide)
        except NotFound as error:
            raise SessionEnded from error
        if case is RefreshCase.REUSED:
            raise ReuseDetected
        if account is None:  # decided above; told to the type checker
            raise SessionEnded
        return self._signed_in(account, session, successor)

    async def live(self, account_id: str) -> list[Session]:
        """The sign-ins that count now, newest first."""
        account = await self._store.accounts.get(account_id)
        now_ms = self._clock.now_ms()
        sessions = await self._store.open_sessions_of(account_id)
        return [session for session in sessions if account is not None and is_live(session, account, now_ms)]

    async def end(self, account_id: str, session_id: str, reason: EndReason = EndReason.SIGN_OUT) -> None:
        """Sign out one. Raises NotFound for a session of somebody else, as for one that is not."""
        known = await self._store.sessions.get(session_id)
        if known is None or known.account_id != account_id:
            raise NotFound("There is no such session.")
        now_ms = self._clock.now_ms()
        audit = audited(account_id, "accounts.sign_out", now_ms, reason=reason.value)
        await self._context.change_session(session_id, lambda seen: end_session(seen, reason, now_ms, audit))

    async def end_all(self, account_id: str) -> None:
        """Sign out everywhere: one compare-and-set on the account."""
        now_ms = self._clock.now_ms()

        def decide(seen: Account) -> Account:
            ended = begin_epoch(seen, EndReason.SIGN_OUT_ALL, now_ms)
            return follow_up(ended, audited(account_id, "accounts.sign_out_all", now_ms))

        await self._context.change_account(account_id, decide)

    async def expire(self, session: Session) -> None:
        """The job's: its time is over."""
        now_ms = self._clock.now_ms()

        def decide(seen: Session) -> Session:
            if seen.state is not SessionState.ACTIVE:
                return seen
            target = SESSION.move(seen.state, SessionEvent.EXPIRE, Actor.TIMER, None).target
            over = seen.model_copy(update={"state": target, "ended_at_ms": now_ms})
            return follow_up(over, Effect(kind=EffectKind.CLOSE_SOCKETS, at_ms=now_ms))

        await self._context.change_session(session.id, decide)

    def device_of(self, visitor: Visitor, account_id: str) -> Device:
        """The device as the list of sessions shows it; its id is that of an earlier sign-in here, else a new one."""
        device_id = self.known_device(visitor, account_id) or new_id("dev", self._clock)
        return Device(
            id=device_id, label=device_label(visitor.user_agent), address_prefix=address_prefix(visitor.address)
        )

    def known_device(self, visitor: Visitor, account_id: str) -> str:
        """The id of a device that has signed in to this account before; empty for a stranger."""
        try:
            claims = self._context.tokens.verify(visitor.device_token, DEVICE_AUDIENCE, DeviceClaims)
        except Unauthenticated:
            return ""
        return claims.device_id if claims.account_id == account_id else ""

    def device_token(self, account_id: str, device_id: str) -> str:
        claims = DeviceClaims(account_id=account_id, device_id=device_id)
        return self._context.tokens.sign(claims, DEVICE_AUDIENCE, self._context.settings.device_seconds)

    def access_token(self, session: Session) -> str:
        claims = AccessClaims(account_id=session.account_id, session_id=session.id)
        return self._context.tokens.sign(claims, API_AUDIENCE, self._context.settings.access_token_seconds)

    def _signed_in(self, account: Account, session: Session, refresh_token: str) -> SignedIn:
        seconds = self._context.settings.access_token_seconds
        return SignedIn(
            account=account,
            session=session,
            access_token=self.access_token(session),
            access_expires_at_ms=self._clock.now_ms() + seconds * 1000,
            refresh_token=refresh_token,
            device_token=self.device_token(account.id, session.device.id),
        )

    def _revoke_family(self, account: Account, seen: Session, now_ms: int) -> Session:
        what = f"A sign-in of yours ({seen.device.label}) was used from two places at once, so we ended it."
        notice = self._context.letters.security_notice(account, what, now_ms)
        audit = audited("system:refresh", "accounts.reuse_detected", now_ms, account_id=account.id)
        return end_session(seen, EndReason.REUSE, now_ms, notice, audit)

    async def _end_surplus(self, account: Account) -> None:
        live = await self.live(account.id)
        for session in live[MAX_LIVE_SESSIONS:]:
            await self.end(account.id, session.id, EndReason.TOO_MANY)
