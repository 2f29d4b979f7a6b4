"""Where the pictures of incidents lie, and the log of what was kept of a session and who has seen it."""

from guildhall.kit.audit import Audit
from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Document, Schema, Storage
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import NumberedLog, log_schema
from guildhall.proctoring.model.strips import KeptStrip

STRIPS = Schema("proctoring_strips", index=(("session_id", "opened_at_ms"),))
EVIDENCE_LOG = log_schema("proctoring_evidence_log")
PAGE = 500


class NoStrip(NotFound):
    def __init__(self, incident_id: str) -> None:
        super().__init__(f"Nothing was kept of incident {incident_id}.")


DELETIONS = Schema("proctoring_deletions")


class NoDeletion(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"Nothing of session {session_id} was destroyed.")


class StripStore:
    def __init__(self, storage: Storage) -> None:
        fixed = frozenset({"session_id", "exam_id", "rule", "opened_at_ms", "created_at_ms"})
        self._documents = storage.collection(STRIPS)
        self.strips = Documents(self._documents, KeptStrip, NoStrip, fixed)
        self._lines = storage.collection(EVIDENCE_LOG)
        self.lines = NumberedLog(self._lines)

    async def ensure(self) -> None:
        await self.strips.ensure()
        await self._lines.ensure()

    async def of_session(self, session_id: str) -> list[KeptStrip]:
        """By the time of their incidents; a session has at most a few hundred."""
        where = {"session_id": session_id}
        found: list[KeptStrip] = await self.strips.find(where, sort=(("opened_at_ms", 1),), limit=10_000)
        return found

    async def documents_of(self, session_id: str) -> list[Document]:
        """Them as they are stored, whatever they are by now."""
        return await self._documents.find({"session_id": session_id}, sort=(("opened_at_ms", 1),), limit=10_000)

    def log(self, clock: Clock) -> Audit:
        """The hash-chained log of each session's evidence: what was kept, who has seen it, what was destroyed."""
        return Audit(self.lines, clock)
