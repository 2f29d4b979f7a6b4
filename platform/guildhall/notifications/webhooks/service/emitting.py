"""Putting an event down for every endpoint that wants it; `sending` takes it from there."""

from collections.abc import Sequence

from guildhall.notifications.model import Event
from guildhall.notifications.webhooks.lifecycle import DeliveryState, EndpointState
from guildhall.notifications.webhooks.model import Attempt, Delivery, Endpoint
from guildhall.notifications.webhooks.rules.delivering import event_id_of, payload_of
from guildhall.notifications.webhooks.service.context import Context, delivery_id


class Emitting:
    """The `Emitter` of notifications."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def emit(self, owners: Sequence[str], key: str, event: Event) -> None:
        """Called by the domains' followers: the same `key` again puts nothing down twice, and finishes what was begun.

        For an endpoint that is off it is put down as failed, so that its owner can ask for it afterwards.
        """
        event_id = event_id_of(key)
        for owner_id in dict.fromkeys(owners):
            for endpoint in await self._context.store.endpoints_of(owner_id):
                if not endpoint.types or event.type in endpoint.types:
                    await self.put(endpoint, event_id, event)

    async def forget_owner(self, owner_id: str) -> None:
        """Of an account that was erased."""
        for endpoint in await self._context.store.endpoints_of(owner_id):
            await self._context.store.remove(endpoint.id)

    async def put(self, endpoint: Endpoint, event_id: str, event: Event) -> Delivery:
        now_ms = self._context.clock.now_ms()
        is_on = endpoint.state is EndpointState.ACTIVE
        delivery = Delivery(
            id=delivery_id(endpoint.id, event_id),
            created_at_ms=now_ms,
            endpoint_id=endpoint.id,
            lane=f"{endpoint.id}/{event.subject}",
            number=1,
            event_id=event_id,
            type=event.type,
            payload=payload_of(event.type, event.at_ms, event.data),
            made_at_ms=now_ms,
            state=DeliveryState.WAITING if is_on else DeliveryState.FAILED,
            due_at_ms=now_ms,
            settled_at_ms=0 if is_on else now_ms,
            attempts=() if is_on else (Attempt(at_ms=now_ms, reason=f"the endpoint is {endpoint.state.value}"),),
        )
        await self._context.store.put(delivery)
        return delivery
