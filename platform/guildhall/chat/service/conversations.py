"""What the parties do: open, read, say, get and read what was said, ask for a person, resolve."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from guildhall.accounts.model import FORMER_MEMBER
from guildhall.chat.lifecycle import Actor, ConversationEvent, ConversationState
from guildhall.chat.model import (
    ChatClaims,
    Conversation,
    EntryKind,
    Filed,
    Reply,
    Said,
    Standing,
)
from guildhall.chat.model.conversations import BETWEEN_PARTIES
from guildhall.chat.rules.promising import NOTHING_PROMISED, Outlook
from guildhall.chat.rules.standing import (
    Turn,
    marked,
    rated,
    said_by_agent,
    said_by_bot,
    said_by_party,
    turned,
)
from guildhall.chat.service.context import Context
from guildhall.chat.service.following import Following
from guildhall.chat.service.logbook import Appended, Logbook, said_of
from guildhall.chat.service.opening import Opening, Openings
from guildhall.chat.service.promising import Promising
from guildhall.chat.service.queueing import Queueing
from guildhall.chat.service.reach import Reach
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import DomainError, Invalid
from guildhall.kit.streams import Entry

_QUEUED_BY_WORDS = frozenset({ConversationEvent.ESCALATE, ConversationEvent.WAKE, ConversationEvent.REOPEN})


class NothingNew(DomainError):
    """A receipt that says what is known; never leaves this module."""


@dataclass(frozen=True, slots=True)
class Writing:
    """An automatic message that is being written, as far as it is known; a higher `attempt` begins anew."""

    message: str
    attempt: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What comes after a number, the newest number there is, and what is being written beyond it."""

    entries: list[Entry]
    head: int
    standing: Standing
    writing: Writing | None = None
    outlook: Outlook = NOTHING_PROMISED


async def _no_files(conversation: Conversation, digests: Sequence[str]) -> tuple[Filed, ...]:  # noqa: ARG001
    return ()


async def _nobody_writes(conversation_id: str, epoch: int) -> Writing | None:  # noqa: ARG001 - of the port
    return None


class Conversations:
    def __init__(
        self,
        context: Context,
        logbook: Logbook,
        following: Following,
        queueing: Queueing,
        promising: Promising,
        reach: Reach,
        openings: Openings,
    ) -> None:
        self._context = context
        self._store = context.store
        self._logbook = logbook
        self._following = following
        self._queueing = queueing
        self._openings = openings
        self._promising = promising
        self._reach = reach
        self.filed: Callable[[Conversation, Sequence[str]], Awaitable[tuple[Filed, ...]]] = _no_files
        """What a message names, as it goes into the log; set by `Files`."""
        self.writing: Callable[[str, int], Awaitable[Writing | None]] = _nobody_writes
        """What is being written in an epoch of a conversation, in whatever process; set by whoever answers there."""

    async def open(self, opening: Opening) -> Conversation:
        """Begin a conversation, or give the one that was begun under this key."""
        return await self._openings.open(opening)

    async def find(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        """The conversation, for a party or for whoever answers such ones. Raises NoSuch: asked before every verb."""
        return await self._reach.must_see(claims, conversation_id)

    async def mine(self, subject: str) -> list[Conversation]:
        return await self._store.opened_by(subject)

    async def page(self, conversation: Conversation, after: int, limit: int) -> Page:
        """Entries above `after`; the head is as of after they were read, so that it is never behind what was given."""
        entries = await self._logbook.read(conversation.id, after, limit)
        if entries and len(entries) < limit:
            self._logbook.learn(entries[-1])
            head, standing = entries[-1].number, said_of(entries[-1]).standing
        else:
            head, standing = await self._logbook.standing(conversation)
        may_write = standing.has_bot and standing.state is ConversationState.UNATTENDED
        writing = await self.writing(conversation.id, standing.epoch) if may_write else None
        entries = await self._without_former_names(conversation, entries)
        return Page(entries, head, standing, writing, await self._promising.of(conversation.kind, standing.queue))

    async def _without_former_names(self, conversation: Conversation, entries: list[Entry]) -> list[Entry]:
        """Between people who are known, what an erased account has said stays, and their name does not."""
        if conversation.kind not in BETWEEN_PARTIES:
            return entries
        authors = {str(one.body["by"]) for one in entries if one.body["name"]}
        former = {one for one in sorted(authors) if await self._context.people.is_former(one)}
        return [
            replace(one, body={**one.body, "name": FORMER_MEMBER}) if one.body["by"] in former else one
            for one in entries
        ]

    async def say(
        self, claims: ChatClaims, conversation_id: str, client_id: str, text: str, files: Sequence[str] = ()
    ) -> Entry:
        """Store a message and give its number; again with the same client id gives the same number.

        Raises NoSuch, NotYourTurn, ConversationClosed, Invalid.
        """
        began_ms = self._context.clock.monotonic_ms()
        conversation = await self.find(claims, conversation_id)
        self._check(text, has_files=bool(files))
        filed = await self.filed(conversation, files) if files else ()
        now_ms = self._context.clock.now_ms()
        is_party = conversation.is_party(claims.subject)
        outlook = await self._promising.of(conversation.kind, conversation.queue)

        def link(seen: Standing, number: int) -> Said:
            event: ConversationEvent | None = None
            if is_party:
                standing, event = said_by_party(seen, number, now_ms, outlook)
            else:
                standing = said_by_agent(seen, claims.subject, number)
            return Said(
                kind=EntryKind.MESSAGE,
                by=claims.subject,
                role=Actor.PARTY if is_party else Actor.AGENT,
                name=claims.name or _name_of(conversation, claims.subject),
                text=text,
                files=filed,
                event=event or "",
                standing=standing,
            )

        key = f"{claims.subject}/{client_id}"
        appended = await self._logbook.append(conversation, key, link, began_ms=began_ms)
        if appended.said.event in _QUEUED_BY_WORDS:
            await self._after_turn(conversation.id, appended)
        return appended.entry

    async def answer_as_bot(
        self,
        conversation: Conversation,
        key: str,
        text: str,
        epoch: int,
        *,
        reply: Reply | None = None,
        escalates: bool = False,
    ) -> Entry:
        """The bot's words, if nobody has spoken or taken over since `epoch`; the same key again says nothing twice.

        With `escalates` the same entry asks for a person: there is no moment with the words and without the turn.
        Raises NotYourTurn.
        """
        outlook = await self._promising.of(conversation.kind, conversation.queue)
        turn = Turn(ConversationEvent.ESCALATE, Actor.BOT, self._context.clock.now_ms(), outlook=outlook)

        def link(seen: Standing, number: int) -> Said:
            standing = said_by_bot(seen, epoch, number)
            return Said(
                kind=EntryKind.MESSAGE,
                by="bot",
                role=Actor.BOT,
                text=text,
                event=turn.event if escalates else "",
                reply=reply,
                standing=turned(standing, turn) if escalates else standing,
            )

        appended = await self._logbook.append(conversation, f"bot/{key}", link)
        if appended.said.event in _QUEUED_BY_WORDS:
            await self._after_turn(conversation.id, appended)
        return appended.entry

    async def mark(self, claims: ChatClaims, conversation_id: str, delivered: int, read: int) -> None:
        """A receipt of what others said, up to these numbers. What is known already is not written again."""
        conversation = await self.find(claims, conversation_id)
        is_party = conversation.is_party(claims.subject)

        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            standing = marked(seen, claims.subject, delivered, read)
            if standing is None:
                raise NothingNew("This receipt is known.")
            now = standing.readers[claims.subject]
            return Said(
                kind=EntryKind.MARK,
                by=claims.subject,
                role=Actor.PARTY if is_party else Actor.AGENT,
                delivered=now.delivered,
                read=now.read,
                standing=standing,
            )

        key = f"mark/{claims.subject}/{delivered}/{read}"
        try:
            await self._logbook.append(conversation, key, link)
        except NothingNew:
            return

    async def rate(self, claims: ChatClaims, conversation_id: str, client_id: str, rating: int, text: str) -> Entry:
        """How content a party was, once it is resolved; a later one counts instead. Raises NoSuch, NotResolved."""
        conversation = await self.of_party(claims, conversation_id)

        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            return Said(
                kind=EntryKind.RATING,
                by=claims.subject,
                role=Actor.PARTY,
                text=text.strip(),
                rating=rating,
                standing=rated(seen),
            )

        return (await self._logbook.append(conversation, f"rate/{claims.subject}/{client_id}", link)).entry

    async def turn(self, claims: ChatClaims, conversation_id: str, event: ConversationEvent, client_id: str) -> Entry:
        """A party asks for a person, resolves or reopens. Raises MoveRefused, NoSuch."""
        conversation = await self.of_party(claims, conversation_id)
        outlook = await self._promising.of(conversation.kind, conversation.queue)
        turn = Turn(event, Actor.PARTY, self._context.clock.now_ms(), by=claims.subject, outlook=outlook)

        def link(seen: Standing, number: int) -> Said:  # noqa: ARG001 - of the port
            standing = turned(seen, turn)
            return Said(kind=EntryKind.STATUS, by=claims.subject, role=Actor.PARTY, event=event, standing=standing)

        appended = await self._logbook.append(conversation, f"turn/{claims.subject}/{client_id}", link)
        await self._after_turn(conversation.id, appended)
        return appended.entry

    async def of_party(self, claims: ChatClaims, conversation_id: str) -> Conversation:
        """The conversation, for its parties alone. Raises NoSuch."""
        conversation = await self.find(claims, conversation_id)
        if not conversation.is_party(claims.subject):
            raise NoSuch(f"You are no party of {conversation_id}.")
        return conversation

    async def _after_turn(self, conversation_id: str, appended: Appended) -> None:
        await self._following.follow(conversation_id)
        if appended.said.standing.state is not ConversationState.ASSIGNED:
            await self._queueing.drain()

    def _check(self, text: str, *, has_files: bool) -> None:
        most = self._context.settings.max_text_characters
        if not (text.strip() or has_files):
            raise Invalid("A message needs words.", fields={"text": "must not be empty"})
        if len(text) > most:
            raise Invalid("This message is too long.", fields={"text": f"may have at most {most} characters"})
        if "\x00" in text:
            raise Invalid("A message is text.", fields={"text": "may not hold a zero byte"})


def _name_of(conversation: Conversation, subject: str) -> str:
    return next((party.name for party in conversation.parties if party.id == subject), "")
