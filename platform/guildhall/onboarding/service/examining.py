"""Looking whether the exam of a step has been passed, or still counts: when the agent looks, and now and then."""

from dataclasses import dataclass

from guildhall.assessments.model.progress import ExamProgress
from guildhall.kit.clock import Clock
from guildhall.onboarding.lifecycle import Actor, OnboardingState, StepState
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.moving import By, Terms, step_of
from guildhall.onboarding.rules.stepping import lose_credential, pass_by_credential
from guildhall.onboarding.rules.walking import exam_step, invite
from guildhall.onboarding.service.context import Context, Held

_OVER = frozenset({OnboardingState.REJECTED, OnboardingState.DORMANT})


@dataclass(frozen=True, slots=True)
class Looked:
    onboarding: Onboarding
    exam: ExamProgress


class Examining:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._clock: Clock = context.clock

    async def look(self, onboarding: Onboarding, *, even_if_passed: bool = False) -> Looked:
        """The onboarding with what its exam says today."""
        terms = await self._context.terms_of(onboarding)
        step = exam_step(onboarding, terms.flow)
        if step is None or step.credential is None or onboarding.state in _OVER:
            return Looked(onboarding, ExamProgress.NOT_INVITED)
        state = step_of(onboarding, step.key).state
        if state is StepState.WAIVED or (state is StepState.PASSED and not even_if_passed):
            return Looked(onboarding, ExamProgress.NOT_INVITED)
        asked, key = step.credential, step.key
        held = await self._context.exams.held(onboarding.account_id, asked)
        is_asked = state is not StepState.PASSED and held is None
        exam = await self._context.exams.progress(onboarding.account_id, asked) if is_asked else ExamProgress.TO_SIT
        by = self._context.by("system:credentials", Actor.SYSTEM)

        def decide(seen: Onboarding, under: Terms, by: By) -> Onboarding:
            settled = _settled(seen, key, held, under, by)
            due = exam_step(seen, under.flow)
            if exam is ExamProgress.NOT_INVITED and held is None and due is not None:
                settled = invite(settled, due, by.at_ms)
            if settled is seen and not even_if_passed:
                return seen
            return settled.model_copy(update={"looked_at_ms": by.at_ms})

        return Looked(await self._context.change(onboarding.id, by, decide), exam)


def _settled(seen: Onboarding, key: str, held: Held | None, terms: Terms, by: By) -> Onboarding:
    if terms.flow.plan.step(key) is None:
        return seen
    if held is None:
        return lose_credential(seen, key, terms, by.at_ms)
    return pass_by_credential(seen, key, held.credential_id, held.expires_at_ms, terms, by.at_ms)
