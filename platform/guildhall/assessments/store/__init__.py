"""The collections of assessments; the only file here that queries.

Documents are changed as `kit.storage.versioned` does it. Answers are a numbered, hash-chained log for each attempt: see
`model.attempts` for why the end of an attempt is an entry of that log.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from guildhall.assessments.lifecycle import AttemptState, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import ExamVersion
from guildhall.assessments.model.questions import Question
from guildhall.assessments.model.results import Credential, HeldFor, Mark, Result, VerificationKey
from guildhall.assessments.store.authoring import (
    BANKS,
    DELIVERIES,
    EXAMS,
    INVITATIONS,
    ITEMS,
    PICTURES,
    AuthoringStore,
)
from guildhall.assessments.store.missing import NoSuch, none_of
from guildhall.assessments.store.sitting import BEATS, FILES, OUTAGES, PAGE, SittingStore
from guildhall.kit.storage import Schema, Storage, among, gt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import NumberedLog, log_schema

__all__ = [
    "BANKS",
    "BEATS",
    "DELIVERIES",
    "EXAMS",
    "FILES",
    "INVITATIONS",
    "ITEMS",
    "OUTAGES",
    "PAGE",
    "PICTURES",
    "AssessmentsStore",
    "NoSuch",
]

ITEM_VERSIONS = Schema("assessments_item_versions", index=(("item_id",), ("is_regrade_due",)))
EXAM_VERSIONS = Schema("assessments_exam_versions", index=(("exam_id",),))
ATTEMPTS = Schema(
    "assessments_attempts",
    index=(
        ("delivery_id", "state"),
        ("account_id",),
        ("state", "due_at_ms"),
        ("due_at_ms",),
        ("unsettled",),
        ("exam_version_id",),
        ("late_due_at_ms",),
    ),
)
ANSWERS = log_schema("assessments_answers")
MARKS = Schema(
    "assessments_marks",
    unique=(("alias",),),
    index=(("attempt_id",), ("marker_id", "is_final"), ("delivery_id", "version_id", "is_final"), ("unsettled",)),
)
RESULTS = Schema(
    "assessments_results",
    index=(
        ("delivery_id", "state"),
        ("exam_version_id", "state"),
        ("account_id",),
        ("release_at_ms",),
        ("unsettled",),
        ("held_for", "_id"),
    ),
)
CREDENTIALS = Schema("assessments_credentials", index=(("account_id",), ("result_id",)))
VERIFICATION_KEYS = Schema("assessments_verification_keys")

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)


_DRAWN = frozenset({"form"})
"""A form is drawn once; it is most of an attempt, and was most of the cost of handing one in."""


class AssessmentsStore(AuthoringStore, SittingStore):
    """Used by the service and the jobs. What needs no query of its own is asked of the `Documents` directly."""

    def __init__(self, storage: Storage) -> None:
        AuthoringStore.__init__(self, storage)
        SittingStore.__init__(self, storage)
        self.item_versions = Documents(storage.collection(ITEM_VERSIONS), ItemVersion, none_of("version of an item"))
        self.exam_versions = Documents(storage.collection(EXAM_VERSIONS), ExamVersion, none_of("version of an exam"))
        self.attempts = Documents(storage.collection(ATTEMPTS), Attempt, none_of("attempt"), _DRAWN)
        self._mark_lines = storage.collection(MARKS)
        self.marks = Documents(self._mark_lines, Mark, none_of("mark"))
        self._result_lines = storage.collection(RESULTS)
        self.results = Documents(self._result_lines, Result, none_of("result"))
        self.credentials = Documents(storage.collection(CREDENTIALS), Credential, none_of("credential"))
        self.verification_keys = Documents(
            storage.collection(VERIFICATION_KEYS), VerificationKey, none_of("verification key")
        )
        self._item_version_lines = storage.collection(ITEM_VERSIONS)
        self._answer_lines = storage.collection(ANSWERS)
        self.answers = NumberedLog(self._answer_lines)

    async def ensure(self) -> None:
        for documents in (
            *self.authoring_documents,
            self.item_versions,
            self.exam_versions,
            self.attempts,
            self.marks,
            self.results,
            self.credentials,
            self.verification_keys,
        ):
            await documents.ensure()
        for collection in (self._answer_lines, *self.sitting_collections):
            await collection.ensure()

    # --- authoring

    async def versions_named(self, version_ids: Sequence[str]) -> dict[str, ItemVersion]:
        """Those that exist, by id, a page at a time: a form has up to 300."""
        found: dict[str, ItemVersion] = {}
        wanted = sorted(set(version_ids))
        for start in range(0, len(wanted), PAGE):
            page = await self.item_versions.find({"_id": among(*wanted[start : start + PAGE])}, limit=PAGE)
            found |= {version.id: version for version in page}
        return found

    async def questions_named(self, version_ids: Sequence[str]) -> dict[str, Question]:
        """Like `versions_named`, but what is right is never made into anything: this is the candidates' way."""
        found: dict[str, Question] = {}
        wanted = sorted(set(version_ids))
        for start in range(0, len(wanted), PAGE):
            page = await self._item_version_lines.find({"_id": among(*wanted[start : start + PAGE])}, limit=PAGE)
            found |= {line["_id"]: _QUESTION.validate_python(line["content"]["question"]) for line in page}
        return found

    # --- deliveries

    # --- attempts

    async def attempts_of(self, account_id: str) -> list[Attempt]:
        return await self.attempts.find({"account_id": account_id}, limit=PAGE)

    async def attempts_in(self, delivery_id: str, after_id: str = "") -> list[Attempt]:
        """A page, by id."""
        return await self.attempts.find({"delivery_id": delivery_id, "_id": gt(after_id)}, limit=PAGE)

    async def attempts_due(self, now_ms: int) -> list[Attempt]:
        """Those whose timer has something to do, the longest overdue first."""
        where = {"due_at_ms": gt(0) & lte(now_ms)}
        return await self.attempts.find(where, sort=(("due_at_ms", 1),), limit=PAGE)

    async def attempts_in_states(self, states: Sequence[AttemptState], after_id: str = "") -> list[Attempt]:
        """A page, by id."""
        where = {"state": among(*(state.value for state in states)), "_id": gt(after_id)}
        return await self.attempts.find(where, limit=PAGE)

    async def attempts_unsettled(self) -> list[Attempt]:
        return await self.attempts.find({"unsettled": True}, limit=PAGE)

    async def attempts_with_late_answers_due(self, now_ms: int) -> list[Attempt]:
        """Those whose late answers have been kept long enough, or whose deletion was begun."""
        where = {"late_due_at_ms": gt(0) & lte(now_ms)}
        return await self.attempts.find(where, sort=(("late_due_at_ms", 1),), limit=PAGE)

    # --- results

    async def mark_named(self, alias: str) -> Mark | None:
        found = await self.marks.find({"alias": alias}, limit=1)
        return found[0] if found else None

    async def marks_to_give(self, delivery_id: str, version_id: str, after_id: str = "") -> list[Mark]:
        """A page of those that are not final, by id."""
        where = {"delivery_id": delivery_id, "version_id": version_id, "is_final": False, "_id": gt(after_id)}
        return await self.marks.find(where, limit=PAGE)

    async def marks_by(self, marker_id: str, delivery_id: str, version_id: str) -> list[Mark]:
        """What somebody has claimed or marked of one question, by id."""
        where = {"marker_id": marker_id, "delivery_id": delivery_id, "version_id": version_id}
        return await self.marks.find(where, limit=1_000)

    async def marks_unsettled(self) -> list[Mark]:
        return await self.marks.find({"unsettled": True}, limit=PAGE)

    async def mark_counts(self, by: Literal["delivery_id", "version_id"], where: Mapping[str, Any]) -> dict[str, int]:
        return {str(value): count for value, count in (await self._mark_lines.count_by(by, where)).items()}

    async def versions_to_regrade(self) -> list[ItemVersion]:
        return await self.item_versions.find({"is_regrade_due": True}, limit=PAGE)

    async def exam_versions_after(self, after_id: str = "") -> list[ExamVersion]:
        """A page of all there are, by id."""
        return await self.exam_versions.find({"_id": gt(after_id)}, limit=PAGE)

    async def marks_of(self, attempt_id: str) -> list[Mark]:
        return await self.marks.find({"attempt_id": attempt_id}, limit=1_000)

    async def results_in(self, delivery_id: str, after_id: str = "") -> list[Result]:
        """A page, by id."""
        return await self.results.find({"delivery_id": delivery_id, "_id": gt(after_id)}, limit=PAGE)

    async def results_of_version(self, exam_version_id: str, after_id: str = "") -> list[Result]:
        """A page, by id."""
        return await self.results.find({"exam_version_id": exam_version_id, "_id": gt(after_id)}, limit=PAGE)

    async def result_counts(self, delivery_id: str) -> dict[ResultState, int]:
        counted = await self._result_lines.count_by("state", {"delivery_id": delivery_id})
        return {ResultState(str(state)): count for state, count in counted.items()}

    async def results_in_state(self, delivery_id: str, state: ResultState) -> list[Result]:
        return await self.results.find({"delivery_id": delivery_id, "state": state.value}, limit=PAGE)

    async def results_to_release(self, now_ms: int) -> list[Result]:
        where = {"release_at_ms": gt(0) & lte(now_ms)}
        return await self.results.find(where, sort=(("release_at_ms", 1),), limit=PAGE)

    async def results_held_for_flags(self, after_id: str = "") -> list[Result]:
        """A page, by id, of those of which nobody has said yet whether anything was flagged."""
        return await self.results.find({"held_for": HeldFor.FLAGS.value, "_id": gt(after_id)}, limit=PAGE)

    async def results_unsettled(self) -> list[Result]:
        return await self.results.find({"unsettled": True}, limit=PAGE)

    async def results_of(self, account_id: str) -> list[Result]:
        return await self.results.find({"account_id": account_id}, limit=PAGE)

    async def credentials_of(self, account_id: str) -> list[Credential]:
        return await self.credentials.find({"account_id": account_id}, limit=PAGE)
