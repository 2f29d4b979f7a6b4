"""`/chat`: conversations of visitors, members and agents alike. Parse, call the service, answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import ClassVar

from guildhall.chat.lifecycle import ConversationEvent, PresenceState
from guildhall.chat.messages.limits import limits_of
from guildhall.chat.messages.wire import (
    PAGE_MAX,
    Done,
    EntriesShown,
    EntryShown,
    Leave,
    Mark,
    PresenceShown,
    PresenceWanted,
    Say,
    StreamWanted,
    Sync,
    Taken,
    TurnWanted,
    Typing,
    View,
    ViewingTold,
    show_entry,
    show_standing,
    show_writing,
)
from guildhall.chat.model import ChatClaims, Conversation, ConversationKind
from guildhall.chat.service import ChatService
from guildhall.chat.service.reach import is_shut_to_agents
from guildhall.chat.service.rooms import Told
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import TooMany
from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner

ROOMS_MAX = 60
"""Conversations one connection listens to: an agent's places and what they look at beside."""
WELCOME_SECONDS = 2.0
"""For so long it is taken that whoever joined may still read along."""
READING = Limit(per_second=10, burst=60, max_bytes=512)
ACTING = Limit(per_second=2, burst=10, max_bytes=512)
MARKING = Limit(per_second=5, burst=20, max_bytes=512)


class ChatNamespace(Namespace[ChatClaims]):
    path: ClassVar[str] = "/chat"

    def __init__(self, service: ChatService) -> None:
        # A character is at most 4 bytes of UTF-8, or 12 where a client escapes what lies beyond the basic plane.
        most = service.context.settings.max_text_characters * 12 + 512
        self.limits = {"say": Limit(per_second=5, burst=20, max_bytes=most, is_text=True)}
        self._service = service
        self._joined: dict[str, set[str]] = {}
        self._renewing: dict[str, TaskOwner] = {}

    async def admit(self, handshake: Handshake) -> ChatClaims:
        return self._service.visitors.read(handshake.token)

    def subject_of(self, claims: ChatClaims) -> str:
        return claims.subject

    def same_subject(self, old: ChatClaims, new: ChatClaims) -> bool:
        return (old.subject, old.role, old.site) == (new.subject, new.role, new.site)

    async def welcome(self, peer: Peer[ChatClaims]) -> None:
        self._joined[peer.id] = set()
        if peer.claims.role == "agent":
            await self._service.presence.join(peer.claims)
            await self._service.news.join(peer.id, peer.send)
            owner = self._renewing[peer.id] = TaskOwner("chat-lease")
            owner.start("renew", self._renew(peer.claims.subject))

    async def part(self, peer: Peer[ChatClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        for conversation_id in self._joined.pop(peer.id, set()):
            await self._service.rooms.leave(conversation_id, peer.id)
        self._service.news.leave(peer.id)
        renewing = self._renewing.pop(peer.id, None)
        if renewing is not None:
            await renewing.close()

    @on("join", Sync, READING)
    async def join(self, peer: Peer[ChatClaims], message: Sync) -> EntriesShown:
        """Listen first, then read: whatever is appended after the reading is told."""
        conversation = await self._service.conversations.find(peer.claims, message.conversation_id)
        joined = self._joined.setdefault(peer.id, set())
        if conversation.id not in joined:
            if len(joined) >= ROOMS_MAX:
                raise TooMany(f"One connection follows {ROOMS_MAX} conversations; leave one.", retry_after_ms=1_000)
            joined.add(conversation.id)
            await self._service.rooms.join(conversation.id, peer.id, self._teller(peer, conversation))
        return await self._page(peer, conversation, message.after)

    @on("sync", Sync, READING)
    async def sync(self, peer: Peer[ChatClaims], message: Sync) -> EntriesShown:
        conversation = await self._service.conversations.find(peer.claims, message.conversation_id)
        return await self._page(peer, conversation, message.after)

    @on("leave", Leave, READING)
    async def leave(self, peer: Peer[ChatClaims], message: Leave) -> Done:
        self._joined.get(peer.id, set()).discard(message.conversation_id)
        await self._service.rooms.leave(message.conversation_id, peer.id)
        return Done()

    @on("say", Say, Limit(per_second=5, burst=20, max_bytes=64_000, is_text=True))
    async def say(self, peer: Peer[ChatClaims], message: Say) -> Taken:
        entry = await self._service.conversations.say(
            peer.claims, message.conversation_id, message.client_id, message.text, message.files
        )
        return Taken(number=entry.number, at_ms=entry.at_ms)

    @on("mark", Mark, MARKING)
    async def mark(self, peer: Peer[ChatClaims], message: Mark) -> Done:
        await self._service.conversations.mark(peer.claims, message.conversation_id, message.delivered, message.read)
        return Done()

    @on("turn", TurnWanted, ACTING)
    async def turn(self, peer: Peer[ChatClaims], message: TurnWanted) -> Taken:
        event = ConversationEvent(message.turn)
        entry = await self._service.conversations.turn(peer.claims, message.conversation_id, event, message.client_id)
        return Taken(number=entry.number, at_ms=entry.at_ms)

    @on("typing", Typing, Limit(per_second=1, burst=5, max_bytes=256))
    async def typing(self, peer: Peer[ChatClaims], message: Typing) -> Done:
        conversation = await self._service.conversations.find(peer.claims, message.conversation_id)
        await self._service.rooms.type(
            conversation.id, peer.claims.subject, peer.claims.name, is_typing=message.is_typing
        )
        return Done()

    @on("view", View, Limit(per_second=1, burst=5, max_bytes=256))
    async def view(self, peer: Peer[ChatClaims], message: View) -> Done:
        claims = self._service.presence.must_be_agent(peer.claims)
        conversation = await self._service.conversations.find(claims, message.conversation_id)
        await self._service.rooms.view(conversation.id, claims.subject, claims.name)
        return Done()

    @on("stream", StreamWanted, Limit(per_second=2, burst=10, max_bytes=256))
    async def stream(self, peer: Peer[ChatClaims], message: StreamWanted) -> Done:
        conversation = await self._service.conversations.find(peer.claims, message.conversation_id)
        await self._service.rooms.want_stream(conversation.id)
        return Done()

    @on("presence", PresenceWanted, ACTING)
    async def presence(self, peer: Peer[ChatClaims], message: PresenceWanted) -> PresenceShown:
        claims = self._service.presence.must_be_agent(peer.claims)
        agent = await self._service.presence.be(claims, PresenceState(message.state))
        return PresenceShown(
            state=agent.presence,
            lease_until_ms=agent.lease_until_ms,
            limit=agent.limit,
            places=[place.conversation_id for place in agent.places],
        )

    async def _page(self, peer: Peer[ChatClaims], conversation: Conversation, after: int) -> EntriesShown:
        page = await self._service.conversations.page(conversation, after, PAGE_MAX)
        return EntriesShown(
            conversation_id=conversation.id,
            entries=[show_entry(entry) for entry in page.entries],
            head=page.head,
            standing=show_standing(page.standing),
            writing=show_writing(page.writing),
            usual_wait_ms=page.outlook.within_ms,
            limits=limits_of(self._service.context.settings),
            you=peer.claims.subject,
            server_time_ms=self._service.context.clock.now_ms(),
        )

    def _teller(self, peer: Peer[ChatClaims], conversation: Conversation) -> Callable[[Told], Awaitable[None]]:
        is_guest = peer.claims.role == "agent" and not conversation.is_party(peer.claims.subject)
        looked_at, is_welcome = asyncio.get_running_loop().time(), True

        async def tell(message: Told) -> None:
            nonlocal looked_at, is_welcome
            if isinstance(message, ViewingTold) and peer.claims.role != "agent":
                return  # parties do not learn who reads along
            if is_guest and isinstance(message, EntryShown) and is_shut_to_agents(message.state):
                return  # the two of them go on alone
            # Who is no longer a member or assigned hears nothing more; a visitor's own conversation stays theirs.
            now = asyncio.get_running_loop().time()
            if conversation.kind is not ConversationKind.VISITOR and now - looked_at >= WELCOME_SECONDS:
                looked_at, is_welcome = now, await self._is_welcome(peer.claims, conversation.id)
            if is_welcome:
                await peer.send(message)

        return tell

    async def _is_welcome(self, claims: ChatClaims, conversation_id: str) -> bool:
        try:
            await self._service.conversations.find(claims, conversation_id)
        except (NoSuch, StorageUnavailable):  # what is not told now, the next head says is missing
            return False
        return True

    async def _renew(self, agent_id: str) -> None:
        """An agent whose page is open is here."""
        while True:
            await asyncio.sleep(self._service.context.settings.lease_seconds / 3)
            with contextlib.suppress(StorageUnavailable):  # the next one is in time
                await self._service.presence.renew(agent_id)
