"""Who listens to which conversation in this process, and how each learns what was appended anywhere.

Hints come by the bus and may be lost; so every room is told its newest number, as the database has it, every
`head_seconds`, and at once when the bus was away. Whoever has a smaller number asks for what is missing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from guildhall.chat.messages.wire import DeltaTold, EntryShown, HeadTold, TypingTold, ViewingTold, show_entry
from guildhall.chat.service.context import Context
from guildhall.chat.service.logbook import Logbook, as_entry, topic_of
from guildhall.kit.bus import Subscription
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner

SWEEP_SECONDS: Final = 1.0
WAITING_MOST: Final = 500
"""Hints that one room may hold before they are sent (policy: drop; the head tells that something is missing)."""
log = get_logger(__name__)

Told = EntryShown | HeadTold | TypingTold | ViewingTold | DeltaTold
Tell = Callable[[Told], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Room:
    conversation_id: str
    head_due: float
    listeners: dict[str, Tell] = field(default_factory=dict)
    waiting: list[Told] = field(default_factory=list)
    wakes: asyncio.Event = field(default_factory=asyncio.Event)
    subscription: Subscription | None = None
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)


class Rooms:
    def __init__(self, context: Context, logbook: Logbook) -> None:
        self._context = context
        self._logbook = logbook
        self._rooms: dict[str, Room] = {}
        self._tasks = TaskOwner("chat-rooms")
        self._sweeping: asyncio.Task[None] | None = None
        self._keepers: dict[str, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    async def join(self, conversation_id: str, listener: str, tell: Tell) -> None:
        """From when this returns, `tell` is called with whatever is appended: so join first, and read then."""
        if self._sweeping is None:
            self._sweeping = self._tasks.start("heads", self._sweep())
        while True:
            room = self._rooms.get(conversation_id)
            if room is None:
                loop = asyncio.get_running_loop()
                room = Room(conversation_id, loop.time() + self._context.settings.head_seconds)
                self._rooms[conversation_id] = room
                self._keepers[conversation_id] = self._tasks.start("room", self._keep(room))
            room.listeners[listener] = tell
            async with room.opening:
                if room.subscription is None:
                    room.subscription = await self._listen(room)
            if self._rooms.get(conversation_id) is room:  # else the last listener left while this one came
                return

    async def leave(self, conversation_id: str, listener: str) -> None:
        room = self._rooms.get(conversation_id)
        if room is None or room.listeners.pop(listener, None) is None or room.listeners:
            return
        del self._rooms[conversation_id]
        self._keepers.pop(conversation_id).cancel()
        async with room.opening:
            if room.subscription is not None:
                await room.subscription.close()

    async def type(self, conversation_id: str, by: str, name: str, *, is_typing: bool) -> None:
        """Somebody writes: told to those who listen, and never kept."""
        hint = {"by": by, "name": name, "is_typing": is_typing}
        await self._logbook.tell(conversation_id, {"typing": hint})

    async def view(self, conversation_id: str, by: str, name: str) -> None:
        """An agent looks at it: told to the agents who listen, and never kept."""
        await self._logbook.tell(conversation_id, {"viewing": {"by": by, "name": name}})

    async def want_stream(self, conversation_id: str) -> None:
        """Ask whoever writes an automatic message there, in whatever process, to tell it from its beginning."""
        await self._logbook.tell(conversation_id, {"stream_wanted": True})

    async def close(self) -> None:
        for room in list(self._rooms.values()):
            if room.subscription is not None:
                await room.subscription.close()
        self._rooms.clear()
        await self._tasks.close()

    async def _listen(self, room: Room) -> Subscription:
        def hear(body: bytes) -> None:
            hint = orjson.loads(body)
            if "entry" in hint:
                self._logbook.learn(as_entry(hint["entry"]))
            told = _told_of(room.conversation_id, hint)
            if told is not None and len(room.waiting) < WAITING_MOST:
                room.waiting.append(told)
                room.wakes.set()

        def look_again() -> None:
            room.head_due = 0.0

        return await self._context.bus.subscribe(topic_of(room.conversation_id), hear, look_again)

    async def _keep(self, room: Room) -> None:
        while True:
            await room.wakes.wait()
            room.wakes.clear()
            waiting, room.waiting = room.waiting, []
            for told in waiting:
                await self._tell_all(room, told)

    async def _tell_all(self, room: Room, told: Told) -> None:
        for tell in list(room.listeners.values()):
            await tell(told)

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(SWEEP_SECONDS, self._context.settings.head_seconds / 4))
            for room in [room for room in self._rooms.values() if room.head_due <= loop.time()]:
                room.head_due = loop.time() + self._context.settings.head_seconds
                try:
                    head = await self._logbook.head(room.conversation_id)
                except StorageUnavailable as error:
                    log.warning("heads_postponed", reason=str(error))
                    room.head_due = 0.0
                    break
                await self._tell_all(room, HeadTold(conversation_id=room.conversation_id, head=head))


def _told_of(conversation_id: str, hint: dict[str, Any]) -> Told | None:
    if "entry" in hint:
        return show_entry(as_entry(hint["entry"]))
    if "viewing" in hint:
        return ViewingTold(conversation_id=conversation_id, **hint["viewing"])
    if "delta" in hint:
        return DeltaTold(conversation_id=conversation_id, **hint["delta"])
    if "stream_wanted" in hint:
        return None  # for whoever writes it
    return TypingTold(conversation_id=conversation_id, **hint["typing"])
