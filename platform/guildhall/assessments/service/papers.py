"""What an attempt asks, read once: published versions never change, so they are kept in memory, bounded."""

from collections import OrderedDict
from collections.abc import Mapping

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import ExamPlan
from guildhall.assessments.model.questions import Question
from guildhall.assessments.store import AssessmentsStore

QUESTIONS_KEPT = 4_096
PLANS_KEPT = 256


class Papers:
    """Questions and plans by version. Answer keys are not among what it reads: see `store.questions_named`."""

    def __init__(self, store: AssessmentsStore) -> None:
        self._store = store
        self._questions: OrderedDict[str, Question] = OrderedDict()
        self._plans: OrderedDict[str, ExamPlan] = OrderedDict()

    async def questions(self, attempt: Attempt) -> Mapping[str, Question]:
        """By slot, as they were written; their parts in the order of the bank."""
        wanted = [slot.version_id for slot in attempt.form.slots]
        known = {version_id: self._questions[version_id] for version_id in wanted if version_id in self._questions}
        if missing := [version_id for version_id in wanted if version_id not in known]:
            found = await self._store.questions_named(missing)
            known |= found
            self._questions |= found
        for version_id in wanted:
            if version_id in self._questions:
                self._questions.move_to_end(version_id)
        while len(self._questions) > QUESTIONS_KEPT:
            self._questions.popitem(last=False)
        return {slot.id: known[slot.version_id] for slot in attempt.form.slots}

    async def plan(self, exam_version_id: str) -> ExamPlan:
        if (known := self._plans.get(exam_version_id)) is not None:
            return known
        plan = (await self._store.exam_versions.read(exam_version_id)).plan
        self._plans[exam_version_id] = plan
        if len(self._plans) > PLANS_KEPT:
            self._plans.popitem(last=False)
        return plan
