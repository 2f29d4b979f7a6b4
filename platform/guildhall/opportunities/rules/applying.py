"""What agents decide: apply, confirm, withdraw. Pure."""

from dataclasses import dataclass

from guildhall.kit.errors import Conflict, Invalid, Refused
from guildhall.kit.follow_ups import follow
from guildhall.opportunities.lifecycle import Actor, ApplicationEvent, ApplicationState, OfferEvent, PostingState
from guildhall.opportunities.model.applications import Application, ApplicationPassage
from guildhall.opportunities.model.postings import FollowUpKind
from guildhall.opportunities.rules import telling
from guildhall.opportunities.rules.assessing import require
from guildhall.opportunities.rules.moving import By, Terms, missing_of, move_application, timed_application
from guildhall.opportunities.rules.offering import end_offer


class CapabilityMissing(Refused):
    """The sentence is onboarding's: what is missing, and who acts next."""

    type = "capability-missing"
    title = "Something comes first"


class NotOpen(Conflict):
    type = "not-open"
    title = "Takes no applications"

    def __init__(self) -> None:
        super().__init__("This opportunity takes no applications now.")


class CredentialsMissing(Refused):
    type = "credentials-missing"
    title = "A credential is asked for"


@dataclass(frozen=True, slots=True)
class Given:
    """What an agent writes."""

    cover: str
    bid_minor: int
    answers: tuple[str, ...]
    terms_version: int


def check_application(given: Given, terms: Terms, at_ms: int) -> None:
    """Raises CapabilityMissing, NotOpen, Conflict, Invalid, CredentialsMissing."""
    opportunity = terms.opportunity
    posting = opportunity.posting
    if opportunity.state is not PostingState.PUBLISHED or posting.closes_at_ms <= at_ms:
        raise NotOpen
    if not terms.may_apply.is_given:
        raise CapabilityMissing(terms.may_apply.reason)
    if given.terms_version != opportunity.terms_version:
        raise Conflict("The terms were changed while you wrote: look at them again, then apply.")
    missing = [one for one in missing_of(posting, terms.passes.held) if not one.delivery_id]
    if missing:
        names = ", ".join(one.says for one in missing)
        raise CredentialsMissing(f"It asks for {names}: pass that exam first, your exams show it.")
    wrong = {
        f"answers.{place}": "An answer is asked for."
        for place in range(len(posting.questions))
        if place >= len(given.answers) or not given.answers[place]
    }
    if len(given.answers) > len(posting.questions):
        wrong["answers"] = f"There are {len(posting.questions)} questions."
    if wrong:
        raise Invalid("Some questions are not answered.", fields=wrong)


def submit(fresh: Application, terms: Terms, by: By) -> Application:
    passage = ApplicationPassage(at_ms=by.at_ms, event="submit", state=ApplicationState.SUBMITTED, actor=by.actor.value)
    submitted = fresh.model_copy(update={"history": (passage,), "state_since_ms": by.at_ms})
    return _handed_in(timed_application(submitted, terms.settings), terms, by)


def _handed_in(application: Application, terms: Terms, by: By) -> Application:
    """The client is told at once, or, where a pass is missing that can be earned, once it is there."""
    missing = missing_of(terms.opportunity.posting, terms.passes.held, application.credentials)
    if any(one.delivery_id for one in missing):
        return require(application, terms, By("system:credentials", Actor.SYSTEM, by.at_ms))
    return follow(application, by.at_ms, telling.applied(application))


def apply_again(application: Application, fresh: Application, terms: Terms, by: By) -> Application:
    """After it was withdrawn or nobody answered, with what is written now. Raises MoveRefused."""
    names = ("name", "title", "cover", "bid_minor", "currency", "answers", "terms_version", "credentials")
    written = {name: getattr(fresh, name) for name in names}
    again = move_application(
        application, ApplicationEvent.APPLY_AGAIN, terms, by, applied_at_ms=by.at_ms, outcome=None, **written
    )
    return _handed_in(again, terms, by)


def confirm(application: Application, terms: Terms, by: By) -> Application:
    """The terms as they are now. Raises MoveRefused."""
    version = terms.opportunity.terms_version
    return move_application(application, ApplicationEvent.CONFIRM, terms, by, terms_version=version)


def withdraw(application: Application, terms: Terms, by: By) -> Application:
    """Raises MoveRefused."""
    offer = application.open_offer
    if offer is None:
        moved = move_application(application, ApplicationEvent.WITHDRAW, terms, by)
        return follow(moved, by.at_ms, telling.withdrawn(moved))
    event = OfferEvent.WITHDRAW if offer.by is by.actor else OfferEvent.DECLINE
    offers = end_offer(application, event, by)
    moved = move_application(application, ApplicationEvent.WITHDRAW, terms, by, offers=offers)
    return follow(moved, by.at_ms, (FollowUpKind.PLACE, {}), telling.withdrawn(moved))
