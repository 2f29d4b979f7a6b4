"""Who supervises a delivery, for its authors; what somebody supervises, for proctors."""

from typing import Final

from guildhall.assessments.messages.assigning import (
    DeliveriesSupervised,
    ProctorAssigned,
    ProctorNamed,
    ProctorsAssigned,
)
from guildhall.assessments.routes.scope import AUTHOR, scope_of
from guildhall.assessments.routes.supervision import supervising
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.assigning import SUPERVISE
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

TAGS: Final = ("supervision",)

ASSIGN = Operation(
    name="assign_proctor",
    method="POST",
    path="/deliveries/{delivery_id}/proctors",
    summary="Let a proctor supervise this delivery, named by the address of their account",
    permission=AUTHOR,
    rate_class="write",
    body=ProctorNamed,
    answers={201: ProctorAssigned},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
ASSIGNED = Operation(
    name="list_proctors",
    method="GET",
    path="/deliveries/{delivery_id}/proctors",
    summary="Who supervises this delivery",
    permission=AUTHOR,
    answers={200: ProctorsAssigned},
    tags=TAGS,
)
WITHDRAW = Operation(
    name="withdraw_proctor",
    method="DELETE",
    path="/deliveries/{delivery_id}/proctors/{account_id}",
    summary="Take a proctor off this delivery: their wall of it closes within seconds",
    permission=AUTHOR,
    rate_class="write",
    answers={204: None},
    tags=TAGS,
)
MINE = Operation(
    name="list_supervised_deliveries",
    method="GET",
    path="/supervised-deliveries",
    summary="The proctored deliveries that one supervises, the newest first",
    permission=SUPERVISE,
    aal=2,
    answers={200: DeliveriesSupervised},
    tags=TAGS,
)


def routes(service: AssessmentsService) -> tuple[Route, ...]:
    assigning = service.assigning

    async def assign(call: Call[ProctorNamed, NoQuery]) -> Answer:
        scope = scope_of(call.principal, AUTHOR)
        return Answer(await assigning.assign(scope, call.path["delivery_id"], call.body), status=201)

    async def assigned(call: Call[NoBody, NoQuery]) -> Answer:
        found = await assigning.proctors(scope_of(call.principal, AUTHOR), call.path["delivery_id"])
        return Answer(ProctorsAssigned(items=tuple(found)))

    async def withdraw(call: Call[NoBody, NoQuery]) -> Answer:
        scope = scope_of(call.principal, AUTHOR)
        await assigning.withdraw(scope, call.path["delivery_id"], call.path["account_id"])
        return Answer(status=204)

    async def mine(call: Call[NoBody, NoQuery]) -> Answer:
        found = await assigning.supervised(supervising(call.principal))
        return Answer(DeliveriesSupervised(items=tuple(found), server_time_ms=service.context.clock.now_ms()))

    return (Route(ASSIGN, assign), Route(ASSIGNED, assigned), Route(WITHDRAW, withdraw), Route(MINE, mine))
