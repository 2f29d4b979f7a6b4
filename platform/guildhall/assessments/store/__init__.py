"""The collections of assessments; the only file here that queries.

Documents are changed as `kit.storage.versioned` does it. Answers are a numbered, hash-chained log for each attempt: see
`model.attempts` for why the end of an attempt is an entry of that log.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from guildhall.assessments.lifecycle import SITTING, AttemptState, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.banks import ITEMS_OF_A_BANK_MAX, Bank, Item, ItemVersion
from guildhall.assessments.model.exams import Delivery, Exam, ExamVersion, Invitation
from guildhall.assessments.model.questions import Question
from guildhall.assessments.model.results import Credential, Mark, Result, VerificationKey
from guildhall.assessments.store.sitting import BEATS, FILES, OUTAGES, PAGE, SittingStore
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Schema, Storage, among, gt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import NumberedLog, log_schema

__all__ = ["BEATS", "FILES", "OUTAGES", "PAGE", "AssessmentsStore", "NoSuch"]

BANKS = Schema("assessments_banks", index=(("organisation_id",),))
ITEMS = Schema("assessments_items", index=(("bank_id", "state"), ("bank_id", "difficulty")))
ITEM_VERSIONS = Schema("assessments_item_versions", index=(("item_id",), ("is_regrade_due",)))
EXAMS = Schema("assessments_exams", index=(("organisation_id",),))
EXAM_VERSIONS = Schema("assessments_exam_versions", index=(("exam_id",),))
DELIVERIES = Schema("assessments_deliveries", index=(("organisation_id", "opens_at_ms"), ("exam_version_id",)))
INVITATIONS = Schema(
    "assessments_invitations", unique=(("delivery_id", "email_key"),), index=(("email_key",), ("account_id",))
)
ATTEMPTS = Schema(
    "assessments_attempts",
    index=(
        ("delivery_id", "state"),
        ("account_id",),
        ("state", "due_at_ms"),
        ("due_at_ms",),
        ("unsettled",),
        ("exam_version_id",),
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
    ),
)
CREDENTIALS = Schema("assessments_credentials", index=(("account_id",), ("result_id",)))
VERIFICATION_KEYS = Schema("assessments_verification_keys")

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)


class AssessmentsStore(SittingStore):
    """Used by the service and the jobs. What needs no query of its own is asked of the `Documents` directly."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self.banks = Documents(storage.collection(BANKS), Bank, _none("question bank"))
        self.items = Documents(storage.collection(ITEMS), Item, _none("item"))
        self.item_versions = Documents(storage.collection(ITEM_VERSIONS), ItemVersion, _none("version of an item"))
        self.exams = Documents(storage.collection(EXAMS), Exam, _none("exam"))
        self.exam_versions = Documents(storage.collection(EXAM_VERSIONS), ExamVersion, _none("version of an exam"))
        self.deliveries = Documents(storage.collection(DELIVERIES), Delivery, _none("delivery"))
        self.invitations = Documents(storage.collection(INVITATIONS), Invitation, _none("invitation"))
        self.attempts = Documents(storage.collection(ATTEMPTS), Attempt, _none("attempt"))
        self._mark_lines = storage.collection(MARKS)
        self.marks = Documents(self._mark_lines, Mark, _none("mark"))
        self.results = Documents(storage.collection(RESULTS), Result, _none("result"))
        self.credentials = Documents(storage.collection(CREDENTIALS), Credential, _none("credential"))
        self.verification_keys = Documents(
            storage.collection(VERIFICATION_KEYS), VerificationKey, _none("verification key")
        )
        self._item_version_lines = storage.collection(ITEM_VERSIONS)
        self._answer_lines = storage.collection(ANSWERS)
        self.answers = NumberedLog(self._answer_lines)

    async def ensure(self) -> None:
        for documents in (
            self.banks,
            self.items,
            self.item_versions,
            self.exams,
            self.exam_versions,
            self.deliveries,
            self.invitations,
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

    async def banks_of(self, organisation_ids: Sequence[str]) -> list[Bank]:
        return await self.banks.find({"organisation_id": among(*organisation_ids)}, limit=PAGE)

    async def items_of(self, bank_id: str) -> list[Item]:
        return await self.items.find({"bank_id": bank_id}, limit=ITEMS_OF_A_BANK_MAX)

    async def exams_of(self, organisation_ids: Sequence[str]) -> list[Exam]:
        return await self.exams.find({"organisation_id": among(*organisation_ids)}, limit=PAGE)

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

    async def deliveries_of(self, organisation_ids: Sequence[str]) -> list[Delivery]:
        """The newest window first."""
        return await self.deliveries.find(
            {"organisation_id": among(*organisation_ids)}, sort=(("opens_at_ms", -1),), limit=PAGE
        )

    async def invitations_to(self, delivery_id: str, after_id: str = "") -> list[Invitation]:
        """A page, by id."""
        return await self.invitations.find({"delivery_id": delivery_id, "_id": gt(after_id)}, limit=PAGE)

    async def invitations_for(self, email_key: str) -> list[Invitation]:
        return await self.invitations.find({"email_key": email_key}, limit=PAGE)

    async def invitations_of(self, account_id: str, email_key: str) -> list[Invitation]:
        """Those that somebody has come in on, and those sent to their verified address ("" where it is not)."""
        came = await self.invitations.find({"account_id": account_id}, limit=PAGE)
        sent = await self.invitations_for(email_key) if email_key else []
        known = {invitation.id for invitation in came}
        return [*came, *(invitation for invitation in sent if invitation.id not in known)]

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

    async def is_anybody_sitting(self) -> bool:
        where = {"state": among(*(state.value for state in SITTING))}
        return bool(await self.attempts.find(where, limit=1))

    async def attempts_unsettled(self) -> list[Attempt]:
        return await self.attempts.find({"unsettled": True}, limit=PAGE)

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

    async def results_in_state(self, delivery_id: str, state: ResultState) -> list[Result]:
        return await self.results.find({"delivery_id": delivery_id, "state": state.value}, limit=PAGE)

    async def results_to_release(self, now_ms: int) -> list[Result]:
        where = {"release_at_ms": gt(0) & lte(now_ms)}
        return await self.results.find(where, sort=(("release_at_ms", 1),), limit=PAGE)

    async def results_unsettled(self) -> list[Result]:
        return await self.results.find({"unsettled": True}, limit=PAGE)

    async def results_of(self, account_id: str) -> list[Result]:
        return await self.results.find({"account_id": account_id}, limit=PAGE)

    async def credentials_of(self, account_id: str) -> list[Credential]:
        return await self.credentials.find({"account_id": account_id}, limit=PAGE)


class NoSuch(NotFound):
    """Also what exists and is not for who is asking."""


def _none(noun: str) -> Callable[[str], NotFound]:
    def missing(document_id: str) -> NotFound:
        return NoSuch(f"There is no {noun} {document_id}.")

    return missing
