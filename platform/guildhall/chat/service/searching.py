"""Finding conversations again: by what was said, by whom, by tag and by day.

The index is a document for each word of each conversation, so it asks no more of a database than a range of one field.
It is written by the job, a few seconds after the last words; a tag that was taken away is found no more, because what
is found is held against the conversation itself.
"""

from guildhall.chat.model import ChatClaims, Conversation, EntryKind
from guildhall.chat.rules.searching import asked_words, tag_word, words_of
from guildhall.chat.service.context import Context
from guildhall.chat.service.logbook import Logbook, said_of
from guildhall.chat.service.reach import Reach
from guildhall.chat.store import PAGE

FOUND_MAX = 50


class Searching:
    def __init__(self, context: Context, logbook: Logbook, reach: Reach) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._reach = reach

    async def index(self, conversation: Conversation) -> None:
        """For the job: the words since it was indexed last, with the names and tags as they are."""
        words = {word for party in conversation.parties for word in words_of(party.name)}
        words |= {tag_word(tag) for tag in conversation.tags}
        number = conversation.indexed_up_to
        while True:
            entries = await self._logbook.read(conversation.id, number, PAGE)
            for entry in entries:
                said = said_of(entry)
                if said.kind is EntryKind.MESSAGE:
                    words |= words_of(f"{said.text} {' '.join(file.name for file in said.files)}")
                number = entry.number
            if len(entries) < PAGE:
                break
        await self._store.keep_words(conversation.id, sorted(words), conversation.last_at_ms)

        def decide(seen: Conversation) -> Conversation:
            is_same = seen.index_due_at_ms == conversation.index_due_at_ms
            return seen.model_copy(
                update={"indexed_up_to": number, "index_due_at_ms": 0 if is_same else seen.index_due_at_ms}
            )

        await self._store.conversations.change(conversation.id, self._context.clock.now_ms(), decide)

    async def find(
        self, claims: ChatClaims, query: str, from_ms: int, to_ms: int
    ) -> list[Conversation]:  # fmt: skip
        """The newest words first; every word and tag must be there, in whatever order."""
        words, tags = asked_words(query)
        found: set[str] | None = None
        for word, is_whole in [*((tag, True) for tag in tags), *((word, False) for word in words)]:
            having = await self._store.having_word(word, is_whole=is_whole)
            found = having if found is None else found & having
            if not found:
                return []
        shelves = await self._reach.shelves(claims)
        conversations = await self._store.said_last_between(shelves, from_ms, to_ms, found, FOUND_MAX)
        return [one for one in conversations if set(tags) <= {tag_word(tag) for tag in one.tags}]
