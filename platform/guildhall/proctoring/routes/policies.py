"""HTTP of a delivery's policy: what is asked of those who sit it, and which signals count."""

from typing import Final

from guildhall.assessments.routes.items import matching
from guildhall.assessments.routes.scope import AUTHOR, scope_of
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.errors import Conflict
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.proctoring.messages.policies import CheckOffered, ClaimOffered, PolicyShown, SignalOffered
from guildhall.proctoring.model.admission import CheckName, ClaimKind, ConsentSignal, ProctoringPolicy, usual_policy
from guildhall.proctoring.rules.claims import CORROBORATORS, REASONS
from guildhall.proctoring.rules.consenting import TEXTS
from guildhall.proctoring.rules.system_check import TITLES
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.policies import NO_REVISION

READ_POLICY: Final = Operation(
    name="read_proctoring_policy",
    method="GET",
    path="/proctoring/policies/{delivery_id}",
    summary="What a delivery asks of those who sit it, and which signals count",
    permission=AUTHOR,
    answers={200: PolicyShown},
    has_etag=True,
    tags=("proctoring",),
)
SET_POLICY: Final = Operation(
    name="set_proctoring_policy",
    method="PUT",
    path="/proctoring/policies/{delivery_id}",
    summary="Give a delivery a policy of its own, for those who come from now on",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=ProctoringPolicy,
    answers={200: PolicyShown},
    problems=frozenset({"conflict"}),
    tags=("proctoring",),
)
SIGNALS: Final = tuple(
    SignalOffered(signal=one, title=TEXTS[one].title, what=TEXTS[one].what, without=TEXTS[one].without)
    for one in ConsentSignal
)
CHECKS: Final = tuple(CheckOffered(name=one, title=TITLES[one]) for one in CheckName)
CLAIMS: Final = tuple(ClaimOffered(kind=one, words=REASONS[one], can_count=one in CORROBORATORS) for one in ClaimKind)


def policy_routes(service: ProctoringService, assessments: AssessmentsService) -> tuple[Route, ...]:
    """A delivery's policy is for whoever may edit the delivery; another organisation's is not found."""
    admissions = service.admissions

    async def shown(delivery_id: str, exam_version_id: str) -> Answer:
        own = await admissions.store.policies.get(delivery_id)
        plan = await assessments.papers.plan(exam_version_id)
        usual = usual_policy(needs_admission=plan.needs_admission)
        told = PolicyShown(
            delivery_id=delivery_id,
            rev=int(NO_REVISION) if own is None else own.rev,
            is_own=own is not None,
            is_proctored=plan.is_proctored,
            needs_admission=plan.needs_admission,
            policy=usual if own is None else own.policy,
            usual=usual,
            signals=SIGNALS,
            checks=CHECKS,
            claims=CLAIMS,
        )
        return Answer(told, etag=str(told.rev))

    async def read_policy(call: Call[NoBody, NoQuery]) -> Answer:
        delivery = await assessments.deliveries.read(scope_of(call.principal, AUTHOR), call.path["delivery_id"])
        return await shown(delivery.delivery_id, delivery.exam_version_id)

    async def set_policy(call: Call[ProctoringPolicy, NoQuery]) -> Answer:
        delivery = await assessments.deliveries.read(scope_of(call.principal, AUTHOR), call.path["delivery_id"])
        if not delivery.is_proctored:
            raise Conflict("Nobody watches this exam, so there is nothing to agree to.")
        await admissions.set_policy(
            delivery.delivery_id, delivery.organisation_id, call.body, call.principal.id, matching(call)
        )
        return await shown(delivery.delivery_id, delivery.exam_version_id)

    return (Route(READ_POLICY, read_policy), Route(SET_POLICY, set_policy))
