"""The machine of an application: looked at, examined, interviewed, offered and decided about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Machine, Move
from guildhall.opportunities.lifecycle.actors import AGENT, BOTH, CLIENT, SYSTEM, guard


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
    REMIND_INTERVIEW = "remind_interview"
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
    is_interview_near: bool = True


_APPLICABLE: Final = guard(
    "is_open_and_may_apply",
    lambda facts: facts.is_posting_open and facts.may_apply,
    "it takes no applications now, or something has to be done in your onboarding first",
)
_UNCONFIRMED: Final = guard(
    "terms_have_changed", lambda facts: not facts.is_confirmed, "the terms are those that were applied for"
)
_OFFERABLE: Final = guard(
    "is_open_confirmed_and_has_place",
    lambda facts: facts.is_posting_open and facts.is_confirmed and facts.has_place,
    "it needs an open opportunity with a free position, and an applicant who knows its terms as they are now",
)
_TURN: Final = guard(
    "is_my_turn",
    lambda facts: facts.is_my_turn and facts.is_offer_alive,
    "it is for the other side to answer, or the offer has run out",
)
_COUNTERABLE: Final = guard(
    "is_my_turn_and_chain_is_short",
    lambda facts: facts.is_my_turn and facts.is_offer_alive and facts.can_counter,
    "it is for the other side to answer, the offer has run out, or there were too many counter-offers",
)
_ACCEPTABLE: Final = guard(
    "is_my_turn_and_may_accept",
    lambda facts: facts.is_my_turn and facts.is_offer_alive and facts.may_accept,
    "it is for the other side to answer, the offer has run out, or something has to be done in the onboarding first",
)
_OWN_OFFER: Final = guard(
    "has_made_offer", lambda facts: facts.has_made_offer, "the offer is not yours: decline it instead"
)
_OFFER_OVER: Final = guard("offer_is_over", lambda facts: facts.is_offer_over, "the offer still stands")
_REOPENABLE_ANSWER: Final = guard(
    "may_be_taken_back",
    lambda facts: facts.is_reopenable and facts.is_posting_open,
    "a rejection can be taken back for a while, as long as the opportunity is open",
)
_LATE: Final = guard("answer_is_late", lambda facts: facts.is_late, "there is time left to answer")
_OVERDUE: Final = guard("answer_is_overdue", lambda facts: facts.is_answer_overdue, "there is time left to answer")
_LACKS_PASS: Final = guard(
    "lacks_a_pass", lambda facts: facts.lacks_pass, "no pass is asked for that they lack and that there is an exam for"
)
_AWAITED: Final = "a pass that is asked for is not there yet"
_PASSED_SHORTLISTED: Final = guard(
    "has_passes_and_was_shortlisted", lambda facts: facts.has_passes and facts.was_shortlisted, _AWAITED
)
_PASSED: Final = guard("has_passes", lambda facts: facts.has_passes, _AWAITED)
_FAILED: Final = guard(
    "has_failed", lambda facts: facts.has_failed, "the exam can be sat, is being sat or marked, or was passed"
)
_ASSESSMENT_OVER: Final = guard(
    "time_for_the_exam_is_over",
    lambda facts: facts.is_assessment_over,
    "there is time left for the exam, or it is being sat or marked",
)
_NEAR: Final = guard(
    "interview_is_near", lambda facts: facts.is_interview_near, "no interview is near, or both were reminded of it"
)
_Q, _V = ApplicationState, ApplicationEvent

APPLICATION: Machine[ApplicationState] = Machine(
    name="application",
    states=ApplicationState,
    initial=ApplicationState.SUBMITTED,
    final=frozenset({ApplicationState.HIRED}),
    moves=(
        Move(_V.APPLY_AGAIN, frozenset({_Q.WITHDRAWN, _Q.EXPIRED}), _Q.SUBMITTED, AGENT, _APPLICABLE, ("tell_client",)),
        *(
            Move(_V.CONFIRM, frozenset({state}), state, AGENT, _UNCONFIRMED)
            for state in sorted(CONSIDERED | {_Q.ASSESSMENT})
        ),
        Move(
            _V.REQUIRE_ASSESSMENT,
            frozenset({_Q.SUBMITTED, _Q.SHORTLISTED}),
            _Q.ASSESSMENT,
            CLIENT | SYSTEM,
            _LACKS_PASS,
            ("invite_to_exam", "tell_agent"),
        ),
        Move(
            _V.ASSESSMENT_PASSED,
            frozenset({_Q.ASSESSMENT}),
            _Q.SHORTLISTED,
            SYSTEM,
            _PASSED_SHORTLISTED,
            ("tell_both_sides",),
        ),
        Move(_V.ASSESSMENT_PASSED, frozenset({_Q.ASSESSMENT}), _Q.SUBMITTED, SYSTEM, _PASSED, ("tell_both_sides",)),
        Move(_V.ASSESSMENT_FAILED, frozenset({_Q.ASSESSMENT}), _Q.REJECTED, SYSTEM, _FAILED, ("tell_agent",)),
        Move(_V.ASSESSMENT_LATE, frozenset({_Q.ASSESSMENT}), _Q.EXPIRED, SYSTEM, _ASSESSMENT_OVER, ("tell_agent",)),
        Move(_V.SHORTLIST, frozenset({_Q.SUBMITTED}), _Q.SHORTLISTED, CLIENT, effects=("tell_agent",)),
        Move(_V.UNSHORTLIST, frozenset({_Q.SHORTLISTED}), _Q.SUBMITTED, CLIENT),
        Move(_V.INVITE, CONSIDERED, _Q.INTERVIEW, CLIENT, effects=("tell_agent",)),
        Move(_V.END_INTERVIEW, frozenset({_Q.INTERVIEW}), _Q.SHORTLISTED, CLIENT),
        Move(_V.REMIND_INTERVIEW, frozenset({_Q.INTERVIEW}), _Q.INTERVIEW, SYSTEM, _NEAR, ("tell_both_sides",)),
        Move(_V.OFFER, CONSIDERED, _Q.OFFERED, CLIENT, _OFFERABLE, ("tell_agent",)),
        Move(_V.COUNTER, frozenset({_Q.OFFERED}), _Q.OFFERED, BOTH, _COUNTERABLE, ("tell_other_side",)),
        Move(_V.ACCEPT, frozenset({_Q.OFFERED}), _Q.HIRED, BOTH, _ACCEPTABLE, ("fill_place", "open_contract")),
        Move(_V.DECLINE, frozenset({_Q.OFFERED}), _Q.SHORTLISTED, BOTH, _TURN, ("free_place", "tell_other_side")),
        Move(
            _V.WITHDRAW_OFFER,
            frozenset({_Q.OFFERED}),
            _Q.SHORTLISTED,
            BOTH,
            _OWN_OFFER,
            ("free_place", "tell_other_side"),
        ),
        Move(
            _V.OFFER_EXPIRED,
            frozenset({_Q.OFFERED}),
            _Q.SHORTLISTED,
            SYSTEM,
            _OFFER_OVER,
            ("free_place", "tell_both_sides"),
        ),
        Move(_V.REJECT, CONSIDERED | {_Q.ASSESSMENT}, _Q.REJECTED, CLIENT | SYSTEM, effects=("tell_agent",)),
        Move(_V.REJECT, frozenset({_Q.OFFERED}), _Q.REJECTED, SYSTEM, effects=("free_place", "tell_agent")),
        Move(_V.REOPEN, frozenset({_Q.REJECTED}), _Q.SHORTLISTED, CLIENT, _REOPENABLE_ANSWER, ("ask_agent",)),
        Move(_V.WITHDRAW, CONSIDERED | {_Q.ASSESSMENT}, _Q.WITHDRAWN, AGENT, effects=("tell_client",)),
        Move(_V.WITHDRAW, frozenset({_Q.OFFERED}), _Q.WITHDRAWN, AGENT, effects=("free_place", "tell_client")),
        Move(_V.ANSWER_LATE, frozenset({_Q.SUBMITTED}), _Q.SUBMITTED, SYSTEM, _LATE, ("remind_client",)),
        Move(_V.NO_ANSWER, frozenset({_Q.SUBMITTED}), _Q.EXPIRED, SYSTEM, _OVERDUE, ("tell_agent",)),
    ),
)
