"""What happens next with an application: who acts, what that is, until when, and what happens then. Pure."""

from dataclasses import dataclass

from guildhall.opportunities.lifecycle import CONSIDERED, OPEN_POSTINGS, Actor, ApplicationState
from guildhall.opportunities.model.applications import Application, Assessment
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules.moving import DAY_MS, answer_at_ms
from guildhall.opportunities.settings import OpportunitySettings

NOBODY = "nobody"
EXAMINER = "examiner"
"""Whoever sits or marks: nothing is to be done here."""


@dataclass(frozen=True, slots=True)
class Next:
    actor: str
    says: str
    by_ms: int | None = None
    then: str = ""


def next_of(application: Application, opportunity: Opportunity, settings: OpportunitySettings) -> Next:
    """The same for both sides: the words speak of the agent and of the client."""
    state, offer = application.state, application.open_offer
    is_confirmed = application.terms_version == opportunity.terms_version
    if offer is not None:
        actor = Actor.AGENT if offer.by is Actor.CLIENT else Actor.CLIENT
        words = "An offer is out" if not offer.parent_id else "A counter-offer is out"
        says = f"{words}: the {actor.value} accepts, declines or counters it."
        return Next(
            actor.value, says, offer.expires_at_ms, "It runs out, and the application is on the shortlist again."
        )
    if state in CONSIDERED:
        if opportunity.state not in OPEN_POSTINGS:
            says = "No offer can be made while the opportunity is not open; the client reopens or closes it."
            return Next(Actor.CLIENT.value, says)
        if not is_confirmed:
            return Next(Actor.AGENT.value, "The agent confirms the terms as they are now.")
    if state is ApplicationState.ASSESSMENT and application.assessment is not None:
        return _next_of_assessment(application.assessment)
    if state is ApplicationState.SUBMITTED:
        by_ms = answer_at_ms(application, settings.answer_days)
        return Next(
            Actor.CLIENT.value, "The client shortlists, offers or answers.", by_ms, "It ends without an answer."
        )
    if state is ApplicationState.SHORTLISTED:
        return Next(Actor.CLIENT.value, "Shortlisted: the client makes an offer or answers.")
    if state is ApplicationState.INTERVIEW:
        return Next(Actor.CLIENT.value, "An interview: the two talk, then the client makes an offer or answers.")
    return _next_of_ended(application, settings)


def _next_of_assessment(waits: Assessment) -> Next:
    names = " and ".join(one.says for one in waits.missing)
    if waits.is_on_its_way:
        return Next(EXAMINER, f"The exam for {names} is being sat or marked; the application goes on by itself.")
    says = f"The agent sits the exam for {names}; the application goes on by itself once it is passed."
    return Next(Actor.AGENT.value, says, waits.until_ms, "The application ends, and may be made again.")


def _next_of_ended(application: Application, settings: OpportunitySettings) -> Next:
    state = application.state
    if state is ApplicationState.HIRED:
        return Next(NOBODY, "Agreed. A contract is opened; work begins when its first pay is held.")
    if state is ApplicationState.REJECTED and application.outcome is not None:
        by_ms = application.outcome.at_ms + settings.reopen_days * DAY_MS
        return Next(NOBODY, "Not chosen. The client can still think again.", by_ms, "It stays as it is.")
    if state is ApplicationState.EXPIRED:
        return Next(Actor.AGENT.value, "Nobody answered. The agent may apply again.")
    return Next(Actor.AGENT.value, "Withdrawn. The agent may apply again.")
