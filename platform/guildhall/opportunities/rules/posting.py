"""What clients and administrators decide about an opportunity. Pure."""

from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import Wanted, follow
from guildhall.kit.leases import GIVEN_BACK
from guildhall.opportunities.lifecycle import OPEN_POSTINGS, POSTING, PostingEvent, PostingState
from guildhall.opportunities.model.postings import INVITED_MAX, FollowUpKind, Opportunity, Posting
from guildhall.opportunities.rules import telling
from guildhall.opportunities.rules.moving import DAY_MS, NO_REVIEW, By, Reviewing, audited, move_posting, posting_facts
from guildhall.opportunities.rules.searching import rank_of
from guildhall.opportunities.settings import OpportunitySettings

_MATERIAL = ("description", "kind", "currency", "pay_from_minor", "pay_to_minor", "credentials", "questions")
"""Whoever applied for these applied for something else when one of them changes."""


def check_posting(posting: Posting, settings: OpportunitySettings, at_ms: int) -> None:
    """Raises Invalid."""
    if posting.closes_at_ms > at_ms + settings.longest_days * DAY_MS:
        words = f"At most {settings.longest_days} days away."
        raise Invalid("The last day to apply is too far away.", fields={"closes_at_ms": words})


def edit(opportunity: Opportunity, posting: Posting, settings: OpportunitySettings, by: By) -> Opportunity:
    """Raises Invalid, Conflict, MoveRefused."""
    check_posting(posting, settings, by.at_ms)
    if posting.positions < len(opportunity.places):
        raise Conflict(f"{len(opportunity.places)} positions are filled or promised already: there cannot be fewer.")
    if posting == opportunity.posting:
        return opportunity
    before = opportunity.posting
    is_material = any(getattr(before, name) != getattr(posting, name) for name in _MATERIAL)
    is_known = opportunity.state is not PostingState.DRAFT
    changed = move_posting(
        opportunity,
        PostingEvent.EDIT,
        settings,
        by,
        posting=posting,
        terms_version=opportunity.terms_version + (is_material and is_known),
    )
    wanted: list[Wanted] = [(FollowUpKind.LIST, {})]
    told = telling.terms_changed(changed) if is_material and is_known else None
    return follow(changed, by.at_ms, *wanted, *([told] if told else []))


def move(
    opportunity: Opportunity,
    event: PostingEvent,
    settings: OpportunitySettings,
    by: By,
    reason: str = "",
    *,
    reviewing: Reviewing = NO_REVIEW,
) -> Opportunity:
    """Publish, recall, review, pause, resume, reopen, close or remove. Raises MoveRefused."""
    moved = move_posting(opportunity, event, settings, by, reason, reviewing=reviewing)
    if event is PostingEvent.RELEASE:
        moved = moved.model_copy(update=GIVEN_BACK)
    if moved.state is PostingState.PUBLISHED and opportunity.state is not PostingState.PAUSED:
        moved = moved.model_copy(update={"published_at_ms": by.at_ms, "rank": rank_of(by.at_ms, moved.id)})
    effects = POSTING.move(
        opportunity.state, event, by.actor, posting_facts(opportunity, settings, by, reviewing)
    ).effects
    # Why it was taken down stands in its own history: an audit entry can never be erased.
    wanted: list[Wanted] = [(FollowUpKind.LIST, {}), audited(by, event.value)]
    if "answer_all" in effects:
        wanted.append((FollowUpKind.ANSWER_ALL, {}))
    if event is PostingEvent.REMOVE:
        wanted.append(telling.posting_removed(moved, reason))
    if event is PostingEvent.APPROVE:
        wanted.append(telling.posting_approved(moved))
    if event is PostingEvent.RETURN:
        wanted.append(telling.posting_returned(moved, reason))
    if event is PostingEvent.PAUSE:
        wanted.append(telling.posting_paused(moved))
    return follow(moved, by.at_ms, *wanted)


def expire(opportunity: Opportunity, settings: OpportunitySettings, by: By) -> Opportunity:
    """Its last day to apply is over: nobody can apply any more, and whoever did is still answered."""
    if opportunity.state not in OPEN_POSTINGS or not posting_facts(opportunity, settings, by).is_over:
        return opportunity  # closed, filled, or expired by another process at this moment
    moved = move_posting(opportunity, PostingEvent.EXPIRE, settings, by)
    return follow(moved, by.at_ms, (FollowUpKind.LIST, {}), telling.posting_expired(moved))


def invite(opportunity: Opportunity, address: str, by: By) -> Opportunity:
    """Somebody with this address is told of it, once. Raises Conflict."""
    if opportunity.state is not PostingState.PUBLISHED:
        raise Conflict("Publish it first: whoever is invited is told of it at once.")
    if address in opportunity.invited:
        return opportunity
    if len(opportunity.invited) >= INVITED_MAX:
        raise Conflict(f"At most {INVITED_MAX} people are invited to one opportunity.")
    invited = opportunity.model_copy(update={"invited": (*opportunity.invited, address)})
    return follow(invited, by.at_ms, telling.invited(invited, address))
