"""An answer by an AI that rests on FAQ entries: where the FAQ alone has none, and only as far as the entries go."""

import secrets
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

from guildhall.chat.answering.model import BotTurn, Decision, Why
from guildhall.chat.answering.rules import wording
from guildhall.chat.answering.rules.asking import Question
from guildhall.chat.answering.rules.grounding import (
    GroundText,
    PlanRefused,
    Words,
    WordsRefused,
    answer_prompt,
    plan_prompt,
    read_plan,
)
from guildhall.chat.answering.rules.redaction import redacted
from guildhall.chat.answering.rules.wording import words
from guildhall.chat.answering.service.ai import Ai, Ended, estimate
from guildhall.chat.answering.service.budgets import Budgets
from guildhall.chat.answering.service.context import Context
from guildhall.chat.answering.service.deciding import Deciding, Ground, handed_on
from guildhall.chat.answering.service.dialects import PLAN_TOKENS, AiFailed
from guildhall.chat.answering.service.streaming import Streams
from guildhall.chat.model import EntryKind, Reply

ATTEMPTS_MAX: Final = 2
"""So often a turn is generated where those who did were killed; then it says what readers have seen, and that."""


class Composing:
    def __init__(self, context: Context, deciding: Deciding, ai: Ai, budgets: Budgets) -> None:
        self._context = context
        self._deciding = deciding
        self._ai = ai
        self._budgets = budgets
        self._streams = Streams(context)

    async def compose(self, turn: BotTurn, question: Question, decided: Decision, why: Why) -> tuple[Decision, Why]:
        """What to say instead of `decided`, which hands on; or that, and in `why.ai` why nothing better was had."""
        state, _ = self._ai.state()
        if state != "on":
            return decided, why.model_copy(update={"ai": state})
        if turn.attempt > ATTEMPTS_MAX:
            return self._left_over(turn, decided), why.model_copy(update={"ai": "interrupted"})
        grounds = await self._grounds(turn, question)
        if not grounds:
            return decided, why.model_copy(update={"ai": "no_grounds"})
        return await self._compose(turn, question, grounds, decided, why)

    async def _compose(
        self, turn: BotTurn, question: Question, grounds: Sequence[Ground], decided: Decision, why: Why
    ) -> tuple[Decision, Why]:
        asked, kinds = redacted(question.text)
        history = [redacted(line)[0] for line in await self._history(turn)]
        texts = [GroundText(one.entry.id, one.wording.question, one.wording.answer) for one in grounds]
        mark = f"~{secrets.token_hex(8)}~"
        prompt = plan_prompt(mark, asked, history, texts)
        most = 2 * estimate(prompt, "") + PLAN_TOKENS + self._ai.settings.answer_tokens
        reserved = await self._budgets.reserve(turn, most)
        why = why.model_copy(update={"redacted": kinds})
        if isinstance(reserved, str):
            return decided, why.model_copy(update={"ai": f"budget_{reserved}"})
        used = most
        try:
            planned, used = await self._ai.plan(prompt)
            plan = read_plan(planned, texts)
            if plan.action == "hand_on":
                return decided, why.model_copy(update={"ai": "declined", "tokens": used})
            rests_on = [one for one in grounds if one.entry.id in plan.used_ids]
            kept = [one for one in texts if one.entry_id in plan.used_ids]
            decision, tokens, said = await self._write(turn, mark, asked, history, kept, rests_on)
            used += tokens
        except PlanRefused:
            return decided, why.model_copy(update={"ai": "plan_refused", "tokens": used})
        except AiFailed as failure:
            return decided, why.model_copy(update={"ai": failure.kind, "tokens": used})
        finally:
            await self._budgets.settle(reserved, used)
        rule = "ai" if decision.reply.is_generated else why.rule
        return decision, why.model_copy(update={"ai": said, "tokens": used, "rule": rule})

    async def _write(
        self,
        turn: BotTurn,
        mark: str,
        asked: str,
        history: list[str],
        texts: list[GroundText],
        grounds: Sequence[Ground],
    ) -> tuple[Decision, int, str]:
        """The words: shown as they come, whole or marked at the end. Raises AiFailed where there were none."""
        prompt, written, tokens = answer_prompt(mark, asked, history, texts), Words(mark, texts), 0
        ended, failure = Ended(is_whole=False, tokens=0), ""
        async with self._streams.begin(turn) as stream, aclosing(self._ai.stream(prompt)) as pieces:
            try:
                async for piece in pieces:
                    if isinstance(piece, Ended):
                        ended = piece
                        await stream.add(written.rest() if piece.is_whole else "")
                    else:
                        await stream.add(written.take(piece))
            except WordsRefused as refusal:
                text = words(turn.speaks or turn.language, wording.FAILED)
                return handed_on(text), estimate(prompt, written.text), str(refusal)
            except AiFailed as failed:
                if not written.shown or failed.kind == "filtered":
                    raise
                failure = failed.kind
        tokens = ended.tokens or estimate(prompt, written.text)
        cited = tuple(one.cited for one in grounds)
        if ended.is_whole and written.text.strip():
            reply = Reply(kind="answer", cited=cited, is_generated=True)
            return Decision(text=written.text.strip(), reply=reply), tokens, "answered"
        if not written.shown.strip():
            raise AiFailed("empty")
        return self._truncated(turn, written.shown, cited), tokens, f"truncated_{failure or 'cut'}"

    def _left_over(self, turn: BotTurn, decided: Decision) -> Decision:
        return self._truncated(turn, turn.streamed, ()) if turn.streamed.strip() else decided

    def _truncated(self, turn: BotTurn, shown: str, cited: tuple[object, ...]) -> Decision:
        text = f"{shown.rstrip()} ...\n\n{words(turn.speaks or turn.language, wording.TRUNCATED)}"
        reply = Reply.model_validate(
            {"kind": "answer", "cited": cited, "is_generated": True, "is_truncated": True}, from_attributes=True
        )
        return Decision(text=text, reply=reply)

    async def _grounds(self, turn: BotTurn, question: Question) -> list[Ground]:
        """The entries that are most like the question; none, where none is like it."""
        loaded = await self._context.faq.matchers.of(turn.site, turn.language)
        if loaded.matcher is None:
            return []
        settings = self._ai.settings
        alike = loaded.matcher.alike(question.text, settings.grounds)
        near = [one.entry_id for one in alike if one.likeness >= settings.ground_likeness]
        return await self._deciding.grounds(near, turn.site, turn.language)

    async def _history(self, turn: BotTurn) -> list[str]:
        """What was said before the question, by whom, the oldest first."""
        after = max(0, turn.asked_number - 30)
        entries = await self._context.chat.logbook.read(turn.conversation_id, after, 30)
        return [
            f"{entry.body['role']}: {entry.body['text']}"
            for entry in entries
            if entry.body["kind"] == EntryKind.MESSAGE and entry.number < turn.asked_number
        ]
