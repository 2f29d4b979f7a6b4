"""Sending what is due: at least once, in the order of each lane, whoever is killed meanwhile.

A delivery is claimed by a compare-and-set that counts the try and moves it behind a lease. Only the first that waits in
a lane is ever claimed, so a later event of the same subject never overtakes an earlier one.
"""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import Final

from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.notifications.webhooks.lifecycle import EndpointState
from guildhall.notifications.webhooks.model import Delivery, Endpoint
from guildhall.notifications.webhooks.rules import delivering
from guildhall.notifications.webhooks.rules.delivering import Answered
from guildhall.notifications.webhooks.rules.signing import sign
from guildhall.notifications.webhooks.service.context import Context
from guildhall.notifications.webhooks.service.following import Following
from guildhall.notifications.webhooks.store import PAGE

AT_ONCE_EACH: Final = 2
"""Requests to one endpoint at a time: one that answers slowly takes up no more of the places than that."""
log = get_logger(__name__)


class Sending:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following

    async def deliver_due(self) -> int:
        """The job's: try what is due, PAGE at most; how many there were."""
        found = await self._context.store.due(self._context.clock.now_ms())
        lanes: dict[str, list[Delivery]] = defaultdict(list)
        for one in found:
            lanes[one.lane].append(one)
        places = asyncio.Semaphore(self._context.settings.concurrency)
        of_endpoint = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(AT_ONCE_EACH))
        async with asyncio.TaskGroup() as sending:
            for waiting in lanes.values():
                sending.create_task(self._deliver_lane(waiting, of_endpoint[waiting[0].endpoint_id], places))
        return len(found)

    async def _deliver_lane(
        self, found: list[Delivery], of_endpoint: asyncio.Semaphore, places: asyncio.Semaphore
    ) -> None:
        async with of_endpoint, places:
            try:
                for _ in range(PAGE):  # then others have their turn; the rest is due still
                    if not await self._deliver_head(found):
                        return
            except StorageUnavailable as error:  # one lane's; those beside it go on
                log.warning("webhooks_postponed", lane=found[0].lane, reason=str(error))
            except Exception:
                log.exception("webhook_lane_failed", lane=found[0].lane)

    async def _deliver_head(self, found: list[Delivery]) -> bool:
        """Whether the next in the lane may be tried."""
        store, now_ms = self._context.store, self._context.clock.now_ms()
        head = await store.head(found[0].lane)
        if head is None:
            return False
        # What waits behind another has not been tried, and is due when its turn comes, whatever stands in it.
        if head.tries and head.due_at_ms > now_ms:
            await self._postpone(found, head.due_at_ms)
            return False
        endpoint = await store.endpoints.get(head.endpoint_id)
        if endpoint is None or not await self._context.owners.told_for(endpoint.owner_id):
            await store.remove(head.endpoint_id)
            return False
        if endpoint.state is not EndpointState.ACTIVE:
            off = Answered(0, 0, f"the endpoint is {endpoint.state.value}")
            spent = head.model_copy(update={"tries": PAGE})
            return await store.deliveries.replace(head, self._settled(spent, off), now_ms) is not None
        if endpoint.rests_until_ms > now_ms:
            await self._postpone(found, endpoint.rests_until_ms)
            return False
        lease_ms = round(4_000 * self._context.settings.timeout_seconds)
        claimed = await store.deliveries.replace(head, delivering.claim(head, lease_ms, now_ms), now_ms)
        return claimed is not None and await self._try(endpoint, claimed)

    async def _try(self, endpoint: Endpoint, claimed: Delivery) -> bool:
        """Whether it is delivered, or given up; then the next one has its turn."""
        answered = await self._send(endpoint, claimed)
        settled = self._settled(claimed, answered)
        # Lost where the lease ran out meanwhile: somebody else has tried it too, and writes down what came of it.
        await self._context.store.deliveries.replace(claimed, settled, self._context.clock.now_ms())
        await self._note(endpoint, answered)
        log.info(
            "webhook_sent",
            endpoint=endpoint.id,
            event_id=claimed.event_id,
            status=answered.status,
            reason=answered.reason,
            state=settled.state.value,
        )
        return settled.settled_at_ms > 0

    async def _send(self, endpoint: Endpoint, delivery: Delivery) -> Answered:
        at = datetime.now(UTC)  # whoever verifies holds it against the machine's time
        headers = {
            "content-type": "application/json",
            "user-agent": "Guildhall-Webhooks/1",
            **sign(self._context.secret, endpoint, delivery.event_id, delivery.payload, at),
        }
        return await self._context.sender.post(endpoint.url, delivery.payload.encode(), headers)

    async def _note(self, endpoint: Endpoint, answered: Answered) -> None:
        if answered.is_ok and not endpoint.failing_since_ms:
            return
        store, now_ms = self._context.store, self._context.clock.now_ms()
        if await store.endpoints.get(endpoint.id) is None:  # removed meanwhile
            return
        changed = await store.endpoints.change(
            endpoint.id, now_ms, lambda seen: delivering.note(seen, answered, self._context.settings, now_ms)
        )
        await self._following.of_endpoint(changed)

    async def _postpone(self, found: list[Delivery], until_ms: int) -> None:
        """What waits behind is not looked at before then; whoever has changed it meanwhile is right."""
        now_ms = self._context.clock.now_ms()
        for one in found:
            if one.due_at_ms <= now_ms:
                await self._context.store.deliveries.replace(
                    one, one.model_copy(update={"due_at_ms": until_ms}), now_ms
                )

    def _settled(self, delivery: Delivery, answered: Answered) -> Delivery:
        return delivering.settle(delivery, answered, self._context.settings, self._context.clock.now_ms())
