"""The positions of an opportunity: claimed for an offer, held while it is out, filled or given back. Pure.

A place is given back for one reason alone: the chain of offers that it was for has ended, and no chain that ended ever
comes to life again. So nobody is hired without a place, however late a process writes what it decided.
"""

from guildhall.kit.errors import Conflict
from guildhall.opportunities.lifecycle import OPEN_POSTINGS, Actor, ApplicationState, PostingEvent
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity, Place, PlaceState
from guildhall.opportunities.rules.moving import CLAIM_MS, By, NoPlaceFree, move_posting, posting_facts, timed_posting
from guildhall.opportunities.settings import OpportunitySettings


def claim(opportunity: Opportunity, application_id: str, chain_id: str, at_ms: int) -> Opportunity:
    """A place for an offer that is about to be made or accepted; one that is there for it stays.

    One that is there for another chain is never taken over: whoever wrote it may be accepting at this moment, and would
    be hired without a place when the later of the two gives up and gives it back. Raises NoPlaceFree, Conflict.
    """
    place = opportunity.places.get(application_id)
    if place is not None:
        if place.chain_id == chain_id or place.state is PlaceState.FILLED:
            return opportunity
        raise Conflict("Another offer to this applicant is being made or answered now: look again in a minute.")
    if len(opportunity.places) >= opportunity.posting.positions:
        raise NoPlaceFree
    return _with_place(opportunity, application_id, Place(chain_id=chain_id, state=PlaceState.CLAIMED, at_ms=at_ms))


def give_back(opportunity: Opportunity, application_id: str, chain_id: str) -> Opportunity:
    """A place that was claimed for an offer which was then not made."""
    place = opportunity.places.get(application_id)
    if place is None or place.chain_id != chain_id or place.state is not PlaceState.CLAIMED:
        return opportunity
    return _with_place(opportunity, application_id, None)


def settle(
    opportunity: Opportunity, application: Application, settings: OpportunitySettings, at_ms: int
) -> Opportunity:
    """The application's place as its offers say, and the opportunity filled when all of its places are."""
    place = opportunity.places.get(application.id)
    if place is None or place.state is PlaceState.FILLED:
        return opportunity
    if application.state is ApplicationState.HIRED:
        filled = place.model_copy(update={"state": PlaceState.FILLED, "at_ms": at_ms})
        return _filled(_with_place(opportunity, application.id, filled), settings, at_ms)
    offer, is_known = application.open_offer, any(one.chain_id == place.chain_id for one in application.offers)
    is_overdue = place.state is PlaceState.CLAIMED and at_ms >= place.at_ms + CLAIM_MS
    if offer is not None and (offer.chain_id == place.chain_id or is_overdue):
        held = place.model_copy(update={"state": PlaceState.HELD, "chain_id": offer.chain_id})
        return opportunity if held == place else _with_place(opportunity, application.id, held)
    # A chain that this application does not know is newer than what was read of it, or was never written.
    return _with_place(opportunity, application.id, None) if is_known or is_overdue else opportunity


def _with_place(opportunity: Opportunity, application_id: str, place: Place | None) -> Opportunity:
    places = {key: one for key, one in opportunity.places.items() if key != application_id}
    if place is not None:
        places[application_id] = place
    return timed_posting(opportunity.model_copy(update={"places": places}))


def _filled(opportunity: Opportunity, settings: OpportunitySettings, at_ms: int) -> Opportunity:
    if opportunity.state not in OPEN_POSTINGS or not posting_facts(opportunity, settings, _by_places(at_ms)).is_full:
        return opportunity
    return move_posting(opportunity, PostingEvent.FILL, settings, _by_places(at_ms))


def _by_places(at_ms: int) -> By:
    return By("system:places", Actor.SYSTEM, at_ms)
