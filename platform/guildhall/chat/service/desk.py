"""What agents do with conversations: take, hand on, put off, resolve, reopen, tag."""

from guildhall.chat.lifecycle import Actor, ConversationEvent, ConversationState
from guildhall.chat.model import (
    TAGS_MAX,
    ChatClaims,
    Conversation,
    EntryKind,
    Place,
    Said,
    Standing,
)
from guildhall.chat.rules.standing import Turn, turned
from guildhall.chat.service.context import Context
from guildhall.chat.service.following import Following
from guildhall.chat.service.logbook import Logbook
from guildhall.chat.service.places import Places
from guildhall.chat.service.queueing import Queueing
from guildhall.chat.service.reach import Reach
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import DomainError, Invalid
from guildhall.kit.storage import StorageError

SNOOZE_MS_MOST = 30 * 86_400_000


class Desk:
    def __init__(
        self,
        context: Context,
        logbook: Logbook,
        places: Places,
        following: Following,
        queueing: Queueing,
        reach: Reach,
    ) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._places = places
        self._following = following
        self._queueing = queueing
        self._reach = reach

    async def find(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        """One that this agent answers. Raises NoSuch."""
        return await self._reach.must_answer(claims, conversation_id)

    async def take(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        """Hold it from now on; again changes nothing. Of many who take it at once, one has it.

        Raises MoveRefused, AtLimit, NoSuch.
        """
        conversation = await self.find(claims, conversation_id)
        _, standing = await self._logbook.standing(conversation)
        if standing.owner == claims.subject:
            return await self._following.follow(conversation_id)
        return await self._move_to(claims, conversation, claims.subject, ConversationEvent.TAKE)

    async def transfer(self, claims: ChatClaims, conversation_id: str, to_agent: str) -> Conversation:
        """To another agent, who must have room. Raises MoveRefused, AtLimit, NoSuch."""
        conversation = await self.find(claims, conversation_id)
        agent = await self._store.agents.read(to_agent)
        if not await self._reach.may_be_given(agent, conversation):
            raise NoSuch(f"There is no agent {to_agent} who answers such conversations.")
        return await self._move_to(claims, conversation, to_agent, ConversationEvent.TRANSFER)

    async def requeue(self, claims: ChatClaims, conversation_id: str, queue: str) -> Conversation:
        """Back to its queue, or to another one; it waits on from when it began to wait."""
        return await self._turn(claims, conversation_id, ConversationEvent.REQUEUE, queue=queue)

    async def hand_back(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        return await self._turn(claims, conversation_id, ConversationEvent.HAND_BACK)

    async def snooze(self, claims: ChatClaims, conversation_id: str, until_ms: int) -> Conversation:
        now_ms = self._context.clock.now_ms()
        if not now_ms < until_ms <= now_ms + SNOOZE_MS_MOST:
            raise Invalid(
                "A conversation is put off for up to 30 days.", fields={"until_ms": "must lie ahead, within 30 days"}
            )
        return await self._turn(claims, conversation_id, ConversationEvent.SNOOZE, wake_at_ms=until_ms)

    async def resolve(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        return await self._turn(claims, conversation_id, ConversationEvent.RESOLVE)

    async def reopen(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        return await self._turn(claims, conversation_id, ConversationEvent.REOPEN)

    async def tag(self, claims: ChatClaims, conversation_id: str, tags: tuple[str, ...]) -> Conversation:
        """Whole, in the order given; doubles are left out."""
        await self.find(claims, conversation_id)
        wanted = tuple(dict.fromkeys(tags))
        if len(wanted) > TAGS_MAX:
            raise Invalid("These are too many tags.", fields={"tags": f"may be at most {TAGS_MAX}"})
        return await self._store.conversations.change(
            conversation_id,
            self._context.clock.now_ms(),
            lambda seen: (
                seen
                if seen.tags == wanted
                else seen.model_copy(update={"tags": wanted, "index_due_at_ms": self._context.clock.now_ms()})
            ),
        )

    async def move(self, conversation: Conversation, event: ConversationEvent, only_from: str = "") -> None:
        """A turn by the platform itself: wakes, returns, closes. Raises MoveRefused, NotYourTurn."""
        turn = Turn(event, Actor.SYSTEM, self._context.clock.now_ms(), only_from=only_from)
        await self._append(conversation, turn, "system")
        await self._following.follow(conversation.id)

    async def _turn(
        self,
        claims: ChatClaims,
        conversation_id: str,
        event: ConversationEvent,
        *,
        queue: str = "",
        wake_at_ms: int = 0,
    ) -> Conversation:
        conversation = await self.find(claims, conversation_id)
        turn = Turn(
            event,
            Actor.AGENT,
            self._context.clock.now_ms(),
            by=claims.subject,
            manages=claims.manages,
            queue=queue,
            wake_at_ms=wake_at_ms,
        )
        await self._append(conversation, turn, claims.subject, claims.name)
        followed = await self._following.follow(conversation.id)
        await self._queueing.drain()
        return followed

    async def _move_to(
        self, claims: ChatClaims, conversation: Conversation, agent_id: str, event: ConversationEvent
    ) -> Conversation:
        began_ms = self._context.clock.monotonic_ms()
        place = await self._places.take(agent_id, conversation.id)
        turn = Turn(
            event,
            Actor.AGENT,
            self._context.clock.now_ms(),
            by=claims.subject,
            manages=claims.manages,
            owner=agent_id,
            place=place.token,
        )
        try:
            await self._append(conversation, turn, claims.subject, claims.name, place, began_ms)
        except StorageError:
            raise  # whether it was taken is not known: the place stays until it is doubted
        except DomainError:
            await self._places.give_back(agent_id, [place.token])
            raise
        return await self._following.follow(conversation.id)

    async def _append(
        self,
        conversation: Conversation,
        turn: Turn,
        by: str,
        name: str = "",
        place: Place | None = None,
        began_ms: int = 0,
    ) -> None:
        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            standing = turned(seen, turn)
            return Said(kind=EntryKind.STATUS, by=by, role=turn.actor, name=name, event=turn.event, standing=standing)

        key = self._queueing.new_key() if place is None else f"status/{place.token}"
        await self._logbook.append(conversation, key, link, began_ms=began_ms)

    async def queues(self, claims: ChatClaims) -> dict[str, int]:
        """By queue, how many wait that this agent may answer."""
        return await self._store.queue_lengths(await self._reach.shelves(claims))

    async def waiting(self, claims: ChatClaims) -> list[Conversation]:
        return await self._store.waiting(await self._reach.shelves(claims))

    async def in_state(self, claims: ChatClaims, state: ConversationState) -> list[Conversation]:
        """The newest words first."""
        return await self._store.in_state(await self._reach.shelves(claims), state)

    async def held_by(self, claims: ChatClaims) -> list[Conversation]:
        """What they hold, without what they may not read any more."""
        return [one for one in await self._store.held_by(claims.subject) if await self._reach.answers(claims, one)]

    async def earlier(self, claims: ChatClaims, conversation_id: str) -> list[Conversation]:
        """Others that were opened by the same side."""
        shown = await self.find(claims, conversation_id)
        others = [one for one in await self._store.opened_by(shown.opener) if one.id != shown.id]
        return [one for one in others if await self._reach.answers(claims, one)]
