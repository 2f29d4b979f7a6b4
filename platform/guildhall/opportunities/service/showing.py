"""Documents as the wire shows them, with what whoever looks may do."""

from guildhall.kit.lifecycle import AllowedAction
from guildhall.opportunities.lifecycle import (
    LOOKED_AT,
    OPEN_POSTINGS,
    ApplicationEvent,
    ApplicationState,
    PostingEvent,
    PostingState,
)
from guildhall.opportunities.messages import (
    ActionShown,
    ApplicantShown,
    ApplicationShown,
    AssessmentShown,
    EditShown,
    InterviewShown,
    NextShown,
    OfferShown,
    OpportunityListed,
    OpportunityPosted,
    OpportunitySeen,
    OpportunityToReview,
    OutcomeShown,
    PastShown,
)
from guildhall.opportunities.model.applications import Application, Offer
from guildhall.opportunities.model.postings import Opportunity, PlaceState
from guildhall.opportunities.rules.deciding import REASON_WORDS
from guildhall.opportunities.rules.moving import By, Reviewing, Terms, application_actions, missing_of, posting_actions
from guildhall.opportunities.rules.next_acts import next_of
from guildhall.opportunities.rules.talking import may_talk
from guildhall.opportunities.settings import OpportunitySettings

_OF_SYSTEM = frozenset({ApplicationEvent.APPLY_AGAIN})
_LABEL_CHARACTERS = 4


def list_opportunity(opportunity: Opportunity, address: str = "") -> OpportunityListed:
    """`address` is the folded one of whoever looks."""
    posting = opportunity.posting
    return OpportunityListed(
        opportunity_id=opportunity.id,
        client=opportunity.client,
        state=opportunity.state.value,
        title=posting.title,
        kind=posting.kind,
        currency=posting.currency,
        pay_from_minor=posting.pay_from_minor,
        pay_to_minor=posting.pay_to_minor,
        skills=list(posting.skills),
        positions=posting.positions,
        positions_free=posting.positions - len(opportunity.places),
        published_at_ms=opportunity.published_at_ms or None,
        closes_at_ms=posting.closes_at_ms,
        is_invited=bool(address) and address in opportunity.invited,
    )


def show_to_agent(
    opportunity: Opportunity, application: Application | None, terms: Terms, by: By, address: str
) -> OpportunitySeen:
    missing = missing_of(opportunity.posting, terms.passes.held or ())
    unearnable = [one.says for one in missing if not one.delivery_id]
    is_open = opportunity.state in OPEN_POSTINGS and opportunity.posting.closes_at_ms > by.at_ms
    can_apply = application is None or application.state in {ApplicationState.WITHDRAWN, ApplicationState.EXPIRED}
    reason, actor = "", ""
    if not is_open:
        reason, actor = "it takes no applications now", "client"
    elif not can_apply:
        reason, actor = "you have applied already", "nobody"
    elif not terms.may_apply.is_given:
        reason, actor = terms.may_apply.reason, terms.may_apply.next_actor
    elif unearnable:
        reason, actor = f"it asks for {' and '.join(unearnable)}: pass that exam first", "agent"
    apply = ActionShown(action="apply", allowed=not reason, reason=reason or None, next_actor=actor or None)
    return OpportunitySeen(
        **list_opportunity(opportunity, address).model_dump(),
        posting=opportunity.posting,
        terms_version=opportunity.terms_version,
        passes_missing=list(missing),
        application=None if application is None else show_application(application, opportunity, terms, by),
        allowed_actions=[apply],
    )


def show_posted(
    opportunity: Opportunity, counts: dict[ApplicationState, int], settings: OpportunitySettings, by: By
) -> OpportunityPosted:
    states = [one.state for one in opportunity.places.values()]
    return OpportunityPosted(
        **list_opportunity(opportunity).model_dump(),
        organisation_id=opportunity.organisation_id,
        rev=opportunity.rev,
        posting=opportunity.posting,
        terms_version=opportunity.terms_version,
        positions_filled=sum(one is PlaceState.FILLED for one in states),
        positions_offered=sum(one is not PlaceState.FILLED for one in states),
        applications={state.value: number for state, number in counts.items() if number},
        invited=list(opportunity.invited),
        edit=opportunity.edit and EditShown(**opportunity.edit.model_dump()),
        was_returned_for=_returned_for(opportunity),
        allowed_actions=[_action(one, "client") for one in posting_actions(opportunity, settings, by)],
        history=[
            PastShown(at_ms=one.at_ms, event=one.event, state=one.state.value, actor=one.actor)
            for one in opportunity.history
        ],
    )


def show_to_review(
    opportunity: Opportunity, settings: OpportunitySettings, by: By, reviewing: Reviewing
) -> OpportunityToReview:
    lease, is_taken = opportunity.lease, not opportunity.lease.is_over(by.at_ms)
    edit = opportunity.edit if opportunity.edit is not None and not opportunity.edit.returned_for else None
    posting = opportunity.posting if edit is None else edit.posting
    return OpportunityToReview(
        **list_opportunity(opportunity.model_copy(update={"posting": posting})).model_dump(),
        posting=posting,
        before=None if edit is None else opportunity.posting,
        waits_since_ms=opportunity.waits_since_ms or opportunity.state_since_ms,
        is_taken=is_taken,
        is_mine=lease.is_held_by(by.account_id, by.at_ms),
        lease_until_ms=lease.until_ms if is_taken else None,
        was_returned_for=_returned_for(opportunity),
        allowed_actions=[_action(one, "admin") for one in posting_actions(opportunity, settings, by, reviewing)],
    )


def _returned_for(opportunity: Opportunity) -> str:
    """The last reason, for as long as it has not been published since."""
    if opportunity.state not in {PostingState.DRAFT, PostingState.PENDING_REVIEW}:
        return ""
    for one in reversed(opportunity.history):
        if one.state is PostingState.PUBLISHED:
            return ""
        if one.event == PostingEvent.RETURN:
            return one.reason
    return ""


def show_application(application: Application, opportunity: Opportunity, terms: Terms, by: By) -> ApplicationShown:
    """For its agent."""
    return ApplicationShown(
        application_id=application.id,
        opportunity_id=application.opportunity_id,
        title=application.title,
        client=opportunity.client,
        state=application.state.value,
        rev=application.rev,
        applied_at_ms=application.applied_at_ms,
        cover=application.cover,
        bid_minor=application.bid_minor,
        currency=application.currency,
        answers=list(application.answers),
        credentials=list(application.credentials),
        is_confirmed=application.terms_version == opportunity.terms_version,
        offers=[_offer(one) for one in application.offers],
        assessment=_assessment(application),
        interview=_interview(application),
        outcome=_outcome(application),
        contract_id=application.contract_id or None,
        may_talk=may_talk(application),
        next=_next(application, terms),
        allowed_actions=_actions(application, terms, by),
        history=_past(application),
    )


def show_applicant(application: Application, terms: Terms, by: By) -> ApplicantShown:
    """For a client."""
    waits = application.assessment
    is_looked_at = application.state in LOOKED_AT or (waits is not None and waits.was_shortlisted)
    is_blind = terms.opportunity.posting.is_blind and not is_looked_at
    return ApplicantShown(
        application_id=application.id,
        opportunity_id=application.opportunity_id,
        name=f"Applicant {application.id[-_LABEL_CHARACTERS:]}" if is_blind else application.name,
        is_blind=is_blind,
        state=application.state.value,
        rev=application.rev,
        applied_at_ms=application.applied_at_ms,
        cover=application.cover,
        bid_minor=application.bid_minor,
        currency=application.currency,
        answers=list(application.answers),
        credentials=list(application.credentials),
        is_confirmed=application.terms_version == terms.opportunity.terms_version,
        offers=[_offer(one) for one in application.offers],
        assessment=_assessment(application),
        interview=_interview(application),
        outcome=_outcome(application),
        contract_id=application.contract_id or None,
        may_talk=may_talk(application),
        next=_next(application, terms),
        allowed_actions=_actions(application, terms, by),
        history=_past(application),
    )


def _actions(application: Application, terms: Terms, by: By) -> list[ActionShown]:
    following = next_of(application, terms.opportunity, terms.settings)
    shown = []
    for one in application_actions(application, terms, by):
        if one.event in _OF_SYSTEM:
            continue
        action = _action(one, following.actor)
        if one.event == ApplicationEvent.ACCEPT and not one.allowed and not terms.may_accept.is_given:
            words = {"reason": terms.may_accept.reason, "next_actor": terms.may_accept.next_actor}
            action = action.model_copy(update=words)
        shown.append(action)
    return shown


def _action(action: AllowedAction, next_actor: str) -> ActionShown:
    return ActionShown(
        action=str(action.event),
        allowed=action.allowed,
        reason=action.reason,
        next_actor=None if action.allowed else next_actor,
    )


def _next(application: Application, terms: Terms) -> NextShown:
    found = next_of(application, terms.opportunity, terms.settings)
    return NextShown(actor=found.actor, says=found.says, by_ms=found.by_ms, then=found.then)


def _offer(offer: Offer) -> OfferShown:
    return OfferShown(
        offer_id=offer.id,
        parent_id=offer.parent_id,
        by=offer.by.value,
        terms=offer.terms,
        terms_sha256=offer.terms_sha256,
        pay_minor=offer.terms.pay.minor,
        currency=offer.terms.currency,
        note=offer.note,
        state=offer.state.value,
        at_ms=offer.at_ms,
        expires_at_ms=offer.expires_at_ms,
        ended_at_ms=offer.ended_at_ms or None,
    )


def _assessment(application: Application) -> AssessmentShown | None:
    found = application.assessment
    if found is None:
        return None
    return AssessmentShown(
        missing=list(found.missing),
        asked_at_ms=found.asked_at_ms,
        until_ms=found.until_ms,
        is_on_its_way=found.is_on_its_way,
    )


def _outcome(application: Application) -> OutcomeShown | None:
    found = application.outcome
    if found is None:
        return None
    return OutcomeShown(code=found.code.value, says=REASON_WORDS[found.code], text=found.text, at_ms=found.at_ms)


def _interview(application: Application) -> InterviewShown | None:
    found = application.interview
    if found is None or application.state is not ApplicationState.INTERVIEW:
        return None
    return InterviewShown(text=found.text, at_ms=found.at_ms or None, asked_at_ms=found.asked_at_ms)


def _past(application: Application) -> list[PastShown]:
    return [
        PastShown(at_ms=one.at_ms, event=one.event, state=one.state.value, actor=one.actor)
        for one in application.history
    ]
