"""What agents and clients are told, in words. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from guildhall.gigs.model.terms import Kind, WorkTerms
from guildhall.kit.money import say_money
from guildhall.opportunities.lifecycle import ApplicationState
from guildhall.opportunities.model.applications import Application, Assessment, Offer
from guildhall.opportunities.model.postings import FollowUpKind, Opportunity

AGENTS_PAGE: Final = "/opportunities"
CLIENTS_PAGE: Final = "/hiring"
Told = tuple[FollowUpKind, Mapping[str, Any]]


def _told(whom: FollowUpKind, kind: str, title: str, text: str, path: str, *, by_mail: bool = True) -> Told:
    return whom, {"kind": kind, "title": title, "text": text, "path": path, "by_mail": by_mail}


def to_agent(kind: str, title: str, text: str, application: Application, *, by_mail: bool = True) -> Told:
    path = f"{AGENTS_PAGE}#{application.opportunity_id}"
    return _told(FollowUpKind.TELL_AGENT, kind, title, text, path, by_mail=by_mail)


def to_client(kind: str, title: str, text: str, opportunity_id: str, *, by_mail: bool = True) -> Told:
    return _told(FollowUpKind.TELL_CLIENT, kind, title, text, f"{CLIENTS_PAGE}#{opportunity_id}", by_mail=by_mail)


def _applicants(kind: str, title: str, text: str, opportunity: Opportunity) -> Told:
    return _told(FollowUpKind.TELL_APPLICANTS, kind, title, text, f"{AGENTS_PAGE}#{opportunity.id}")


def moment(at_ms: int) -> str:
    """Tuesday, 1 December 2026, 18:00 UTC."""
    told = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{told:%A}, {told.day} {told:%B %Y, %H:%M} UTC"


def say_terms(terms: WorkTerms) -> str:
    if terms.kind is Kind.FIXED:
        count = len(terms.milestones)
        return f"{say_money(terms.pay)} in {count} {'milestone' if count == 1 else 'milestones'}"
    return f"{say_money(terms.pay)} an hour, up to {terms.weekly_cap_minutes / 60:g} hours a week"


def terms_changed(opportunity: Opportunity) -> Told:
    return _applicants(
        "opportunity_terms",
        f"{opportunity.posting.title}: its terms have changed",
        "Look at them and confirm that you still apply. No offer can be made to you before you have.",
        opportunity,
    )


def posting_paused(opportunity: Opportunity) -> Told:
    return _applicants(
        "opportunity_paused",
        f"{opportunity.posting.title} is paused",
        "Nobody new can apply for now. Your application stays as it is.",
        opportunity,
    )


def posting_expired(opportunity: Opportunity) -> Told:
    return to_client(
        "opportunity_expired",
        f"{opportunity.posting.title}: the last day to apply is over",
        "Whoever applied still waits for your answer. Open it again with a later day, or close it.",
        opportunity.id,
    )


def posting_approved(opportunity: Opportunity) -> Told:
    return to_client(
        "opportunity_approved",
        f"{opportunity.posting.title} is published",
        "An administrator has looked at it. Agents find it now.",
        opportunity.id,
    )


def posting_returned(opportunity: Opportunity, reason: str) -> Told:
    return to_client(
        "opportunity_returned",
        f"{opportunity.posting.title} was not published",
        f"Change it and publish it again. The reason: {reason}",
        opportunity.id,
    )


def edit_approved(opportunity: Opportunity) -> Told:
    return to_client(
        "opportunity_approved",
        f"The changes of {opportunity.posting.title} are published",
        "An administrator has looked at them. Everybody reads it so from now on.",
        opportunity.id,
    )


def edit_returned(opportunity: Opportunity, reason: str) -> Told:
    return to_client(
        "opportunity_returned",
        f"The changes of {opportunity.posting.title} were not published",
        f"It stays as it was. What you wrote is kept: change it, or take it back. The reason: {reason}",
        opportunity.id,
    )


def posting_removed(opportunity: Opportunity, reason: str) -> Told:
    return to_client(
        "opportunity_removed",
        f"{opportunity.posting.title} was taken down",
        f"An administrator took it down. The reason: {reason}",
        opportunity.id,
    )


def invited(opportunity: Opportunity, address: str) -> Told:
    kind, told = _told(
        FollowUpKind.TELL_ADDRESS,
        "opportunity_invited",
        f"{opportunity.client} invites you to apply: {opportunity.posting.title}",
        "Look at what it is about, and apply if you like it.",
        f"{AGENTS_PAGE}#{opportunity.id}",
    )
    return kind, {**told, "address": address}


def assessment(application: Application, waits: Assessment) -> Told:
    names = " and ".join(one.says for one in waits.missing)
    return to_agent(
        "application_assessment",
        f"{application.title}: sit an exam for it",
        f"It asks for {names}, which you do not hold yet. You are invited to the exam; sit it until "
        f"{moment(waits.until_ms)}. Your application goes on by itself as soon as you have passed.",
        application,
    )


def assessment_passed(application: Application) -> Told:
    return to_agent(
        "application_assessed",
        f"{application.title}: you have passed, and your application goes on",
        "You need not do anything. The client shortlists, offers or answers.",
        application,
        by_mail=False,
    )


def assessed(application: Application) -> Told:
    return to_client(
        "application_assessed",
        f"{application.title}: an applicant has earned the pass that you ask for",
        "Look at the application, and shortlist it or answer it.",
        application.opportunity_id,
        by_mail=False,
    )


def assessment_failed(application: Application, names: str) -> Told:
    return to_agent(
        "application_rejected",
        f"{application.title}: the exam was not passed",
        f"It asks for {names}, and the exam for it cannot be tried again. So your application has ended.",
        application,
    )


def assessment_late(application: Application) -> Told:
    return to_agent(
        "application_expired",
        f"{application.title}: the time for its exam is over",
        "The pass that it asks for was not earned in time, so your application has ended. You may apply again.",
        application,
    )


def assessment_ended(application: Application) -> Told:
    """For a client who has asked for the pass."""
    title = f"{application.title}: the pass that you asked for was not earned"
    text, about = "The application has ended. You need not do anything.", application.opportunity_id
    if application.state is ApplicationState.REJECTED:
        return to_client("application_rejected", title, text, about, by_mail=False)
    return to_client("application_expired", title, text, about, by_mail=False)


def applied(application: Application) -> Told:
    return to_client(
        "application_submitted",
        f"{application.title}: somebody has applied",
        "Look at the application, and shortlist it or answer it.",
        application.opportunity_id,
        by_mail=False,
    )


def withdrawn(application: Application) -> Told:
    return to_client(
        "application_withdrawn",
        f"{application.title}: an application was withdrawn",
        "You need not do anything.",
        application.opportunity_id,
        by_mail=False,
    )


def shortlisted(application: Application) -> Told:
    return to_agent(
        "application_shortlisted",
        f"{application.title}: you are shortlisted",
        "The client takes a closer look. You need not do anything; an offer comes here.",
        application,
    )


def rejected(application: Application, reason: str) -> Told:
    return to_agent(
        "application_rejected",
        f"{application.title}: you were not chosen",
        f"The reason: {reason}",
        application,
    )


def reopened(application: Application) -> Told:
    return to_agent(
        "application_reopened",
        f"{application.title}: the client thought again",
        "You are shortlisted. Confirm that you are still interested: an offer can be made to you then.",
        application,
    )


def no_answer(application: Application) -> Told:
    return to_agent(
        "application_expired",
        f"{application.title}: nobody answered",
        "The client let the time for an answer go by. That says nothing about you. You may apply again.",
        application,
    )


def answer_late(application: Application, until_ms: int) -> Told:
    return to_client(
        "application_waits",
        f"{application.title}: somebody waits for your answer",
        f"Shortlist or answer them until {moment(until_ms)}; then the application ends, and they are told that nobody "
        "answered.",
        application.opportunity_id,
    )


def offered(application: Application, offer: Offer, *, is_counter: bool) -> Told:
    text = f"{say_terms(offer.terms)}. It stands until {moment(offer.expires_at_ms)}: accept, decline or counter it."
    title = f"{application.title}: {'a counter-offer' if is_counter else 'an offer for you'}"
    if offer.by.value == "agent":
        return to_client("offer_countered", title, text, application.opportunity_id)
    return to_agent("offer_countered" if is_counter else "offer_sent", title, text, application)


def offer_ended(application: Application, offer: Offer, words: str, *, tell_agent: bool) -> Told:
    """`words`: was declined, was withdrawn, has run out."""
    kind = f"offer_{offer.state.value}"
    title = f"{application.title}: the offer {words}"
    text = f"It was {say_terms(offer.terms)}. The application is on the shortlist as before."
    if tell_agent:
        return to_agent(kind, title, text, application)
    return to_client(kind, title, text, application.opportunity_id)


def hired_agent(application: Application, offer: Offer) -> Told:
    return to_agent(
        "offer_accepted",
        f"{application.title}: agreed",
        f"{say_terms(offer.terms)}. A contract is opened; work begins when its first pay is held.",
        application,
    )


def hired_client(application: Application, offer: Offer) -> Told:
    return to_client(
        "offer_accepted",
        f"{application.title}: {application.name} is hired",
        f"{say_terms(offer.terms)}. A contract is opened; work begins when its first pay is held.",
        application.opportunity_id,
    )
