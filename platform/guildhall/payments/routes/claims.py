"""What is owed after a chargeback, over HTTP, for whoever keeps the payer's money."""

from typing import Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.http import Answer, Call, NoQuery, Operation, Route
from guildhall.payments.messages import ClaimAct, ClaimShown
from guildhall.payments.routes.showing import claim_shown
from guildhall.payments.service import PaymentsService

PURSE: Final = "payments.organisation"

SETTLE = Operation(
    name="act_on_claim",
    method="POST",
    path="/money/claims/{claim_id}/actions",
    summary="Settle what is owed after a chargeback, out of the balance; too little there is said in its refusal",
    permission="payments.own",
    rate_class="money",
    idempotency="required",
    body=ClaimAct,
    answers={200: ClaimShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=("money",),
)


def claim_routes(service: PaymentsService) -> tuple[Route, ...]:
    async def settle(call: Call[ClaimAct, NoQuery]) -> Answer:
        who = call.principal
        owners = frozenset({who.id, *organisations_with(who, PURSE)})
        return Answer(claim_shown(await service.claiming.settle(call.path["claim_id"], owners, who.id)))

    return (Route(SETTLE, settle),)
