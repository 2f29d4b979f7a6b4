"""Keys that were wrong: what a right one would change, applying it, and grading again everybody it concerns."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

from guildhall.assessments.model.banks import CORRECTIONS_MAX, ItemVersion, KeyCorrection
from guildhall.assessments.model.keys import AnswerKey, ChoiceKey
from guildhall.assessments.model.questions import SingleChoiceQuestion
from guildhall.assessments.model.results import Grade, Result
from guildhall.assessments.rules.authoring import flaws_of_key
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.assessing import Dossiers
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.grading import Grading
from guildhall.assessments.store import PAGE, NoSuch
from guildhall.kit.errors import Conflict, Invalid

PREVIEWED_AT_ONCE: Final = 200
"""Results in one page of a preview: each is graded anew, at some 10 ms of processor time."""


@dataclass(frozen=True, slots=True)
class Regrading:
    """What another key makes of one result."""

    result: Result
    after: Grade


class KeyCorrections:
    def __init__(self, context: Context, dossiers: Dossiers, grading: Grading) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock
        self._dossiers = dossiers
        self._grading = grading

    async def correctable(self, scope: Scope, version_id: str) -> ItemVersion:
        """An item version of a bank that the scope covers. Raises NoSuch."""
        version = await self._store.item_versions.read(version_id)
        bank = await self._store.banks.get(version.bank_id)
        if bank is None or not scope.covers(bank.organisation_id):
            raise NoSuch(f"There is no version of an item {version_id}.")
        return version

    async def versions_of_item(self, scope: Scope, item_id: str) -> dict[str, ItemVersion]:
        """The published versions of an item, by id. Raises NoSuch."""
        item = await self._store.items.get(item_id)
        bank = None if item is None else await self._store.banks.get(item.bank_id)
        if item is None or bank is None or not scope.covers(bank.organisation_id):
            raise NoSuch(f"There is no item {item_id}.")
        return await self._store.versions_named(item.versions)

    async def preview(
        self, scope: Scope, version_id: str, key: AnswerKey, after: str = ""
    ) -> tuple[list[Regrading], str | None]:
        """What this key would make of a page of the results that hold the item, and where the next begins.

        None: that was the last one. Nothing is changed. Raises NoSuch, Invalid.
        """
        version = await self.correctable(scope, version_id)
        _check_key(version, key)
        proposed = _corrected(version, key, "Proposed.", scope.account_id, self._clock.now_ms())
        found: list[Regrading] = []
        async for result in self.carrying(version_id, after):
            if len(found) == PREVIEWED_AT_ONCE:
                return found, _place(found[-1].result)
            if not scope.covers(result.organisation_id):
                continue
            dossier = await self._dossiers.of(await self._store.attempts.read(result.attempt_id))
            swapped = replace(dossier, versions={**dossier.versions, version_id: proposed})
            regraded, _ = swapped.assess(at_ms=self._clock.now_ms(), reason="Proposed.", by=scope.account_id)
            found.append(Regrading(result, regraded))
        return found, None

    async def correct_key(self, scope: Scope, version_id: str, key: AnswerKey, reason: str, expected_rev: int) -> None:
        """The key that counts from now on: appended, never replaced. Raises NoSuch, Invalid, Conflict."""
        version = await self.correctable(scope, version_id)
        _check_key(version, key)
        if version.rev != expected_rev:
            raise Conflict("This key was corrected meanwhile. Look at it again before you decide.")
        if len(version.corrections) >= CORRECTIONS_MAX:
            raise Conflict(f"A key can be corrected {CORRECTIONS_MAX} times, and this one was.")
        now_ms = self._clock.now_ms()
        corrected = _corrected(version, key, reason, scope.account_id, now_ms)
        written = await self._store.item_versions.replace(version, corrected, now_ms)
        if written is None:
            raise Conflict("This key was corrected meanwhile. Look at it again before you decide.")

    async def regrade(self, version: ItemVersion) -> None:
        """The job's, after a correction: every result that holds this item version is graded again."""
        newest = version.corrections[-1]
        reason = f"A key was corrected: {newest.reason}"[:500]
        async for result in self.carrying(version.id):
            await self._grading.assess(result.id, reason, newest.by)
        await self._context.audit.record(
            newest.by,
            "assessments.correct_key",
            "item_version",
            version.id,
            "allowed",
            {"correction": len(version.corrections), "reason": newest.reason},
            key=f"{version.id}_correction_{len(version.corrections)}",
            at_ms=newest.at_ms,
        )
        settled = version.model_copy(update={"is_regrade_due": False})
        await self._store.item_versions.replace(version, settled, self._clock.now_ms())

    async def carrying(self, version_id: str, after: str = "") -> AsyncIterator[Result]:
        """Every result that has this item version on its form; those behind a place that a preview ended at."""
        after_exam, _, after_result = after.partition("/")
        if after_exam:
            async for result in self._carrying_of(after_exam, version_id, after_result):
                yield result
        while exams := await self._store.exam_versions_after(after_exam):
            after_exam = exams[-1].id
            for exam in exams:
                if any(version_id in pool.version_ids for pool in exam.pools):
                    async for result in self._carrying_of(exam.id, version_id):
                        yield result
            if len(exams) < PAGE:
                return

    async def _carrying_of(self, exam_version_id: str, version_id: str, after: str = "") -> AsyncIterator[Result]:
        while page := await self._store.results_of_version(exam_version_id, after):
            for result in page:
                if any(score.version_id == version_id for score in result.grade.scores):
                    yield result
            after = page[-1].id


def _place(result: Result) -> str:
    return f"{result.exam_version_id}/{result.id}"


def _corrected(version: ItemVersion, key: AnswerKey, reason: str, by: str, at_ms: int) -> ItemVersion:
    correction = KeyCorrection(at_ms=at_ms, by=by, reason=reason, key=key)
    return version.model_copy(update={"corrections": (*version.corrections, correction), "is_regrade_due": True})


def _check_key(version: ItemVersion, key: AnswerKey) -> None:
    question = version.content.question
    # A correction may let several choices of a single choice count, each of which has to be one that fits alone.
    keys: list[AnswerKey] = [key]
    if isinstance(question, SingleChoiceQuestion) and isinstance(key, ChoiceKey):
        keys = [key.model_copy(update={"correct": (one,)}) for one in key.correct]
    flaws = [flaw for one in keys for flaw in flaws_of_key(question, one)]
    if flaws:
        raise Invalid("This key does not fit its question.", fields={flaw.path: flaw.sentence for flaw in flaws})
