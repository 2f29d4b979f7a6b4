"""That something at the desk is otherwise than it was: told to every agent's page, which then asks for its lists again.

A hint says nothing but that, so none of it needs to be kept or ordered; many within half a second are one, and a page
that missed one looks by itself now and then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from guildhall.chat.messages.wire import DeskChanged
from guildhall.chat.service.context import Context
from guildhall.kit.bus import Subscription
from guildhall.kit.tasks import TaskOwner

TOPIC: Final = "chat.desk"
REST_SECONDS: Final = 0.5
Tell = Callable[[DeskChanged], Awaitable[None]]


class News:
    def __init__(self, context: Context) -> None:
        self._bus = context.bus
        self._listeners: dict[str, Tell] = {}
        self._tasks = TaskOwner("chat-desk-news")
        self._wakes = asyncio.Event()
        self._opening = asyncio.Lock()
        self._subscription: Subscription | None = None

    async def tell(self) -> None:
        """Called after a conversation's or an agent's document has changed."""
        await self._bus.publish(TOPIC, b"{}")

    async def join(self, listener: str, tell: Tell) -> None:
        self._listeners[listener] = tell
        async with self._opening:
            if self._subscription is None:
                # Also when the bus was away: something may have been missed.
                self._subscription = await self._bus.subscribe(TOPIC, lambda _: self._wakes.set(), self._wakes.set)
                self._tasks.start("tell", self._tell_for_ever())

    def leave(self, listener: str) -> None:
        self._listeners.pop(listener, None)

    async def close(self) -> None:
        if self._subscription is not None:
            await self._subscription.close()
        await self._tasks.close()

    async def _tell_for_ever(self) -> None:
        while True:
            await self._wakes.wait()
            self._wakes.clear()
            for tell in list(self._listeners.values()):
                await tell(DeskChanged())
            await asyncio.sleep(REST_SECONDS)
