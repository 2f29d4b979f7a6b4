"""Onboarding: what is completed was, and nothing may be done whose steps are not passed."""

from guildhall.onboarding.lifecycle import SETTLED as STEP_SETTLED
from guildhall.onboarding.lifecycle import OnboardingState, StepState
from guildhall.onboarding.model.flows import Capability, Due
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.rules.moving import step_of
from guildhall.onboarding.rules.walking import next_due as onboarding_due
from tests.soaks.guild.town import Town


async def check_onboarding(town: Town, onboarding: Onboarding) -> None:
    terms = await town.onboarding.context.terms_of(onboarding)
    assert onboarding_due(onboarding, terms) == onboarding.due_at_ms, (onboarding.id, onboarding.state)  # 9
    if onboarding.state is OnboardingState.COMPLETED:  # 7
        for step in terms.flow.plan.steps:
            record = step_of(onboarding, step.key)
            if not step.is_required or step.due is not Due.NOW:
                continue
            is_settled = record.state in STEP_SETTLED | {StepState.EXPIRED, StepState.FAILED}
            was_opened_again = max(record.saved_at_ms, record.submitted_at_ms) >= onboarding.completed_at_ms
            is_new = terms.flow.version > 1 and record.state is StepState.OPEN
            assert is_settled or was_opened_again or is_new, (onboarding.id, step.key, record.state)
    for capability, rule in terms.flow.plan.capabilities.items():  # 7
        told = await town.onboarding.capability(onboarding.account_id, Capability(capability))
        # Read anew: whoever asks has the exam looked at, and what was passed there is passed from then on.
        now = await town.onboarding.context.store.onboardings.read(onboarding.id)
        missing = [key for key in rule.steps if step_of(now, key).state not in STEP_SETTLED]
        is_missing = bool(missing) or (rule.needs_completed and now.state is not OnboardingState.COMPLETED)
        if is_missing:
            assert not told.is_given, (onboarding.id, capability, missing)
            assert told.reason
