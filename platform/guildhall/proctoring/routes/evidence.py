"""What was kept around an incident, for those who supervise its exam and for the candidate it is of.

`GET /v1/proctoring/sessions/{session_id}/incidents/{incident_id}/strip` (staff, second factor) and
`GET /v1/proctoring/own-sessions/{session_id}/incidents/{incident_id}/strip` (the candidate) answer the same:

    {"session_id", "incident_id", "rule", "opened_at_ms", "closed_at_ms": null while it goes on, "is_cut",
     "state": "keeping" | "whole" | "cut_short" | "missing" | "not_kept" | "destroyed",
     "sentence": what to tell a reader where there are no pictures, or fewer than there should be; else "",
     "pictures": [{"at_ms", "phase": "before" | "during" | "after", "jpeg": base64}, ...]}

One answer has all of it, at most 2 MB, so that one look is one line in the audit. Draw a picture on a canvas
(`createImageBitmap` of its bytes): the pages' policy admits no `data:` and no `blob:` images. An incident's id has
colons, which a path may hold as they are. Whoever has permissions of their own calls `EvidenceDesk.strip`.
`GET .../own-sessions/{session_id}/views` lists who looked and when.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from pydantic import BaseModel

from guildhall.assessments.routes.supervision import supervising
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.proctoring.messages.evidence import DeletionCertified, SessionVerified, StripShown, ViewsTold
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.deletions import Deletion
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.retention import Retention

STAFF, OWN = "proctoring.evidence", "proctoring.evidence_own"
STRIP: Final = "incidents/{incident_id}/strip"
_QUICK_SECONDS: Final = 2.0
_SLOW_SECONDS: Final = 15.0


def _reading(
    name: str, what: str, summary: str, answer: type[BaseModel], permission: str, deadline_seconds: float
) -> Operation:
    """`what` of a session: of whose exam one supervises, with a second factor, or of one's own."""
    is_own = permission == OWN
    return Operation(
        name=name,
        method="GET",
        path=f"/proctoring/{'own-sessions' if is_own else 'sessions'}/{{session_id}}/{what}",
        summary=summary,
        permission=permission,
        aal=1 if is_own else 2,
        answers={200: answer},
        problems=frozenset({"not-found"}),
        deadline_seconds=deadline_seconds,
        tags=("proctoring",),
    )


READ_STRIP: Final = _reading(
    "read_strip",
    STRIP,
    "The pictures before, during and after an incident; that they were looked at is written down",
    StripShown,
    STAFF,
    _SLOW_SECONDS,
)
READ_OWN_STRIP: Final = _reading(
    "read_own_strip",
    STRIP,
    "The pictures that were kept of oneself around an incident",
    StripShown,
    OWN,
    _SLOW_SECONDS,
)
READ_OWN_VIEWS: Final = _reading(
    "read_own_views", "views", "When pictures of oneself were looked at", ViewsTold, OWN, _QUICK_SECONDS
)
VERIFY_SESSION: Final = _reading(
    "verify_session",
    "verification",
    "Whether each log of a session is as it was written, and where it is not",
    SessionVerified,
    STAFF,
    2 * _SLOW_SECONDS,
)
READ_DELETION: Final = _reading(
    "read_deletion",
    "deletion",
    "The certificate that what was kept of a candidate's looks was destroyed",
    DeletionCertified,
    STAFF,
    _QUICK_SECONDS,
)
READ_OWN_DELETION: Final = _reading(
    "read_own_deletion",
    "deletion",
    "The certificate that what was kept of one's own looks was destroyed",
    DeletionCertified,
    OWN,
    _QUICK_SECONDS,
)
Find = Callable[[ProctoringService, AssessmentsService, Call[NoBody, NoQuery]], Awaitable[Session]]
Tell = Callable[[Session, Call[NoBody, NoQuery]], Awaitable[BaseModel]]


def evidence_routes(
    service: ProctoringService, assessments: AssessmentsService, retention: Retention
) -> tuple[Route, ...]:
    evidence = service.evidence

    def route(operation: Operation, find: Find, tell: Tell) -> Route:
        async def read(call: Call[NoBody, NoQuery]) -> Answer:
            return Answer(await tell(await find(service, assessments, call), call))

        return Route(operation, read)

    async def strip(session: Session, call: Call[NoBody, NoQuery]) -> StripShown:
        return await evidence.strip(session, call.path["incident_id"], call.principal.id, is_candidate=False)

    async def own_strip(session: Session, call: Call[NoBody, NoQuery]) -> StripShown:
        return await evidence.strip(session, call.path["incident_id"], call.principal.id, is_candidate=True)

    async def views(session: Session, _: Call[NoBody, NoQuery]) -> ViewsTold:
        return await evidence.views(session.id)

    async def verification(session: Session, _: Call[NoBody, NoQuery]) -> SessionVerified:
        return await evidence.verify(session)

    async def deletion(session: Session, _: Call[NoBody, NoQuery]) -> DeletionCertified:
        return certified(await retention.certificate(session.id))

    return (
        route(READ_DELETION, supervised_session, deletion),
        route(READ_OWN_DELETION, own_session, deletion),
        route(READ_STRIP, supervised_session, strip),
        route(READ_OWN_STRIP, own_session_after, own_strip),
        route(READ_OWN_VIEWS, own_session_after, views),
        route(VERIFY_SESSION, supervised_session, verification),
    )


async def supervised_session(
    service: ProctoringService, assessments: AssessmentsService, call: Call[Any, Any]
) -> Session:
    """Of an attempt that the caller supervises; for everybody else there is no such session."""
    session = await service.session(call.path["session_id"])
    scope = supervising(call.principal)
    if session.attempt_id:
        await assessments.supervision.find(session.attempt_id, scope)
    elif not scope.covers(""):  # a seat without an exam, as in the demo: administrators only
        raise SessionNotFound(session.id)
    return session


async def own_session_after(
    service: ProctoringService, assessments: AssessmentsService, call: Call[Any, Any]
) -> Session:
    """One's own, once its exam is over: told before what was noticed of them, people could try out what is not."""
    session = await own_session(service, assessments, call)
    attempt = await assessments.context.store.attempts.get(session.attempt_id) if session.attempt_id else None
    if attempt is not None and attempt.over_at_ms is None:
        raise SessionNotFound(session.id)
    return session


async def own_session(service: ProctoringService, _: AssessmentsService, call: Call[Any, Any]) -> Session:
    session = await service.session(call.path["session_id"])
    admission = await service.admissions.store.admissions.get(session.id)
    if admission is None or not admission.account_id or admission.account_id != call.principal.id:
        raise SessionNotFound(session.id)
    return session


def certified(deletion: Deletion) -> DeletionCertified:
    return DeletionCertified(
        session_id=deletion.id,
        destroyed_at_ms=deletion.begun_at_ms,
        kept_days=deletion.kept_days,
        strips=deletion.strips,
        pictures=deletion.pictures,
        certificate=deletion.certificate,
        key_id=deletion.key_id,
        public_key=deletion.public_key,
    )
