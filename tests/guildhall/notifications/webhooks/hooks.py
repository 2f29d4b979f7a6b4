"""Webhooks of a market, their way out in a test's hands."""

from dataclasses import replace
from typing import Any

from guildhall.notifications.model import Event
from guildhall.notifications.webhooks import jobs
from guildhall.notifications.webhooks.model import Delivery, Endpoint
from guildhall.notifications.webhooks.service import WebhooksService
from guildhall.notifications.webhooks.service.context import Caller, Sender
from tests.guildhall.opportunities.market import ORGANISATION, Market

HOUR_MS = 3_600_000
URL = "http://127.0.0.1:9/hook"


class Hooks:
    def __init__(self, market: Market, sender: Sender, **settings: Any) -> None:
        self.market, self.clock = market, market.clock
        context = market.backbone.webhooks.context
        changed = context.settings.model_copy(update={"allow_loopback": True, **settings})
        self.service = WebhooksService(replace(context, sender=sender, settings=changed))
        self.keeping, self.store = self.service.keeping, context.store
        market.backbone.notifications.emitter = self.service.emitting
        self.carla = Caller(market.accounts["carla"], frozenset({ORGANISATION}))
        self.ada = Caller(market.accounts["ada"], frozenset())

    async def register(self, url: str = URL, *types: str) -> Endpoint:
        made, _ = await self.keeping.register(self.carla, ORGANISATION, url, types, "")
        return made

    async def emit(self, key: str, subject: str = "app_1", type_: str = "application.submitted") -> None:
        event = Event(type_, subject, self.clock.now_ms(), {"application_id": subject})
        await self.service.emitting.emit((ORGANISATION,), key, event)

    async def look(self) -> None:
        """A pass of the jobs."""
        await jobs.look(self.service)

    async def later(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)
        await self.look()

    async def log(self, endpoint: Endpoint) -> list[Delivery]:
        """The oldest first."""
        found = await self.store.of_endpoint(endpoint.id, None, 500)
        return sorted(found, key=lambda one: (one.lane, one.number))

    async def states(self, endpoint: Endpoint) -> list[str]:
        return [one.state.value for one in await self.log(endpoint)]
