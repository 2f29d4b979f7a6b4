"""The review of one session's flags: two people before any penalty, a third for the appeal.

`rules/reviewing.py` moves a review by this table, `service/review_following.py` carries out what follows.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class ReviewActor(StrEnum):
    REVIEWER = "reviewer"
    CANDIDATE = "candidate"
    SYSTEM = "system"


class ReviewState(StrEnum):
    QUEUED = "queued"
    IN_REVIEW = "in_review"
    AWAITING_SECOND = "awaiting_second"  # a penalty is proposed and not in force
    IN_SECOND_REVIEW = "in_second_review"
    CLEARED = "cleared"
    PENALISED = "penalised"  # two people agreed; the candidate may contest it for a while
    CONTESTED = "contested"
    IN_APPEAL = "in_appeal"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


class ReviewEvent(StrEnum):
    CLAIM = "claim"
    RENEW = "renew"
    LEAVE = "leave"
    LAPSE = "lapse"
    JUDGE = "judge"  # uphold or dismiss one flag
    CLEAR = "clear"
    PENALISE = "penalise"
    CONTEST = "contest"
    CLOSE = "close"
    CONFIRM = "confirm"
    OVERTURN = "overturn"


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the guards look at; `rules/reviewing.py` gathers it from the document."""

    is_impartial: bool = False  # neither decided in this case before, nor raised one of its flags by hand
    is_holder: bool = False  # has the case, and the lease is not over
    is_lease_over: bool = False
    is_all_judged: bool = False
    has_upheld: bool = False
    is_agreed: bool = False  # a flag that this person upholds was upheld by the first reviewer as well
    is_in_period: bool = False  # in which the candidate may contest


_NO_UPHELD_LEFT: Final = "every flag has to be dismissed first, by whoever has the case"
_ONE_UPHELD: Final = "every flag has to be judged first and one upheld, by whoever has the case"
_IMPARTIAL: Final = Guard(
    "is_impartial",
    lambda facts: facts.is_impartial,
    "whoever decided in this case before, or raised one of its flags, cannot decide again",
)
_FREE: Final = Guard(
    "lease_is_over", lambda facts: facts.is_lease_over and facts.is_impartial, "another reviewer has this case"
)
_HOLDER: Final = Guard("is_holder", lambda facts: facts.is_holder, "another reviewer has this case, or your time is up")
_OVER: Final = Guard("lease_is_over", lambda facts: facts.is_lease_over, "the lease is not over")
_ALL_DISMISSED: Final = Guard(
    "all_dismissed",
    lambda facts: facts.is_holder and facts.is_all_judged and not facts.has_upheld,
    _NO_UPHELD_LEFT,
)
_UPHELD: Final = Guard(
    "one_upheld", lambda facts: facts.is_holder and facts.is_all_judged and facts.has_upheld, _ONE_UPHELD
)
# Its refusal says the same as the one above: the second reviewer must not learn from it what the first one decided.
_AGREED: Final = Guard(
    "two_agree",
    lambda facts: facts.is_holder and facts.is_all_judged and facts.has_upheld and facts.is_agreed,
    _ONE_UPHELD,
)
_IN_PERIOD: Final = Guard("is_in_period", lambda facts: facts.is_in_period, "the time to contest is over")
_PERIOD_OVER: Final = Guard("period_is_over", lambda facts: not facts.is_in_period, "it can still be contested")

_BY_REVIEWER, _BY_CANDIDATE, _BY_SYSTEM = (frozenset({actor}) for actor in ReviewActor)
_S, _E = ReviewState, ReviewEvent
WAITING: Final = {
    _S.QUEUED: _S.IN_REVIEW,
    _S.AWAITING_SECOND: _S.IN_SECOND_REVIEW,
    _S.CONTESTED: _S.IN_APPEAL,
}
"""What waits for a person, and what it is while it has one."""


def _leased(waiting: ReviewState, held: ReviewState) -> tuple[Move[ReviewState], ...]:
    wait, hold = frozenset({waiting}), frozenset({held})
    return (
        Move(_E.CLAIM, wait, held, _BY_REVIEWER, guard=_IMPARTIAL),
        Move(_E.CLAIM, hold, held, _BY_REVIEWER, guard=_FREE),
        Move(_E.RENEW, hold, held, _BY_REVIEWER, guard=_HOLDER),
        Move(_E.LEAVE, hold, waiting, _BY_REVIEWER, guard=_HOLDER),
        Move(_E.LAPSE, hold, waiting, _BY_SYSTEM, guard=_OVER),
    )


_FIRST, _SECOND, _APPEAL = (frozenset({state}) for state in WAITING.values())

REVIEW: Machine[ReviewState] = Machine(
    name="review",
    states=ReviewState,
    initial=ReviewState.QUEUED,
    final=frozenset({_S.CLEARED, _S.CONFIRMED, _S.OVERTURNED}),
    moves=(
        *(row for waiting, held in WAITING.items() for row in _leased(waiting, held)),
        Move(_E.JUDGE, _FIRST, _S.IN_REVIEW, _BY_REVIEWER, guard=_HOLDER),
        Move(_E.CLEAR, _FIRST, _S.CLEARED, _BY_REVIEWER, guard=_ALL_DISMISSED),
        Move(_E.PENALISE, _FIRST, _S.AWAITING_SECOND, _BY_REVIEWER, guard=_UPHELD),
        Move(_E.JUDGE, _SECOND, _S.IN_SECOND_REVIEW, _BY_REVIEWER, guard=_HOLDER),
        Move(_E.CLEAR, _SECOND, _S.CLEARED, _BY_REVIEWER, guard=_ALL_DISMISSED),
        Move(_E.PENALISE, _SECOND, _S.PENALISED, _BY_REVIEWER, guard=_AGREED),
        # Two people who uphold different flags agree on none of them: in doubt for the candidate.
        Move(_E.PENALISE, _SECOND, _S.CLEARED, _BY_REVIEWER, guard=_UPHELD),
        Move(_E.CONTEST, frozenset({_S.PENALISED}), _S.CONTESTED, _BY_CANDIDATE, guard=_IN_PERIOD),
        Move(_E.CLOSE, frozenset({_S.PENALISED}), _S.CONFIRMED, _BY_SYSTEM, guard=_PERIOD_OVER),
        Move(_E.CONFIRM, _APPEAL, _S.CONFIRMED, _BY_REVIEWER, guard=_HOLDER),
        Move(_E.OVERTURN, _APPEAL, _S.OVERTURNED, _BY_REVIEWER, guard=_HOLDER),
    ),
)
