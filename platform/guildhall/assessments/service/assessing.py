"""Everything that decides what one attempt is worth, read at one moment, and the grade it comes to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from guildhall.assessments.model.attempts import AnswerEntry, Attempt
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import Delivery, ExamPlan
from guildhall.assessments.model.keys import Rubric
from guildhall.assessments.model.responses import Response
from guildhall.assessments.model.results import Grade, Mark
from guildhall.assessments.rules.marking import scaled, settle_slot, slots_to_mark
from guildhall.assessments.rules.scoring import grade
from guildhall.assessments.store import AssessmentsStore

FinalAnswers = Callable[[str], Awaitable[Mapping[str, AnswerEntry]]]
"""By slot, the answers of an attempt that are in force: `service.sitting.final_answers`."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One attempt with its answers, keys and marks."""

    attempt: Attempt
    plan: ExamPlan
    delivery: Delivery
    versions: Mapping[str, ItemVersion]
    answers: Mapping[str, AnswerEntry]
    marks: tuple[Mark, ...]

    @property
    def responses(self) -> dict[str, Response | None]:
        return {slot_id: entry.answer.response for slot_id, entry in self.answers.items() if entry.answer is not None}

    def marks_for(self, slot_id: str) -> list[Mark]:
        return [mark for mark in self.marks if mark.slot_id == slot_id]

    def assess(self, *, at_ms: int, reason: str, by: str) -> tuple[Grade, frozenset[str]]:
        """The grade, and the slots whose two markers are too far apart."""
        marked: dict[str, int] = {}
        disputed = set()
        for slot in slots_to_mark(self.attempt.form, self.versions, self.responses):
            rubric = self.versions[slot.version_id].key
            assert isinstance(rubric, Rubric)
            settled = settle_slot(self.marks_for(slot.id), rubric, self.plan.marking)
            if settled.is_disputed:
                disputed.add(slot.id)
            if settled.centipoints is not None:
                marked[slot.id] = scaled(settled.centipoints, rubric, slot)
        given = grade(
            self.attempt.form,
            self.versions,
            self.responses,
            marked,
            self.plan.pass_percent,
            at_ms=at_ms,
            reason=reason,
            by=by,
        )
        return given, frozenset(disputed)


class Dossiers:
    """Reads them; used by grading and by whoever shows a result."""

    def __init__(self, store: AssessmentsStore, final_answers: FinalAnswers) -> None:
        self._store = store
        self._final_answers = final_answers

    async def of(self, attempt: Attempt) -> Dossier:
        """Raises NoSuch where something the attempt names is not there."""
        exam_version = await self._store.exam_versions.read(attempt.exam_version_id)
        return Dossier(
            attempt=attempt,
            plan=exam_version.plan,
            delivery=await self._store.deliveries.read(attempt.delivery_id),
            versions=await self._store.versions_named([slot.version_id for slot in attempt.form.slots]),
            answers=await self._final_answers(attempt.id),
            marks=tuple(await self._store.marks_of(attempt.id)),
        )
