"""What follows from the log: the conversation as lists show it, and places given back.

Idempotent, and carried out twice over: at once by whoever appended, and by the job for conversations that are due
(`Conversation.due_at_ms`), which is set before anything is appended and taken back only when all is done.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import Final

from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.chat.model import Conversation, ConversationKind, DeskAgent, EntryKind, Said, Standing
from guildhall.chat.rules.tallying import tallied
from guildhall.chat.service.context import Context
from guildhall.chat.service.logbook import WRITE_MS_MOST, Logbook, said_of
from guildhall.chat.service.news import News
from guildhall.chat.service.places import Places
from guildhall.chat.store import PAGE, NoSuch
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.streams import Entry
from guildhall.kit.tasks import TaskOwner

LAG_SECONDS: Final = 0.25
"""Of what was last said behind the log, in lists: several messages are one write. Turns are followed at once."""
WAITING_MOST: Final = 20_000
"""Conversations that wait for their lists (policy: drop oldest; the job finds them when they are due)."""
PREVIEW_CHARACTERS: Final = 160
INDEX_AFTER_MS: Final = 2_000
"""After its last words a conversation can be found by them: several messages are one pass over the index."""
_DAY_MS: Final = 86_400_000
log = get_logger(__name__)


class Following:
    def __init__(self, context: Context, logbook: Logbook, places: Places, news: News) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._places = places
        self._news = news
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._tasks = TaskOwner("chat-following")
        self._flushing: asyncio.Task[None] | None = None
        self._closed = False
        logbook.on_appended.append(self._note)

    async def follow(self, conversation_id: str) -> Conversation:
        """Bring the conversation up to its log, and give back the places of those who held it on the way."""
        conversation = await self._store.conversations.read(conversation_id)
        while True:
            entries = await self._logbook.read(conversation_id, conversation.head, PAGE)
            if not entries:
                return conversation
            said = [said_of(entry) for entry in entries]
            await self._release(conversation, said)
            fields = _fields_of(conversation, entries, said, self._close_after_ms)
            is_due = _is_answer if conversation.kind is ConversationKind.VISITOR else _is_message
            answered_at_ms = max((e.at_ms for e, one in zip(entries, said, strict=True) if is_due(one)), default=0)
            mail_due_at_ms = answered_at_ms + self._mail_after_ms if answered_at_ms else 0
            conversation = await self._store.conversations.change(
                conversation_id,
                self._context.clock.now_ms(),
                partial(_brought_up, fields, mail_due_at_ms),
                after=conversation,
            )
            if len(entries) < PAGE:
                await self._news.tell()
                return conversation

    async def settle(self, conversation: Conversation) -> None:
        """For the job, of a conversation that is due: nothing is being written to it any more."""
        followed = await self.follow(conversation.id)
        if followed.due_at_ms == conversation.due_at_ms:
            await self._store.settled(conversation)

    async def doubt(self, agent: DeskAgent) -> None:
        """Hold an agent's places against the logs: those that no newest entry names are given back."""
        latest_ms = self._context.clock.now_ms() - WRITE_MS_MOST
        stale, unsure = [], []
        for place in agent.places:
            if place.taken_at_ms > latest_ms:
                unsure.append(place.token)  # perhaps on its way into the log
                continue
            newest = await self._store.entries.newest(place.conversation_id)
            if newest is None or said_of(newest).standing.place != place.token:
                stale.append(place.token)
        await self._places.doubted(agent, stale, unsure)

    async def close(self) -> None:
        """What waits is followed now."""
        self._closed = True
        await self._tasks.close()
        await self._flush()

    @property
    def _close_after_ms(self) -> int:
        return self._context.settings.close_after_days * _DAY_MS

    @property
    def _mail_after_ms(self) -> int:
        return round(self._context.settings.mail_after_seconds * 1000)

    async def _release(self, conversation: Conversation, said: list[Said]) -> None:
        held = {(conversation.owner, conversation.place), *((one.standing.owner, one.standing.place) for one in said)}
        newest = said[-1].standing
        for owner, place in sorted(held - {(newest.owner, newest.place), ("", "")}):
            await self._places.give_back(owner, [place])

    def _note(self, conversation_id: str, entry: Entry) -> None:  # noqa: ARG002 - of the port
        if self._closed:
            return
        self._waiting[conversation_id] = None
        if len(self._waiting) > WAITING_MOST:
            self._waiting.popitem(last=False)
        if self._flushing is None or self._flushing.done():
            self._flushing = self._tasks.start("flush", self._flush_soon())

    async def _flush_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(LAG_SECONDS)
            await self._flush()

    async def _flush(self) -> None:
        waiting, self._waiting = self._waiting, OrderedDict()
        for conversation_id in waiting:
            try:
                await self.follow(conversation_id)
            except (StorageUnavailable, NoSuch) as error:
                log.warning("conversation_not_followed", conversation_id=conversation_id, reason=str(error))
            except DomainError:
                log.exception("conversation_not_followed", conversation_id=conversation_id)


def _fields_of(
    conversation: Conversation, entries: list[Entry], said: list[Said], close_after_ms: int
) -> dict[str, object]:  # fmt: skip
    newest, standing, tally = entries[-1], said[-1].standing, conversation.tally
    # What is about a thing that is known is closed by the domain that has it, when it is over (`Talks`).
    may_close = conversation.kind is ConversationKind.VISITOR and standing.state is ConversationState.RESOLVED
    fields: dict[str, object] = {
        "head": newest.number,
        "state": standing.state,
        "owner": standing.owner,
        "place": standing.place,
        "queue": standing.queue,
        "is_called_in": standing.is_called_in,
        "waiting_since_ms": standing.waiting_since_ms if standing.state is ConversationState.QUEUED else 0,
        "wake_at_ms": standing.wake_at_ms,
        "close_at_ms": standing.state_since_ms + close_after_ms if may_close else 0,
    }
    if not _bot_may_speak(standing):
        fields["owed_since_ms"] = 0
    for entry, one in zip(entries, said, strict=True):
        tally = tallied(tally, entry.at_ms, one)
        if one.kind is EntryKind.RATING:
            fields |= {"rating": one.rating, "rating_text": one.text}
    fields |= {"tally": tally, "person_at_ms": tally.person_at_ms, "promised_by_ms": standing.promised_by_ms}
    return fields | _last_words(zip(entries, said, strict=True))


def _bot_may_speak(standing: Standing) -> bool:
    return standing.has_bot and standing.state is ConversationState.UNATTENDED


def _last_words(entries: Iterable[tuple[Entry, Said]]) -> dict[str, object]:
    words = [(entry, one) for entry, one in entries if one.kind is EntryKind.MESSAGE]
    if not words:
        return {}
    entry, one = words[-1]
    is_owed = one.role is Actor.PARTY and _bot_may_speak(one.standing)
    return {
        "last_at_ms": entry.at_ms,
        "last_text": (one.text or ", ".join(file.name for file in one.files))[:PREVIEW_CHARACTERS],
        "last_by": one.by,
        "owed_since_ms": entry.at_ms if is_owed else 0,
    }


def _is_message(said: Said) -> bool:
    return said.kind is EntryKind.MESSAGE


def _is_answer(said: Said) -> bool:
    return _is_message(said) and said.role is Actor.AGENT


def _brought_up(fields: dict[str, object], mail_due_at_ms: int, seen: Conversation) -> Conversation:
    head = fields["head"]
    if isinstance(head, int) and seen.head >= head:
        return seen
    if "last_text" in fields:
        fields = fields | {"index_due_at_ms": seen.index_due_at_ms or _soon(fields)}
    if mail_due_at_ms and (seen.contact or seen.kind is not ConversationKind.VISITOR):
        fields = fields | {"mail_due_at_ms": mail_due_at_ms}
    return seen.model_copy(update=fields)


def _soon(fields: dict[str, object]) -> int:
    said_at_ms = fields["last_at_ms"]
    return said_at_ms + INDEX_AFTER_MS if isinstance(said_at_ms, int) else 1
