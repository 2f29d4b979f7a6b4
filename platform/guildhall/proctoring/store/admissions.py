"""Admissions, the policies of exams, and the log of what browsers claim."""

from functools import partial

from guildhall.kit.audit.entry import link, unlinked
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Duplicate, Schema, Storage, gt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import NumberedLog, log_schema
from guildhall.proctoring.model.admission import Admission, Claim, DeliveryPolicy

ADMISSIONS = Schema(
    "proctoring_admissions",
    index=(("exam_id", "asked_at_ms"), ("photos_due_ms",), ("evidence_due_ms",), ("exam_id", "created_at_ms")),
)
POLICIES = Schema("proctoring_policies")
CLAIMS = log_schema("proctoring_claims")
PAGE = 200


class NoAdmission(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id}.")


class NoPolicy(NotFound):
    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"Exam {delivery_id} has no policy of its own.")


class AdmissionStore:
    def __init__(self, storage: Storage) -> None:
        self.admissions = Documents(
            storage.collection(ADMISSIONS), Admission, NoAdmission, frozenset({"exam_id", "attempt_id", "account_id"})
        )
        self.policies = Documents(storage.collection(POLICIES), DeliveryPolicy, NoPolicy)
        self._claim_lines = storage.collection(CLAIMS)
        self.claims_log = NumberedLog(self._claim_lines)  # hash-chained, a stream a session

    async def ensure(self) -> None:
        for collection in (self.admissions, self.policies, self._claim_lines):
            await collection.ensure()

    async def made(self, admission: Admission) -> Admission:
        """The admission, made now unless it is there already."""
        try:
            await self.admissions.add(admission)
        except Duplicate:
            return await self.admissions.read(admission.id)
        return admission

    async def asking(self, exam_id: str) -> list[Admission]:
        """Who has asked to be let in, whoever waits longest first; those who are in are among them."""
        where = {"exam_id": exam_id, "asked_at_ms": gt(0)}
        return await self.admissions.find(where, sort=(("asked_at_ms", 1),), limit=PAGE)

    async def photos_due(self, now_ms: int) -> list[Admission]:
        return await self.admissions.find(
            {"photos_due_ms": gt(0) & lte(now_ms)}, sort=(("photos_due_ms", 1),), limit=PAGE
        )

    async def evidence_due(self, now_ms: int) -> list[Admission]:
        """Those to look at again: the time that their exam keeps evidence for may be over."""
        return await self.admissions.find(
            {"evidence_due_ms": gt(0) & lte(now_ms)}, sort=(("evidence_due_ms", 1),), limit=PAGE
        )

    async def keep_claim(self, session_id: str, key: str, claim: Claim) -> tuple[int, Claim]:
        """Its number in the session's log, and the claim as it was first kept under this key."""
        after = partial(link, claim.model_dump(mode="json"), session_id, key, claim.server_at_ms)
        entry = await self.claims_log.append_linked(session_id, key, claim.server_at_ms, after)
        return entry.number, Claim.model_validate(unlinked(entry))

    async def claims_head(self, session_id: str) -> int:
        return await self.claims_log.head(session_id)

    async def claims_after(self, session_id: str, number: int) -> list[tuple[int, Claim]]:
        found = await self.claims_log.read(session_id, number, PAGE)
        return [(entry.number, Claim.model_validate(unlinked(entry))) for entry in found]
