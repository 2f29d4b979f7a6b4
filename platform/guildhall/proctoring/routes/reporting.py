"""Reports over HTTP: as a page reads them, as PDF, and everything that is kept as a signed pack."""

import asyncio
from typing import Final

from guildhall.assessments.rules.accommodating import policy_exceptions
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route
from guildhall.proctoring.messages.evidence import StripShown
from guildhall.proctoring.messages.reporting import ReportShown
from guildhall.proctoring.routes.reviewing import FlagQuery, reviewing_scope
from guildhall.proctoring.routes.reviews_shown import show_rights
from guildhall.proctoring.routes.rights import RIGHTS
from guildhall.proctoring.service.report_pdf import render_pdf
from guildhall.proctoring.service.reporting import Reporting
from guildhall.proctoring.service.rights import Own, Rights

REPORT: Final = "proctoring.report"
TAGS: Final = ("review",)
PDF, ZIP = "application/pdf", "application/zip"
_SLOW_SECONDS: Final = 60.0
_STANDINGS: Final = {
    "not_known_yet": "It is not known yet whether anything has to be reviewed.",
    "no_flags": "Nothing had to be reviewed.",
    "being_reviewed": "What was flagged is being reviewed; nothing is held against the candidate.",
    "cleared": "Everything that was flagged was dismissed.",
    "decided": "Two people uphold some of it; the candidate may contest it, and nothing has taken effect.",
    "contested": "The candidate contests the decision; nothing has taken effect.",
    "final": "The decision is final.",
    "overturned": "The decision was overturned; nothing is held against the candidate.",
}

READ = Operation(
    name="read_watch_report",
    method="GET",
    path="/proctoring/reports/{attempt_id}",
    summary="All that was flagged, decided and looked at of one attempt",
    permission=REPORT,
    aal=2,
    answers={200: ReportShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
READ_PDF = Operation(
    name="read_watch_report_pdf",
    method="GET",
    path="/proctoring/reports/{attempt_id}/pdf",
    summary="The same as PDF",
    permission=REPORT,
    aal=2,
    answers={200: None},
    gives=(PDF,),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
PACK = Operation(
    name="export_evidence_pack",
    method="GET",
    path="/proctoring/reports/{attempt_id}/evidence-pack",
    summary="Everything that is kept of one attempt, signed: `python -m guildhall verify-evidence` checks it",
    permission=REPORT,
    aal=2,
    answers={200: None},
    gives=(ZIP,),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
STRIP = Operation(
    name="read_watch_report_strip",
    method="GET",
    path="/proctoring/reports/{attempt_id}/strip",
    summary="The pictures before, during and after a flag; that they were looked at is written down",
    permission=REPORT,
    aal=2,
    query=FlagQuery,
    answers={200: StripShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
OWN_PDF = Operation(
    name="read_own_rights_pdf",
    method="GET",
    path="/proctoring/rights/{attempt_id}/pdf",
    summary="What was flagged about you, as PDF",
    permission=RIGHTS,
    answers={200: None},
    gives=(PDF,),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)


def report_routes(reporting: Reporting, rights: Rights) -> tuple[Route, ...]:
    async def report_of(own: Own, *, is_own: bool = False) -> ReportShown:
        head = await reporting.chunk_head(own.attempt.id)
        return show_report(rights, own, head, reporting.now_ms(), is_own=is_own)

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        own = await reporting.read(reviewing_scope(call.principal, REPORT), call.path["attempt_id"])
        return Answer(await report_of(own))

    async def read_pdf(call: Call[NoBody, NoQuery]) -> Answer:
        own = await reporting.read(reviewing_scope(call.principal, REPORT), call.path["attempt_id"])
        pdf = await asyncio.to_thread(render_pdf, await report_of(own))
        return Answer(content=Content(pdf, PDF, f"report-{own.attempt.id}.pdf"))

    async def strip(call: Call[NoBody, FlagQuery]) -> Answer:
        scope = reviewing_scope(call.principal, REPORT)
        return Answer(await reporting.strip(scope, call.path["attempt_id"], call.query.flag))

    async def pack(call: Call[NoBody, NoQuery]) -> Answer:
        scope = reviewing_scope(call.principal, REPORT)
        own = await reporting.read(scope, call.path["attempt_id"], "export_evidence")
        report = await report_of(own)
        pdf = await asyncio.to_thread(render_pdf, report)
        packed = await reporting.pack(own, scope.account_id, report.model_dump_json(indent=1).encode(), pdf)
        return Answer(content=Content(packed, ZIP, f"evidence-{own.attempt.id}.zip"))

    async def own_pdf(call: Call[NoBody, NoQuery]) -> Answer:
        own = await rights.own(call.principal.id, call.path["attempt_id"])
        pdf = await asyncio.to_thread(render_pdf, await report_of(own, is_own=True))
        return Answer(content=Content(pdf, PDF, f"flagged-{own.attempt.id}.pdf"))

    return (
        Route(READ, read),
        Route(READ_PDF, read_pdf),
        Route(STRIP, strip),
        Route(PACK, pack),
        Route(OWN_PDF, own_pdf),
    )


def show_report(rights: Rights, own: Own, chunk_head: tuple[int, str], now_ms: int, *, is_own: bool) -> ReportShown:
    shown = show_rights(rights, own, is_own=is_own)
    head = own.looks[-1] if own.looks else None
    return ReportShown(
        candidate_name=own.attempt.candidate_name,
        delivery_id=own.attempt.delivery_id,
        attempt_state=own.attempt.state.value,
        exceptions=policy_exceptions(own.attempt.accommodation),
        standing=_STANDINGS[shown.state],
        made_at_ms=now_ms,
        signal_chunks=chunk_head[0],
        signal_head=chunk_head[1],
        log_entries=0 if head is None else head.number,
        log_head="" if head is None else head.hash,
        rights=shown,
    )
