"""The verbs of webhooks, for their routes and jobs."""

from typing import Final

from guildhall.accounts.store import AccountsStore
from guildhall.kit.audit import Audit
from guildhall.kit.storage import Storage
from guildhall.notifications.model import EventType
from guildhall.notifications.service import NotificationsService
from guildhall.notifications.webhooks.service.context import AccountOwners, Context
from guildhall.notifications.webhooks.service.emitting import Emitting
from guildhall.notifications.webhooks.service.following import Following
from guildhall.notifications.webhooks.service.keeping import Keeping
from guildhall.notifications.webhooks.service.sending import Sending
from guildhall.notifications.webhooks.service.sending_http import HttpSender
from guildhall.notifications.webhooks.settings import WebhookSettings
from guildhall.notifications.webhooks.store import WebhookStore

__all__ = ["WebhooksService", "open_webhooks"]
_DAY_MS: Final = 86_400_000


class WebhooksService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.following = Following(context)
        self.emitting = Emitting(context)
        self.keeping = Keeping(context, self.following, self.emitting)
        self.sending = Sending(context, self.following)

    async def forget_old(self) -> None:
        """The job's: deliveries are kept for `keep_days`, with what was sent, so that they can be asked for again."""
        store, after_id = self.context.store, ""
        await store.forget(self.context.clock.now_ms() - self.context.settings.keep_days * _DAY_MS)
        while page := await store.endpoints_after(after_id):  # accounts tell nobody when one of them ends
            for endpoint in page:
                if not await self.context.owners.told_for(endpoint.owner_id):
                    await store.remove(endpoint.id)
            after_id = page[-1].id


def open_webhooks(
    storage: Storage,
    accounts: AccountsStore,
    notifications: NotificationsService,
    audit: Audit,
    settings: WebhookSettings,
    secret: str,
    types: tuple[EventType, ...],
) -> WebhooksService:
    """The real one: it asks accounts, and posts over HTTP while its sender is running."""
    return WebhooksService(
        Context(
            store=WebhookStore(storage),
            notifications=notifications,
            audit=audit,
            owners=AccountOwners(accounts),
            sender=HttpSender(settings.timeout_seconds, allow_loopback=settings.allow_loopback),
            clock=notifications.clock,
            settings=settings,
            secret=secret,
            types=types,
        )
    )
