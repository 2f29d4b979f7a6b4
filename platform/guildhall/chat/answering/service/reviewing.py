"""Looking back: why something was said, what should have been, and what another threshold would have made of it."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from guildhall.chat.answering.model import BotTurn
from guildhall.chat.answering.service.context import Context
from guildhall.chat.faq.lifecycle import EntryState
from guildhall.chat.faq.model import Bands, Case
from guildhall.chat.faq.rules.bands import COLD, Band, Match, match
from guildhall.chat.faq.rules.matching import Matcher, from_bytes
from guildhall.chat.faq.service.questions import case_id
from guildhall.chat.faq.training.lesson import Outcome
from guildhall.chat.model import ChatClaims, Conversation
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import Invalid

NONE = "none"
EXAMPLES_MAX = 50
DAY_MS = 86_400_000
MATCHED = frozenset({"exact", "probability", "likeness", "nothing_known"})
"""Rules of turns whose question went through the matcher; the others would not change."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that would be treated otherwise. `right` is "" where nobody has said."""

    question: str
    before: str
    after: str
    entry_before: str
    entry_after: str
    right: str


@dataclass(slots=True)
class Replay:
    """Past questions as they would be treated now and with the change."""

    questions: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    wrong_before: int = 0
    """Answered at once with another entry than the right one, of those where it is known."""
    wrong_after: int = 0
    known: int = 0
    changed: list[Changed] = field(default_factory=list)


class Reviewing:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._faq = context.faq
        context.faq.context.outcomes = self.outcomes

    async def cards(self, conversation: Conversation) -> list[BotTurn]:
        """The "why" cards of a conversation, the newest first."""
        return await self._store.of_conversation(conversation.id)

    async def correct(self, claims: ChatClaims, conversation: Conversation, number: int, entry_id: str) -> Case:
        """The answer that stands under this number was wrong, and should have been another.

        Keeps a regression case that every later matcher is held against, and lets the thresholds learn from it.
        `entry_id` "" says that no entry was right. Raises NoSuch where no automatic answer has that number.
        """
        turns = await self._store.of_conversation(conversation.id)
        turn = next((one for one in turns if one.number == number and number > 0), None)
        if turn is None:
            raise NoSuch(f"No automatic answer of {conversation.id} has the number {number}.")
        now_ms = self._context.clock.now_ms()
        given = turn.decision.reply.cited[0].entry_id if turn.decision and turn.decision.reply.cited else ""
        case = Case(
            id=case_id(turn.site, turn.question),
            created_at_ms=now_ms,
            site=turn.site,
            language=turn.language,
            text=turn.question,
            entry_id=entry_id,
            given=given,
            conversation_id=conversation.id,
            number=number,
            by=claims.subject,
        )
        kept = await self._faq.questions.correct(case)
        outcome = {"outcome": entry_id or NONE, "outcome_at_ms": now_ms}
        await self._store.turns.change(turn.id, now_ms, lambda seen: seen.model_copy(update=outcome))
        await self._context.audit.record(
            claims.subject,
            "faq.correct_answer",
            "conversation",
            conversation.id,
            "allowed",
            {"number": number, "entry": entry_id},
        )
        return kept

    async def outcomes(self, site: str, language: str, since_ms: int) -> list[Outcome]:
        """What is known of real questions, for the FAQ's trainings."""
        return [
            Outcome(text=turn.question, entry_id="" if turn.outcome == NONE else turn.outcome)
            for turn in await self._store.with_outcome(site, language, since_ms)
        ]

    async def replay(self, site: str, language: str, bands: Bands | None, drafts: tuple[str, ...]) -> Replay:
        """What became of the questions of the last days, and what would have with other thresholds or entries.

        `drafts` are entries taken as they are written now instead of as published; then a matcher is trained for this
        alone. Nothing is changed. Raises TrainingFailed, and Invalid where nothing is left to train.
        """
        now = await self._faq.matchers.of(site, language)
        current = now.record.bands if now.record is not None else COLD
        matcher, learned = now.matcher, current
        if drafts:
            matcher, learned = await self._with_drafts(site, language, drafts)
        since_ms = self._context.clock.now_ms() - self._context.settings.replay_days * DAY_MS
        turns = await self._store.asked_since(site, language, since_ms)
        asked = [turn for turn in turns if turn.why.rule in MATCHED]
        return await asyncio.to_thread(_replayed, asked, (now.matcher, current), (matcher, bands or learned))

    async def _with_drafts(self, site: str, language: str, drafts: tuple[str, ...]) -> tuple[Matcher, Bands]:
        contents = []
        for entry in await self._faq.context.store.of_site(site):
            if entry.id in drafts and entry.state is not EntryState.ARCHIVED:
                contents.append((entry.id, entry.draft))
            elif entry.published is not None:
                contents.append((entry.id, entry.published))
        lesson = await self._faq.training.lesson(site, language, sorted(contents))
        if not lesson.taught:
            raise Invalid("There is nothing to try.", fields={"drafts": "leave nothing with a phrasing"})
        body, learned = await self._faq.training.learn(lesson)
        return await asyncio.to_thread(from_bytes, body), learned.bands


def _replayed(turns: list[BotTurn], now: tuple[Matcher | None, Bands], then: tuple[Matcher | None, Bands]) -> Replay:
    result = Replay(questions=len(turns))
    for turn in turns:
        before, after = match(*now, turn.question), match(*then, turn.question)
        result.before[before.band] += 1
        result.after[after.band] += 1
        if turn.outcome:
            result.known += 1
            result.wrong_before += _is_wrong(before, turn.outcome)
            result.wrong_after += _is_wrong(after, turn.outcome)
        pair = _found(before), _found(after)
        if (before.band, pair[0]) != (after.band, pair[1]) and len(result.changed) < EXAMPLES_MAX:
            result.changed.append(Changed(turn.question, before.band, after.band, *pair, turn.outcome))
    return result


def _found(found: Match) -> str:
    return found.candidates[0].entry_id if found.band is Band.ANSWER else ""


def _is_wrong(found: Match, right: str) -> bool:
    return found.band is Band.ANSWER and found.candidates[0].entry_id != right
