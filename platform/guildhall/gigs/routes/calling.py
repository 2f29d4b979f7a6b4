"""Who calls, and the answer that every verb on a contract gives: the whole of it, as it is now."""

from typing import Any, Final

from guildhall.accounts.permissions import organisations_with, relations
from guildhall.gigs.messages import ContractShown, DisputeActed, DisputeAction
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.showing import names_of, pay_seen, show_contract
from guildhall.kit.errors import Invalid
from guildhall.kit.http import Answer, Call
from guildhall.kit.http.principal import Principal

TAGS: Final = ("contracts",)
WORK: Final = "gigs.work"
PURSE: Final = "payments.organisation"
MEDIATE: Final = "gigs.mediate"
ACTED: Final = frozenset({"not-found", "invalid", "conflict", "move-refused", "refused", "unavailable"})


_SAYING: Final = frozenset(
    {
        DisputeAction.SAY,
        DisputeAction.PROPOSE,
        DisputeAction.DECIDE,
        DisputeAction.OVERRULE,
        DisputeAction.APPEAL,
    }
)


def check_said(body: DisputeActed) -> None:
    """Raises Invalid where something has to be said in a dispute and is not."""
    if body.action in _SAYING and not body.words:
        raise Invalid("Say it in words: both sides read them.", fields={"words": "is missing"})


def caller_of(principal: Principal) -> Caller:
    return Caller(
        principal.id,
        organisations_with(principal, WORK),
        organisations_with(principal, PURSE),
        is_staff="any" in relations(principal, MEDIATE),
    )


async def shown(service: GigsService, call: Call[Any, Any], contract: Contract | None = None) -> Answer:
    """Read anew, so that weeks and what followed stand in it; raises NotFound."""
    return Answer(await show(service, call, contract))


async def show(service: GigsService, call: Call[Any, Any], contract: Contract | None = None) -> ContractShown:
    context = service.context
    contract_id = call.path["contract_id"] if contract is None else contract.id
    found, by = await context.seen(contract_id, caller_of(call.principal))
    weeks = await context.store.weeks_shown(found)
    pay = await pay_seen(context, found, by)
    return show_contract(found, weeks, await names_of(context, found), pay, context, by)
