"""One step as it is shown: how it stands, who acts next, and until when. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.assessments.model.progress import ExamProgress
from guildhall.onboarding.lifecycle import SETTLED, WITH_AGENT, StepState
from guildhall.onboarding.model.flows import Flow, FlowStep, Verifier
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.moving import Terms, locks_of, step_of
from guildhall.onboarding.rules.walking import rests_ms


class NextActor(StrEnum):
    AGENT = "agent"
    REVIEWER = "reviewer"
    EXAMINER = "examiner"  # marks the exam, or looks at how it was sat
    NOBODY = "nobody"


class Standing(StrEnum):
    """How a step is shown: its state, or what the other steps make of it."""

    LOCKED = "locked"
    OPEN = "open"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFYING = "verifying"
    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that is asked for, who acts next, and until when (None: no clock runs)."""

    step: str
    title: str
    standing: Standing
    says: str
    next_actor: NextActor
    by_ms: int | None = None


_MARKED: Final = frozenset({ExamProgress.MARKING, ExamProgress.WITHHELD})
_EXAM_SAYS: Final = {
    ExamProgress.NOT_INVITED: "Your invitation to the exam is on its way.",
    ExamProgress.TO_SIT: "Sit the exam: it is open to you.",
    ExamProgress.SITTING: "You are in the middle of the exam: go on with it.",
    ExamProgress.MARKING: "You have handed it in, and it is being marked. You are told when it is done.",
    ExamProgress.WITHHELD: "A person looks at how the exam was sat before its result is told.",
    ExamProgress.NOT_PASSED: "The last attempt was not passed. See under your exams whether you may try again.",
}


def standing_of(onboarding: Onboarding, flow: Flow, step: FlowStep, exam: ExamProgress) -> Standing:
    state = step_of(onboarding, step.key).state
    if state in {StepState.OPEN, StepState.DRAFT} and locks_of(onboarding, flow, step):
        return Standing.LOCKED
    if step.verifier is Verifier.CREDENTIAL and state not in SETTLED and exam in _MARKED:
        return Standing.VERIFYING
    return Standing(state.value)


_SAYS: Final = {
    Standing.OPEN: "Not begun yet.",
    Standing.DRAFT: "Begun and kept, but not handed in.",
    Standing.EXPIRED: "It has run out: renew it.",
    Standing.WAIVED: "Not needed from you.",
    Standing.PASSED: "Done.",
}
_LOOKED_AT: Final = "A person looks at it."


def requirement_of(onboarding: Onboarding, terms: Terms, step: FlowStep, exam: ExamProgress) -> Requirement:
    """One step: how it stands, who acts next, and until when."""
    standing = standing_of(onboarding, terms.flow, step, exam)
    actor, by_ms = _acts_next(onboarding, terms, step, standing, exam)
    says = _says(onboarding, terms, step, standing, exam)
    return Requirement(step.key, step.title, standing, says, actor, by_ms)


def _acts_next(
    onboarding: Onboarding, terms: Terms, step: FlowStep, standing: Standing, exam: ExamProgress
) -> tuple[NextActor, int | None]:
    if standing is Standing.WAIVED:
        return NextActor.NOBODY, None
    if standing is Standing.PASSED:
        return NextActor.NOBODY, step_of(onboarding, step.key).valid_until_ms or None
    if standing is Standing.VERIFYING or (standing is Standing.OPEN and _is_uninvited(step, exam)):
        return NextActor.EXAMINER, None
    if standing is Standing.SUBMITTED and onboarding.state not in WITH_AGENT:
        return NextActor.REVIEWER, onboarding.promised_at_ms or None
    return NextActor.AGENT, rests_ms(onboarding, terms.settings) if onboarding.state in WITH_AGENT else None


def _is_uninvited(step: FlowStep, exam: ExamProgress) -> bool:
    return step.verifier is Verifier.CREDENTIAL and exam is ExamProgress.NOT_INVITED


def _says(onboarding: Onboarding, terms: Terms, step: FlowStep, standing: Standing, exam: ExamProgress) -> str:
    is_exam = step.verifier is Verifier.CREDENTIAL
    match standing:
        case Standing.LOCKED:
            first = " and ".join(one.title for one in locks_of(onboarding, terms.flow, step))
            return f"Opens when you have done {first}."
        case Standing.FAILED:
            reason = step_of(onboarding, step.key).reason or "It was given back."
            return f"{reason} {_EXAM_SAYS[exam]}" if is_exam else reason
        case Standing.SUBMITTED:
            is_with_agent = onboarding.state in WITH_AGENT
            return "Ready: a person looks at it once you hand everything in." if is_with_agent else _LOOKED_AT
    return _EXAM_SAYS[exam] if is_exam and standing in {Standing.OPEN, Standing.VERIFYING} else _SAYS[standing]
