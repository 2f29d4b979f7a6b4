"""How a conversation begins: once for each key, and welcomed once."""

from dataclasses import dataclass
from typing import Any

from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import Conversation, ConversationKind, EntryKind, Party, Said, Standing
from guildhall.chat.rules.standing import begin, said_by_house
from guildhall.chat.service.context import Context
from guildhall.chat.service.logbook import Logbook
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate


@dataclass(frozen=True, slots=True)
class Opening:
    """What begins a conversation; `init_key` makes it the same conversation when it is asked for again."""

    kind: ConversationKind
    init_key: str
    parties: tuple[Party, ...]
    queue: str
    site: str = ""
    subject_id: str = ""
    scope_id: str = ""
    opener: str = ""
    """By whom it is known that it was begun; the first party where nobody is named."""
    has_bot: bool = False
    welcome: str = ""
    welcome_by: str = ""
    context: dict[str, Any] | None = None


class Openings:
    """Called by `Conversations.open` and `Talks`."""

    def __init__(self, context: Context, logbook: Logbook) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook

    async def open(self, opening: Opening) -> Conversation:
        """Begin a conversation, or give the one that was begun under this key: a double click opens one."""
        opener = opening.opener or opening.parties[0].id
        conversation = await self._store.opened_with(opener, opening.init_key)
        if conversation is None:
            conversation = await self._begin(opener, opening)
        if opening.welcome:
            await self._welcome(conversation, opening)  # also where whoever began was killed before it
        return conversation

    async def _begin(self, opener: str, opening: Opening) -> Conversation:
        now_ms = self._context.clock.now_ms()
        begun = begin(opening.kind, opening.queue, now_ms, has_bot=opening.has_bot)
        settle_ms = round(self._context.settings.settle_after_seconds * 1000)
        conversation = Conversation(
            id=new_id("cnv", self._context.clock),
            created_at_ms=now_ms,
            kind=opening.kind,
            site=opening.site,
            subject_id=opening.subject_id,
            scope_id=opening.scope_id,
            opener=opener,
            init_key=opening.init_key,
            parties=opening.parties,
            context=opening.context or {},
            begun=begun,
            state=begun.state,
            queue=begun.queue,
            last_at_ms=now_ms,
            due_at_ms=now_ms + settle_ms,
        )
        try:
            await self._store.conversations.add(conversation)
        except Duplicate:
            begun_before = await self._store.opened_with(opener, opening.init_key)
            if begun_before is None:
                raise
            return begun_before
        return conversation

    async def _welcome(self, conversation: Conversation, opening: Opening) -> None:
        def link(seen: Standing, number: int) -> Said:
            standing = said_by_house(seen, number)
            name = opening.welcome_by
            return Said(
                kind=EntryKind.MESSAGE,
                by="system",
                role=Actor.SYSTEM,
                name=name,
                text=opening.welcome,
                standing=standing,
            )

        if conversation.head == 0 and await self._store.entries.find(conversation.id, "welcome") is None:
            await self._logbook.append(conversation, "welcome", link)
