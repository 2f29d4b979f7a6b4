"""Flows over HTTP: what this house asks of whoever wants in, version by version."""

from typing import Final

from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.onboarding.messages import FlowShown, FlowsListed
from guildhall.onboarding.model.flows import Flow, FlowPlan
from guildhall.onboarding.service import OnboardingService

TAGS: Final = ("onboarding flows",)
_FLOW_BYTES_MAX: Final = 524_288

LIST = Operation(
    name="list_onboarding_flows",
    method="GET",
    path="/onboarding/flows",
    summary="Every version of the house's flow, the newest first",
    permission="onboarding.flows",
    answers={200: FlowsListed},
    tags=TAGS,
)
PUBLISH = Operation(
    name="publish_onboarding_flow",
    method="POST",
    path="/onboarding/flows",
    summary="A new version; whoever began under an earlier one goes over when it applies, and stays what they are",
    permission="onboarding.flows",
    rate_class="write",
    idempotency="optional",
    body=FlowPlan,
    max_body_bytes=_FLOW_BYTES_MAX,
    answers={201: FlowShown},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)


def flow_routes(service: OnboardingService) -> tuple[Route, ...]:
    async def list_all(call: Call[NoBody, NoQuery]) -> Answer:  # noqa: ARG001 - everybody gets the same
        return Answer(FlowsListed(items=[_shown(flow) for flow in await service.flows()]))

    async def publish(call: Call[FlowPlan, NoQuery]) -> Answer:
        return Answer(_shown(await service.publish_flow(call.body, call.principal.id)), status=201)

    return (Route(LIST, list_all), Route(PUBLISH, publish))


def _shown(flow: Flow) -> FlowShown:
    return FlowShown(
        version=flow.version, published_at_ms=flow.created_at_ms, published_by=flow.published_by, plan=flow.plan
    )
