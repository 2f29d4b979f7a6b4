"""What agents write for each other: a log of its own, so that a visitor's numbers say nothing of it."""

from dataclasses import dataclass

from guildhall.chat.model import ChatClaims, Conversation
from guildhall.chat.service.context import Context
from guildhall.kit.errors import Invalid
from guildhall.kit.streams import Entry

NOTE_CHARACTERS_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Note:
    number: int
    at_ms: int
    by: str
    name: str
    text: str


class Notes:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._notes = context.store.notes

    async def write(self, claims: ChatClaims, conversation: Conversation, client_id: str, text: str) -> Note:
        """Once for each client id."""
        if not text.strip() or len(text) > NOTE_CHARACTERS_MAX:
            raise Invalid("This is no note.", fields={"text": f"must have 1 to {NOTE_CHARACTERS_MAX} characters"})
        body = {"by": claims.subject, "name": claims.name, "text": text}
        key = f"{claims.subject}/{client_id}"
        return _note_of(await self._notes.append(conversation.id, key, self._context.clock.now_ms(), body))

    async def read(self, conversation: Conversation, after: int, limit: int) -> list[Note]:
        return [_note_of(entry) for entry in await self._notes.read(conversation.id, after, limit)]


def _note_of(entry: Entry) -> Note:
    body = entry.body
    return Note(entry.number, entry.at_ms, str(body["by"]), str(body["name"]), str(body["text"]))
