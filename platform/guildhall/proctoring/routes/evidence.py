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

from typing import Any, Final

from guildhall.assessments.routes.supervision import supervising
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.proctoring.messages.evidence import DeletionCertified, SessionVerified, StripShown, ViewsTold
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.deletions import Deletion
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.retention import Retention

TAGS: Final = ("proctoring",)
NOT_THERE: Final = frozenset({"not-found"})
READ_STRIP: Final = Operation(
    name="read_strip",
    method="GET",
    path="/proctoring/sessions/{session_id}/incidents/{incident_id}/strip",
    summary="The pictures before, during and after an incident; that they were looked at is written down",
    permission="proctoring.evidence",
    aal=2,
    answers={200: StripShown},
    problems=NOT_THERE,
    deadline_seconds=15,
    tags=TAGS,
)
READ_OWN_STRIP: Final = Operation(
    name="read_own_strip",
    method="GET",
    path="/proctoring/own-sessions/{session_id}/incidents/{incident_id}/strip",
    summary="The pictures that were kept of oneself around an incident",
    permission="proctoring.evidence_own",
    answers={200: StripShown},
    problems=NOT_THERE,
    deadline_seconds=15,
    tags=TAGS,
)
READ_OWN_VIEWS: Final = Operation(
    name="read_own_views",
    method="GET",
    path="/proctoring/own-sessions/{session_id}/views",
    summary="When pictures of oneself were looked at",
    permission="proctoring.evidence_own",
    answers={200: ViewsTold},
    problems=NOT_THERE,
    tags=TAGS,
)

VERIFY_SESSION: Final = Operation(
    name="verify_session",
    method="GET",
    path="/proctoring/sessions/{session_id}/verification",
    summary="Whether each log of a session is as it was written, and where it is not",
    permission="proctoring.evidence",
    aal=2,
    answers={200: SessionVerified},
    problems=NOT_THERE,
    deadline_seconds=30,
    tags=TAGS,
)
READ_DELETION: Final = Operation(
    name="read_deletion",
    method="GET",
    path="/proctoring/sessions/{session_id}/deletion",
    summary="The certificate that what was kept of a candidate's looks was destroyed",
    permission="proctoring.evidence",
    aal=2,
    answers={200: DeletionCertified},
    problems=NOT_THERE,
    tags=TAGS,
)
READ_OWN_DELETION: Final = Operation(
    name="read_own_deletion",
    method="GET",
    path="/proctoring/own-sessions/{session_id}/deletion",
    summary="The certificate that what was kept of one's own looks was destroyed",
    permission="proctoring.evidence_own",
    answers={200: DeletionCertified},
    problems=NOT_THERE,
    tags=TAGS,
)


def evidence_routes(
    service: ProctoringService, assessments: AssessmentsService, retention: Retention
) -> tuple[Route, ...]:
    async def read_strip(call: Call[NoBody, NoQuery]) -> Answer:
        session = await supervised_session(service, assessments, call)
        incident_id = call.path["incident_id"]
        return Answer(await service.evidence.strip(session, incident_id, call.principal.id, is_candidate=False))

    async def read_own_strip(call: Call[NoBody, NoQuery]) -> Answer:
        session = await own_session_after(service, assessments, call)
        incident_id = call.path["incident_id"]
        return Answer(await service.evidence.strip(session, incident_id, call.principal.id, is_candidate=True))

    async def read_own_views(call: Call[NoBody, NoQuery]) -> Answer:
        session = await own_session_after(service, assessments, call)
        return Answer(await service.evidence.views(session.id))

    async def verify_session(call: Call[NoBody, NoQuery]) -> Answer:
        session = await supervised_session(service, assessments, call)
        return Answer(await service.evidence.verify(session))

    async def read_deletion(call: Call[NoBody, NoQuery]) -> Answer:
        session = await supervised_session(service, assessments, call)
        return Answer(certified(await retention.certificate(session.id)))

    async def read_own_deletion(call: Call[NoBody, NoQuery]) -> Answer:
        session = await own_session(service, call)
        return Answer(certified(await retention.certificate(session.id)))

    return (
        Route(READ_DELETION, read_deletion),
        Route(READ_OWN_DELETION, read_own_deletion),
        Route(READ_STRIP, read_strip),
        Route(READ_OWN_STRIP, read_own_strip),
        Route(READ_OWN_VIEWS, read_own_views),
        Route(VERIFY_SESSION, verify_session),
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
    session = await own_session(service, call)
    attempt = await assessments.context.store.attempts.get(session.attempt_id) if session.attempt_id else None
    if attempt is not None and attempt.over_at_ms is None:
        raise SessionNotFound(session.id)
    return session


async def own_session(service: ProctoringService, call: Call[Any, Any]) -> Session:
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
