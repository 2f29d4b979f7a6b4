"""From the queues to whoever is free: the oldest first, and never above anybody's limit."""

import asyncio

from guildhall.chat.lifecycle import Actor, ConversationEvent
from guildhall.chat.model import Conversation, EntryKind, Said, Standing
from guildhall.chat.rules.assigning import AtLimit, next_agents
from guildhall.chat.rules.standing import Turn, turned
from guildhall.chat.service.context import Context
from guildhall.chat.service.following import Following
from guildhall.chat.service.logbook import Logbook
from guildhall.chat.service.places import Places
from guildhall.chat.service.reach import ALL, Reach
from guildhall.kit.ids import new_id
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.logs import get_logger

log = get_logger(__name__)


class Queueing:
    def __init__(
        self, context: Context, logbook: Logbook, places: Places, following: Following, reach: Reach
    ) -> None:  # fmt: skip
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._places = places
        self._following = following
        self._reach = reach
        # Two at once in one process would only take each other's turn; between processes the log decides.
        self._draining = asyncio.Lock()
        self._again = False

    async def drain(self) -> int:
        """Give out what waits, for as long as somebody is free; how many were given out. Nothing, where agents take."""
        if not self._context.settings.auto_assign:
            return 0
        self._again = True
        given = 0
        async with self._draining:
            while self._again:
                self._again = False
                given += await self._drain()
        return given

    async def _drain(self) -> int:
        given = 0
        for conversation in await self._store.waiting(ALL):
            agents = await self._store.present(self._context.clock.now_ms())
            if not any(agent.free for agent in agents):
                break
            for agent in next_agents(agents, conversation, self._context.clock.now_ms()):
                if await self._reach.may_be_given(agent, conversation) and await self.assign(conversation, agent.id):
                    given += 1
                    break
        return given

    async def assign(self, conversation: Conversation, agent_id: str) -> bool:
        """Whether it is now the agent's by this call."""
        began_ms = self._context.clock.monotonic_ms()
        try:
            place = await self._places.take(agent_id, conversation.id)
        except AtLimit:
            return False
        now_ms = self._context.clock.now_ms()
        turn = Turn(ConversationEvent.ASSIGN, Actor.SYSTEM, now_ms, owner=agent_id, place=place.token)

        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            return Said(
                kind=EntryKind.STATUS, by="system", role=Actor.SYSTEM, event=turn.event, standing=turned(seen, turn)
            )

        try:
            await self._logbook.append(conversation, f"status/{place.token}", link, began_ms=began_ms)
        except MoveRefused:
            await self._places.give_back(agent_id, [place.token])
            await self._following.follow(conversation.id)  # so that it leaves the list of those who wait
            return False
        await self._following.follow(conversation.id)
        return True

    def new_key(self) -> str:
        return f"status/{new_id('trn', self._context.clock)}"
