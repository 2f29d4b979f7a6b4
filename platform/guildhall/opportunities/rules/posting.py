"""What clients and administrators decide about an opportunity. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import Wanted, follow
from guildhall.kit.leases import GIVEN_BACK
from guildhall.opportunities.lifecycle import KNOWN_POSTINGS, OPEN_POSTINGS, POSTING, PostingEvent, PostingState
from guildhall.opportunities.model.postings import INVITED_MAX, FollowUpKind, Opportunity, Posting, PostingEdit
from guildhall.opportunities.rules import telling
from guildhall.opportunities.rules.moving import (
    DAY_MS,
    NO_REVIEW,
    By,
    Reviewing,
    audited,
    move_posting,
    posting_facts,
    timed_posting,
)
from guildhall.opportunities.rules.searching import rank_of
from guildhall.opportunities.settings import OpportunitySettings

_LOOKED_AT = ("title", "description", "kind", "currency", "pay_from_minor", "pay_to_minor", "credentials")
"""What an administrator has read: other words, other pay or other passes are looked at again."""
_MATERIAL = ("description", "kind", "currency", "pay_from_minor", "pay_to_minor", "credentials", "questions")
"""Whoever applied for these applied for something else when one of them changes."""


_KEPT_BY: Final[Mapping[PostingEvent, Mapping[str, Any]]] = {
    PostingEvent.RELEASE: GIVEN_BACK,
    PostingEvent.APPROVE: {"was_looked_at": True},
    PostingEvent.RECALL: {"edit": None, **GIVEN_BACK},
    PostingEvent.REMOVE: {"edit": None, **GIVEN_BACK},
}
"""What else an event writes down."""


def check_posting(posting: Posting, settings: OpportunitySettings, at_ms: int) -> None:
    """Raises Invalid."""
    if posting.closes_at_ms > at_ms + settings.longest_days * DAY_MS:
        words = f"At most {settings.longest_days} days away."
        raise Invalid("The last day to apply is too far away.", fields={"closes_at_ms": words})


def edit(
    opportunity: Opportunity,
    posting: Posting,
    settings: OpportunitySettings,
    by: By,
    *,
    reviewing: Reviewing = NO_REVIEW,
) -> Opportunity:
    """Where it `needs_review`, what was looked at stays as it was until these changes have been, too.

    Raises Invalid, Conflict, MoveRefused.
    """
    check_posting(posting, settings, by.at_ms)
    if posting.positions < len(opportunity.places):
        raise Conflict(f"{len(opportunity.places)} positions are filled or promised already: there cannot be fewer.")
    waiting = opportunity.edit
    if posting == opportunity.posting:
        return opportunity if waiting is None else move(opportunity, PostingEvent.RECALL, settings, by)
    if reviewing.needs_review and opportunity.state in KNOWN_POSTINGS and _differs(_LOOKED_AT, opportunity, posting):
        if waiting is not None and waiting.posting == posting and not waiting.returned_for:
            return opportunity
        # Whoever has taken it has read something else: they take it anew.
        proposed = PostingEdit(posting=posting, at_ms=by.at_ms)
        return move_posting(
            opportunity, PostingEvent.EDIT, settings, by, reviewing=reviewing, edit=proposed, **GIVEN_BACK
        )
    return _edited(opportunity, PostingEvent.EDIT, posting, settings, by)


def _edited(
    opportunity: Opportunity,
    event: PostingEvent,
    posting: Posting,
    settings: OpportunitySettings,
    by: By,
    reviewing: Reviewing = NO_REVIEW,
) -> Opportunity:
    """As everybody reads it from now on; whoever applied for something else is told."""
    is_new_to_applicants = opportunity.state is not PostingState.DRAFT and _differs(_MATERIAL, opportunity, posting)
    changed = move_posting(
        opportunity,
        event,
        settings,
        by,
        reviewing=reviewing,
        posting=posting,
        edit=None,
        terms_version=opportunity.terms_version + is_new_to_applicants,
        **GIVEN_BACK,
    )
    wanted: list[Wanted] = [(FollowUpKind.LIST, {})]
    return follow(changed, by.at_ms, *wanted, *([telling.terms_changed(changed)] if is_new_to_applicants else []))


def _differs(names: tuple[str, ...], opportunity: Opportunity, posting: Posting) -> bool:
    return any(getattr(opportunity.posting, name) != getattr(posting, name) for name in names)


def decide_edit(
    opportunity: Opportunity,
    event: PostingEvent,
    settings: OpportunitySettings,
    by: By,
    reason: str,
    reviewing: Reviewing,
) -> Opportunity:
    """An administrator's, about changes of what is known: APPROVE or RETURN. Raises MoveRefused."""
    edit = opportunity.edit
    if edit is None:
        return move_posting(opportunity, event, settings, by, reason, reviewing=reviewing)  # which says why not
    if event is PostingEvent.RETURN:
        kept = edit.model_copy(update={"returned_for": reason})
        returned = move_posting(opportunity, event, settings, by, reason, reviewing=reviewing, edit=kept, **GIVEN_BACK)
        return follow(returned, by.at_ms, audited(by, event.value), telling.edit_returned(returned, reason))
    # Positions may have been promised since.
    positions = max(edit.posting.positions, len(opportunity.places))
    posting = edit.posting.model_copy(update={"positions": positions})
    changed = _edited(opportunity, event, posting, settings, by, reviewing)
    changed = changed.model_copy(update={"was_looked_at": True})
    return follow(changed, by.at_ms, audited(by, event.value), telling.edit_approved(changed))


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
    if event in {PostingEvent.APPROVE, PostingEvent.RETURN} and opportunity.state in KNOWN_POSTINGS:
        return decide_edit(opportunity, event, settings, by, reason, reviewing)
    moved = move_posting(opportunity, event, settings, by, reason, reviewing=reviewing)
    moved = timed_posting(moved.model_copy(update=_KEPT_BY.get(event, {})))
    is_new = opportunity.state not in {PostingState.PAUSED, PostingState.PUBLISHED}
    if moved.state is PostingState.PUBLISHED and is_new:
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
