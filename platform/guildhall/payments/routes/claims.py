"""What is owed after a chargeback, over HTTP, for whoever keeps the payer's money."""

from collections.abc import Sequence
from typing import Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.errors import NotFound
from guildhall.kit.http import Answer, Call, CursorSigner, Listing, NoBody, NoQuery, Operation, Page, Route
from guildhall.kit.http.cursors import Place
from guildhall.payments.messages import ClaimAct, ClaimShown, ClaimsQuery
from guildhall.payments.model.claims import Claim
from guildhall.payments.routes.showing import claim_shown
from guildhall.payments.service import PaymentsService
from guildhall.payments.store.flows import NEWEST_FIRST

PURSE: Final = "payments.organisation"

LIST = Operation(
    name="list_claims",
    method="GET",
    path="/money/claims",
    summary="What is or was owed after chargebacks, by you or an organisation whose money you keep, newest first",
    permission="payments.own",
    query=ClaimsQuery,
    answers={200: Page[ClaimShown]},
    problems=frozenset({"not-found"}),
    tags=("money",),
)
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


def claim_routes(service: PaymentsService, secret: str) -> tuple[Route, ...]:
    newest = Listing(CursorSigner(secret), "claims", NEWEST_FIRST)

    async def list_claims(call: Call[NoBody, ClaimsQuery]) -> Answer:
        organisation = call.query.organisation
        if organisation and organisation not in organisations_with(call.principal, PURSE):
            raise NotFound(f"There is no organisation {organisation} whose money you keep.")
        owner = organisation or call.principal.id

        async def read(place: Place | None, limit: int) -> list[Claim]:
            return await service.flows.claims_of(owner, place=place, limit=limit)

        async def show(found: Sequence[Claim]) -> list[ClaimShown]:
            return [claim_shown(one) for one in found]

        return await newest.page(call, Page[ClaimShown], read, show, owner)

    async def settle(call: Call[ClaimAct, NoQuery]) -> Answer:
        who = call.principal
        owners = frozenset({who.id, *organisations_with(who, PURSE)})
        return Answer(claim_shown(await service.claiming.settle(call.path["claim_id"], owners, who.id)))

    return (Route(LIST, list_claims), Route(SETTLE, settle))
