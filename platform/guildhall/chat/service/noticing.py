"""That something was said to somebody who was not there: a notice, once for all that they have not read.

For members, who have an account; a visitor leaves an address (`mailing`).
"""

from typing import Final

from guildhall.chat.model import Conversation, EntryKind
from guildhall.chat.service.context import Context
from guildhall.chat.service.logbook import Logbook, said_of
from guildhall.chat.store import PAGE
from guildhall.notifications.service import Message

KIND: Final = "chat_unread"


class Noticing:
    def __init__(self, context: Context, logbook: Logbook) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook

    async def tell_unread(self, conversation: Conversation) -> None:
        """For the job, a while after the last words: each member who has not read what others said is told so.

        Under a key of how far they have read, so that they are told again only after they have been there. The words
        stay where they were said.
        """
        _, standing = await self._logbook.standing(conversation)
        for member in conversation.parties:
            read = standing.readers[member.id].read if member.id in standing.readers else 0
            by = await self._unread_by(conversation, member.id, read)
            if not by:
                continue
            about = conversation.context.get("title") or "something of yours"
            message = Message(
                kind=KIND,
                title=f"{by} wrote to you: {about}",
                text=f"{by} wrote to you about {about}. Open it to read and to answer.",
                path=member.path or str(conversation.context.get("url") or "/account"),
            )
            key = f"chat-unread/{conversation.id}/{member.id}/{read}"
            await self._context.notices.tell(member.id, key, message, self._context.clock.now_ms())

        def decide(seen: Conversation) -> Conversation:
            is_same = seen.mail_due_at_ms == conversation.mail_due_at_ms
            return seen.model_copy(update={"mail_due_at_ms": 0}) if is_same else seen

        await self._store.conversations.change(conversation.id, self._context.clock.now_ms(), decide)

    async def _unread_by(self, conversation: Conversation, member: str, read: int) -> str:
        """Who of the others has said something after this number; "" where nobody has."""
        while entries := await self._logbook.read(conversation.id, read, PAGE):
            for entry in reversed(entries):
                said = said_of(entry)
                if said.kind is EntryKind.MESSAGE and said.by != member:
                    return said.name or "Somebody"
            read = entries[-1].number
        return ""
