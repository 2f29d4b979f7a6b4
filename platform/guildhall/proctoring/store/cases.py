"""Cases and their histories; queries of what followers have to do."""

from functools import partial

from guildhall.kit.audit.entry import link, unlinked
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Duplicate, Schema, Storage, among, gt, gte, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.kit.streams import Entry as LogEntry
from guildhall.kit.streams import NumberedLog, log_schema
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.cases import Case, Line

CASES = Schema(
    "proctoring_cases",
    index=(("exam_id", "updated_at_ms"), ("is_pending", "updated_at_ms"), ("is_unanswered", "_id"), ("due_at_ms",)),
)
CASE_LOG = log_schema("proctoring_case_log")
PAGE = 500


class CaseNotFound(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id} in this exam.")


class CaseStore:
    """Used by the service and the jobs; every method is one or two storage calls, safe to repeat."""

    def __init__(self, storage: Storage) -> None:
        fixed = frozenset({"exam_id", "attempt_id", "candidate_name", "created_at_ms"})
        self.cases = Documents(storage.collection(CASES), Case, CaseNotFound, fixed)
        self._lines = storage.collection(CASE_LOG)
        self.lines_log = NumberedLog(self._lines)  # hash-chained, a stream a session

    async def ensure(self) -> None:
        await self.cases.ensure()
        await self._lines.ensure()

    async def open(self, session: Session, now_ms: int) -> Case:
        """The case of a session, made the first time that it is asked for."""
        found = await self.cases.get(session.id)
        if found is not None:
            return found
        case = Case(
            id=session.id,
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            exam_id=session.exam_id,
            attempt_id=session.attempt_id,
            candidate_name=session.candidate_name,
        )
        try:
            await self.cases.add(case)
        except Duplicate:
            return await self.cases.read(session.id)
        return case

    async def of_exam(self, exam_id: str, changed_since_ms: int, limit: int) -> list[Case]:
        where = {"exam_id": exam_id, "updated_at_ms": gte(changed_since_ms)}
        return await self.cases.find(where, sort=(("updated_at_ms", -1),), limit=limit)

    async def unanswered(self, session_ids: list[str]) -> list[Case]:
        """Those of these sessions whose page has not said yet that it has everything."""
        return await self.cases.find({"is_unanswered": True, "_id": among(*session_ids)}, limit=PAGE)

    async def pending(self, changed_before_ms: int) -> list[Case]:
        """What somebody decided and did not finish."""
        where = {"is_pending": True, "updated_at_ms": lte(changed_before_ms)}
        return await self.cases.find(where, sort=(("updated_at_ms", 1),), limit=PAGE)

    async def due(self, now_ms: int) -> list[Case]:
        """Those with an action or a lease that has run out."""
        return await self.cases.find({"due_at_ms": gt(0) & lte(now_ms)}, sort=(("due_at_ms", 1),), limit=PAGE)

    async def write(self, session_id: str, line: Line) -> Line:
        """Give a decided line its number; the same line always gets the same one."""
        body = line.model_dump(mode="json", exclude={"key", "number", "at_ms"})
        after = partial(link, body, session_id, line.key, line.at_ms)
        return _as_line(await self.lines_log.append_linked(session_id, line.key, line.at_ms, after))

    async def lines(self, session_id: str, after: int, limit: int) -> list[Line]:
        return [_as_line(entry) for entry in await self.lines_log.read(session_id, after, limit)]


def _as_line(entry: LogEntry) -> Line:
    return Line.model_validate({**unlinked(entry), "key": entry.key, "number": entry.number, "at_ms": entry.at_ms})
