"""Conversations between people who are known, about something of theirs: an exam, an application, a contract.

The domain that has the thing decides who they are, and asks here; nothing is told it back. Over the same log, outbox,
`sync` and receipts as everybody else's.
"""

from collections.abc import Sequence
from typing import Final

from guildhall.chat.lifecycle import ConversationEvent
from guildhall.chat.model import Conversation, ConversationKind, Party
from guildhall.chat.model.conversations import PARTIES_MAX
from guildhall.chat.service.context import Context
from guildhall.chat.service.desk import Desk
from guildhall.chat.service.opening import Opening, Openings
from guildhall.kit.errors import Invalid
from guildhall.kit.lifecycle import MoveRefused

THE_TALK: Final = "the-talk"
"""Of each thing there is one."""


class Talks:
    def __init__(self, context: Context, openings: Openings, desk: Desk) -> None:
        self._context = context
        self._store = context.store
        self._openings = openings
        self._desk = desk

    async def open_conversation(
        self,
        kind: ConversationKind,
        subject_id: str,
        members: Sequence[Party],
        *,
        title: str = "",
        path: str = "",
        scope_id: str = "",
        queue: str = "support",
    ) -> Conversation:
        """The conversation about this thing: begun now, or as it was begun before, by whomever.

        Called by the domain that has the thing, for whoever may see it, each time that somebody opens its page.
        `members` are accounts, and the only ones who read and write: whoever is no longer among them finds it no more.
        The house comes when a member calls it in; for an exam it is those who are assigned to the delivery `scope_id`,
        or the desk where that is "". `title` says what it is about, and `path` leads to the page that shows it, or each
        member's own to theirs. Raises Invalid.
        """
        if kind is ConversationKind.VISITOR or not subject_id:
            raise Invalid("A visitor's conversation is about nothing that is known; open it with a key of its own.")
        if not 1 <= len(members) <= PARTIES_MAX or len({one.id for one in members}) != len(members):
            raise Invalid("These are no members.", fields={"members": f"must be 1 to {PARTIES_MAX}, each named once"})
        opened = await self._openings.open(
            Opening(
                kind=kind,
                init_key=THE_TALK,
                parties=tuple(members),
                queue=queue,
                subject_id=subject_id,
                scope_id=scope_id,
                opener=opener_of(kind, subject_id),
                context={"title": title, "url": path} if title or path else None,
            )
        )
        wanted = {"parties": tuple(members), "scope_id": scope_id}
        return await self._store.conversations.change(
            opened.id,
            self._context.clock.now_ms(),
            lambda seen: (
                seen if (seen.parties, seen.scope_id) == tuple(wanted.values()) else seen.model_copy(update=wanted)
            ),
        )

    async def find(self, kind: ConversationKind, subject_id: str) -> Conversation | None:
        """The one about this thing, if it was begun."""
        return await self._store.opened_with(opener_of(kind, subject_id), THE_TALK)

    async def widen(self, conversation: Conversation) -> None:
        """For the job, of a candidate who waits: where nobody is assigned any more, the desk answers."""
        if await self._context.assignments.is_supervised(conversation.scope_id):
            return
        await self._store.conversations.change(
            conversation.id,
            self._context.clock.now_ms(),
            lambda seen: seen.model_copy(update={"scope_id": ""}) if seen.scope_id == conversation.scope_id else seen,
        )

    async def close_conversation(self, kind: ConversationKind, subject_id: str) -> None:
        """The thing is over: what was said stays readable, and nothing is added. Again, or of none, it is nothing."""
        conversation = await self.find(kind, subject_id)
        if conversation is None:
            return
        for event in (ConversationEvent.RESOLVE, ConversationEvent.CLOSE):
            try:
                await self._desk.move(conversation, event)
            except MoveRefused:  # resolved or closed already
                continue


def opener_of(kind: ConversationKind, subject_id: str) -> str:
    """The same whoever asks first, so that there is one conversation about it."""
    return f"{kind}/{subject_id}"
