"""The same to programs as to people: for each notice that a decision wrote down, one event to those it concerns.

Both sides hear of a move, whichever of them is told in words; where each is told in words of its own, each hears once.
"""

from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.model.contracts import Contract, FollowUpKind
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules.events import TYPES
from guildhall.gigs.service.context import Context
from guildhall.kit.follow_ups import FollowUp
from guildhall.notifications.model import Event, event_type


class Emitting:
    """Called by the follower, under the key of the notice."""

    def __init__(self, context: Context) -> None:
        self._notifications = context.notifications

    async def of_notice(self, contract: Contract, holder: Contract | Week, key: str, one: FollowUp) -> None:
        """`holder` is the document in which the notice stands. Kept in order within the contract."""
        kind, to = one.details["kind"], Actor(one.details["to"])
        is_other_told = any(
            beside.kind == FollowUpKind.TELL
            and beside.at_ms == one.at_ms
            and beside.details["kind"] == kind
            and beside.details["to"] != to.value
            for beside in holder.follow_ups
        )
        sides = {Actor.AGENT: contract.agent_id, Actor.CLIENT: contract.organisation_id}
        type_ = event_type(TYPES, kind)
        owners = (sides[to],) if is_other_told or type_.is_for_told_alone else tuple(sides.values())
        at_once = dict.fromkeys(one_.about for one_ in contract.history if one_.at_ms == one.at_ms and one_.about)
        about = one.details.get("milestone")
        data = {
            "contract_id": contract.id,
            "opportunity_id": contract.terms.opportunity_id,
            "application_id": contract.terms.application_id,
            "organisation_id": contract.organisation_id,
            "state": contract.state.value,
            "milestones": [about] if about else list(at_once),
            "week": holder.monday if isinstance(holder, Week) else "",
        }
        await self._notifications.emit(owners, key, Event(type_.name, contract.id, one.at_ms, data))
