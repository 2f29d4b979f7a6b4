"""Visitors who ask an AI while everything is cut and killed: is each of its answers there once, and whole or marked?

For `chaos_chat`: beside the conversations of people. The AI is the tests' own server, which breaks off, stalls and
refuses as real ones do; of the web processes and the worker whoever is at an answer may be killed over it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from guildhall.backbone import Backbone
from guildhall.chat.answering.rules import wording
from guildhall.chat.answering.rules.wording import words
from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import ChatClaims, ConversationKind, EntryKind, Party, Said
from guildhall.chat.service.logbook import said_of
from guildhall.chat.service.opening import Opening
from guildhall.config import Config
from tests.fakes.chat_page import ChatPage
from tests.fakes.llm import FakeLlm, Fault
from tests.journeys.faq_stage import teach

SITE: Final = "demo"
QUESTION: Final = "zebra parcel delivery xylophone quartz"  # like the entry on delivery, and in no band
TOKENS: Final = tuple(f"word{number} " for number in range(40))
WHOLE: Final = "".join(TOKENS).strip()
PACE_SECONDS: Final = 0.02
ANSWER_SECONDS: Final = 180.0
"""So long an answer may take: kills, leases and the restarts of a loaded machine are in it."""
FAULTS: Final = {
    Fault.NONE: 80, Fault.CUT: 4, Fault.STALL: 3, Fault.SILENT_END: 4,
    Fault.ERROR_INSIDE: 4, Fault.RATE_LIMITED: 2, Fault.UNAVAILABLE: 3,
}  # fmt: skip
ENVIRON: Final = {
    "GUILDHALL_ANSWERING__WAIT_SECONDS": "0.05",
    "GUILDHALL_ANSWERING__LEASE_SECONDS": "3",
    "GUILDHALL_ANSWERING__RESUME_AFTER_SECONDS": "2",
    "GUILDHALL_ANSWERING__AI__QUIET_SECONDS": "1",
    "GUILDHALL_ANSWERING__AI__FAILURES_TO_OPEN": "100",
    "GUILDHALL_ANSWERING__AI__VISITOR_TOKENS_PER_DAY": "100000000",
    "GUILDHALL_ANSWERING__AI__CONVERSATION_TOKENS": "100000000",
    "GUILDHALL_ANSWERING__AI__TOKENS_PER_DAY": "100000000",
    "GUILDHALL_FAQ__TRAIN_AFTER_SECONDS": "0",
}


def moody_llm(chance: random.Random) -> FakeLlm:
    llm = FakeLlm()
    llm.tokens = list(TOKENS)
    llm.pace_seconds = PACE_SECONDS
    llm.faults = chance.choices(tuple(FAULTS), tuple(FAULTS.values()), k=50_000)
    return llm


@dataclass(slots=True)
class Asking:
    """A conversation whose visitor asks, and asks the next thing only when they were answered."""

    id: str
    page: ChatPage
    asked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    """From then on nothing more is asked."""
    gaps: int = 0
    """Times that a piece of an answer was missed, and its beginning asked for."""
    _shown: str = ""
    _of: tuple[str, int] = ("", 0)
    _wanting: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.page.on_delta = self._hear
        self.page.on_reply = self._answered

    async def hold(self, questions: int) -> None:
        for number in range(questions):
            if self.is_over.is_set():
                return
            self.asked.append(f"{QUESTION} {number}")
            at = await self.page.say(f"question-{number:06}", self.asked[-1])
            reply = await self._reply_to(at)
            if reply is None:
                self.faults.append(f"{self.id}: question {number} had no answer after {ANSWER_SECONDS:g} s.")
                return
            if reply["reply"]["kind"] == "hand_on":  # nobody is at this desk: have the bot back
                await self.page.turn("resolve", f"resolve-{number:06}")

    async def _reply_to(self, number: int) -> dict[str, Any] | None:
        until = asyncio.get_running_loop().time() + ANSWER_SECONDS
        while asyncio.get_running_loop().time() < until:
            if self.page.seen.replies and self.page.seen.replies[-1]["number"] > number:
                return self.page.seen.replies[-1]
            await asyncio.sleep(0.02)
        return None

    def _hear(self, delta: dict[str, Any]) -> None:
        key = delta["message"], delta["attempt"]
        if key != self._of:
            self._of, self._shown = key, ""
        if delta["offset"] <= len(self._shown):
            self._shown = self._shown[: delta["offset"]] + delta["text"]
        elif self._wanting is None or self._wanting.done():
            self.gaps += 1
            self._wanting = asyncio.create_task(self.page.want_stream())

    def _answered(self, entry: dict[str, Any]) -> None:
        """What was shown while it was written is how the answer begins, or the answer says that it was cut off."""
        shown, self._shown = self._shown.strip(), ""
        is_about_it = self._of[0] == f"bot/{entry['epoch']}"
        reply = entry["reply"]
        is_whole = reply["kind"] == "answer" and not reply["is_truncated"]
        if is_about_it and is_whole and not entry["text"].startswith(shown):
            self.faults.append(f"{self.id}: entry {entry['number']} is not what was shown while it was written.")


async def open_askings(config: Config, count: int, page: Callable[[str, str], ChatPage]) -> list[Asking]:
    """Conversations with a bot over an FAQ whose thresholds leave everything to the AI."""
    backbone = Backbone(config)
    askings = []
    async with backbone.running():
        await teach(backbone, SITE)
        for number in range(count):
            subject = f"vis_asking{number}"
            opening = Opening(
                ConversationKind.VISITOR, "first-opening", (Party(id=subject),), "support", site=SITE, has_bot=True
            )
            conversation = await backbone.chat.conversations.open(opening)
            token = backbone.chat.visitors.agent_token(ChatClaims(subject=subject)).chat_token
            askings.append(Asking(conversation.id, page(token, conversation.id)))
    return askings


async def hold_replies_against(config: Config, askings: list[Asking]) -> dict[str, Any]:
    """Each question has one answer, which is whole or says that it is not; `faults` are sentences."""
    kinds = ("asked", "whole", "truncated", "handed_on", "unmarked", "unanswered", "doubled")
    figures: dict[str, Any] = dict.fromkeys(kinds, 0)
    faults: list[str] = []
    outcomes: Counter[str] = Counter()
    attempts: Counter[int] = Counter()
    backbone = Backbone(config)
    async with backbone.running():
        for asking in askings:
            faults += asking.faults + asking.page.faults
            entries = await backbone.chat.context.store.entries.read(asking.id, 0, 1_000_000)
            said = [said_of(entry) for entry in entries]
            lines = [one for one in said if one.kind is EntryKind.MESSAGE]
            asked = [one.text for one in lines if one.role is Actor.PARTY]
            if asked != asking.asked:
                faults.append(f"{asking.id}: the log has other questions than were asked.")
            figures["asked"] += len(asked)
            logged = [(one.by, one.text) for one in lines]
            if asking.page.seen.texts != logged:
                faults.append(f"{asking.id}: the page saw another order than the log has.")
            _count(lines, figures)
            turns = await backbone.answering.context.store.of_conversation(asking.id, 10_000)
            outcomes.update(turn.why.ai or turn.why.rule for turn in turns)
            attempts.update(turn.attempt for turn in turns)
    gaps = sum(one.gaps for one in askings)
    return {**figures, "gaps": gaps, "outcomes": dict(outcomes), "attempts": dict(attempts), "faults": faults}


def _count(lines: list[Said], figures: dict[str, int]) -> None:
    is_owed = False
    for line in lines:
        if line.role is Actor.PARTY:
            figures["unanswered"] += is_owed
            is_owed = True
        elif line.role is Actor.BOT:
            figures["doubled"] += not is_owed
            is_owed = False
            figures[_fate(line)] += 1
    figures["unanswered"] += is_owed


def _fate(line: Said) -> str:
    assert line.reply is not None
    if line.reply.kind == "hand_on":
        return "handed_on"
    if line.text == WHOLE and not line.reply.is_truncated:
        return "whole"
    shown, _, mark = line.text.partition(" ...\n\n")
    is_marked = line.reply.is_truncated and mark == words("en", wording.TRUNCATED) and WHOLE.startswith(shown)
    return "truncated" if is_marked else "unmarked"
