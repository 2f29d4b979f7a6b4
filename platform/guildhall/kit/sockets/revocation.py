"""Sign-ins that end while sockets are open: whoever ends one publishes it, and every process closes its sockets."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner

FindEnded: TypeAlias = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Which of these sessions have ended, by what is stored."""
_AT_ONCE = 200
_RETRY_SECONDS = 1.0
log = get_logger(__name__)


class SessionsRevoked(BaseModel):
    """The message on the bus, as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session_ids: tuple[str, ...]

    def as_body(self) -> bytes:
        return self.model_dump_json().encode()


class Revocable(Protocol):
    """What the feed needs of the socket server."""

    def session_ids(self) -> frozenset[str]: ...

    async def revoke(self, session_ids: Collection[str]) -> int: ...


class RecentlyRevoked:
    """Remembers what was revoked for as long as admitting may take, so that nobody slips in meanwhile."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._keep_ms = seconds * 1000
        self._at_ms: dict[str, int] = {}

    def add(self, session_ids: Collection[str]) -> None:
        now_ms = self._clock.monotonic_ms()
        self._at_ms = {name: at_ms for name, at_ms in self._at_ms.items() if now_ms - at_ms <= self._keep_ms}
        self._at_ms |= dict.fromkeys(session_ids, now_ms)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._at_ms


class RevocationFeed:
    """Between the bus and the socket server; the composition root starts and closes it.

    A message may be lost, with the bus or with whoever publishes it. So what is stored is asked as well: after a gap,
    and every `recheck_seconds`.
    """

    def __init__(
        self, sockets: Revocable, bus: Bus, topic: str, find_ended: FindEnded, *, recheck_seconds: float = 30.0
    ) -> None:
        self._sockets = sockets
        self._bus = bus
        self._topic = topic
        self._find_ended = find_ended
        self._recheck_seconds = recheck_seconds
        self._owner = TaskOwner("revocations")
        self._told = asyncio.Event()
        self._ended: set[str] = set()  # coalesced, so as many as there are sessions at most
        self._must_ask = False
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        self._subscription = await self._bus.subscribe(self._topic, self._take, self._notice_gap)
        self._owner.start("close_sockets", self._follow())

    async def close(self) -> None:
        if self._subscription is not None:
            await self._subscription.close()
        await self._owner.close()

    def _take(self, body: bytes) -> None:
        try:
            revoked = SessionsRevoked.model_validate_json(body)
        except ValidationError:
            log.warning("revocation_not_understood", topic=self._topic)
            self._notice_gap()  # somebody was revoked: ask who
            return
        self._ended.update(revoked.session_ids)
        self._told.set()

    def _notice_gap(self) -> None:
        self._must_ask = True
        self._told.set()

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._recheck_seconds):
                    await self._told.wait()
            except TimeoutError:
                self._must_ask = True
            self._told.clear()
            try:
                await self._close_ended()
            except StorageUnavailable as error:
                # An outage: a line each second, no traceback.
                log.warning("revocation_postponed", topic=self._topic, why=error.detail)
                await asyncio.sleep(_RETRY_SECONDS)
                self._notice_gap()
            except Exception:
                log.exception("revocation_postponed", topic=self._topic)
                await asyncio.sleep(_RETRY_SECONDS)
                self._notice_gap()

    async def _close_ended(self) -> None:
        ended, self._ended = self._ended, set()
        if ended:
            await self._sockets.revoke(ended)
        if self._must_ask:
            self._must_ask = False
            asked = sorted(self._sockets.session_ids())
            for first in range(0, len(asked), _AT_ONCE):
                await self._sockets.revoke(await self._find_ended(asked[first : first + _AT_ONCE]))
