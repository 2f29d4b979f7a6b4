"""The exams that a client may have applicants pass, over HTTP."""

from guildhall.kit.errors import NotFound
from guildhall.kit.http import Answer, Call, NoBody, Operation, Route
from guildhall.opportunities.messages import ExamShown, ExamsQuery, ExamsShown
from guildhall.opportunities.routes.postings import POST, TAGS, client_of
from guildhall.opportunities.service import OpportunitiesService

LIST = Operation(
    name="list_exams_for_applicants",
    method="GET",
    path="/hiring/exams",
    summary="The exams that an organisation of yours may have its applicants pass",
    permission=POST,
    query=ExamsQuery,
    answers={200: ExamsShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)


def exam_routes(service: OpportunitiesService) -> tuple[Route, ...]:
    async def list_offered(call: Call[NoBody, ExamsQuery]) -> Answer:
        organisation_id = call.query.organisation_id
        if organisation_id not in client_of(call).organisations:
            raise NotFound(f"There is no organisation {organisation_id} for which you may post.")
        found = await service.assessing.offered(organisation_id)
        shown = [
            ExamShown(
                delivery_id=one.delivery_id,
                exam=one.exam,
                title=one.credential_title,
                level=one.credential_level,
                closes_at_ms=one.closes_at_ms,
            )
            for one in found
        ]
        return Answer(ExamsShown(items=shown))

    return (Route(LIST, list_offered),)
