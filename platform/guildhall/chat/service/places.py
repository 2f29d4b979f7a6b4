"""Room for conversations: taken in the agent's own document before the conversation is, given back after it has left.

So nobody ever holds more than their limit, whoever is killed when: a place may be kept for nothing for a while, which
`doubted` finds, but is never missing for something. Each taking has its own token, which the log's entry names: only
the holder of a token gives it back, and only after another entry stands behind its own.
"""

from collections.abc import Iterable

from guildhall.chat.model import DeskAgent, Place
from guildhall.chat.rules.assigning import with_place, without_places
from guildhall.chat.service.context import Context
from guildhall.kit.ids import new_id


class Places:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._agents = context.store.agents
        self._doubt_ms = round(context.settings.settle_after_seconds * 1000)

    async def take(self, agent_id: str, conversation_id: str) -> Place:
        """Raises AtLimit, NoSuch."""
        now_ms = self._context.clock.now_ms()
        place = Place(token=new_id("plc", self._context.clock), conversation_id=conversation_id, taken_at_ms=now_ms)
        await self._agents.change(agent_id, now_ms, lambda seen: with_place(seen, place, now_ms + self._doubt_ms))
        return place

    async def give_back(self, agent_id: str, tokens: Iterable[str]) -> None:
        """Again, or of nobody, changes nothing."""
        named = frozenset(tokens)
        if await self._agents.get(agent_id) is None:
            return
        await self._agents.change(agent_id, self._context.clock.now_ms(), lambda seen: without_places(seen, named))

    async def doubted(self, agent: DeskAgent, stale: Iterable[str], unsure: Iterable[str]) -> None:
        """Places were held against their conversations: `stale` ones go, `unsure` ones are looked at again."""
        gone, sure = frozenset(stale), {place.token for place in agent.places} - frozenset(unsure)
        now_ms = self._context.clock.now_ms()

        def decide(seen: DeskAgent) -> DeskAgent:
            kept = without_places(seen, gone)
            is_sure = all(place.token in sure for place in kept.places)
            return kept.model_copy(update={"doubt_at_ms": 0 if is_sure else now_ms + self._doubt_ms})

        await self._agents.change(agent.id, now_ms, decide)
