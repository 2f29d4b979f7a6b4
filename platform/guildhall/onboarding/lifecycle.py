"""The machines of onboarding: the whole of somebody's way in, and one step of it.

COMPLETED is left by one move alone, and that takes two people with a reason that the agent reads; what expires pauses
what it was for, and the state stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class Actor(StrEnum):
    AGENT = "agent"
    REVIEWER = "reviewer"
    SYSTEM = "system"


class OnboardingState(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"  # waits for a reviewer
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    REJECTION_PROPOSED = "rejection_proposed"  # waits for a second person
    COMPLETED = "completed"
    REJECTED = "rejected"
    DORMANT = "dormant"  # nothing was done for long; nothing is lost


WITH_AGENT: Final = frozenset({OnboardingState.IN_PROGRESS, OnboardingState.CHANGES_REQUESTED})
WITH_REVIEWERS: Final = frozenset(
    {OnboardingState.SUBMITTED, OnboardingState.IN_REVIEW, OnboardingState.REJECTION_PROPOSED}
)


class OnboardingEvent(StrEnum):
    START = "start"
    WORK = "work"  # on one step: save or submit it
    SUBMIT = "submit"
    RECALL = "recall"
    RESUME = "resume"
    APPEAL = "appeal"
    CLAIM = "claim"
    RELEASE = "release"
    DECIDE_STEP = "decide_step"
    WAIVE_STEP = "waive_step"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    PROPOSE_REJECTION = "propose_rejection"
    CONFIRM_REJECTION = "confirm_rejection"
    OVERRULE = "overrule"
    PROPOSE_REVOCATION = "propose_revocation"
    DROP_REVOCATION = "drop_revocation"
    REVOKE = "revoke"
    SETTLE_STEP = "settle_step"  # by an exam, or by the calendar
    REMIND = "remind"
    LAPSE = "lapse"
    GO_DORMANT = "go_dormant"


@dataclass(frozen=True, slots=True)
class OnboardingFacts:
    """What the guards look at; `rules.moving` fills it in. As it stands, everything is favourable."""

    is_account_active: bool = True
    is_step_editable: bool = True
    is_nothing_due: bool = True
    needs_review: bool = True
    may_appeal: bool = True
    is_own: bool = False
    is_barred: bool = False
    """Took part in the decision that is appealed against."""
    holds_lease: bool = True
    is_lease_over: bool = True
    has_proposed: bool = False
    is_revocation_proposed: bool = True
    has_returned_step: bool = True
    are_all_settled: bool = True
    is_idle: bool = True


_Facts = Callable[[OnboardingFacts], bool]


def _guard(name: str, holds: _Facts, refusal: str) -> Guard:
    return Guard(name, holds, refusal)


_ACTIVE: Final = _guard("account_is_active", lambda facts: facts.is_account_active, "your account is not active")
_EDITABLE: Final = _guard(
    "step_is_open",
    lambda facts: facts.is_step_editable,
    "you are let in already, and only what is missing, returned or expired can still be changed here",
)
_ALL_THERE: Final = _guard("nothing_is_due", lambda facts: facts.is_nothing_due, "some required steps are not done yet")
_WITHOUT_REVIEW: Final = _guard(
    "no_review_needed",
    lambda facts: facts.is_nothing_due and not facts.needs_review,
    "some required steps are not done yet",
)
_APPEALABLE: Final = _guard(
    "may_appeal", lambda facts: facts.may_appeal, "an appeal is possible for 30 days, and once in 90 days"
)
_FREE: Final = _guard(
    "not_own_nor_barred",
    lambda facts: not facts.is_own and not facts.is_barred,
    "nobody reviews themselves, and an appeal is for somebody who did not take part in the decision",
)
_TAKEN_OVER: Final = _guard(
    "lease_is_over_and_free",
    lambda facts: facts.is_lease_over and not facts.is_own and not facts.is_barred,
    "another reviewer has taken it and is at it, or it is not for you",
)
_HELD: Final = _guard(
    "holds_lease", lambda facts: facts.holds_lease and not facts.is_own, "take it first: only its reviewer decides"
)
_RETURNED: Final = _guard(
    "holds_lease_and_returned_a_step",
    lambda facts: facts.holds_lease and not facts.is_own and facts.has_returned_step,
    "return at least one step with a reason first, and only its reviewer decides",
)
_SETTLED: Final = _guard(
    "holds_lease_and_all_are_settled",
    lambda facts: facts.holds_lease and not facts.is_own and facts.are_all_settled,
    "every required step has to be accepted or waived first, and only its reviewer decides",
)
_SECOND: Final = _guard(
    "is_second_person",
    lambda facts: not facts.has_proposed and not facts.is_own and not facts.is_barred,
    "it takes a second person: not the one who proposed it, nor the agent",
)
_NOT_OWN: Final = _guard("not_own", lambda facts: not facts.is_own, "nobody decides about themselves")
_SECOND_TO_REVOKE: Final = _guard(
    "revocation_is_proposed_by_another",
    lambda facts: facts.is_revocation_proposed and not facts.has_proposed and not facts.is_own,
    "somebody else has to propose it first",
)
_PROPOSED: Final = _guard(
    "revocation_is_proposed",
    lambda facts: facts.is_revocation_proposed and not facts.is_own,
    "nobody has proposed to revoke it",
)
_LEASE_OVER: Final = _guard("lease_is_over", lambda facts: facts.is_lease_over, "the reviewer is still at it")
_IDLE: Final = _guard("is_idle", lambda facts: facts.is_idle, "something was done lately, or two reminders come first")

_State, _Event = OnboardingState, OnboardingEvent
_A, _R, _S = (frozenset({actor}) for actor in (Actor.AGENT, Actor.REVIEWER, Actor.SYSTEM))


def _in(*states: OnboardingState) -> frozenset[OnboardingState]:
    return frozenset(states)


def _staying(
    event: OnboardingEvent, states: frozenset[OnboardingState], actors: frozenset[Actor], guard: Guard | None = None
) -> tuple[Move[OnboardingState], ...]:
    """The event in each of these states, which it does not leave."""
    return tuple(Move(event, _in(state), state, actors, guard) for state in _State if state in states)


ONBOARDING: Machine[OnboardingState] = Machine(
    name="onboarding",
    states=OnboardingState,
    initial=OnboardingState.NOT_STARTED,
    final=frozenset(),
    moves=(
        Move(_Event.START, _in(_State.NOT_STARTED), _State.IN_PROGRESS, _A, _ACTIVE, ("pin_flow",)),
        *_staying(_Event.WORK, WITH_AGENT | {_State.COMPLETED}, _A, _EDITABLE),
        Move(_Event.SUBMIT, WITH_AGENT, _State.COMPLETED, _A, _WITHOUT_REVIEW, ("welcome",)),
        Move(_Event.SUBMIT, WITH_AGENT, _State.SUBMITTED, _A, _ALL_THERE, ("promise_review",)),
        Move(_Event.RECALL, _in(_State.SUBMITTED), _State.IN_PROGRESS, _A),
        Move(_Event.RESUME, _in(_State.DORMANT), _State.IN_PROGRESS, _A),
        Move(
            _Event.APPEAL, _in(_State.REJECTED), _State.SUBMITTED, _A, _APPEALABLE, ("bar_deciders", "promise_review")
        ),
        Move(_Event.CLAIM, _in(_State.SUBMITTED), _State.IN_REVIEW, _R, _FREE, ("lease",)),
        Move(_Event.CLAIM, _in(_State.IN_REVIEW), _State.IN_REVIEW, _R, _TAKEN_OVER, ("lease",)),
        Move(_Event.RELEASE, _in(_State.IN_REVIEW), _State.SUBMITTED, _R, _HELD),
        Move(_Event.DECIDE_STEP, _in(_State.IN_REVIEW), _State.IN_REVIEW, _R, _HELD, ("lease",)),
        Move(_Event.WAIVE_STEP, _in(_State.IN_REVIEW), _State.IN_REVIEW, _R, _HELD, ("lease",)),
        *_staying(_Event.DECIDE_STEP, _in(_State.COMPLETED), _R, _NOT_OWN),
        *_staying(_Event.WAIVE_STEP, WITH_AGENT | {_State.COMPLETED}, _R, _NOT_OWN),
        Move(_Event.REQUEST_CHANGES, _in(_State.IN_REVIEW), _State.CHANGES_REQUESTED, _R, _RETURNED, ("tell_agent",)),
        Move(_Event.APPROVE, _in(_State.IN_REVIEW), _State.COMPLETED, _R, _SETTLED, ("welcome",)),
        Move(_Event.PROPOSE_REJECTION, _in(_State.IN_REVIEW), _State.REJECTION_PROPOSED, _R, _HELD),
        Move(_Event.CONFIRM_REJECTION, _in(_State.REJECTION_PROPOSED), _State.REJECTED, _R, _SECOND, ("tell_agent",)),
        Move(_Event.OVERRULE, _in(_State.REJECTION_PROPOSED), _State.SUBMITTED, _R, _SECOND),
        *_staying(_Event.PROPOSE_REVOCATION, _in(_State.COMPLETED), _R, _NOT_OWN),
        *_staying(_Event.DROP_REVOCATION, _in(_State.COMPLETED), _R, _PROPOSED),
        Move(
            _Event.REVOKE,
            _in(_State.COMPLETED),
            _State.SUBMITTED,
            _R,
            _SECOND_TO_REVOKE,
            ("tell_agent", "promise_review"),
        ),
        *_staying(_Event.SETTLE_STEP, frozenset(_State) - {_State.NOT_STARTED}, _S),
        *_staying(_Event.REMIND, WITH_AGENT, _S),
        Move(_Event.LAPSE, _in(_State.IN_REVIEW), _State.SUBMITTED, _S, _LEASE_OVER),
        Move(_Event.GO_DORMANT, WITH_AGENT, _State.DORMANT, _S, _IDLE, ("tell_agent",)),
    ),
)


class StepState(StrEnum):
    OPEN = "open"
    DRAFT = "draft"
    SUBMITTED = "submitted"  # a person looks at it
    PASSED = "passed"
    FAILED = "failed"  # returned with a reason
    WAIVED = "waived"
    EXPIRED = "expired"


SETTLED: Final = frozenset({StepState.PASSED, StepState.WAIVED})


class StepEvent(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"
    PASS = "pass"  # noqa: S105 - an event, not a password
    FAIL = "fail"
    WAIVE = "waive"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class StepFacts:
    is_unlocked: bool = True
    is_by_form: bool = False
    """Nobody has to look at it: what is well formed passes."""
    is_by_person: bool = True


_UNLOCKED: Final = Guard(
    "is_unlocked", lambda facts: facts.is_unlocked, "other steps come first, or it is not done here"
)
_BY_FORM: Final = Guard(
    "is_unlocked_and_by_form",
    lambda facts: facts.is_unlocked and facts.is_by_form,
    "other steps come first, or it is not done here",
)
_BY_PERSON: Final = Guard(
    "is_unlocked_and_by_person",
    lambda facts: facts.is_unlocked and facts.is_by_person,
    "other steps come first, or it is not done here",
)
_Step, _Act = StepState, StepEvent
_CHANGEABLE: Final = frozenset(_Step) - {_Step.WAIVED}

STEP: Machine[StepState] = Machine(
    name="step",
    states=StepState,
    initial=StepState.OPEN,
    final=frozenset(),
    moves=(
        Move(_Act.SAVE, _CHANGEABLE, _Step.DRAFT, _A, _UNLOCKED),
        Move(_Act.SUBMIT, _CHANGEABLE, _Step.PASSED, _A, _BY_FORM),
        Move(_Act.SUBMIT, _CHANGEABLE, _Step.SUBMITTED, _A, _BY_PERSON),
        Move(_Act.PASS, frozenset({_Step.SUBMITTED, _Step.FAILED, _Step.PASSED}), _Step.PASSED, _R),
        Move(_Act.PASS, frozenset(_Step) - {_Step.WAIVED, _Step.PASSED}, _Step.PASSED, _S),
        Move(_Act.FAIL, frozenset({_Step.SUBMITTED, _Step.PASSED, _Step.FAILED}), _Step.FAILED, _R),
        Move(_Act.FAIL, frozenset({_Step.PASSED}), _Step.FAILED, _S),
        Move(_Act.WAIVE, frozenset(_Step) - {_Step.WAIVED}, _Step.WAIVED, _R),
        Move(_Act.SAVE, frozenset({_Step.WAIVED}), _Step.DRAFT, _A, _UNLOCKED),
        Move(_Act.EXPIRE, frozenset({_Step.PASSED}), _Step.EXPIRED, _S),
    ),
)
