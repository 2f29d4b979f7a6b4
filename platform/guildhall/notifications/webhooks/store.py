"""The collections of webhooks; the only file here that queries."""

import asyncio
import contextlib
import random
from typing import Final

from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Duplicate, Schema, Storage, gt, lt, lte
from guildhall.kit.storage.versioned import MAX_ATTEMPTS, Documents, TooBusy
from guildhall.notifications.webhooks.lifecycle import DeliveryState
from guildhall.notifications.webhooks.model import Delivery, Endpoint

ENDPOINTS: Final = Schema("webhooks_endpoints", unique=(("owner_id", "place"),), index=(("unsettled",),))
DELIVERIES: Final = Schema(
    "webhooks_deliveries",
    unique=(("lane", "number"),),
    index=(("state", "due_at_ms"), ("lane", "state", "number"), ("endpoint_id", "made_at_ms"), ("made_at_ms",)),
)
PAGE: Final = 100
NEWEST_FIRST: Final[SortBy] = ("made_at_ms", -1)
_PAUSE_MS: Final = 15


class WebhookStore:
    def __init__(self, storage: Storage) -> None:
        self._deliveries = storage.collection(DELIVERIES)
        self.endpoints = Documents(
            storage.collection(ENDPOINTS), Endpoint, lambda one: NotFound(f"There is no webhook {one}.")
        )
        self.deliveries = Documents(
            self._deliveries,
            Delivery,
            lambda one: NotFound(f"There is no delivery {one}."),
            frozenset({"endpoint_id", "lane", "number", "event_id", "type", "payload", "made_at_ms", "created_at_ms"}),
        )

    async def ensure(self) -> None:
        await self.endpoints.ensure()
        await self.deliveries.ensure()

    # --- endpoints

    async def endpoints_of(self, owner_id: str) -> list[Endpoint]:
        """In the order of their places, at most ENDPOINTS_MAX."""
        return await self.endpoints.find({"owner_id": owner_id}, sort=(("place", 1),), limit=PAGE)

    async def endpoints_after(self, endpoint_id: str) -> list[Endpoint]:
        """A page of all, in the order of their ids."""
        return await self.endpoints.find({"_id": gt(endpoint_id)}, sort=(("_id", 1),), limit=PAGE)

    async def endpoints_unsettled(self) -> list[Endpoint]:
        return await self.endpoints.find({"unsettled": True}, limit=PAGE)

    async def remove(self, endpoint_id: str) -> None:
        """The endpoint first: what is left of its deliveries has nowhere to go, and goes when it is due or old."""
        await self.endpoints.delete({"_id": endpoint_id})
        await self.deliveries.delete({"endpoint_id": endpoint_id})

    # --- deliveries

    async def put(self, wanted: Delivery) -> None:
        """Put it down once, with its lane's next number; under an id that is there already nothing happens."""
        for _ in range(MAX_ATTEMPTS):
            if await self.deliveries.get(wanted.id) is not None:
                return None
            last = await self.deliveries.find({"lane": wanted.lane}, sort=(("number", -1),), limit=1)
            number = last[0].number + 1 if last else 1
            with contextlib.suppress(Duplicate):
                return await self.deliveries.add(wanted.model_copy(update={"number": number}))
            await asyncio.sleep(random.uniform(0, _PAUSE_MS) / 1000)  # noqa: S311 - spreads, hides nothing
        raise TooBusy(wanted.lane)

    async def due(self, now_ms: int) -> list[Delivery]:
        where = {"state": DeliveryState.WAITING.value, "due_at_ms": lte(now_ms)}
        return await self.deliveries.find(where, sort=(("due_at_ms", 1),), limit=PAGE)

    async def head(self, lane: str) -> Delivery | None:
        """The first that waits in it: the only one that may be sent."""
        where = {"lane": lane, "state": DeliveryState.WAITING.value}
        found = await self.deliveries.find(where, sort=(("number", 1),), limit=1)
        return found[0] if found else None

    async def of_endpoint(self, endpoint_id: str, place: Place | None, limit: int) -> list[Delivery]:
        """The newest first; `limit` of them after `place`."""
        found = await find_after(self._deliveries, {"endpoint_id": endpoint_id}, NEWEST_FIRST, limit, place)
        return [Delivery.model_validate(one) for one in found]

    async def failed(self, endpoint_id: str, limit: int) -> list[Delivery]:
        """The newest first."""
        where = {"endpoint_id": endpoint_id, "state": DeliveryState.FAILED.value}
        return await self.deliveries.find(where, sort=(NEWEST_FIRST,), limit=limit)

    async def forget(self, before_ms: int) -> int:
        """What was put down before then, whatever became of it."""
        return await self.deliveries.delete({"made_at_ms": lt(before_ms)})
