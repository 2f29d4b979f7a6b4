"""What every decision shares: who decides, the facts for the guards, and the move itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from guildhall.kit.errors import Conflict
from guildhall.kit.leases import GIVEN_BACK, taken
from guildhall.kit.lifecycle import AllowedAction
from guildhall.opportunities.lifecycle import (
    APPLICATION,
    OPEN_POSTINGS,
    OVER_POSTINGS,
    POSTING,
    Actor,
    ApplicationEvent,
    ApplicationFacts,
    ApplicationState,
    PostingEvent,
    PostingFacts,
    PostingState,
)
from guildhall.opportunities.model.applications import (
    COUNTERS_MAX,
    HISTORY_MAX,
    OFFERS_MAX,
    Application,
    ApplicationPassage,
)
from guildhall.opportunities.model.postings import (
    CredentialRequired,
    FollowUpKind,
    Opportunity,
    PlaceState,
    Posting,
    PostingPassage,
)
from guildhall.opportunities.settings import OpportunitySettings

DAY_MS: Final = 86_400_000
REMIND_BEFORE_MS: Final = (DAY_MS, 3_600_000)
"""The day before an interview, and the hour before."""
CLAIM_MS: Final = 60_000
"""How long a place waits for its offer to be written, far above what a write takes; then the job looks after it."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, as what, and when."""

    account_id: str
    actor: Actor
    at_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an agent may do something now, as onboarding says it; if not: why, and who acts next."""

    is_given: bool = True
    reason: str = ""
    next_actor: str = ""


Pass = tuple[str, str]
"""Title and level of a credential that is valid now."""


@dataclass(frozen=True, slots=True)
class Passes:
    """What an agent holds, and how far they are with the exams that their application waits for."""

    held: tuple[Pass, ...] | None = None
    """None: it was not asked, and what stands in the application counts."""
    has_failed: bool = False
    """One that is missing was not passed, and cannot be tried again."""
    is_on_its_way: bool = False
    """One is being sat or marked."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a decision on an application is made under."""

    opportunity: Opportunity
    settings: OpportunitySettings
    may_apply: Standing = Standing()
    may_accept: Standing = Standing()
    passes: Passes = Passes()


def missing_of(
    posting: Posting, held: tuple[Pass, ...] | None, known: tuple[str, ...] = ()
) -> tuple[CredentialRequired, ...]:
    """What is asked for and the agent lacks; `known` is what an application says, where `held` was not asked."""

    def is_there(one: CredentialRequired) -> bool:
        if held is None:
            return any(says == one.says or (not one.level and says.startswith(f"{one.title} ")) for says in known)
        return any(title == one.title and one.level in {"", level} for title, level in held)

    return tuple(one for one in posting.credentials if not is_there(one))


class NoPlaceFree(Conflict):
    type = "no-place-free"
    title = "No position is free"

    def __init__(self) -> None:
        super().__init__(
            "Every position is filled, or an offer for it is out: withdraw an offer or add a position first."
        )


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What a look before publishing depends on beside the opportunity itself."""

    needs_review: bool = False
    is_own: bool = False
    """It is of an organisation of the reviewer's."""


NO_REVIEW: Final = Reviewing()


def posting_facts(
    opportunity: Opportunity, settings: OpportunitySettings, by: By, reviewing: Reviewing = NO_REVIEW
) -> PostingFacts:
    at_ms, lease = by.at_ms, opportunity.lease
    places, positions = opportunity.places.values(), opportunity.posting.positions
    filled = sum(one.state is PlaceState.FILLED for one in places)
    is_over = opportunity.state is not PostingState.DRAFT and opportunity.posting.closes_at_ms <= at_ms
    return PostingFacts(
        is_time_left=opportunity.posting.closes_at_ms > at_ms,
        is_full=filled >= positions,
        has_free_place=len(places) < positions,
        has_places_out=filled < len(places),
        is_reopenable=opportunity.ended_at_ms + settings.repost_days * DAY_MS > at_ms,
        is_over=is_over,
        needs_review=reviewing.needs_review,
        has_edit=opportunity.edit is not None and not opportunity.edit.returned_for,
        is_edit_recallable=opportunity.edit is not None,
        is_free_to_review=not reviewing.is_own and lease.is_free_for(by.account_id, at_ms),
        holds_lease=not reviewing.is_own and lease.is_held_by(by.account_id, at_ms),
    )


def posting_actions(
    opportunity: Opportunity, settings: OpportunitySettings, by: By, reviewing: Reviewing = NO_REVIEW
) -> tuple[AllowedAction, ...]:
    return POSTING.allowed_actions(opportunity.state, by.actor, posting_facts(opportunity, settings, by, reviewing))


def move_posting(
    opportunity: Opportunity,
    event: PostingEvent,
    settings: OpportunitySettings,
    by: By,
    reason: str = "",
    *,
    reviewing: Reviewing = NO_REVIEW,
    **changes: Any,
) -> Opportunity:
    """The opportunity in its next state, with its history, its timer and its lease. Raises MoveRefused."""
    facts = posting_facts(opportunity, settings, by, reviewing)
    moved = POSTING.move(opportunity.state, event, by.actor, facts)
    passage = PostingPassage(at_ms=by.at_ms, event=event.value, state=moved.target, actor=by.actor.value, reason=reason)
    update: dict[str, Any] = {"state": moved.target, "history": (*opportunity.history, passage)[-HISTORY_MAX:]}
    if moved.target is not opportunity.state:
        update["state_since_ms"] = by.at_ms
        is_over = moved.target in OVER_POSTINGS or moved.target is PostingState.FILLED
        update["ended_at_ms"] = by.at_ms if is_over else 0
        update |= GIVEN_BACK
    if "lease" in moved.effects:
        update |= taken(by.account_id, settings.review_lease_minutes, by.at_ms)
    return timed_posting(opportunity.model_copy(update=update | changes))


def timed_posting(opportunity: Opportunity) -> Opportunity:
    """With its next timer, its last day or a place that waits for its offer, and since when a reviewer is awaited."""
    ends = [opportunity.posting.closes_at_ms] if opportunity.state in OPEN_POSTINGS else []
    claims = [one.at_ms + CLAIM_MS for one in opportunity.places.values() if one.state is PlaceState.CLAIMED]
    due_at_ms, waits = min([*ends, *claims], default=0), waits_since_ms(opportunity)
    return opportunity.model_copy(update={"due_at_ms": due_at_ms, "waits_since_ms": waits})


def waits_since_ms(opportunity: Opportunity) -> int:
    """Since when an administrator should look at it or at changes of it; 0: nobody needs to."""
    if opportunity.state is PostingState.PENDING_REVIEW:
        return opportunity.state_since_ms
    edit = opportunity.edit
    return 0 if edit is None or edit.returned_for else edit.at_ms


def application_facts(application: Application, terms: Terms, by: By) -> ApplicationFacts:
    opportunity, settings, offer = terms.opportunity, terms.settings, application.open_offer
    has_place = application.id in opportunity.places or len(opportunity.places) < opportunity.posting.positions
    answered_ms = application.outcome.at_ms if application.outcome else 0
    assessment = application.assessment
    missing = missing_of(opportunity.posting, terms.passes.held, application.credentials)
    chain = [one for one in application.offers if offer is not None and one.chain_id == offer.chain_id]
    return ApplicationFacts(
        is_posting_open=opportunity.state in OPEN_POSTINGS and opportunity.posting.closes_at_ms > by.at_ms
        if application.state in {ApplicationState.WITHDRAWN, ApplicationState.EXPIRED}
        else opportunity.state in OPEN_POSTINGS,
        may_apply=terms.may_apply.is_given,
        may_accept=terms.may_accept.is_given,
        is_confirmed=application.terms_version == opportunity.terms_version,
        has_place=has_place,
        is_my_turn=offer is not None and offer.by is not by.actor,
        has_made_offer=offer is not None and offer.by is by.actor,
        is_offer_alive=offer is not None and offer.expires_at_ms > by.at_ms,
        is_offer_over=offer is not None and offer.expires_at_ms <= by.at_ms,
        can_counter=len(chain) <= COUNTERS_MAX and len(application.offers) < OFFERS_MAX,
        is_reopenable=answered_ms + settings.reopen_days * DAY_MS > by.at_ms,
        is_late=not application.is_client_reminded
        and answer_at_ms(application, settings.answer_warning_days) <= by.at_ms,
        is_answer_overdue=answer_at_ms(application, settings.answer_days) <= by.at_ms,
        lacks_pass=any(one.delivery_id for one in missing),
        has_passes=terms.passes.held is not None and not missing,
        was_shortlisted=assessment is not None and assessment.was_shortlisted,
        has_failed=terms.passes.has_failed,
        is_assessment_over=assessment is not None
        and assessment.until_ms <= by.at_ms
        and not terms.passes.is_on_its_way,
        is_interview_near=0 < remind_at_ms(application) <= by.at_ms,
    )


def application_actions(application: Application, terms: Terms, by: By) -> tuple[AllowedAction, ...]:
    return APPLICATION.allowed_actions(application.state, by.actor, application_facts(application, terms, by))


def move_application(
    application: Application, event: ApplicationEvent, terms: Terms, by: By, **changes: Any
) -> Application:
    """The application in its next state, with its history and its timer. Raises MoveRefused."""
    moved = APPLICATION.move(application.state, event, by.actor, application_facts(application, terms, by))
    passage = ApplicationPassage(at_ms=by.at_ms, event=event.value, state=moved.target, actor=by.actor.value)
    update: dict[str, Any] = {"state": moved.target, "history": (*application.history, passage)[-HISTORY_MAX:]}
    if moved.target is not application.state:
        update |= {"state_since_ms": by.at_ms, "is_client_reminded": False, "assessment": None, "extra_ms": 0}
    return timed_application(application.model_copy(update=update | changes), terms.settings)


def timed_application(application: Application, settings: OpportunitySettings) -> Application:
    due_ms, offer = 0, application.open_offer
    if offer is not None:
        due_ms = offer.expires_at_ms
    elif application.state is ApplicationState.INTERVIEW:
        due_ms = remind_at_ms(application)
    elif application.state is ApplicationState.SUBMITTED:
        days = settings.answer_days if application.is_client_reminded else settings.answer_warning_days
        due_ms = answer_at_ms(application, days)
    elif application.assessment is not None:
        looks_ms = application.assessment.looked_at_ms + int(settings.assessment_look_seconds * 1000)
        is_before_its_end = application.assessment.until_ms > application.assessment.looked_at_ms
        due_ms = min(looks_ms, application.assessment.until_ms) if is_before_its_end else looks_ms
    return application.model_copy(update={"due_at_ms": due_ms})


def reminders_over(at_ms: int, now_ms: int) -> int:
    """Of an interview at that time, how many moments to remind of it are over; none where no time is named."""
    return sum(at_ms - before_ms <= now_ms for before_ms in REMIND_BEFORE_MS) if at_ms else 0


def remind_at_ms(application: Application) -> int:
    """When both sides are reminded of the interview next; 0 for never."""
    interview = application.interview
    if application.state is not ApplicationState.INTERVIEW or interview is None or not interview.at_ms:
        return 0
    left = REMIND_BEFORE_MS[interview.reminders :]
    return interview.at_ms - left[0] if left else 0


def answer_at_ms(application: Application, days: int) -> int:
    """When an application has waited so long for its client, outages of ours not counted."""
    return application.state_since_ms + days * DAY_MS + application.extra_ms


def audited(by: By, verb: str, **details: Any) -> tuple[FollowUpKind, Mapping[str, Any]]:
    """Ids and plain values only: an audit entry can never be erased."""
    return FollowUpKind.AUDIT, {"actor": by.account_id, "action": f"opportunities.{verb}", **details}
