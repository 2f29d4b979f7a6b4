"""An owner's verbs: endpoints, their secrets, and deliveries asked for again."""

from collections.abc import Callable
from typing import Any, Final

from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import follow
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate
from guildhall.notifications.model import Event
from guildhall.notifications.webhooks.lifecycle import DeliveryState, EndpointEvent
from guildhall.notifications.webhooks.model import ENDPOINTS_MAX, Delivery, Endpoint, FollowUpKind, SigningSecret
from guildhall.notifications.webhooks.rules import delivering, signing
from guildhall.notifications.webhooks.rules.addresses import check_url
from guildhall.notifications.webhooks.service.context import Caller, Context
from guildhall.notifications.webhooks.service.emitting import Emitting
from guildhall.notifications.webhooks.service.following import Following

RECOVERED_MAX: Final = 500
"""Deliveries of one asking: the newest, and whoever wants more asks again."""
_HOUR_MS: Final = 3_600_000
Decide = Callable[[Endpoint, int], Endpoint]


class TooManyEndpoints(Conflict):
    def __init__(self) -> None:
        super().__init__(f"An account or an organisation has {ENDPOINTS_MAX} webhooks at most: remove one first.")


class Keeping:
    def __init__(self, context: Context, following: Following, emitting: Emitting) -> None:
        self._context = context
        self._store = context.store
        self._following = following
        self._emitting = emitting

    async def listed(self, caller: Caller) -> list[Endpoint]:
        """Those of the account, and of every organisation that it owns."""
        owners = (caller.account_id, *sorted(caller.organisations))
        return [one for owner_id in owners for one in await self._store.endpoints_of(owner_id)]

    async def register(
        self, caller: Caller, organisation_id: str, url: str, types: tuple[str, ...], description: str
    ) -> tuple[Endpoint, str]:
        """The endpoint, and its secret, which is shown this once. Raises Invalid, TooManyEndpoints."""
        owner_id, now_ms = caller.owner(organisation_id), self._context.clock.now_ms()
        made = Endpoint(
            id=new_id("whk", self._context.clock),
            created_at_ms=now_ms,
            owner_id=owner_id,
            place=0,
            url=self._checked(url),
            description=description,
            types=self._known(types),
            secrets=(SigningSecret(id=new_id("sec", self._context.clock), made_at_ms=now_ms),),
            state_since_ms=now_ms,
        )
        made = follow(made, now_ms, _audited(caller, "register"))
        added = await self._add(made)
        return await self._following.of_endpoint(added), self._secret(added)

    async def change(
        self, caller: Caller, endpoint_id: str, url: str, types: tuple[str, ...], description: str
    ) -> Endpoint:
        """Raises NotFound, Invalid."""
        new = {"url": self._checked(url), "types": self._known(types), "description": description}
        return await self._change(caller, endpoint_id, "change", lambda seen, _: seen.model_copy(update=new))

    async def act(self, caller: Caller, endpoint_id: str, event: EndpointEvent) -> Endpoint:
        """Pause or resume. Raises NotFound, MoveRefused."""
        return await self._change(
            caller, endpoint_id, event.value, lambda seen, now_ms: delivering.move(seen, event, now_ms)
        )

    async def roll(self, caller: Caller, endpoint_id: str) -> tuple[Endpoint, str]:
        """A new secret, shown this once; the one before signs beside it for a day. Raises NotFound."""
        overlap_ms = round(self._context.settings.secret_overlap_hours * _HOUR_MS)
        secret_id = new_id("sec", self._context.clock)
        changed = await self._change(
            caller,
            endpoint_id,
            "roll_secret",
            lambda seen, now_ms: signing.roll(seen, secret_id, now_ms, overlap_ms),
        )
        return changed, signing.derive_secret(self._context.secret, endpoint_id, secret_id)

    async def remove(self, caller: Caller, endpoint_id: str) -> None:
        """With everything that waits for it. Raises NotFound."""
        endpoint = await self._context.own(endpoint_id, caller)
        await self._context.audit.record(
            caller.account_id, "webhooks.remove", "webhook", endpoint.id, "allowed", {}, key=f"{endpoint.id}_remove"
        )
        await self._store.remove(endpoint.id)

    async def test(self, caller: Caller, endpoint_id: str) -> Delivery:
        """A message that says nothing, tried once. Raises NotFound, Conflict while the endpoint is off."""
        endpoint = await self._context.own(endpoint_id, caller)
        if endpoint.state.value != "active":
            raise Conflict(f"This webhook is {endpoint.state.value}: turn it on first.")
        key, now_ms = new_id("tst", self._context.clock), self._context.clock.now_ms()
        event = Event(delivering.TEST_TYPE, key, now_ms, {"endpoint_id": endpoint.id})
        return await self._emitting.put(endpoint, delivering.event_id_of(key), event)

    async def redeliver(self, caller: Caller, endpoint_id: str, event_id: str) -> Delivery:
        """One again, from its first try. Raises NotFound, MoveRefused."""
        found = await self._context.own_delivery(endpoint_id, event_id, caller)
        now_ms = self._context.clock.now_ms()
        return await self._store.deliveries.change(
            found.id, now_ms, lambda seen: delivering.redeliver(seen, now_ms), after=found
        )

    async def recover(self, caller: Caller, endpoint_id: str) -> int:
        """All that has failed, RECOVERED_MAX at most; how many. Raises NotFound."""
        await self._context.own(endpoint_id, caller)
        now_ms = self._context.clock.now_ms()
        failed = await self._store.failed(endpoint_id, RECOVERED_MAX)
        for one in failed:
            await self._store.deliveries.change(
                one.id,
                now_ms,
                lambda seen: delivering.redeliver(seen, now_ms) if seen.state is DeliveryState.FAILED else seen,
                after=one,
            )
        return len(failed)

    async def _change(self, caller: Caller, endpoint_id: str, verb: str, decide: Decide) -> Endpoint:
        await self._context.own(endpoint_id, caller)
        now_ms = self._context.clock.now_ms()

        def audited(seen: Endpoint) -> Endpoint:
            return follow(decide(seen, now_ms), now_ms, _audited(caller, verb))

        return await self._following.of_endpoint(await self._store.endpoints.change(endpoint_id, now_ms, audited))

    async def _add(self, made: Endpoint) -> Endpoint:
        """At the first place that is free: so many as there are places, however many ask at once."""
        for place in range(ENDPOINTS_MAX):
            placed = made.model_copy(update={"place": place})
            try:
                await self._store.endpoints.add(placed)
            except Duplicate:
                continue
            return placed
        raise TooManyEndpoints

    def _checked(self, url: str) -> str:
        return check_url(url, allow_loopback=self._context.settings.allow_loopback)

    def _known(self, types: tuple[str, ...]) -> tuple[str, ...]:
        known = {one.name for one in self._context.types}
        if unknown := sorted(set(types) - known):
            raise Invalid(f"There is no event {unknown[0]}.", fields={"types": f"{unknown[0]} is no event"})
        return tuple(sorted(set(types)))

    def _secret(self, endpoint: Endpoint) -> str:
        return signing.derive_secret(self._context.secret, endpoint.id, endpoint.secrets[0].id)


def _audited(caller: Caller, verb: str) -> tuple[FollowUpKind, dict[str, Any]]:
    return FollowUpKind.AUDIT, {"actor": caller.account_id, "action": f"webhooks.{verb}"}
