"""The sandbox provider's own books."""

import contextlib

from guildhall.kit.storage import Change, Duplicate, Schema, Storage, gt, lte
from guildhall.payments.model.sandbox import SandboxOrder

ORDERS = Schema("sandbox_orders", index=(("subject",), ("next_at_ms",)))
_MAX = 50


class SandboxStore:
    def __init__(self, storage: Storage) -> None:
        self._orders = storage.collection(ORDERS)

    async def ensure(self) -> None:
        await self._orders.ensure()

    async def order(self, order: SandboxOrder) -> None:
        """The same again is the same one."""
        with contextlib.suppress(Duplicate):
            await self._orders.insert(order.model_dump(mode="json", by_alias=True))

    async def confirm(self, subject: str, at_ms: int) -> None:
        change = Change(set={"confirmed_at_ms": at_ms, "next_at_ms": at_ms})
        await self._orders.update_if(f"{subject}/0", {"confirmed_at_ms": 0}, change)

    async def due(self, now_ms: int) -> list[SandboxOrder]:
        found = await self._orders.find({"next_at_ms": gt(0) & lte(now_ms)}, limit=_MAX)
        return [SandboxOrder.model_validate(document) for document in found]

    async def told(self, seen: SandboxOrder, next_at_ms: int) -> None:
        expect = {"next_at_ms": seen.next_at_ms, "confirmed_at_ms": seen.confirmed_at_ms}
        await self._orders.update_if(seen.id, expect, Change(set={"next_at_ms": next_at_ms}))

    async def orders(self, subject: str) -> list[SandboxOrder]:
        found = await self._orders.find({"subject": subject}, limit=_MAX)
        return [SandboxOrder.model_validate(document) for document in found]
