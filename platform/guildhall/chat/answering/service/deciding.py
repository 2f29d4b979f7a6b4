"""From a question to what is said: rules first, then the FAQ's three bands."""

from dataclasses import dataclass

from guildhall.chat.answering.model import CANDIDATES_MAX, BotTurn, Considered, Decision, Why
from guildhall.chat.answering.rules import wording
from guildhall.chat.answering.rules.asking import Question, asks_for_person, chosen, courtesy
from guildhall.chat.answering.rules.wording import words
from guildhall.chat.answering.service.context import Context
from guildhall.chat.faq.model import FaqEntry, Wording
from guildhall.chat.faq.rules.bands import CHOICES, Band, Match
from guildhall.chat.model import Choice, Cited, Reply


@dataclass(frozen=True, slots=True)
class Ground:
    """An entry as it is published, in the language of the question or the one that comes nearest."""

    entry: FaqEntry
    wording: Wording

    @property
    def cited(self) -> Cited:
        return Cited(entry_id=self.entry.id, version=self.entry.version, title=self.wording.question)


class Deciding:
    def __init__(self, context: Context) -> None:
        self._faq = context.faq

    async def decide(self, turn: BotTurn, question: Question) -> tuple[Decision, Why]:
        """What to say, and why. Nothing is written."""
        language, speaks = turn.language, turn.speaks or turn.language
        if (choice := chosen(question)) is not None:
            return await self._chosen(choice, language, speaks)
        if asks_for_person(question.text):
            return handed_on(words(speaks, wording.ASKED), is_unanswered=False), Why(rule="asked_for_person")
        if kind := courtesy(question.text):
            text = words(speaks, wording.GREETING if kind == "greeting" else wording.THANKS)
            return Decision(text=text, reply=Reply(kind="notice")), Why(rule="courtesy")
        match, record = await self._faq.matchers.match(turn.site, language, question.text)
        grounds = await self.grounds([one.entry_id for one in match.candidates], turn.site, language)
        why = self._why(match, grounds, record.matcher if record is not None else "")
        return self._by_band(match, grounds, speaks), why

    async def grounds(self, entry_ids: list[str], site: str, language: str) -> list[Ground]:
        """Those that are still published: a matcher may be older than a withdrawal."""
        found = []
        for entry_id in entry_ids:
            entry = await self._faq.entries.answerable(entry_id)
            if entry is None or entry.published is None or entry.site != site:
                continue
            written = entry.published.in_language(language) or next(iter(entry.published.wordings), None)
            if written is not None:
                found.append(Ground(entry, written))
        return found

    async def _chosen(self, choice: Choice, language: str, speaks: str) -> tuple[Decision, Why]:
        if not choice.entry_id:
            return handed_on(words(speaks, wording.ASKED)), Why(rule="none_of_these")
        entry = await self._faq.entries.answerable(choice.entry_id)
        if entry is None:
            return handed_on(words(speaks, wording.HAND_ON)), Why(rule="chosen")
        (ground,) = await self.grounds([entry.id], entry.site, language) or (None,)
        if ground is None:
            return handed_on(words(speaks, wording.HAND_ON)), Why(rule="chosen")
        considered = Considered(entry_id=entry.id, title=choice.text, probability=1.0, likeness=1.0)
        return answered(ground), Why(rule="chosen", band="answer", confidence=1.0, candidates=(considered,))

    def _by_band(self, match: Match, grounds: list[Ground], speaks: str) -> Decision:
        # The first candidate was withdrawn since: the second is not what was sure.
        is_whole = bool(grounds) and grounds[0].entry.id == match.candidates[0].entry_id
        if match.band is Band.ANSWER and is_whole:
            return answered(grounds[0])
        if match.band is not Band.HAND_ON and grounds:
            choices = [Choice(entry_id=one.entry.id, text=one.wording.question) for one in grounds[:CHOICES]]
            choices.append(Choice(entry_id="", text=words(speaks, wording.NONE_OF_THESE)))
            reply = Reply(kind="clarify", choices=tuple(choices))
            return Decision(text=words(speaks, wording.CLARIFY), reply=reply)
        return handed_on(words(speaks, wording.HAND_ON))

    def _why(self, match: Match, grounds: list[Ground], matcher: str) -> Why:
        titles = {one.entry.id: one.wording.question for one in grounds}
        return Why(
            rule=match.rule,
            band=match.band,
            confidence=match.confidence,
            matcher=matcher,
            candidates=tuple(
                Considered(
                    entry_id=one.entry_id,
                    title=titles.get(one.entry_id, ""),
                    probability=one.probability,
                    likeness=one.likeness,
                )
                for one in match.candidates[:CANDIDATES_MAX]
            ),
        )


def answered(ground: Ground) -> Decision:
    return Decision(text=ground.wording.answer, reply=Reply(kind="answer", cited=(ground.cited,)))


def handed_on(text: str, *, is_unanswered: bool = True) -> Decision:
    return Decision(text=text, reply=Reply(kind="hand_on"), escalates=True, is_unanswered=is_unanswered)
