"""Whether a proctor may still watch an exam: asked at every event of theirs, and while a wall only shows."""

import asyncio
from collections.abc import Awaitable, Callable

from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.model import ProctorClaims

BELIEVED_MS = 2_000  # that an answer is believed; a wall asks ten small things a second
REMEMBERED = 10_000  # answers (policy: forget all)
RECHECK_SECONDS = 5.0


class NotSupervising(NotFound):
    def __init__(self) -> None:
        super().__init__("You are not assigned to this exam, or no longer. Whoever runs it can assign you again.")


class Supervisors:
    """`may` is set by the composition root: by delivery and account. Without it nobody supervises a delivery."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_ms: dict[tuple[str, str], int] = {}
        self.may: Callable[[str, str], Awaitable[bool]] | None = None

    async def expect(self, claims: ProctorClaims) -> None:
        """Raises NotSupervising. A wall that is of no delivery, as the demo's, is open to whoever has its token."""
        if not claims.delivery_id:
            return
        key, now_ms = (claims.delivery_id, claims.account_id), self._clock.monotonic_ms()
        if self._until_ms.get(key, 0) > now_ms:
            return
        self._until_ms.pop(key, None)
        if self.may is None or not await self.may(*key):
            raise NotSupervising
        if len(self._until_ms) >= REMEMBERED:
            self._until_ms.clear()
        self._until_ms[key] = now_ms + BELIEVED_MS

    async def until_withdrawn(self, claims: ProctorClaims) -> None:
        """Returns once they may not watch any more; while the database is away, nothing is decided."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self.expect(claims)
            except NotSupervising:
                return
            except StorageUnavailable:
                continue
