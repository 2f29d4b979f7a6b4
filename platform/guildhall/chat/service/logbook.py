"""The log of each conversation: the one place that appends to it, and that tells others of what was appended.

An entry is stored under the next number, which is the compare-and-set of everything it decides; then whoever listens is
given a hint. That is all that happens before it is acknowledged: what follows from it (lists, places, the next
assignment) is carried out by `following`, which a killed process leaves to the others.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from guildhall.chat.model import Conversation, Said, Standing
from guildhall.chat.service.context import Context
from guildhall.kit.errors import DomainError
from guildhall.kit.storage import StorageError, StorageUnavailable
from guildhall.kit.streams import Entry

KNOWN_MOST: Final = 20_000
"""Conversations whose newest entry is remembered (policy: drop the one used longest ago)."""
WRITE_MS_MOST: Final = 30_000
"""No write is under way for longer: it is given up before it reaches the log."""

Link = Callable[[Standing, int], Said]
"""From where the conversation stands, and the number to be taken, to the entry; raises a DomainError to refuse."""


class TooLate(StorageUnavailable):
    def __init__(self) -> None:
        super().__init__("This took too long, and nothing was written; send it again.")


@dataclass(frozen=True, slots=True)
class Appended:
    """The entry as it stands in the log, and whether this call put it there as far as is known."""

    entry: Entry
    said: Said


@dataclass(slots=True)
class _Known:
    newest: Entry | None
    due_at_ms: int


def topic_of(conversation_id: str) -> str:
    """Carries `{"entry": ...}` when something was appended, and what is never kept.

    That is `{"typing": ...}` when somebody writes, `{"delta": ...}` of an automatic message that is being written, and
    `{"stream_wanted": ...}` to have all of it.
    """
    return f"chat.conversation.{conversation_id}"


def as_entry(told: dict[str, Any]) -> Entry:
    return Entry(told["stream"], told["number"], told["key"], told["at_ms"], told["body"])


def said_of(entry: Entry) -> Said:
    return Said.model_validate(entry.body)


class Logbook:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._settle_ms = round(context.settings.settle_after_seconds * 1000)
        self.on_appended: list[Callable[[str, Entry], None]] = []
        """Told of each entry of this process, at once; for followers."""

    async def append(self, conversation: Conversation, key: str, link: Link, *, began_ms: int = 0) -> Appended:
        """Store what `link` makes; the same key again gives the first entry, even where it would be refused now.

        `began_ms` (monotonic) is when the write began: it is given up when it took longer than `WRITE_MS_MOST`. Raises
        what `link` raises, TooLate and StorageUnavailable: then send it again under the same key.
        """
        began_ms = began_ms or self._context.clock.monotonic_ms()
        known = await self._keep_due(conversation)
        at_ms = self._context.clock.now_ms()

        def linked(newest: Entry | None) -> dict[str, Any]:
            if self._context.clock.monotonic_ms() - began_ms > WRITE_MS_MOST:
                raise TooLate
            standing = conversation.begun if newest is None else said_of(newest).standing
            return link(standing, 1 if newest is None else newest.number + 1).model_dump(mode="json")

        newest = known.newest or (await self.newest(conversation) if conversation.head else None)
        entry = await self._append(conversation.id, key, at_ms, linked, newest)
        if known.newest is None or entry.number > known.newest.number:
            known.newest = entry
        for told in self.on_appended:
            told(conversation.id, entry)
        await self.tell(conversation.id, {"entry": as_told(entry)})
        return Appended(entry, said_of(entry))

    async def _append(
        self,
        stream: str,
        key: str,
        at_ms: int,
        linked: Callable[[Entry | None], dict[str, Any]],
        newest: Entry | None,
    ) -> Entry:
        entries = self._store.entries
        try:
            try:
                return await entries.append_linked(stream, key, at_ms, linked, after=newest)
            except DomainError as refusal:
                if newest is None or isinstance(refusal, StorageError):
                    raise
                # Refused by what this process remembers; another one may have turned it since.
                newest = await entries.newest(stream, after=newest)
                return await entries.append_linked(stream, key, at_ms, linked, after=newest)
        except DomainError as refusal:
            # A repeat of what was taken is told so, whatever has happened since: its first answer was lost on the way.
            if isinstance(refusal, StorageError) or (first := await entries.find(stream, key)) is None:
                raise
            return first

    async def standing(self, conversation: Conversation) -> tuple[int, Standing]:
        """The newest number and where that leads, as the database has it."""
        newest = await self.newest(conversation)
        return (0, conversation.begun) if newest is None else (newest.number, said_of(newest).standing)

    async def newest(self, conversation: Conversation) -> Entry | None:
        """As the database has it; looked for from the newest that this process has seen."""
        known = self._known.get(conversation.id)
        after = None if known is None else known.newest
        newest = await self._store.entries.newest(conversation.id, after=after, least=conversation.head)
        if newest is not None:
            self.learn(newest)
        return newest

    def learn(self, entry: Entry) -> None:
        """What was read, or what another process has told that it stored: the next write here follows it at once."""
        known = self._remember(entry.stream)
        if known.newest is None or known.newest.number < entry.number:
            known.newest = entry

    async def read(self, conversation_id: str, after: int, limit: int) -> list[Entry]:
        return await self._store.entries.follow(conversation_id, after, limit)

    async def head(self, conversation_id: str) -> int:
        known = self._known.get(conversation_id)
        newest = await self._store.entries.newest(conversation_id, after=None if known is None else known.newest)
        if newest is None:
            return 0
        self.learn(newest)
        return newest.number

    async def tell(self, conversation_id: str, hint: dict[str, Any]) -> None:
        await self._context.bus.publish(topic_of(conversation_id), orjson.dumps(hint))

    async def _keep_due(self, conversation: Conversation) -> _Known:
        """Whatever becomes of this process: the follower looks at the log again, after this write is surely over."""
        known = self._remember(conversation.id)
        known.due_at_ms = max(known.due_at_ms, conversation.due_at_ms)
        now_ms = self._context.clock.now_ms()
        if known.due_at_ms < now_ms + WRITE_MS_MOST:
            due_at_ms = now_ms + self._settle_ms
            await self._store.put_off(conversation.id, due_at_ms)
            known.due_at_ms = due_at_ms
        return known

    def _remember(self, conversation_id: str) -> _Known:
        known = self._known.get(conversation_id)
        if known is None:
            known = self._known[conversation_id] = _Known(None, 0)
            if len(self._known) > KNOWN_MOST:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(conversation_id)
        return known


def as_told(entry: Entry) -> dict[str, Any]:
    return {
        "stream": entry.stream,
        "number": entry.number,
        "key": entry.key,
        "at_ms": entry.at_ms,
        "body": entry.body,
    }
