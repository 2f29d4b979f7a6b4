"""Keys that were wrong, and how items worked: what authors ask of published questions once people have sat them."""

from typing import Final

from guildhall.assessments.messages.results import (
    CorrectionShown,
    ItemInExam,
    ItemStatisticsShown,
    KeyCorrected,
    KeyProposed,
    RegradeAccepted,
    RegradePreviewed,
    VersionKeyShown,
)
from guildhall.assessments.routes.results_shown import show_item_analysis, show_regrading
from guildhall.assessments.routes.scope import AUTHOR, scope_of
from guildhall.assessments.rules.analysis import analyse_item
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route, check_match

TAGS: Final = ("corrections",)
_SLOW_SECONDS: Final = 60.0

READ_KEY = Operation(
    name="read_version_key",
    method="GET",
    path="/item-versions/{version_id}/key",
    summary="The key of a published question that counts now, and how it was corrected",
    permission=AUTHOR,
    answers={200: VersionKeyShown},
    has_etag=True,
    tags=TAGS,
)
PREVIEW = Operation(
    name="preview_regrade",
    method="POST",
    path="/item-versions/{version_id}/regrade-preview",
    summary="Whom another key would change, without changing anybody: a page of those who had the question",
    permission=AUTHOR,
    rate_class="write",
    body=KeyProposed,
    answers={200: RegradePreviewed},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
CORRECT = Operation(
    name="correct_key",
    method="POST",
    path="/item-versions/{version_id}/corrections",
    summary="Correct a key, and grade again everybody who had the question",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=KeyCorrected,
    answers={202: RegradeAccepted},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
STATISTICS = Operation(
    name="show_item_statistics",
    method="GET",
    path="/items/{item_id}/statistics",
    summary="How an item worked in every exam that had it",
    permission=AUTHOR,
    answers={200: ItemStatisticsShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)


def correction_routes(service: AssessmentsService) -> tuple[Route, ...]:
    corrections, analysing = service.corrections, service.analysing

    async def read_key(call: Call[NoBody, NoQuery]) -> Answer:
        version = await corrections.correctable(scope_of(call.principal, AUTHOR), call.path["version_id"])
        told = VersionKeyShown(
            version_id=version.id,
            rev=version.rev,
            question=version.content.question,
            key=version.key,
            corrections=tuple(
                CorrectionShown(at_ms=one.at_ms, by=one.by, reason=one.reason) for one in version.corrections
            ),
        )
        return Answer(told, etag=str(version.rev))

    async def preview(call: Call[KeyProposed, NoQuery]) -> Answer:
        scope = scope_of(call.principal, AUTHOR)
        found, next_after = await corrections.preview(scope, call.path["version_id"], call.body.key, call.body.after)
        return Answer(show_regrading(found, next_after))

    async def correct(call: Call[KeyCorrected, NoQuery]) -> Answer:
        scope, version_id = scope_of(call.principal, AUTHOR), call.path["version_id"]
        seen = await corrections.correctable(scope, version_id)
        check_match(call, str(seen.rev))
        await corrections.correct_key(scope, version_id, call.body.key, call.body.reason, seen.rev)
        return Answer(RegradeAccepted(corrections=len(seen.corrections) + 1), status=202, etag=str(seen.rev + 1))

    async def statistics(call: Call[NoBody, NoQuery]) -> Answer:
        versions = await corrections.versions_of_item(scope_of(call.principal, AUTHOR), call.path["item_id"])
        grouped = await analysing.by_exam(list(versions))
        found = []
        for (exam_version_id, version_id), sittings in sorted(grouped.items()):
            exam = await service.context.store.exam_versions.read(exam_version_id)
            shown = show_item_analysis(analyse_item(version_id, sittings), versions[version_id])
            found.append(ItemInExam(exam_version_id=exam_version_id, exam_title=exam.plan.title, analysis=shown))
        n = sum(one.analysis.n for one in found)
        pooled = sum(one.analysis.difficulty * one.analysis.n for one in found) / n if n else None
        return Answer(ItemStatisticsShown(item_id=call.path["item_id"], n=n, difficulty=pooled, exams=tuple(found)))

    return (
        Route(READ_KEY, read_key),
        Route(PREVIEW, preview),
        Route(CORRECT, correct),
        Route(STATISTICS, statistics),
    )
