"""The machines of opportunities: what a client posts, who applies for it, and the offers between the two."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class Actor(StrEnum):
    AGENT = "agent"
    CLIENT = "client"
    ADMIN = "admin"
    SYSTEM = "system"


def _guard(name: str, holds: Callable[[Any], bool], refusal: str) -> Guard:
    return Guard(name, holds, refusal)


_A, _C, _X, _S = (frozenset({actor}) for actor in (Actor.AGENT, Actor.CLIENT, Actor.ADMIN, Actor.SYSTEM))
_BOTH: Final = _A | _C


class PostingState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"  # not listed; whoever applied stays
    FILLED = "filled"
    CLOSED = "closed"
    EXPIRED = "expired"
    REMOVED = "removed"  # by an administrator, with a reason


OPEN_POSTINGS: Final = frozenset({PostingState.PUBLISHED, PostingState.PAUSED})
OVER_POSTINGS: Final = frozenset({PostingState.CLOSED, PostingState.EXPIRED, PostingState.REMOVED})


class PostingEvent(StrEnum):
    EDIT = "edit"
    PUBLISH = "publish"
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


_TIME_LEFT: Final = _guard(
    "time_is_left", lambda facts: facts.is_time_left, "its last day to apply has to be yet to come"
)
_FULL: Final = _guard("all_places_are_filled", lambda facts: facts.is_full, "there are free positions")
_REOPENABLE: Final = _guard(
    "may_be_reopened",
    lambda facts: facts.is_reopenable and facts.has_free_place and facts.is_time_left,
    "it needs a free position and a last day that is yet to come, and not too much time gone by",
)
_NO_OFFERS_OUT: Final = _guard(
    "no_offer_is_out", lambda facts: not facts.has_places_out, "an offer waits for its answer: withdraw it first"
)
_OVER: Final = _guard("its_time_is_over", lambda facts: facts.is_over, "its last day to apply is yet to come")
_P, _E = PostingState, PostingEvent

POSTING: Machine[PostingState] = Machine(
    name="opportunity",
    states=PostingState,
    initial=PostingState.DRAFT,
    final=frozenset({PostingState.REMOVED}),
    moves=(
        *(
            Move(_E.EDIT, frozenset({state}), state, _C, effects=() if state is _P.DRAFT else ("tell_applicants",))
            for state in (_P.DRAFT, _P.PUBLISHED, _P.PAUSED, _P.FILLED, _P.CLOSED, _P.EXPIRED)
        ),
        Move(_E.PUBLISH, frozenset({_P.DRAFT}), _P.PUBLISHED, _C, _TIME_LEFT, ("list",)),
        Move(_E.PAUSE, frozenset({_P.PUBLISHED}), _P.PAUSED, _C, effects=("list",)),
        Move(_E.RESUME, frozenset({_P.PAUSED}), _P.PUBLISHED, _C, _TIME_LEFT, ("list",)),
        Move(_E.FILL, OPEN_POSTINGS, _P.FILLED, _S, _FULL, ("list", "tell_applicants")),
        Move(_E.REOPEN, frozenset({_P.FILLED, _P.CLOSED, _P.EXPIRED}), _P.PUBLISHED, _C, _REOPENABLE, ("list",)),
        Move(_E.CLOSE, OPEN_POSTINGS | {_P.FILLED, _P.EXPIRED}, _P.CLOSED, _C, _NO_OFFERS_OUT, ("list", "answer_all")),
        Move(_E.EXPIRE, OPEN_POSTINGS, _P.EXPIRED, _S, _OVER, ("list",)),
        Move(_E.REMOVE, frozenset(_P) - {_P.REMOVED}, _P.REMOVED, _X, effects=("list", "answer_all")),
    ),
)


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    ASSESSMENT = "assessment"  # waits for a pass that is asked for
    SHORTLISTED = "shortlisted"
    INTERVIEW = "interview"  # the two talk; when, the client has said
    OFFERED = "offered"
    HIRED = "hired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # nobody answered


CONSIDERED: Final = frozenset({ApplicationState.SUBMITTED, ApplicationState.SHORTLISTED, ApplicationState.INTERVIEW})
LIVE: Final = CONSIDERED | {ApplicationState.ASSESSMENT, ApplicationState.OFFERED}
LOOKED_AT: Final = LIVE - {ApplicationState.SUBMITTED, ApplicationState.ASSESSMENT} | {ApplicationState.HIRED}
"""The client has taken a closer look: knows who it is, and talks to them."""


class ApplicationEvent(StrEnum):
    APPLY_AGAIN = "apply_again"
    CONFIRM = "confirm"  # the terms as they are now
    REQUIRE_ASSESSMENT = "require_assessment"
    ASSESSMENT_PASSED = "assessment_passed"
    ASSESSMENT_FAILED = "assessment_failed"
    ASSESSMENT_LATE = "assessment_late"
    SHORTLIST = "shortlist"
    UNSHORTLIST = "unshortlist"
    INVITE = "invite"  # to an interview, or to another time for it
    END_INTERVIEW = "end_interview"
    REJECT = "reject"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    OFFER = "offer"
    COUNTER = "counter"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW_OFFER = "withdraw_offer"
    OFFER_EXPIRED = "offer_expired"
    ANSWER_LATE = "answer_late"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    is_posting_open: bool = True
    may_apply: bool = True
    may_accept: bool = True
    is_confirmed: bool = True
    has_place: bool = True
    is_my_turn: bool = True
    """The open offer was made by the other side."""
    has_made_offer: bool = True
    is_offer_alive: bool = True
    is_offer_over: bool = True
    can_counter: bool = True
    is_reopenable: bool = True
    is_late: bool = True
    is_answer_overdue: bool = True
    lacks_pass: bool = True
    """One that is asked for, and that there is an exam for."""
    has_passes: bool = True
    was_shortlisted: bool = True
    """When the pass was asked for."""
    has_failed: bool = True
    is_assessment_over: bool = True


_APPLICABLE: Final = _guard(
    "is_open_and_may_apply",
    lambda facts: facts.is_posting_open and facts.may_apply,
    "it takes no applications now, or something has to be done in your onboarding first",
)
_UNCONFIRMED: Final = _guard(
    "terms_have_changed", lambda facts: not facts.is_confirmed, "the terms are those that were applied for"
)
_OFFERABLE: Final = _guard(
    "is_open_confirmed_and_has_place",
    lambda facts: facts.is_posting_open and facts.is_confirmed and facts.has_place,
    "it needs an open opportunity with a free position, and an applicant who knows its terms as they are now",
)
_TURN: Final = _guard(
    "is_my_turn",
    lambda facts: facts.is_my_turn and facts.is_offer_alive,
    "it is for the other side to answer, or the offer has run out",
)
_COUNTERABLE: Final = _guard(
    "is_my_turn_and_chain_is_short",
    lambda facts: facts.is_my_turn and facts.is_offer_alive and facts.can_counter,
    "it is for the other side to answer, the offer has run out, or there were too many counter-offers",
)
_ACCEPTABLE: Final = _guard(
    "is_my_turn_and_may_accept",
    lambda facts: facts.is_my_turn and facts.is_offer_alive and facts.may_accept,
    "it is for the other side to answer, the offer has run out, or something has to be done in the onboarding first",
)
_OWN_OFFER: Final = _guard(
    "has_made_offer", lambda facts: facts.has_made_offer, "the offer is not yours: decline it instead"
)
_OFFER_OVER: Final = _guard("offer_is_over", lambda facts: facts.is_offer_over, "the offer still stands")
_REOPENABLE_ANSWER: Final = _guard(
    "may_be_taken_back",
    lambda facts: facts.is_reopenable and facts.is_posting_open,
    "a rejection can be taken back for a while, as long as the opportunity is open",
)
_LATE: Final = _guard("answer_is_late", lambda facts: facts.is_late, "there is time left to answer")
_OVERDUE: Final = _guard("answer_is_overdue", lambda facts: facts.is_answer_overdue, "there is time left to answer")
_LACKS_PASS: Final = _guard(
    "lacks_a_pass", lambda facts: facts.lacks_pass, "no pass is asked for that they lack and that there is an exam for"
)
_AWAITED: Final = "a pass that is asked for is not there yet"
_PASSED_SHORTLISTED: Final = _guard(
    "has_passes_and_was_shortlisted", lambda facts: facts.has_passes and facts.was_shortlisted, _AWAITED
)
_PASSED: Final = _guard("has_passes", lambda facts: facts.has_passes, _AWAITED)
_FAILED: Final = _guard(
    "has_failed", lambda facts: facts.has_failed, "the exam can be sat, is being sat or marked, or was passed"
)
_ASSESSMENT_OVER: Final = _guard(
    "time_for_the_exam_is_over",
    lambda facts: facts.is_assessment_over,
    "there is time left for the exam, or it is being sat or marked",
)
_Q, _V = ApplicationState, ApplicationEvent

APPLICATION: Machine[ApplicationState] = Machine(
    name="application",
    states=ApplicationState,
    initial=ApplicationState.SUBMITTED,
    final=frozenset({ApplicationState.HIRED}),
    moves=(
        Move(_V.APPLY_AGAIN, frozenset({_Q.WITHDRAWN, _Q.EXPIRED}), _Q.SUBMITTED, _A, _APPLICABLE, ("tell_client",)),
        *(
            Move(_V.CONFIRM, frozenset({state}), state, _A, _UNCONFIRMED)
            for state in sorted(CONSIDERED | {_Q.ASSESSMENT})
        ),
        Move(
            _V.REQUIRE_ASSESSMENT,
            frozenset({_Q.SUBMITTED, _Q.SHORTLISTED}),
            _Q.ASSESSMENT,
            _C | _S,
            _LACKS_PASS,
            ("invite_to_exam", "tell_agent"),
        ),
        Move(
            _V.ASSESSMENT_PASSED,
            frozenset({_Q.ASSESSMENT}),
            _Q.SHORTLISTED,
            _S,
            _PASSED_SHORTLISTED,
            ("tell_both_sides",),
        ),
        Move(_V.ASSESSMENT_PASSED, frozenset({_Q.ASSESSMENT}), _Q.SUBMITTED, _S, _PASSED, ("tell_both_sides",)),
        Move(_V.ASSESSMENT_FAILED, frozenset({_Q.ASSESSMENT}), _Q.REJECTED, _S, _FAILED, ("tell_agent",)),
        Move(_V.ASSESSMENT_LATE, frozenset({_Q.ASSESSMENT}), _Q.EXPIRED, _S, _ASSESSMENT_OVER, ("tell_agent",)),
        Move(_V.SHORTLIST, frozenset({_Q.SUBMITTED}), _Q.SHORTLISTED, _C, effects=("tell_agent",)),
        Move(_V.UNSHORTLIST, frozenset({_Q.SHORTLISTED}), _Q.SUBMITTED, _C),
        Move(_V.INVITE, CONSIDERED, _Q.INTERVIEW, _C, effects=("tell_agent",)),
        Move(_V.END_INTERVIEW, frozenset({_Q.INTERVIEW}), _Q.SHORTLISTED, _C),
        Move(_V.OFFER, CONSIDERED, _Q.OFFERED, _C, _OFFERABLE, ("tell_agent",)),
        Move(_V.COUNTER, frozenset({_Q.OFFERED}), _Q.OFFERED, _BOTH, _COUNTERABLE, ("tell_other_side",)),
        Move(_V.ACCEPT, frozenset({_Q.OFFERED}), _Q.HIRED, _BOTH, _ACCEPTABLE, ("fill_place", "open_contract")),
        Move(_V.DECLINE, frozenset({_Q.OFFERED}), _Q.SHORTLISTED, _BOTH, _TURN, ("free_place", "tell_other_side")),
        Move(
            _V.WITHDRAW_OFFER,
            frozenset({_Q.OFFERED}),
            _Q.SHORTLISTED,
            _BOTH,
            _OWN_OFFER,
            ("free_place", "tell_other_side"),
        ),
        Move(
            _V.OFFER_EXPIRED,
            frozenset({_Q.OFFERED}),
            _Q.SHORTLISTED,
            _S,
            _OFFER_OVER,
            ("free_place", "tell_both_sides"),
        ),
        Move(_V.REJECT, CONSIDERED | {_Q.ASSESSMENT}, _Q.REJECTED, _C | _S, effects=("tell_agent",)),
        Move(_V.REJECT, frozenset({_Q.OFFERED}), _Q.REJECTED, _S, effects=("free_place", "tell_agent")),
        Move(_V.REOPEN, frozenset({_Q.REJECTED}), _Q.SHORTLISTED, _C, _REOPENABLE_ANSWER, ("ask_agent",)),
        Move(_V.WITHDRAW, CONSIDERED | {_Q.ASSESSMENT}, _Q.WITHDRAWN, _A, effects=("tell_client",)),
        Move(_V.WITHDRAW, frozenset({_Q.OFFERED}), _Q.WITHDRAWN, _A, effects=("free_place", "tell_client")),
        Move(_V.ANSWER_LATE, frozenset({_Q.SUBMITTED}), _Q.SUBMITTED, _S, _LATE, ("remind_client",)),
        Move(_V.NO_ANSWER, frozenset({_Q.SUBMITTED}), _Q.EXPIRED, _S, _OVERDUE, ("tell_agent",)),
    ),
)


class OfferState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    COUNTERED = "countered"


class OfferEvent(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    COUNTER = "counter"


class Side(StrEnum):
    SENDER = "sender"
    RECIPIENT = "recipient"
    SYSTEM = "system"


_SENT: Final = frozenset({OfferState.SENT})

OFFER: Machine[OfferState] = Machine(
    name="offer",
    states=OfferState,
    initial=OfferState.SENT,
    final=frozenset(OfferState) - _SENT,
    moves=(
        Move(OfferEvent.ACCEPT, _SENT, OfferState.ACCEPTED, frozenset({Side.RECIPIENT})),
        Move(OfferEvent.DECLINE, _SENT, OfferState.DECLINED, frozenset({Side.RECIPIENT})),
        Move(OfferEvent.COUNTER, _SENT, OfferState.COUNTERED, frozenset({Side.RECIPIENT})),
        Move(OfferEvent.WITHDRAW, _SENT, OfferState.WITHDRAWN, frozenset({Side.SENDER, Side.SYSTEM})),
        Move(OfferEvent.EXPIRE, _SENT, OfferState.EXPIRED, frozenset({Side.SYSTEM})),
    ),
)
