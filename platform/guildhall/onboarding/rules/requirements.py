"""The whole truth about somebody's way in, told in one place: what is asked, who acts next, and until when. Pure.

It is computed from the document whenever it is asked for and never stored. Nothing is ever held up without somebody who
acts next: where all lists are empty, `next` still says who, or that nobody has to.
"""

from dataclasses import dataclass

from guildhall.assessments.model.progress import ExamProgress
from guildhall.onboarding.lifecycle import SETTLED, OnboardingState
from guildhall.onboarding.model.flows import Capability, Due, Flow, FlowStep
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.asking import NextActor, Requirement, Standing, requirement_of
from guildhall.onboarding.rules.moving import Terms, step_of
from guildhall.onboarding.rules.next_acts import Next, next_of


@dataclass(frozen=True, slots=True)
class CapabilityTold:
    capability: Capability
    is_given: bool
    reason: str = ""
    next_actor: NextActor = NextActor.NOBODY
    by_ms: int | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FutureRequirement:
    title: str
    from_ms: int


@dataclass(frozen=True, slots=True)
class Requirements:
    next: Next
    currently_due: tuple[Requirement, ...]
    eventually_due: tuple[Requirement, ...]
    past_due: tuple[Requirement, ...]
    pending_verification: tuple[Requirement, ...]
    errors: tuple[Requirement, ...]
    future: tuple[FutureRequirement, ...]
    capabilities: tuple[CapabilityTold, ...]


def tell(onboarding: Onboarding, terms: Terms, newest: Flow, exam: ExamProgress, now_ms: int) -> Requirements:
    """Everything that is asked of somebody, as it is now."""
    lists: dict[str, list[Requirement]] = {name: [] for name in ("now", "later", "past", "pending", "errors")}
    for step in terms.flow.plan.steps:
        asked = requirement_of(onboarding, terms, step, exam)
        match asked.standing:
            case Standing.PASSED | Standing.WAIVED:
                continue
            case Standing.EXPIRED:
                lists["past"].append(asked)
            case Standing.SUBMITTED | Standing.VERIFYING:
                lists["pending"].append(asked)
            case _:
                lists["now" if step.is_required and step.due is Due.NOW else "later"].append(asked)
        if asked.standing is Standing.FAILED:
            lists["errors"].append(asked)
    known = {step.key for step in terms.flow.plan.steps}
    future = [
        FutureRequirement(step.title, newest.plan.applies_from_ms)
        for step in (newest.plan.steps if newest.version > terms.flow.version else ())
        if step.key not in known
    ]
    return Requirements(
        next=next_of(onboarding, terms, exam, now_ms),
        currently_due=tuple(lists["now"]),
        eventually_due=tuple(lists["later"]),
        past_due=tuple(lists["past"]),
        pending_verification=tuple(lists["pending"]),
        errors=tuple(lists["errors"]),
        future=tuple(future),
        capabilities=tuple(capability_of(onboarding, terms, one, exam) for one in Capability),
    )


def capability_of(onboarding: Onboarding, terms: Terms, capability: Capability, exam: ExamProgress) -> CapabilityTold:
    """Whether somebody may do it, and if not: why, who acts next, and until when."""
    rule = terms.flow.plan.capabilities.get(capability)
    if rule is None:
        return CapabilityTold(capability, is_given=False, reason="This house does not offer it.")
    if onboarding.state is OnboardingState.REJECTED:
        return CapabilityTold(capability, is_given=False, reason="Your onboarding was turned down.")
    missing = [step for step in terms.flow.plan.steps if step.key in rule.steps and _counts_not(onboarding, step)]
    if missing:
        first = requirement_of(onboarding, terms, missing[0], exam)
        titles = ", ".join(step.title for step in missing)
        return CapabilityTold(
            capability,
            is_given=False,
            reason=f"Missing: {titles}.",
            next_actor=first.next_actor,
            by_ms=first.by_ms,
            steps=tuple(step.key for step in missing),
        )
    if rule.needs_completed and onboarding.state is not OnboardingState.COMPLETED:
        told = next_of(onboarding, terms, exam, 0)
        return CapabilityTold(
            capability,
            is_given=False,
            reason="Your onboarding has to be completed.",
            next_actor=told.actor,
            by_ms=told.by_ms,
        )
    return CapabilityTold(capability, is_given=True)


def _counts_not(onboarding: Onboarding, step: FlowStep) -> bool:
    return step_of(onboarding, step.key).state not in SETTLED
