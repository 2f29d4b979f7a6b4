"""What is being written, as readers see it: hints with an offset, repeated from the beginning for whoever asks.

Generation belongs to the process, not to anybody's connection. A reader who comes in the middle, or missed something,
asks on the conversation's topic, and whoever generates sends all there is. The text so far also goes into the turn now
and then, with the lease: should this process be killed, the next one knows what readers have seen.
Whoever has no socket, or has loaded the page anew, finds it beside the entries (`Streams.writing`).
"""

import asyncio
from types import TracebackType
from typing import Any, Final, Self

import orjson

from guildhall.chat.answering.model import BotTurn, TurnState
from guildhall.chat.answering.service.context import Context
from guildhall.chat.answering.store import turn_id
from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import EntryKind
from guildhall.chat.service.conversations import Writing
from guildhall.chat.service.logbook import topic_of
from guildhall.kit.bus import Subscription

KEEP_SECONDS: Final = 1.0


class Streams:
    """What is being written, by conversation: in this process as it stands, elsewhere as it was kept last."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._here: dict[str, Stream] = {}
        context.chat.conversations.writing = self.writing

    def begin(self, turn: BotTurn) -> "Stream":
        """To be entered."""
        return Stream(self._context, turn, self._here)

    async def writing(self, conversation_id: str, epoch: int) -> Writing | None:
        """What there is of the message of this epoch; None where none is being written or none of it was seen yet."""
        here = self._here.get(conversation_id)
        if here is not None and here.epoch == epoch:
            return here.writing
        turn = await self._context.store.turns.get(turn_id(conversation_id, epoch))
        if turn is None or turn.state is not TurnState.THINKING or not turn.streamed:
            return None
        return Writing(_message(turn), turn.streamed_attempt, turn.streamed)


class Stream:
    """Entered while one turn is generated; `owner` is cancelled when somebody else speaks, in whatever process."""

    def __init__(self, context: Context, turn: BotTurn, here: "dict[str, Stream]") -> None:
        self._context = context
        self._turn = turn
        self._here = here
        self._text = ""
        self._kept_at = 0.0
        self._owner: asyncio.Task[Any] | None = None
        self._wanted = asyncio.Event()
        self._repeating: asyncio.Task[None] | None = None
        self._subscription: Subscription | None = None

    @property
    def epoch(self) -> int:
        return self._turn.epoch

    @property
    def writing(self) -> Writing | None:
        return Writing(_message(self._turn), self._turn.attempt, self._text) if self._text else None

    async def __aenter__(self) -> Self:
        self._owner = asyncio.current_task()
        self._here[self._turn.conversation_id] = self
        topic = topic_of(self._turn.conversation_id)
        self._subscription = await self._context.bus.subscribe(topic, self._hear, self._wanted.set)
        self._repeating = asyncio.create_task(self._repeat(), name="chat-answering:repeat")
        self._kept_at = asyncio.get_running_loop().time()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._repeating is not None
        assert self._subscription is not None
        if self._here.get(self._turn.conversation_id) is self:
            del self._here[self._turn.conversation_id]
        self._repeating.cancel()
        await asyncio.gather(self._repeating, return_exceptions=True)
        await self._subscription.close()
        await self._tell(len(self._text), "", is_over=True)

    async def add(self, more: str) -> None:
        """Show more of it. What is shown is a prefix of what the turn will say, or the turn says that it is not."""
        if not more:
            return
        offset, self._text = len(self._text), self._text + more
        await self._tell(offset, more)
        now = asyncio.get_running_loop().time()
        if now - self._kept_at >= KEEP_SECONDS:
            self._kept_at = now
            await self.keep()

    async def keep(self) -> None:
        """The text so far and a longer lease, in the turn; unless it was decided by another one meanwhile."""
        now_ms = self._context.clock.now_ms()
        until_ms = now_ms + round(self._context.settings.lease_seconds * 1000)

        def decide(seen: BotTurn) -> BotTurn:
            if seen.holder != self._turn.holder or seen.state is not TurnState.THINKING:
                return seen
            kept = {"streamed": self._text, "streamed_attempt": self._turn.attempt, "lease_until_ms": until_ms}
            return seen.model_copy(update=kept)

        await self._context.store.turns.change(self._turn.id, now_ms, decide)

    def _hear(self, body: bytes) -> None:
        hint = orjson.loads(body)
        if "stream_wanted" in hint:
            self._wanted.set()
        elif "entry" in hint and self._owner is not None:
            said = hint["entry"]["body"]
            speaks = said["kind"] != EntryKind.MARK and said["role"] != Actor.BOT
            if speaks and said["standing"]["epoch"] != self._turn.epoch:
                self._owner.cancel()

    async def _repeat(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._tell(0, self._text)

    async def _tell(self, offset: int, text: str, *, is_over: bool = False) -> None:
        delta = {
            "message": _message(self._turn),
            "attempt": self._turn.attempt,
            "offset": offset,
            "text": text,
            "is_over": is_over,
        }
        await self._context.chat.logbook.tell(self._turn.conversation_id, {"delta": delta})


def _message(turn: BotTurn) -> str:
    """As the entry that says it will be called."""
    return f"bot/{turn.epoch}"
