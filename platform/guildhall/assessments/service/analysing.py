"""Figures of a delivery, and of an item across every exam that had it: read here, computed by `rules.analysis`."""

from collections.abc import Iterable, Sequence

from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.responses import ChosenResponse
from guildhall.assessments.model.results import Grader, Result, SlotScore
from guildhall.assessments.rules.analysis import Sat, Taken
from guildhall.assessments.service.assessing import FinalAnswers
from guildhall.assessments.service.corrections import KeyCorrections
from guildhall.assessments.store import AssessmentsStore


class Analysing:
    def __init__(self, store: AssessmentsStore, final_answers: FinalAnswers, corrections: KeyCorrections) -> None:
        self._store = store
        self._final_answers = final_answers
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
        answers = await self._final_answers(result.attempt_id)
        chosen = {
            slot_id: entry.answer.response.chosen
            for slot_id, entry in answers.items()
            if entry.answer is not None and isinstance(entry.answer.response, ChosenResponse)
        }
        items = {score.version_id: _taken(score, chosen.get(score.slot_id, ())) for score in result.grade.scores}
        return Sat(result.grade.percent_hundredths / 100, bool(result.grade.is_pass), items)


def _taken(score: SlotScore, chosen: tuple[str, ...]) -> Taken:
    earned, worth = score.earned_centipoints or 0, score.worth_centipoints
    return Taken(earned / worth if worth else 0.0, is_omitted=score.grader is Grader.NOBODY, chosen=chosen)
