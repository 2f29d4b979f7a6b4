"""Offers and counter-offers, and what comes of them. Pure."""

from dataclasses import dataclass

from guildhall.gigs.model.terms import WorkTerms, terms_sha256
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import Wanted as ToFollow
from guildhall.kit.follow_ups import follow
from guildhall.opportunities.lifecycle import OFFER, Actor, ApplicationEvent, OfferEvent, Side
from guildhall.opportunities.model.applications import OFFERS_MAX, Application, Offer
from guildhall.opportunities.model.postings import FollowUpKind
from guildhall.opportunities.rules import telling
from guildhall.opportunities.rules.moving import DAY_MS, By, Terms, audited, move_application

_PLACE: ToFollow = (FollowUpKind.PLACE, {})


class OfferChanged(Conflict):
    """What was on somebody's screen is not what is open now: nobody agrees to what they have not read."""

    type = "offer-changed"
    title = "Another offer is open now"

    def __init__(self) -> None:
        super().__init__("That offer is not open any more: look at what is open now.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An offer that is about to be made; its id is made before, so that its place can be claimed by it."""

    offer_id: str
    terms: WorkTerms
    note: str
    days: int


def offer(application: Application, wanted: Wanted, terms: Terms, by: By) -> Application:
    """Raises Invalid, Conflict, MoveRefused."""
    _check(wanted.terms, terms)
    if len(application.offers) >= OFFERS_MAX:
        raise Conflict(f"At most {OFFERS_MAX} offers are made on one application.")
    made = _made(wanted, wanted.offer_id, "", by)
    moved = move_application(application, ApplicationEvent.OFFER, terms, by, offers=(*application.offers, made))
    told = telling.offered(moved, made, is_counter=False)
    return follow(moved, by.at_ms, _PLACE, told, audited(by, "offer", offer=made.id, terms=made.terms_sha256))


def counter(application: Application, offer_id: str, wanted: Wanted, terms: Terms, by: By) -> Application:
    """Other terms in answer to the offer that is open. Raises Invalid, OfferChanged, MoveRefused."""
    _check(wanted.terms, terms)
    answered = _open(application, offer_id)
    if any(one.id == wanted.offer_id for one in application.offers):
        return application
    made = _made(wanted, answered.chain_id, answered.id, by)
    # Asked first: whose turn it is, the application knows.
    moved = move_application(application, ApplicationEvent.COUNTER, terms, by)
    offers = (*end_offer(application, OfferEvent.COUNTER, by), made)
    moved = move_application(application, ApplicationEvent.COUNTER, terms, by, offers=offers)
    told = telling.offered(moved, made, is_counter=True)
    return follow(moved, by.at_ms, told, audited(by, "counter", offer=made.id, terms=made.terms_sha256))


def accept(application: Application, offer_id: str, terms: Terms, by: By) -> Application:
    """Hired: the contract follows. Raises OfferChanged, MoveRefused."""
    accepted = _open(application, offer_id)
    move_application(application, ApplicationEvent.ACCEPT, terms, by)
    offers = end_offer(application, OfferEvent.ACCEPT, by)
    moved = move_application(application, ApplicationEvent.ACCEPT, terms, by, offers=offers)
    return follow(
        moved,
        by.at_ms,
        _PLACE,
        (FollowUpKind.OPEN_CONTRACT, {}),
        telling.hired_agent(moved, accepted),
        telling.hired_client(moved, accepted),
        audited(by, "accept", offer=accepted.id, terms=accepted.terms_sha256),
    )


def decline(application: Application, offer_id: str, terms: Terms, by: By) -> Application:
    """Raises OfferChanged, MoveRefused."""
    return _end(application, offer_id, ApplicationEvent.DECLINE, OfferEvent.DECLINE, "was declined", terms, by)


def withdraw_offer(application: Application, offer_id: str, terms: Terms, by: By) -> Application:
    """Raises OfferChanged, MoveRefused."""
    return _end(application, offer_id, ApplicationEvent.WITHDRAW_OFFER, OfferEvent.WITHDRAW, "was withdrawn", terms, by)


def let_run_out(application: Application, terms: Terms, by: By) -> Application:
    """The timer's. Raises MoveRefused."""
    offers = end_offer(application, OfferEvent.EXPIRE, by)
    moved = move_application(application, ApplicationEvent.OFFER_EXPIRED, terms, by, offers=offers)
    words = "has run out"
    return follow(
        moved,
        by.at_ms,
        _PLACE,
        telling.offer_ended(moved, offers[-1], words, tell_agent=True),
        telling.offer_ended(moved, offers[-1], words, tell_agent=False),
    )


def end_offer(application: Application, event: OfferEvent, by: By) -> tuple[Offer, ...]:
    """All offers, the open one ended by this. Raises MoveRefused."""
    return tuple(_ended(one, event, by) if one is application.open_offer else one for one in application.offers)


def _ended(offer: Offer, event: OfferEvent, by: By) -> Offer:
    side = Side.SYSTEM if by.actor is Actor.SYSTEM else Side.SENDER if offer.by is by.actor else Side.RECIPIENT
    moved = OFFER.move(offer.state, event, side, None)
    return offer.model_copy(update={"state": moved.target, "ended_at_ms": by.at_ms})


def _end(
    application: Application,
    offer_id: str,
    event: ApplicationEvent,
    offer_event: OfferEvent,
    words: str,
    terms: Terms,
    by: By,
) -> Application:
    ended = _open(application, offer_id)
    move_application(application, event, terms, by)
    offers = end_offer(application, offer_event, by)
    moved = move_application(application, event, terms, by, offers=offers)
    told = telling.offer_ended(
        moved, next(one for one in offers if one.id == ended.id), words, tell_agent=by.actor is Actor.CLIENT
    )
    return follow(moved, by.at_ms, _PLACE, told)


def _open(application: Application, offer_id: str) -> Offer:
    found = application.open_offer
    if found is None or found.id != offer_id:
        raise OfferChanged
    return found


def _made(wanted: Wanted, chain_id: str, parent_id: str, by: By) -> Offer:
    return Offer(
        id=wanted.offer_id,
        chain_id=chain_id,
        parent_id=parent_id,
        by=by.actor,
        by_account_id=by.account_id,
        terms=wanted.terms,
        terms_sha256=terms_sha256(wanted.terms),
        note=wanted.note,
        at_ms=by.at_ms,
        expires_at_ms=by.at_ms + wanted.days * DAY_MS,
    )


def _check(work: WorkTerms, terms: Terms) -> None:
    currency = terms.opportunity.posting.currency
    if work.currency != currency:
        raise Invalid("The pay is in another currency.", fields={"terms.currency": f"It was posted in {currency}."})
