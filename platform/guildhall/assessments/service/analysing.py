"""Figures of a delivery, and of an item across every exam that had it: read here, computed by `rules.analysis`."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from guildhall.assessments.model.attempts import AnswerEntry
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.responses import ChosenResponse
from guildhall.assessments.model.results import Grader, Result, SlotScore
from guildhall.assessments.rules.analysis import Sat, Taken
from guildhall.assessments.rules.answers import answers_in_force, spent_ms
from guildhall.assessments.service.corrections import KeyCorrections
from guildhall.assessments.store import AssessmentsStore

AnswerLogs = Callable[[str], Awaitable[list[AnswerEntry]]]
"""Everything that was answered in an attempt: `service.sitting.answer_log`."""


class Analysing:
    def __init__(self, store: AssessmentsStore, answer_log: AnswerLogs, corrections: KeyCorrections) -> None:
        self._store = store
        self._answer_log = answer_log
        self._corrections = corrections

    async def sittings(self, results: Iterable[Result]) -> list[Sat]:
        """One for each result that is wholly marked, with the choices that were made."""
        return [await self._sat(one) for one in results if one.grade.is_pass is not None]

    async def by_exam(self, version_ids: Sequence[str]) -> dict[tuple[str, str], list[Sat]]:
        """By exam version and item version, everybody who had the item there; practice runs are left out."""
        found: dict[tuple[str, str], list[Sat]] = {}
        for version_id in version_ids:
            async for result in self._corrections.carrying(version_id):
                if result.grade.is_pass is not None and not result.is_practice:
                    found.setdefault((result.exam_version_id, version_id), []).append(await self._sat(result))
        return found

    async def versions_of(self, sittings: Iterable[Sat]) -> dict[str, ItemVersion]:
        return await self._store.versions_named([name for sat in sittings for name in sat.items])

    async def _sat(self, result: Result) -> Sat:
        log = await self._answer_log(result.attempt_id)
        chosen = {
            slot_id: entry.answer.response.chosen
            for slot_id, entry in answers_in_force(log).items()
            if entry.answer is not None and isinstance(entry.answer.response, ChosenResponse)
        }
        spent = spent_ms(log)
        items = {
            score.version_id: _taken(score, chosen.get(score.slot_id, ()), spent.get(score.slot_id))
            for score in result.grade.scores
        }
        return Sat(result.grade.percent_hundredths / 100, bool(result.grade.is_pass), items)


def _taken(score: SlotScore, chosen: tuple[str, ...], spent: int | None) -> Taken:
    earned, worth = score.earned_centipoints or 0, score.worth_centipoints
    return Taken(
        earned / worth if worth else 0.0,
        is_omitted=score.grader is Grader.NOBODY,
        chosen=chosen,
        seconds=None if spent is None else spent / 1000,
    )
