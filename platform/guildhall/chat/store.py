"""The collections of chat; the only file here that queries."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from guildhall.chat.lifecycle import ConversationState, PresenceState
from guildhall.chat.model import CannedReply, ChatFile, Conversation, ConversationKind, DeskAgent
from guildhall.chat.model.numbers import DayNumbers
from guildhall.chat.model.replies import REPLIES_MAX, SHARED
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Change, Query, Schema, Storage, among, gt, gte, lt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import NumberedLog, log_schema

CONVERSATIONS = Schema(
    "chat_conversations",
    unique=(("opener", "init_key"),),
    index=(
        ("state", "waiting_since_ms"),
        ("state", "last_at_ms"),
        ("queue", "state"),
        ("owner", "state"),
        ("opener", "last_at_ms"),
        ("due_at_ms",),
        ("wake_at_ms",),
        ("close_at_ms",),
        ("owed_since_ms",),
        ("kind",),
        ("promised_by_ms",),
        ("mail_due_at_ms",),
        ("index_due_at_ms",),
        ("kind", "last_at_ms"),
        ("queue", "person_at_ms"),
        ("kind", "created_at_ms"),
        ("updated_at_ms",),
        ("scope_id", "state"),
    ),
)
ENTRIES = log_schema("chat_entries")
NOTES = log_schema("chat_notes")
AGENTS = Schema("chat_agents", index=(("presence", "lease_until_ms"), ("doubt_at_ms",)))
NUMBERS = Schema("chat_numbers", index=(("day", "site"),))
WORDS = Schema("chat_words", index=(("word", "at_ms"),))
MAILS = Schema("chat_mail_counts", index=(("at_ms",),))
FILES = Schema("chat_files", index=(("conversation_id",),))
REPLIES = Schema("chat_canned_replies", unique=(("owner", "shortcut"),))

PAGE = 200
HAVING_MAX = 2_000
"""Of a word that more conversations have, the newest are looked through."""
COUNTED = "counted"
WAITS = 50
"""Of a queue's last waits, so many say what is promised."""


class NoSuch(NotFound):
    """Also what exists and is not for who is asking."""


def _none_of(noun: str) -> Callable[[str], NotFound]:
    def missing(document_id: str) -> NotFound:
        return NoSuch(f"There is no {noun} {document_id}.")

    return missing


class ChatStore:
    """Used by the service and the jobs."""

    def __init__(self, storage: Storage) -> None:
        self._conversation_lines = storage.collection(CONVERSATIONS)
        self.conversations = Documents(self._conversation_lines, Conversation, _none_of("conversation"))
        self.agents = Documents(storage.collection(AGENTS), DeskAgent, _none_of("agent"))
        self.replies = Documents(storage.collection(REPLIES), CannedReply, _none_of("canned reply"))
        self.files = Documents(storage.collection(FILES), ChatFile, _none_of("file"))
        self._entry_lines = storage.collection(ENTRIES)
        self._note_lines = storage.collection(NOTES)
        self._numbers = storage.collection(NUMBERS)
        self._words = storage.collection(WORDS)
        self._mails = storage.collection(MAILS)
        self.entries = NumberedLog(self._entry_lines)
        self.notes = NumberedLog(self._note_lines)

    async def ensure(self) -> None:
        for documents in (self.conversations, self.agents, self.replies, self.files):
            await documents.ensure()
        for lines in (self._entry_lines, self._note_lines, self._mails, self._numbers, self._words):
            await lines.ensure()

    # --- conversations

    async def opened_with(self, opener: str, init_key: str) -> Conversation | None:
        found = await self.conversations.find({"opener": opener, "init_key": init_key}, limit=1)
        return found[0] if found else None

    async def opened_by(self, opener: str) -> list[Conversation]:
        """The newest first."""
        return await self.conversations.find({"opener": opener}, sort=(("last_at_ms", -1),), limit=50)

    async def waiting(self, shelves: Sequence[Query], limit: int = PAGE) -> list[Conversation]:
        """Those in the queues, of each shelf (`service.reach`) who waited longest; they stand first."""
        found = list[Conversation]()
        for shelf in shelves:
            where = {"state": ConversationState.QUEUED.value, **shelf}
            found += await self.conversations.find(where, sort=(("waiting_since_ms", 1),), limit=limit)
        return sorted(found, key=lambda one: one.waiting_since_ms)

    async def in_state(
        self, shelves: Sequence[Query], state: ConversationState, limit: int = PAGE
    ) -> list[Conversation]:  # fmt: skip
        """The newest words first."""
        return await self._newest(shelves, {"state": state.value}, limit)

    async def _newest(self, shelves: Sequence[Query], where: Query, limit: int) -> list[Conversation]:
        found = list[Conversation]()
        for shelf in shelves:
            found += await self.conversations.find({**where, **shelf}, sort=(("last_at_ms", -1),), limit=limit)
        return sorted(found, key=lambda one: one.last_at_ms, reverse=True)[:limit]

    async def held_by(self, agent_id: str) -> list[Conversation]:
        return await self.conversations.find({"owner": agent_id}, limit=PAGE)

    def all_held_by(self, agent_id: str) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"owner": agent_id}, limit=PAGE)

    async def queue_lengths(self, shelves: Sequence[Query]) -> dict[str, int]:
        lengths = Counter[str]()
        for shelf in shelves:
            where = {"state": ConversationState.QUEUED.value, **shelf}
            lengths.update(
                {str(queue): n for queue, n in (await self._conversation_lines.count_by("queue", where)).items()}
            )
        return dict(lengths)

    # What the jobs read, all of it: what can never be carried out hides nothing behind it.

    def held_exams(self) -> AsyncIterator[list[Conversation]]:
        """Candidates whom an agent has, for whoever looks whether it is still theirs to answer."""
        return self.conversations.pages(
            {"state": ConversationState.ASSIGNED.value, "kind": ConversationKind.EXAM.value}, limit=PAGE
        )

    def waiting_exams(self) -> AsyncIterator[list[Conversation]]:
        """Candidates who wait for whoever is assigned to their delivery."""
        where = {"state": ConversationState.QUEUED.value, "kind": ConversationKind.EXAM.value, "scope_id": gt("")}
        return self.conversations.pages(where, limit=PAGE)

    def due(self, now_ms: int) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"due_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    def to_wake(self, now_ms: int) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"wake_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    def to_close(self, now_ms: int) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"close_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    async def owed_by_bot(self, before_ms: int) -> list[Conversation]:
        """Those that have waited for the bot since before this, the longest first."""
        where = {"owed_since_ms": gt(0) & lte(before_ms)}
        return await self.conversations.find(where, sort=(("owed_since_ms", 1),), limit=PAGE)

    async def put_off(self, conversation_id: str, due_at_ms: int) -> None:
        """The follower looks no earlier than this. Raises NoSuch."""
        if await self._conversation_lines.update_if(conversation_id, {}, Change(max={"due_at_ms": due_at_ms})) is None:
            raise NoSuch(f"There is no conversation {conversation_id}.")

    async def settled(self, conversation: Conversation) -> None:
        """Nothing more to do, unless somebody has put it off meanwhile."""
        seen = {"due_at_ms": conversation.due_at_ms}
        await self._conversation_lines.update_if(conversation.id, seen, Change(set={"due_at_ms": 0}))

    def late(self, now_ms: int) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"promised_by_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    def to_mail(self, now_ms: int) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"mail_due_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    async def waits(self, queue: str, since_ms: int) -> list[int]:
        """How long people of this queue waited for a person's first words (ms), the newest first."""
        where = {"queue": queue, "person_at_ms": gt(since_ms)}
        found = await self.conversations.find(where, sort=(("person_at_ms", -1),), limit=WAITS)
        wanted = [one.tally for one in found if one.tally.person_wanted_at_ms]
        return [max(0, tally.person_at_ms - tally.person_wanted_at_ms) for tally in wanted]

    async def count_waiting(self, queue: str) -> int:
        return await self._conversation_lines.count({"queue": queue, "state": ConversationState.QUEUED.value})

    async def count_mail(self, key: str, at_ms: int, most: int) -> bool:
        """Whether there was room for one more; then it is counted."""
        await self._mails.upsert(key, {"at_ms": at_ms}, Change(inc={"sent": 0}))
        return await self._mails.update_if(key, {"sent": lte(most - 1)}, Change(inc={"sent": 1})) is not None

    async def forget_mail_counts(self, before_ms: int) -> None:
        await self._mails.delete({"at_ms": lte(before_ms)})

    # --- agents

    async def present(self, now_ms: int) -> list[DeskAgent]:
        where = {"presence": PresenceState.ONLINE.value, "lease_until_ms": gt(now_ms)}
        return await self.agents.find(where, limit=1_000)

    def lapsed(self, now_ms: int) -> AsyncIterator[list[DeskAgent]]:
        """Still said to be here, though nothing was heard of them."""
        states = among(PresenceState.ONLINE.value, PresenceState.AWAY.value)
        return self.agents.pages({"presence": states, "lease_until_ms": lte(now_ms)}, limit=PAGE)

    def gone(self, since_ms: int) -> AsyncIterator[list[DeskAgent]]:
        """Those whose lease ended before this."""
        where = {"presence": PresenceState.OFFLINE.value, "lease_until_ms": gt(0) & lte(since_ms)}
        return self.agents.pages(where, limit=PAGE)

    def doubtful(self, now_ms: int) -> AsyncIterator[list[DeskAgent]]:
        return self.agents.pages({"doubt_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    async def everybody(self) -> list[DeskAgent]:
        return await self.agents.find({}, limit=1_000)

    # --- canned replies

    async def replies_for(self, agent_id: str) -> list[CannedReply]:
        """Everybody's and the agent's own, by shortcut."""
        where = {"owner": among(SHARED, agent_id)}
        return await self.replies.find(where, sort=(("shortcut", 1),), limit=2 * REPLIES_MAX)

    # --- numbers

    async def begun_of_changed(self, from_ms: int, to_ms: int) -> list[int]:
        """When those conversations began that were changed in this time; each once for every page it stands on."""
        where = {"updated_at_ms": gte(from_ms) & lte(to_ms)}
        found, last = list[int](), ""
        while True:
            page = await self._conversation_lines.find({**where, "_id": gt(last)}, sort=(("_id", 1),), limit=PAGE)
            found += [line["created_at_ms"] for line in page]
            if len(page) < PAGE:
                return found
            last = page[-1]["_id"]

    async def visitors_of(self, from_ms: int, to_ms: int) -> AsyncIterator[Conversation]:
        """Conversations with visitors that began from then until before then; their ids rise with their time."""
        where = {"kind": ConversationKind.VISITOR.value, "created_at_ms": gte(from_ms) & lt(to_ms)}
        last = ""
        while True:
            page = await self.conversations.find({**where, "_id": gt(last)}, sort=(("_id", 1),), limit=PAGE)
            for conversation in page:
                yield conversation
            if len(page) < PAGE:
                return
            last = page[-1].id

    async def keep_numbers(self, numbers: DayNumbers) -> None:
        await self._numbers.upsert(f"{numbers.day:06}/{numbers.site}", {}, Change(set=numbers.model_dump(mode="json")))

    async def numbers_since(self, first_day: int) -> list[DayNumbers]:
        """The oldest first."""
        found = await self._numbers.find({"day": gte(first_day)}, sort=(("day", 1), ("site", 1)), limit=10_000)
        return [DayNumbers.model_validate({name: line[name] for name in line if name != "_id"}) for line in found]

    async def numbers_counted_to(self) -> int:
        """Until when every change is counted; 0 where nothing was."""
        found = await self._numbers.get(COUNTED)
        return 0 if found is None else int(found["counted_to_ms"])

    async def numbers_are_counted(self, to_ms: int) -> None:
        await self._numbers.upsert(COUNTED, {"counted_to_ms": 0, "day": -1}, Change())
        await self._numbers.update_if(COUNTED, {}, Change(max={"counted_to_ms": to_ms}))

    # --- search

    def to_index(self, now_ms: int) -> AsyncIterator[list[Conversation]]:
        return self.conversations.pages({"index_due_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    async def keep_words(self, conversation_id: str, words: Sequence[str], at_ms: int) -> None:
        """Again, or by two at once, changes nothing but the time."""
        for word in words:
            key = f"{word}/{conversation_id}"
            fixed = {"word": word, "conversation_id": conversation_id}
            await self._words.upsert(key, fixed, Change(max={"at_ms": at_ms}))

    async def having_word(self, word: str, *, is_whole: bool) -> set[str]:
        """Conversations with this word, or with one that begins so; the newest HAVING_MAX."""
        where = {"word": word if is_whole else gte(word) & lt(f"{word}\uffff")}
        found = await self._words.find(where, sort=(("at_ms", -1),), limit=HAVING_MAX)
        return {line["conversation_id"] for line in found}

    async def said_last_between(
        self, shelves: Sequence[Query], from_ms: int, to_ms: int, ids: set[str] | None, limit: int
    ) -> list[Conversation]:
        """Those whose last words are of this time, of these ids where any are named; the newest first."""
        where: dict[str, Any] = {"last_at_ms": gte(from_ms) & lte(to_ms)}
        if ids is not None:
            where["_id"] = among(*sorted(ids))
        return await self._newest(shelves, where, limit)
