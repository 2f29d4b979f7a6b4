"""What clients decide about applications, and what time does. Pure."""

from guildhall.kit.follow_ups import Wanted, follow
from guildhall.opportunities.lifecycle import LIVE, Actor, ApplicationEvent, ApplicationState, OfferEvent
from guildhall.opportunities.model.applications import Application, Outcome, RejectionCode
from guildhall.opportunities.model.postings import FollowUpKind
from guildhall.opportunities.rules import telling
from guildhall.opportunities.rules.interviewing import remind
from guildhall.opportunities.rules.moving import (
    By,
    Terms,
    answer_at_ms,
    application_facts,
    move_application,
)
from guildhall.opportunities.rules.offering import end_offer, let_run_out

REASON_WORDS = {
    RejectionCode.SKILLS: "other skills are needed",
    RejectionCode.EXPERIENCE: "more experience is needed",
    RejectionCode.PAY: "the pay that was asked for",
    RejectionCode.AVAILABILITY: "the time that it is needed at",
    RejectionCode.ANSWERS: "the answers to the questions",
    RejectionCode.CHOSE_ANOTHER: "somebody else was chosen",
    RejectionCode.BELOW_BAR: "a pass that is asked for was not earned",
    RejectionCode.CLOSED: "the opportunity was closed",
    RejectionCode.OTHER: "something else",
}


def shortlist(application: Application, terms: Terms, by: By) -> Application:
    """Raises MoveRefused."""
    moved = move_application(application, ApplicationEvent.SHORTLIST, terms, by)
    return follow(moved, by.at_ms, telling.shortlisted(moved))


def unshortlist(application: Application, terms: Terms, by: By) -> Application:
    """Raises MoveRefused."""
    return move_application(application, ApplicationEvent.UNSHORTLIST, terms, by)


def reject(application: Application, code: RejectionCode, text: str, terms: Terms, by: By) -> Application:
    """With a reason that the agent reads. Raises MoveRefused."""
    outcome = Outcome(code=code, text=text, at_ms=by.at_ms, by=by.actor)
    has_offer = application.open_offer is not None and by.actor is Actor.SYSTEM
    offers = end_offer(application, OfferEvent.WITHDRAW, by) if has_offer else application.offers
    moved = move_application(application, ApplicationEvent.REJECT, terms, by, outcome=outcome, offers=offers)
    words = ". ".join(part for part in (REASON_WORDS[code], text) if part)
    place: list[Wanted] = [(FollowUpKind.PLACE, {})] if has_offer else []
    return follow(moved, by.at_ms, *place, telling.rejected(moved, words))


def answer_closed(application: Application, terms: Terms, by: By) -> Application:
    """The opportunity is over: whoever still waits is told so."""
    if application.state not in LIVE:
        return application
    return reject(application, RejectionCode.CLOSED, "", terms, by)


def reopen(application: Application, terms: Terms, by: By) -> Application:
    """A rejection is taken back; the agent is asked whether they still want it. Raises MoveRefused."""
    moved = move_application(application, ApplicationEvent.REOPEN, terms, by, outcome=None, terms_version=0)
    return follow(moved, by.at_ms, telling.reopened(moved))


def fire(application: Application, terms: Terms, by: By) -> Application:
    """What is due by now, or the application unchanged."""
    facts = application_facts(application, terms, by)
    if application.state is ApplicationState.OFFERED and facts.is_offer_over:
        return let_run_out(application, terms, by)
    if application.state is ApplicationState.INTERVIEW and facts.is_interview_near:
        return remind(application, terms, by)
    if application.state is not ApplicationState.SUBMITTED:
        return application
    if facts.is_answer_overdue:
        moved = move_application(application, ApplicationEvent.NO_ANSWER, terms, by)
        return follow(moved, by.at_ms, telling.no_answer(moved))
    if facts.is_late:
        moved = move_application(application, ApplicationEvent.ANSWER_LATE, terms, by, is_client_reminded=True)
        until_ms = answer_at_ms(application, terms.settings.answer_days)
        return follow(moved, by.at_ms, telling.answer_late(moved, until_ms))
    return application
