"""A dispute about one milestone. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.gigs.lifecycle.actors import BOTH, STAFF, SYSTEM, guard
from guildhall.kit.lifecycle import Machine, Move


class DisputeState(StrEnum):
    AWAITING_RESPONSE = "awaiting_response"
    EVIDENCE = "evidence"
    PROPOSAL = "proposal"  # a division was proposed, and waits for those it asks
    ESCALATED = "escalated"  # the staff decide
    DECISION_PROPOSED = "decision_proposed"  # waits for a second person
    DECIDED = "decided"  # can be appealed against once
    CLOSED = "closed"
    SETTLED = "settled"  # both agreed
    WITHDRAWN = "withdrawn"


DISPUTE_OVER: Final = frozenset({DisputeState.CLOSED, DisputeState.SETTLED, DisputeState.WITHDRAWN})


class DisputeEvent(StrEnum):
    CONCEDE = "concede"  # the other side agrees to what is claimed
    ANSWER = "answer"
    ADD_EVIDENCE = "add_evidence"
    PROPOSE = "propose"
    ACCEPT = "accept"
    ESCALATE = "escalate"
    SILENCE = "silence"
    DECIDE = "decide"
    CONFIRM = "confirm"
    OVERRULE = "overrule"
    ACCEPT_DECISION = "accept_decision"
    APPEAL = "appeal"
    CLOSE = "close"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    is_opener: bool = False
    is_party: bool = False
    """Of the staff: an account of one of the two sides."""
    is_asked: bool = True
    """The proposal that stands waits for this side's answer."""
    is_last_to_accept: bool = True
    has_mediated: bool = False
    has_decided: bool = False
    """Took part in the decision that was appealed against, or in this one's first half."""
    needs_second: bool = False
    is_time_over: bool = True
    may_appeal: bool = True


_RESPONDS: Final = guard("is_other_side", lambda f: not f.is_opener, "it is for the other side to answer")
_OPENER: Final = guard("has_opened_it", lambda f: f.is_opener, "whoever opened it can withdraw it")
_ASKED_LAST: Final = guard(
    "is_asked_and_last", lambda f: f.is_asked and f.is_last_to_accept, "the proposal waits for the other side"
)
_ASKED: Final = guard("is_asked", lambda f: f.is_asked, "the proposal waits for the other side")
_NEUTRAL: Final = guard("is_no_party", lambda f: not f.is_party, "nobody mediates in their own matter")
_DECIDES_ALONE: Final = guard(
    "decides_alone",
    lambda f: not (f.is_party or f.has_mediated or f.has_decided or f.needs_second),
    "who mediated or decided before, or is a party, does not decide",
)
_DECIDES: Final = guard(
    "may_decide",
    lambda f: not (f.is_party or f.has_mediated or f.has_decided),
    "who mediated or decided before, or is a party, does not decide",
)
_CONFIRMS: Final = guard(
    "is_second_person",
    lambda f: not (f.is_party or f.has_mediated or f.has_decided),
    "it takes a second person, who is no party and has not mediated",
)
_TIME_OVER: Final = guard("time_is_over", lambda f: f.is_time_over, "there is time left")
_LAST_CONTENT: Final = guard("other_side_is_content", lambda f: f.is_last_to_accept, "the other side has not accepted")
_APPEALS: Final = guard("may_appeal", lambda f: f.may_appeal, "one appeal is possible, within ten days")
_D, _W = DisputeState, DisputeEvent
_TALKING: Final = (_D.AWAITING_RESPONSE, _D.EVIDENCE, _D.PROPOSAL, _D.ESCALATED)

DISPUTE: Machine[DisputeState] = Machine(
    name="dispute",
    states=DisputeState,
    initial=DisputeState.AWAITING_RESPONSE,
    final=DISPUTE_OVER,
    moves=(
        Move(_W.CONCEDE, frozenset({_D.AWAITING_RESPONSE}), _D.SETTLED, BOTH, _RESPONDS, ("resolve", "tell_both")),
        Move(_W.ANSWER, frozenset({_D.AWAITING_RESPONSE}), _D.EVIDENCE, BOTH, _RESPONDS, ("tell_other_side",)),
        *(Move(_W.ADD_EVIDENCE, frozenset({s}), s, BOTH, effects=("tell_other_side",)) for s in _TALKING),
        Move(_W.PROPOSE, frozenset({_D.EVIDENCE, _D.PROPOSAL}), _D.PROPOSAL, BOTH, effects=("tell_other_side",)),
        Move(_W.PROPOSE, frozenset({_D.AWAITING_RESPONSE}), _D.PROPOSAL, BOTH, _RESPONDS, ("tell_other_side",)),
        Move(_W.PROPOSE, frozenset({_D.EVIDENCE, _D.PROPOSAL}), _D.PROPOSAL, STAFF, _NEUTRAL, ("tell_both",)),
        Move(_W.ACCEPT, frozenset({_D.PROPOSAL}), _D.SETTLED, BOTH, _ASKED_LAST, ("resolve", "tell_both")),
        Move(_W.ACCEPT, frozenset({_D.PROPOSAL}), _D.PROPOSAL, BOTH, _ASKED, ("tell_other_side",)),
        Move(_W.ESCALATE, frozenset({_D.EVIDENCE, _D.PROPOSAL}), _D.ESCALATED, BOTH, effects=("tell_both",)),
        Move(_W.SILENCE, frozenset({_D.AWAITING_RESPONSE}), _D.EVIDENCE, SYSTEM, _TIME_OVER, ("tell_both",)),
        Move(_W.SILENCE, frozenset({_D.EVIDENCE, _D.PROPOSAL}), _D.ESCALATED, SYSTEM, _TIME_OVER, ("tell_both",)),
        Move(_W.DECIDE, frozenset({_D.ESCALATED}), _D.DECIDED, STAFF, _DECIDES_ALONE, ("tell_both",)),
        Move(_W.DECIDE, frozenset({_D.ESCALATED}), _D.DECISION_PROPOSED, STAFF, _DECIDES),
        Move(_W.CONFIRM, frozenset({_D.DECISION_PROPOSED}), _D.DECIDED, STAFF, _CONFIRMS, ("tell_both",)),
        Move(_W.OVERRULE, frozenset({_D.DECISION_PROPOSED}), _D.ESCALATED, STAFF, _CONFIRMS),
        Move(_W.ACCEPT_DECISION, frozenset({_D.DECIDED}), _D.CLOSED, BOTH, _LAST_CONTENT, ("resolve", "tell_both")),
        Move(_W.ACCEPT_DECISION, frozenset({_D.DECIDED}), _D.DECIDED, BOTH, effects=("tell_other_side",)),
        Move(_W.APPEAL, frozenset({_D.DECIDED}), _D.ESCALATED, BOTH, _APPEALS, ("tell_both",)),
        Move(_W.CLOSE, frozenset({_D.DECIDED}), _D.CLOSED, SYSTEM, _TIME_OVER, ("resolve", "tell_both")),
        Move(_W.WITHDRAW, frozenset(_TALKING), _D.WITHDRAWN, BOTH, _OPENER, ("drop", "tell_both")),
    ),
)
