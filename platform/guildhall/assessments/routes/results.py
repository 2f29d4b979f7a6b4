"""Results over HTTP: the candidate's own, and what staff reads, releases, withholds, corrects and exports."""

from typing import Any, Final

from guildhall.assessments.messages.results import (
    AnalysisShown,
    DeliveriesOfResults,
    DeliveryListed,
    OwnResultShown,
    OwnResultsListed,
    ReasonGiven,
    ReleasedShown,
    ResultShown,
    ResultsListed,
)
from guildhall.assessments.routes.results_shown import (
    list_own,
    list_result,
    show_analysis,
    show_own,
    show_result,
)
from guildhall.assessments.routes.scope import DECIDE, RESULTS, scope_of
from guildhall.assessments.rules.analysis import analyse_exam, analyse_items
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route
from guildhall.kit.spreadsheets import as_csv, hundredths

TAGS: Final = ("results",)
SIT: Final = "assessments.sit"
CSV: Final = "text/csv; charset=utf-8"
_SLOW_SECONDS: Final = 60.0

MINE = Operation(
    name="list_own_results",
    method="GET",
    path="/results/mine",
    summary="Your results that have been released",
    permission=SIT,
    answers={200: OwnResultsListed},
    tags=TAGS,
)
OWN = Operation(
    name="read_own_result",
    method="GET",
    path="/attempts/{attempt_id}/result",
    summary="Your result, as much of it as the exam shows",
    permission=SIT,
    answers={200: OwnResultShown},
    tags=TAGS,
)
DELIVERIES = Operation(
    name="list_deliveries_with_results",
    method="GET",
    path="/results/deliveries",
    summary="The deliveries whose results you may see, and where those stand",
    permission=RESULTS,
    answers={200: DeliveriesOfResults},
    tags=TAGS,
)
LIST = Operation(
    name="list_results",
    method="GET",
    path="/deliveries/{delivery_id}/results",
    summary="The results of a delivery",
    permission=RESULTS,
    answers={200: ResultsListed},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
EXPORT = Operation(
    name="export_results",
    method="GET",
    path="/deliveries/{delivery_id}/results.csv",
    summary="The results of a delivery, for a spreadsheet",
    permission=RESULTS,
    answers={200: None},
    gives=(CSV,),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
ANALYSE = Operation(
    name="analyse_delivery",
    method="GET",
    path="/deliveries/{delivery_id}/analysis",
    summary="How the exam and its items worked",
    permission=RESULTS,
    answers={200: AnalysisShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
RELEASE_ALL = Operation(
    name="release_results",
    method="POST",
    path="/deliveries/{delivery_id}/results/release",
    summary="Release everything that is marked",
    permission=DECIDE,
    rate_class="write",
    answers={200: ReleasedShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
READ = Operation(
    name="read_result",
    method="GET",
    path="/results/{result_id}",
    summary="A result with its answers, marks and history",
    permission=RESULTS,
    answers={200: ResultShown},
    tags=TAGS,
)
RELEASE = Operation(
    name="release_result",
    method="POST",
    path="/results/{result_id}/release",
    summary="Release a result",
    permission=DECIDE,
    rate_class="write",
    answers={200: ResultShown},
    problems=frozenset({"move-refused", "conflict"}),
    tags=TAGS,
)
WITHHOLD = Operation(
    name="withhold_result",
    method="POST",
    path="/results/{result_id}/withhold",
    summary="Withhold a result, with a reason that its candidate reads",
    permission=DECIDE,
    rate_class="write",
    body=ReasonGiven,
    answers={200: ResultShown},
    problems=frozenset({"move-refused"}),
    tags=TAGS,
)


def own_result_routes(service: AssessmentsService) -> tuple[Route, ...]:
    """What candidates ask of their own."""
    results = service.results

    async def mine(call: Call[NoBody, NoQuery]) -> Answer:
        found = await results.all_own(call.principal.id)
        return Answer(OwnResultsListed(items=[list_own(attempt, result) for attempt, result in found]))

    async def own(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(show_own(await results.own(call.principal.id, call.path["attempt_id"])))

    return (Route(MINE, mine), Route(OWN, own))


def result_routes(service: AssessmentsService) -> tuple[Route, ...]:
    """What staff asks."""
    results, analysing = service.results, service.analysing

    async def deliveries(call: Call[NoBody, NoQuery]) -> Answer:
        found = await results.deliveries(scope_of(call.principal, RESULTS))
        listed = [
            DeliveryListed(
                organisation_id=one.organisation_id,
                delivery_id=one.id,
                title=one.title,
                closes_at_ms=one.closes_at_ms,
                is_practice=one.is_practice,
                counts=counts,
            )
            for one, counts in found
        ]
        return Answer(DeliveriesOfResults(items=listed))

    async def list_all(call: Call[NoBody, NoQuery]) -> Answer:
        delivery, plan = await results.delivery(scope_of(call.principal, RESULTS), call.path["delivery_id"])
        found = await results.in_delivery(delivery.id)
        may_release = scope_of(call.principal, DECIDE).covers(delivery.organisation_id)
        return Answer(
            ResultsListed(
                delivery_id=delivery.id,
                title=delivery.title,
                exam_title=plan.title,
                pass_percent=plan.pass_percent,
                may_release=may_release,
                items=[list_result(one, may_release=may_release) for one in found],
            )
        )

    async def export(call: Call[NoBody, NoQuery]) -> Answer:
        delivery, plan = await results.delivery(scope_of(call.principal, RESULTS), call.path["delivery_id"])
        rows = (
            (
                one.candidate_name,
                one.id,
                one.state.value,
                hundredths(one.grade.earned_centipoints),
                hundredths(one.grade.worth_centipoints),
                hundredths(one.grade.percent_hundredths),
                {True: "pass", False: "fail", None: ""}[one.grade.is_pass],
                one.credential_id,
                one.reason,
            )
            for one in await results.in_delivery(delivery.id)
        )
        header = (
            "candidate",
            "attempt",
            "state",
            "points",
            "of",
            "percent",
            "passed",
            "credential",
            "withheld because",
        )
        return Answer(content=Content(as_csv(header, rows), CSV, f"{plan.title}.csv"))

    async def analyse(call: Call[NoBody, NoQuery]) -> Answer:
        delivery, _ = await results.delivery(scope_of(call.principal, RESULTS), call.path["delivery_id"])
        sittings = await analysing.sittings(await results.in_delivery(delivery.id))
        versions = await analysing.versions_of(sittings)
        return Answer(show_analysis(analyse_exam(sittings), analyse_items(sittings), versions))

    async def release_all(call: Call[NoBody, NoQuery]) -> Answer:
        released = await results.release_all(scope_of(call.principal, DECIDE), call.path["delivery_id"])
        return Answer(ReleasedShown(released=released))

    async def read(call: Call[Any, NoQuery]) -> Answer:
        result, dossier = await results.read(scope_of(call.principal, RESULTS), call.path["result_id"])
        may_release = scope_of(call.principal, DECIDE).covers(result.organisation_id)
        names = await results.names(result, dossier)
        return Answer(show_result(result, dossier, names, may_release=may_release))

    async def release(call: Call[NoBody, NoQuery]) -> Answer:
        await results.release(scope_of(call.principal, DECIDE), call.path["result_id"])
        return await read(call)

    async def withhold(call: Call[ReasonGiven, NoQuery]) -> Answer:
        await results.withhold(scope_of(call.principal, DECIDE), call.path["result_id"], call.body.reason)
        return await read(call)

    return (
        Route(DELIVERIES, deliveries),
        Route(LIST, list_all),
        Route(EXPORT, export),
        Route(ANALYSE, analyse),
        Route(RELEASE_ALL, release_all),
        Route(READ, read),
        Route(RELEASE, release),
        Route(WITHHOLD, withhold),
    )
