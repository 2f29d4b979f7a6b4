"""What every verb of webhooks stands on."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.store import AccountsStore
from guildhall.kit.audit import Audit
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Invalid, NotFound
from guildhall.notifications.model import EventType
from guildhall.notifications.service import NotificationsService
from guildhall.notifications.webhooks.model import Delivery, Endpoint
from guildhall.notifications.webhooks.rules.delivering import Answered
from guildhall.notifications.webhooks.settings import WebhookSettings
from guildhall.notifications.webhooks.store import WebhookStore


class Owners(Protocol):
    """What webhooks ask of accounts."""

    async def told_for(self, owner_id: str) -> list[str]:
        """The accounts that hear what becomes of an owner's endpoints; none: there is no such owner any more."""
        ...


class AccountOwners:
    def __init__(self, accounts: AccountsStore) -> None:
        self._accounts = accounts

    async def told_for(self, owner_id: str) -> list[str]:
        organisation = await self._accounts.organisations.get(owner_id)
        if organisation is not None:
            return [] if organisation.closed_at_ms is not None else sorted(organisation.owners)
        account = await self._accounts.accounts.get(owner_id)
        return [] if account is None or account.state is AccountState.ERASED else [owner_id]


class Sender(Protocol):
    """The way out; `sending_http.HttpSender` is the real one."""

    def running(self) -> AbstractAsyncContextManager[object]:
        """Around every `post`."""
        ...

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Never raises for what the other side does."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and the organisations that they own."""

    account_id: str
    organisations: frozenset[str]

    def owner(self, organisation_id: str) -> str:
        """The account itself where no organisation is named. Raises Invalid."""
        if not organisation_id:
            return self.account_id
        if organisation_id not in self.organisations:
            raise Invalid("Only an owner of an organisation can do this.", fields={"organisation_id": "is not yours"})
        return organisation_id


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the composition root."""

    store: WebhookStore
    notifications: NotificationsService
    audit: Audit
    owners: Owners
    sender: Sender
    clock: Clock
    settings: WebhookSettings
    secret: str
    types: tuple[EventType, ...]
    """Of every domain: what an endpoint may choose among."""

    async def own(self, endpoint_id: str, caller: Caller) -> Endpoint:
        """Raises NotFound, for another's too."""
        found = await self.store.endpoints.read(endpoint_id)
        if found.owner_id != caller.account_id and found.owner_id not in caller.organisations:
            raise NotFound(f"There is no webhook {endpoint_id}.")
        return found

    async def own_delivery(self, endpoint_id: str, event_id: str, caller: Caller) -> Delivery:
        """Raises NotFound."""
        await self.own(endpoint_id, caller)
        return await self.store.deliveries.read(delivery_id(endpoint_id, event_id))


def delivery_id(endpoint_id: str, event_id: str) -> str:
    return f"{endpoint_id}/{event_id}"
