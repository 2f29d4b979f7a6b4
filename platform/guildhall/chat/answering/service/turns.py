"""The bot's turn: one document an epoch of a conversation decides what is said, the log whether it still is.

Killed at any line it is finished by whoever looks next: before the turn is written nothing has happened; what is
decided is said again under the same key, which the log takes once; and what comes after is done again to no effect.
"""

import asyncio
from typing import Final

from guildhall.chat.answering.model import BotTurn, Decision, TurnState, Why
from guildhall.chat.answering.rules.asking import Question, question_of
from guildhall.chat.answering.rules.wording import spoken
from guildhall.chat.answering.service.composing import Composing
from guildhall.chat.answering.service.context import Context
from guildhall.chat.answering.service.deciding import Deciding
from guildhall.chat.answering.store import turn_id
from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.chat.model import Conversation, EntryKind
from guildhall.chat.rules.standing import ConversationClosed, NotYourTurn
from guildhall.chat.service.logbook import said_of
from guildhall.kit.errors import DomainError
from guildhall.kit.ids import new_id
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import Duplicate, StorageUnavailable
from guildhall.kit.streams import Entry
from guildhall.kit.tasks import TaskOwner

TAIL: Final = 40
"""Entries from the end of a log that a question is read from: receipts among them."""
AT_ONCE_MAX: Final = 2_000
"""Conversations that this process answers at once (policy: refuse; the job takes up what is owed)."""
THINKING_MAX: Final = 64
QUESTION_CHARACTERS: Final = 2_000
log = get_logger(__name__)


class Turns:
    def __init__(self, context: Context, deciding: Deciding, composing: Composing) -> None:
        self._context = context
        self._store = context.store
        self._deciding = deciding
        self._composing = composing
        self._holder = new_id("bot", context.clock)
        self._tasks = TaskOwner("chat-answering")
        self._running: dict[str, asyncio.Task[None]] = {}
        self._thinking = asyncio.Semaphore(THINKING_MAX)
        self._is_closed = False
        context.chat.logbook.on_appended.append(self._hear)

    async def close(self) -> None:
        self._is_closed = True
        await self._tasks.close()

    async def settle(self) -> None:
        """Wait for what is being answered here."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _hear(self, conversation_id: str, entry: Entry) -> None:
        """Of every entry of this process: a new line begins a turn and ends the one before; so does a takeover."""
        said = said_of(entry)
        if said.kind is EntryKind.MARK or said.role is Actor.BOT or self._is_closed:
            return
        running = self._running.pop(conversation_id, None)
        if running is not None:
            running.cancel()
        is_owed = said.kind is EntryKind.MESSAGE and said.role is Actor.PARTY
        standing = said.standing
        if not (is_owed and standing.has_bot and standing.state is ConversationState.UNATTENDED):
            return
        if len(self._running) < AT_ONCE_MAX:
            self._start(conversation_id)

    def _start(self, conversation_id: str) -> None:
        task = self._tasks.start("turn", self._answer_soon(conversation_id))
        self._running[conversation_id] = task
        task.add_done_callback(lambda done: self._forget(conversation_id, done))

    def _forget(self, conversation_id: str, done: "asyncio.Task[None]") -> None:
        if self._running.get(conversation_id) is done:
            del self._running[conversation_id]

    async def _answer_soon(self, conversation_id: str) -> None:
        await asyncio.sleep(self._context.settings.wait_seconds)  # more lines may be coming
        try:
            async with self._thinking:
                await self.answer(conversation_id)
        except StorageUnavailable as error:
            log.warning("answer_postponed", conversation_id=conversation_id, reason=str(error))
        except DomainError:
            log.exception("answer_failed", conversation_id=conversation_id)

    def take_up(self, conversation_id: str) -> None:
        """For the job, of a conversation that is owed an answer; nothing, where this process is at it."""
        if not self._is_closed and conversation_id not in self._running and len(self._running) < AT_ONCE_MAX:
            self._start(conversation_id)

    async def answer(self, conversation_id: str) -> BotTurn | None:
        """Answer what is owed there, if anything is, and nobody else is at it.

        The task that calls it is cancelled when somebody else speaks there meanwhile.
        """
        conversation = await self._context.chat.context.store.conversations.read(conversation_id)
        question = await self._question(conversation)
        if question is None:
            return None
        turn = await self._begin(conversation, question)
        if turn is None:
            return None
        if turn.state is TurnState.THINKING:
            await self._context.chat.rooms.type(conversation.id, "bot", "", is_typing=True)
            decision, why = await self._deciding.decide(turn, question)
            if decision.is_unanswered and why.rule not in {"chosen", "none_of_these"}:
                decision, why = await self._composing.compose(turn, question, decision, why)
            took_ms = self._context.clock.now_ms() - turn.created_at_ms
            turn = await self._decided(turn, decision, why.model_copy(update={"took_ms": took_ms}))
        return await self.finish(conversation, turn)

    async def finish(self, conversation: Conversation, turn: BotTurn) -> BotTurn:
        """Say what was decided, and do what comes after it; again does nothing twice. For the job too."""
        decision = turn.decision
        if turn.state is not TurnState.DECIDED or decision is None:
            return turn
        try:
            entry = await self._context.chat.conversations.answer_as_bot(
                conversation,
                str(turn.epoch),
                decision.text,
                turn.epoch,
                reply=decision.reply,
                escalates=decision.escalates,
            )
        except (NotYourTurn, ConversationClosed, MoveRefused):
            return await self._close(turn, TurnState.DROPPED, 0)
        if decision.is_unanswered:
            await self._context.faq.questions.note_unanswered(
                turn.id, turn.site, turn.language, turn.question, turn.asked_at_ms
            )
        if turn.why.rule in {"chosen", "none_of_these"}:
            await self._learn(turn)
        return await self._close(turn, TurnState.SAID, entry.number)

    async def _question(self, conversation: Conversation) -> Question | None:
        logbook = self._context.chat.logbook
        head = await logbook.head(conversation.id)
        entries = await logbook.read(conversation.id, max(0, head - TAIL), TAIL + 20)
        return question_of([(entry.number, entry.at_ms, said_of(entry)) for entry in entries])

    async def _begin(self, conversation: Conversation, question: Question) -> BotTurn | None:
        """The turn of this epoch, held by this process; None where it is over or another one is at it."""
        now_ms = self._context.clock.now_ms()
        until_ms = now_ms + round(self._context.settings.lease_seconds * 1000)
        key = turn_id(conversation.id, question.epoch)
        turn = await self._store.turns.get(key)
        if turn is None:
            locale = str(conversation.context.get("locale", ""))
            language = await self._context.faq.matchers.language(conversation.site, locale)
            turn = BotTurn(
                id=key,
                created_at_ms=now_ms,
                conversation_id=conversation.id,
                epoch=question.epoch,
                site=conversation.site,
                language=language,
                speaks=spoken(locale, language),
                visitor=conversation.opener,
                question=question.text[:QUESTION_CHARACTERS],
                asked_number=question.number,
                asked_at_ms=question.at_ms,
                choices_epoch=question.answered_epoch,
                holder=self._holder,
                lease_until_ms=until_ms,
            )
            try:
                await self._store.turns.add(turn)
            except Duplicate:
                return None
            return turn
        if turn.state in {TurnState.SAID, TurnState.DROPPED}:
            return None
        if turn.holder != self._holder and turn.lease_until_ms > now_ms:
            return None
        held = {"holder": self._holder, "lease_until_ms": until_ms, "attempt": turn.attempt + 1}
        return await self._store.turns.replace(turn, turn.model_copy(update=held), now_ms)

    async def _decided(self, turn: BotTurn, decision: Decision, why: Why) -> BotTurn:
        """The first decision counts: whoever comes second says what the first one decided."""

        def decide(seen: BotTurn) -> BotTurn:
            if seen.decision is not None:
                return seen
            return seen.model_copy(update={"decision": decision, "why": why, "state": TurnState.DECIDED})

        return await self._store.turns.change(turn.id, self._context.clock.now_ms(), decide)

    async def _close(self, turn: BotTurn, state: TurnState, number: int) -> BotTurn:
        def decide(seen: BotTurn) -> BotTurn:
            if seen.state in {TurnState.SAID, TurnState.DROPPED}:
                return seen
            return seen.model_copy(update={"state": state, "number": number, "streamed": ""})

        return await self._store.turns.change(turn.id, self._context.clock.now_ms(), decide)

    async def _learn(self, turn: BotTurn) -> None:
        """What was chosen is what was right for the question that was asked back about."""
        right = turn.why.candidates[0].entry_id if turn.why.rule == "chosen" and turn.why.candidates else "none"
        now_ms, key = self._context.clock.now_ms(), turn_id(turn.conversation_id, turn.choices_epoch)
        if await self._store.turns.get(key) is None:
            return

        def decide(seen: BotTurn) -> BotTurn:
            return seen if seen.outcome else seen.model_copy(update={"outcome": right, "outcome_at_ms": now_ms})

        await self._store.turns.change(key, now_ms, decide)
