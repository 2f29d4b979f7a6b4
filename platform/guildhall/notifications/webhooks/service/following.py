"""What follows from a change of an endpoint: its owner is told, and the audit log. Carried out again without harm."""

from guildhall.kit.follow_ups import FollowUp
from guildhall.kit.storage.following import carry_out
from guildhall.notifications.service import Message
from guildhall.notifications.webhooks.model import Endpoint, FollowUpKind
from guildhall.notifications.webhooks.service.context import Context


class Following:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def of_endpoint(self, endpoint: Endpoint) -> Endpoint:
        return await carry_out(self._context.store.endpoints, endpoint, self._context.clock.now_ms(), self._do)

    async def _do(self, endpoint: Endpoint, one: FollowUp) -> None:
        key, details = f"{endpoint.id}_{one.key}", dict(one.details)
        if one.kind == FollowUpKind.AUDIT:
            actor, action = details.pop("actor"), details.pop("action")
            await self._context.audit.record(
                actor, action, "webhook", endpoint.id, "allowed", details, key=key, at_ms=one.at_ms
            )
            return
        for account_id in await self._context.owners.told_for(endpoint.owner_id):
            told = Message(**details)
            await self._context.notifications.tell(account_id, f"{key}_{account_id}", told, one.at_ms)
