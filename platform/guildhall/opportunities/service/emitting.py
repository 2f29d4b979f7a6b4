"""The same to programs as to people: for each notice that a decision wrote down, one event to those it concerns.

Both sides hear of a move, whichever of them is told in words; where each is told in words of its own, each hears once.
"""

from typing import Any, Final

from guildhall.kit.follow_ups import FollowUp
from guildhall.notifications.model import Event, event_type
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import FollowUpKind, Opportunity
from guildhall.opportunities.rules.events import TYPES
from guildhall.opportunities.service.context import Context

_TO_AGENT, _TO_CLIENT = FollowUpKind.TELL_AGENT, FollowUpKind.TELL_CLIENT
_TO_ORGANISATION: Final = frozenset({FollowUpKind.TELL_CLIENT, FollowUpKind.TELL_APPLICANTS})


class Emitting:
    """Called by the follower, under the key of the notice."""

    def __init__(self, context: Context) -> None:
        self._notifications = context.notifications

    async def of_application(self, application: Application, key: str, one: FollowUp) -> None:
        """Nothing for a follow-up that tells nobody."""
        if one.kind not in {_TO_AGENT, _TO_CLIENT}:
            return
        kind = one.details["kind"]
        other = _TO_CLIENT if one.kind == _TO_AGENT else _TO_AGENT
        is_other_told = any(
            beside.kind == other and beside.at_ms == one.at_ms and beside.details["kind"] == kind
            for beside in application.follow_ups
        )
        sides = {_TO_AGENT: application.agent_id, _TO_CLIENT: application.organisation_id}
        type_ = event_type(TYPES, kind)
        alone = is_other_told or type_.is_for_told_alone
        owners = (sides[FollowUpKind(one.kind)],) if alone else tuple(sides.values())
        data = {
            "application_id": application.id,
            "opportunity_id": application.opportunity_id,
            "organisation_id": application.organisation_id,
            "state": application.state.value,
            "contract_id": application.contract_id,
        }
        await self._notifications.emit(owners, key, Event(type_.name, application.id, one.at_ms, data))

    async def of_opportunity(self, opportunity: Opportunity, key: str, one: FollowUp) -> None:
        """To the organisation; each applicant who is told hears by `of_told`."""
        if one.kind in _TO_ORGANISATION:
            await self.of_told(opportunity, opportunity.organisation_id, key, one.details["kind"], one.at_ms)

    async def of_told(self, opportunity: Opportunity, owner_id: str, key: str, kind: str, at_ms: int) -> None:
        data: dict[str, Any] = {
            "opportunity_id": opportunity.id,
            "organisation_id": opportunity.organisation_id,
            "state": opportunity.state.value,
            "terms_version": opportunity.terms_version,
        }
        event = Event(event_type(TYPES, kind).name, opportunity.id, at_ms, data)
        await self._notifications.emit((owner_id,), key, event)
