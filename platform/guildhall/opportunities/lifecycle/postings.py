"""The machine of what a client posts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Machine, Move
from guildhall.opportunities.lifecycle.actors import ADMIN, CLIENT, SYSTEM, guard


class PostingState(StrEnum):
    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"  # an administrator looks before anybody else does
    PUBLISHED = "published"
    PAUSED = "paused"  # not listed; whoever applied stays
    FILLED = "filled"
    CLOSED = "closed"
    EXPIRED = "expired"
    REMOVED = "removed"  # by an administrator, with a reason


KNOWN_POSTINGS: Final = (
    PostingState.PUBLISHED,
    PostingState.PAUSED,
    PostingState.FILLED,
    PostingState.CLOSED,
    PostingState.EXPIRED,
)
"""Others have read them."""
OPEN_POSTINGS: Final = frozenset({PostingState.PUBLISHED, PostingState.PAUSED})
OVER_POSTINGS: Final = frozenset({PostingState.CLOSED, PostingState.EXPIRED, PostingState.REMOVED})


class PostingEvent(StrEnum):
    EDIT = "edit"
    PUBLISH = "publish"
    RECALL = "recall"
    CLAIM = "claim"
    RELEASE = "release"
    APPROVE = "approve"
    RETURN = "return"
    PAUSE = "pause"
    RESUME = "resume"
    FILL = "fill"
    REOPEN = "reopen"
    CLOSE = "close"
    EXPIRE = "expire"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """What the guards look at; as it stands, everything is favourable."""

    is_time_left: bool = True
    is_full: bool = True
    has_free_place: bool = True
    has_places_out: bool = False
    """Offers that were made and are not answered."""
    is_reopenable: bool = True
    is_over: bool = True
    needs_review: bool = False
    is_free_to_review: bool = True
    """Nobody else has taken it, and it is of none of the reviewer's own organisations."""
    holds_lease: bool = True
    has_edit: bool = True
    """Changes of what is known already wait to be looked at."""
    is_edit_recallable: bool = True
    """They wait, or were returned."""


_TIME_LEFT: Final = guard(
    "time_is_left", lambda facts: facts.is_time_left, "its last day to apply has to be yet to come"
)
_TO_REVIEW: Final = guard(
    "needs_review_and_time_is_left",
    lambda facts: facts.needs_review and facts.is_time_left,
    "its last day to apply has to be yet to come",
)
_TO_PUBLISH: Final = guard(
    "needs_no_review_and_time_is_left",
    lambda facts: not facts.needs_review and facts.is_time_left,
    "its last day to apply has to be yet to come",
)
_FREE: Final = guard(
    "is_free_to_review",
    lambda facts: facts.is_free_to_review,
    "somebody else has taken it, or it is of an organisation of your own",
)
_HELD: Final = guard("holds_lease", lambda facts: facts.holds_lease, "take it first: only its reviewer decides")
_APPROVABLE: Final = guard(
    "holds_lease_and_time_is_left",
    lambda facts: facts.holds_lease and facts.is_time_left,
    "only its reviewer decides, and its last day to apply has to be yet to come",
)
_LOOKED_AT_AGAIN: Final = guard("needs_review", lambda facts: facts.needs_review, "nobody looks at these changes")
_EDIT_FREE: Final = guard(
    "has_edit_and_is_free_to_review",
    lambda facts: facts.has_edit and facts.is_free_to_review,
    "no changes wait, somebody else has taken them, or they are of an organisation of your own",
)
_EDIT_HELD: Final = guard(
    "has_edit_and_holds_lease",
    lambda facts: facts.has_edit and facts.holds_lease,
    "take the changes first: only their reviewer decides",
)
_EDITED: Final = guard(
    "has_edit", lambda facts: facts.is_edit_recallable, "there are no changes that wait or were returned"
)
_FULL: Final = guard("all_places_are_filled", lambda facts: facts.is_full, "there are free positions")
_REOPENABLE: Final = guard(
    "may_be_reopened",
    lambda facts: facts.is_reopenable and facts.has_free_place and facts.is_time_left,
    "it needs a free position and a last day that is yet to come, and not too much time gone by",
)
_NO_OFFERS_OUT: Final = guard(
    "no_offer_is_out", lambda facts: not facts.has_places_out, "an offer waits for its answer: withdraw it first"
)
_OVER: Final = guard("its_time_is_over", lambda facts: facts.is_over, "its last day to apply is yet to come")
_P, _E = PostingState, PostingEvent

POSTING: Machine[PostingState] = Machine(
    name="opportunity",
    states=PostingState,
    initial=PostingState.DRAFT,
    final=frozenset({PostingState.REMOVED}),
    moves=(
        Move(_E.EDIT, frozenset({_P.DRAFT}), _P.DRAFT, CLIENT),
        # What is known already stays as it was until somebody has looked at the changes, where the house wants it so.
        *(
            Move(event, frozenset({state}), state, who, why, effects)
            for state in KNOWN_POSTINGS
            for event, who, why, effects in (
                (_E.EDIT, CLIENT, _LOOKED_AT_AGAIN, ("keep_changes",)),
                (_E.EDIT, CLIENT, None, ("tell_applicants",)),
                (_E.RECALL, CLIENT, _EDITED, ("drop_changes",)),
                (_E.CLAIM, ADMIN, _EDIT_FREE, ("lease",)),
                (_E.RELEASE, ADMIN, _EDIT_HELD, ()),
                (_E.APPROVE, ADMIN, _EDIT_HELD, ("list", "tell_applicants", "tell_client")),
                (_E.RETURN, ADMIN, _EDIT_HELD, ("tell_client",)),
            )
        ),
        Move(_E.PUBLISH, frozenset({_P.DRAFT}), _P.PENDING_REVIEW, CLIENT, _TO_REVIEW),
        Move(_E.PUBLISH, frozenset({_P.DRAFT}), _P.PUBLISHED, CLIENT, _TO_PUBLISH, ("list",)),
        Move(_E.RECALL, frozenset({_P.PENDING_REVIEW}), _P.DRAFT, CLIENT),
        Move(_E.CLAIM, frozenset({_P.PENDING_REVIEW}), _P.PENDING_REVIEW, ADMIN, _FREE, ("lease",)),
        Move(_E.RELEASE, frozenset({_P.PENDING_REVIEW}), _P.PENDING_REVIEW, ADMIN, _HELD),
        Move(_E.APPROVE, frozenset({_P.PENDING_REVIEW}), _P.PUBLISHED, ADMIN, _APPROVABLE, ("list", "tell_client")),
        Move(_E.RETURN, frozenset({_P.PENDING_REVIEW}), _P.DRAFT, ADMIN, _HELD, ("tell_client",)),
        Move(_E.PAUSE, frozenset({_P.PUBLISHED}), _P.PAUSED, CLIENT, effects=("list",)),
        Move(_E.RESUME, frozenset({_P.PAUSED}), _P.PUBLISHED, CLIENT, _TIME_LEFT, ("list",)),
        Move(_E.FILL, OPEN_POSTINGS, _P.FILLED, SYSTEM, _FULL, ("list", "tell_applicants")),
        Move(_E.REOPEN, frozenset({_P.FILLED, _P.CLOSED, _P.EXPIRED}), _P.PUBLISHED, CLIENT, _REOPENABLE, ("list",)),
        Move(
            _E.CLOSE, OPEN_POSTINGS | {_P.FILLED, _P.EXPIRED}, _P.CLOSED, CLIENT, _NO_OFFERS_OUT, ("list", "answer_all")
        ),
        Move(_E.EXPIRE, OPEN_POSTINGS, _P.EXPIRED, SYSTEM, _OVER, ("list",)),
        Move(_E.REMOVE, frozenset(_P) - {_P.REMOVED}, _P.REMOVED, ADMIN, effects=("list", "answer_all")),
    ),
)
