"""What a queue promises, as of a few seconds ago; and what happens when a promise was not kept."""

import asyncio
from typing import Final

from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import Conversation, ConversationKind, EntryKind, Said, Standing
from guildhall.chat.rules.assigning import serves
from guildhall.chat.rules.promising import NOTHING_PROMISED, Outlook, outlook
from guildhall.chat.rules.standing import told_late
from guildhall.chat.service.context import Context
from guildhall.chat.service.following import Following
from guildhall.chat.service.logbook import Logbook

FRESH_MS: Final = 10_000
QUEUES_MOST: Final = 500
"""Queues whose outlook is remembered (policy: forget all)."""
LOOK_BACK_MS: Final = 7 * 86_400_000


class Promising:
    def __init__(self, context: Context, logbook: Logbook, following: Following) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._following = following
        self._known: dict[tuple[ConversationKind, str], tuple[int, Outlook]] = {}
        self._looking = asyncio.Lock()

    async def of(self, kind: ConversationKind, queue: str) -> Outlook:
        """What is promised there now. Exams' and gigs' parties are promised nothing: their desk has its own times."""
        if kind is not ConversationKind.VISITOR:
            return NOTHING_PROMISED
        fresh = self._fresh(kind, queue)
        if fresh is not None:
            return fresh
        # One looks for all who wait: after a restart 1600 conversations that came back together each read every agent.
        async with self._looking:
            found = self._fresh(kind, queue)
            if found is None:
                found = await self._look(kind, queue)
                if len(self._known) >= QUEUES_MOST:
                    self._known.clear()
                self._known[kind, queue] = (self._context.clock.monotonic_ms(), found)
            return found

    async def tell_late(self, conversation: Conversation) -> None:
        """For the job: the time that was promised is over, which the log says once. Raises NotLate."""
        now_ms = self._context.clock.now_ms()

        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            standing = told_late(seen, now_ms)
            return Said(kind=EntryKind.STATUS, by="system", role=Actor.SYSTEM, event="late", standing=standing)

        await self._logbook.append(conversation, f"late/{conversation.promised_by_ms}", link)
        await self._following.follow(conversation.id)

    def _fresh(self, kind: ConversationKind, queue: str) -> Outlook | None:
        known = self._known.get((kind, queue))
        if known is None or self._context.clock.monotonic_ms() - known[0] >= FRESH_MS:
            return None
        return known[1]

    async def _look(self, kind: ConversationKind, queue: str) -> Outlook:
        now_ms = self._context.clock.now_ms()
        agents = [one for one in await self._store.present(now_ms) if serves(one, kind, queue)]
        if not agents:
            return NOTHING_PROMISED
        waits_ms = await self._store.waits(queue, now_ms - LOOK_BACK_MS)
        waiting = await self._store.count_waiting(queue)
        usual_ms = round(self._context.settings.answer_within_seconds * 1000)
        return outlook(waits_ms, usual_ms, waiting, len(agents), sum(one.free for one in agents))
