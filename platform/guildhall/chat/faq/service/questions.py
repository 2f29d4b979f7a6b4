"""What real questions teach: those without an answer, and those with a wrong one."""

import asyncio
import hashlib
from dataclasses import dataclass

from guildhall.chat.faq.model import Case, Unanswered
from guildhall.chat.faq.rules.grouping import grouped
from guildhall.chat.faq.service.context import Context
from guildhall.chat.faq.service.entries import Entries
from guildhall.chat.faq.service.matchers import Matchers
from guildhall.kit.errors import Invalid
from guildhall.kit.storage import Duplicate

DAY_MS = 86_400_000
GROUPS_SHOWN = 100
DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Questions that belong together, the one that stands for them first, and the entry that they are most like."""

    questions: list[Unanswered]
    nearest_id: str
    likeness: float


class Questions:
    def __init__(self, context: Context, entries: Entries, matchers: Matchers) -> None:
        self._context = context
        self._store = context.store
        self._entries = entries
        self._matchers = matchers

    async def note_unanswered(self, key: str, site: str, language: str, text: str, asked_at_ms: int) -> None:
        """A question that found nothing; once for each key, which is the turn's."""
        question = Unanswered(
            id=key,
            created_at_ms=self._context.clock.now_ms(),
            site=site,
            language=language,
            text=text,
            asked_at_ms=asked_at_ms,
        )
        try:
            await self._store.unanswered.add(question)
        except Duplicate:
            return

    async def suggestions(self, site: str, language: str) -> list[Suggestion]:
        """The open questions of the last days in groups, the largest first."""
        since_ms = self._context.clock.now_ms() - self._context.settings.history_days * DAY_MS
        found = [one for one in await self._store.open_questions(site, since_ms) if one.language == language]
        groups = await asyncio.to_thread(grouped, [one.text for one in found]) if found else []
        matcher = (await self._matchers.of(site, language)).matcher
        suggestions = []
        for group in groups[:GROUPS_SHOWN]:
            questions = [found[place] for place in group.members]
            alike = matcher.alike(questions[0].text, 1) if matcher is not None else ()
            nearest_id, likeness = (alike[0].entry_id, alike[0].likeness) if alike else ("", 0.0)
            suggestions.append(Suggestion(questions, nearest_id, likeness))
        return suggestions

    async def settle(self, site: str, ids: tuple[str, ...], entry_id: str, by: str) -> int:
        """Take open questions into an entry as phrasings of it, or dismiss them (`entry_id` ""); how many were open.

        The phrasings are added first: whoever is killed in between settles them again, and adds nothing twice.
        """
        found = [one for one in [await self._store.unanswered.get(id_) for id_ in ids] if one is not None]
        wanted = [one for one in found if one.site == site and not one.settled]
        if entry_id:
            for language in sorted({one.language for one in wanted}):
                phrasings = tuple(one.text[:300] for one in wanted if one.language == language)
                await self._entries.add_phrasings(entry_id, language, phrasings, by)
        now_ms = self._context.clock.now_ms()
        for one in wanted:
            await self._store.unanswered.change(
                one.id, now_ms, lambda seen: seen.model_copy(update={"settled": entry_id or DISMISSED})
            )
        return len(wanted)

    async def correct(self, case: Case) -> Case:
        """Keep a regression case; the same question of the same message is kept once, as it was judged last.

        Raises NoSuchEntry for an entry that does not exist, Invalid for one of another site.
        """
        if case.entry_id and (await self._store.entries.read(case.entry_id)).site != case.site:
            raise Invalid("This entry belongs to another site.", fields={"entry_id": "is of another site"})
        try:
            await self._store.cases.add(case)
        except Duplicate:
            return await self._store.cases.change(
                case.id,
                self._context.clock.now_ms(),
                lambda seen: seen.model_copy(update={"entry_id": case.entry_id, "by": case.by}),
            )
        return case

    async def failing(self, site: str, language: str) -> tuple[list[Case], int]:
        """The cases that the matcher of now gets wrong, and how many there are."""
        cases = await self._store.cases_of(site, language)
        record = (await self._matchers.of(site, language)).record
        wrong = frozenset(record.failing) if record is not None else frozenset(case.id for case in cases)
        return [case for case in cases if case.id in wrong], len(cases)


def case_id(site: str, text: str) -> str:
    """One for each question of a site: it has one right answer."""
    digest = hashlib.sha256(f"{site}\n{text}".encode()).hexdigest()
    return f"fcs_{digest[:32]}"
