"""Who is at the desk: a lease that whoever is here renews, and what happens when nobody does."""

from guildhall.accounts.model import PlatformRole
from guildhall.chat.lifecycle import Actor, PresenceEvent, PresenceState
from guildhall.chat.model import ChatClaims, ConversationKind, DeskAgent
from guildhall.chat.model.agents import PLACES_MAX
from guildhall.chat.rules.assigning import with_presence
from guildhall.chat.service.context import Context
from guildhall.chat.service.news import News
from guildhall.chat.service.queueing import Queueing
from guildhall.kit.errors import Invalid, Refused
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import Duplicate

_EVENT_OF = {
    PresenceState.ONLINE: PresenceEvent.COME,
    PresenceState.AWAY: PresenceEvent.PAUSE,
    PresenceState.OFFLINE: PresenceEvent.LEAVE,
}


def kinds_answered(roles: frozenset[str]) -> tuple[ConversationKind, ...]:
    """What somebody with these roles answers: proctors their candidates, the desk everybody. Which, says `Reach`."""
    if not roles.isdisjoint({PlatformRole.ADMIN, PlatformRole.SUPPORT}):
        return tuple(ConversationKind)
    return (ConversationKind.EXAM,) if PlatformRole.PROCTOR in roles else ()


class Presence:
    def __init__(self, context: Context, queueing: Queueing, news: News) -> None:
        self._context = context
        self._agents = context.store.agents
        self._lease_ms = round(context.settings.lease_seconds * 1000)
        self._queueing = queueing
        self._news = news

    def must_be_agent(self, claims: ChatClaims) -> ChatClaims:
        """Raises Refused for everybody else."""
        if claims.role != "agent":
            raise Refused("Only who answers at the desk is present there.")
        return claims

    async def join(self, claims: ChatClaims) -> DeskAgent:
        """The agent's document, made when they come for the first time; what they answer is as their roles say now."""
        agent = await self._agents.get(claims.subject)
        now_ms = self._context.clock.now_ms()
        if agent is None:
            limit = self._context.settings.agent_limit
            agent = DeskAgent(
                id=claims.subject, created_at_ms=now_ms, name=claims.name, limit=limit, kinds=claims.kinds
            )
            try:
                await self._agents.add(agent)
            except Duplicate:
                agent = await self._agents.read(claims.subject)
        if (agent.name, agent.kinds) == (claims.name, claims.kinds):
            return agent  # as after each reconnect
        fresh = {"name": claims.name, "kinds": claims.kinds}
        return await self._agents.change(
            claims.subject,
            now_ms,
            lambda seen: (
                seen if (seen.name, seen.kinds) == (claims.name, claims.kinds) else seen.model_copy(update=fresh)
            ),
        )

    async def be(self, claims: ChatClaims, state: PresenceState) -> DeskAgent:
        """Online, away or gone, for the length of a lease; whoever comes is given what waits."""
        await self.join(claims)
        now_ms = self._context.clock.now_ms()
        agent = await self._agents.change(
            claims.subject,
            now_ms,
            lambda seen: with_presence(seen, _EVENT_OF[state], Actor.AGENT, now_ms + self._lease_ms),
        )
        await self._news.tell()
        if state is PresenceState.ONLINE:
            await self._queueing.drain()
        return agent

    async def renew(self, agent_id: str) -> None:
        """Of somebody whose page is open; nothing, of somebody who has left."""
        until_ms = self._context.clock.now_ms() + self._lease_ms
        if await self._agents.get(agent_id) is None:
            return

        def decide(seen: DeskAgent) -> DeskAgent:
            is_here = seen.presence is not PresenceState.OFFLINE
            return seen.model_copy(update={"lease_until_ms": until_ms}) if is_here else seen

        await self._agents.change(agent_id, self._context.clock.now_ms(), decide)

    async def arrange(self, agent_id: str, limit: int, queues: tuple[str, ...]) -> DeskAgent:
        """How many an agent holds at most, and of which queues. Whoever holds more keeps them, and gets no more."""
        if not 1 <= limit <= PLACES_MAX // 2:
            raise Invalid("This is no limit.", fields={"limit": f"must be 1 to {PLACES_MAX // 2}"})
        agent = await self._agents.change(
            agent_id,
            self._context.clock.now_ms(),
            lambda seen: seen.model_copy(update={"limit": limit, "queues": tuple(dict.fromkeys(queues))}),
        )
        await self._queueing.drain()
        return agent

    async def lapse(self, agent: DeskAgent) -> None:
        """For the job: nothing was heard of them for the length of a lease."""

        def decide(seen: DeskAgent) -> DeskAgent:
            if seen.lease_until_ms != agent.lease_until_ms:
                return seen
            return with_presence(seen, PresenceEvent.LAPSE, Actor.SYSTEM, seen.lease_until_ms)

        try:
            await self._agents.change(agent.id, self._context.clock.now_ms(), decide)
        except MoveRefused:
            return

    async def forget_lease(self, agent: DeskAgent) -> None:
        """For the job: their conversations went back to the queues; do not look again until they come."""

        def decide(seen: DeskAgent) -> DeskAgent:
            is_same = seen.lease_until_ms == agent.lease_until_ms
            return seen.model_copy(update={"lease_until_ms": 0}) if is_same else seen

        await self._agents.change(agent.id, self._context.clock.now_ms(), decide)
