"""Telling whoever keeps somebody's money: an account itself, or an organisation's owner and finance."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from guildhall.notifications.service import Message, NotificationsService

KeepersOf = Callable[[str], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Telling:
    notifications: NotificationsService | None = None
    keepers_of: KeepersOf | None = None
    """The accounts that keep an owner's money; without it, the owner is an account."""

    async def tell(self, owner: str, key: str, message: Message, at_ms: int) -> None:
        """Each of them, once by the key however often it is told."""
        if self.notifications is None:
            return
        for account_id in [owner] if self.keepers_of is None else await self.keepers_of(owner):
            await self.notifications.tell(account_id, f"{key}_{account_id}", message, at_ms)
