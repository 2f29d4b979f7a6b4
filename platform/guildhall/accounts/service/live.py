"""Who an access token stands for right now: its session and account as they are kept, not as the token remembers."""

import json
from collections.abc import Collection
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from guildhall.accounts.model import STAFF, AccessClaims, Account, Session
from guildhall.accounts.rules.sessions import SessionEnded, is_live
from guildhall.accounts.service.context import MAY_SIGN_IN, Context
from guildhall.accounts.service.effects import CHANGED_TOPIC, REVOKED_TOPIC
from guildhall.accounts.service.sessions import API_AUDIENCE
from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.http.principal import Principal
from guildhall.kit.http.verified_tokens import VerifiedTokens

MAX_KEPT: Final = 20_000
"""Sessions whose principal is remembered (policy: drop oldest)."""


class LivePrincipals:
    """From access tokens to principals, for the `authenticate` guard.

    What was read is believed for `live_check_seconds` by plain reads of people who are not staff. Writes and staff are
    always looked up, and fail while the store is away. Revocations and changes come by the bus to every process.
    """

    def __init__(self, context: Context, bus: Bus) -> None:
        self._context = context
        self._bus = bus
        self._kept: dict[str, tuple[Principal, int]] = {}
        self._forgettings = 0
        self._verified = VerifiedTokens(
            lambda token: context.tokens.verify(token, API_AUDIENCE, AccessClaims), context.clock
        )
        self._subscriptions: list[Subscription] = []

    async def start(self) -> None:
        for topic in (REVOKED_TOPIC, CHANGED_TOPIC):
            self._subscriptions.append(await self._bus.subscribe(topic, self._hear, self._forget_all))

    async def close(self) -> None:
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()

    async def authenticate(self, access_token: str, *, is_read: bool = False) -> Principal:
        """Raises Unauthenticated, and StorageUnavailable where what is kept must be read and cannot."""
        claims = self._verified.verify(access_token)
        if is_read and (kept := self._kept.get(claims.session_id)) is not None:
            principal, read_at_ms = kept
            age_ms = self._context.clock.monotonic_ms() - read_at_ms
            is_theirs = principal.id == claims.account_id
            if is_theirs and age_ms < self._context.settings.live_check_seconds * 1000:
                return replace(principal, expires_at_ms=claims.expires_at_ms)
        return await self._look_up(claims)

    async def ended_among(self, session_ids: Collection[str]) -> list[str]:
        """Which of these sign-ins are over; asked for every open socket after the bus was away."""
        ended = []
        for session_id in session_ids:
            session = await self._context.store.sessions.get(session_id)
            account = None if session is None else await self._context.store.accounts.get(session.account_id)
            now_ms = self._context.clock.now_ms()
            if session is None or account is None or not is_live(session, account, now_ms):
                ended.append(session_id)
        return ended

    async def _look_up(self, claims: AccessClaims) -> Principal:
        forgettings = self._forgettings
        session = await self._context.store.sessions.get(claims.session_id)
        account = await self._context.store.accounts.get(claims.account_id)
        now_ms = self._context.clock.now_ms()
        if session is None or account is None or account.state not in MAY_SIGN_IN:
            raise SessionEnded
        if not is_live(session, account, now_ms):
            raise SessionEnded
        principal = principal_of(account, session, claims.expires_at_ms)
        # Something was revoked while this was read, and it may have been this: not remembered, since it may be old.
        if forgettings == self._forgettings and not account.is_staff:
            if len(self._kept) >= MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[session.id] = (principal, self._context.clock.monotonic_ms())
        return principal

    def _hear(self, body: bytes) -> None:
        told = json.loads(body)
        self._forgettings += 1
        for session_id in told.get("session_ids", ()):
            self._kept.pop(session_id, None)
        if account_id := told.get("account_id"):
            for session_id in [id_ for id_, (kept, _) in self._kept.items() if kept.id == account_id]:
                del self._kept[session_id]

    def _forget_all(self) -> None:
        self._forgettings += 1
        self._kept.clear()


def principal_of(account: Account, session: Session, expires_at_ms: int) -> Principal:
    """Staff roles count only in a session with a second factor."""
    roles = frozenset(account.roles) if session.aal > 1 else frozenset(account.roles) - STAFF
    return Principal(
        kind="user",
        id=account.id,
        session_id=session.id,
        roles=frozenset(role.value for role in roles),
        organisations=MappingProxyType({id_: role.value for id_, role in account.organisations.items()}),
        aal=session.aal,
        authenticated_at_ms=session.authenticated_at_ms,
        expires_at_ms=expires_at_ms,
    )
