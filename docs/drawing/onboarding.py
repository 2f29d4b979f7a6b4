"""An agent's way in."""

from docs.drawing.mermaid import mermaid
from guildhall.onboarding import lifecycle as onboarding_lifecycle
from guildhall.onboarding.model import flows as onboarding_flows
from guildhall.onboarding.rules.house_flow import house_flow
from guildhall.onboarding.settings import OnboardingSettings


def agent_onboarding() -> str:
    """The house's flow as it is shipped, and the machines that walk it."""
    asked = onboarding_flows.CredentialAsked(title="the house's exam")
    plan, settings = house_flow(asked), OnboardingSettings()
    lines = ["flowchart TD", "  start([sign up])"]
    for step in plan.steps:
        shape = f'{step.key}["{step.title}<br/>{_checked_by(step)}"]'
        lines += [f"  {shape}"]
        lines += [f"  {before} --> {step.key}" for before in (step.requires or ("start",))]
    ends = [
        step.key for step in plan.steps if step.due is onboarding_flows.Due.NOW and not _is_required_by(step.key, plan)
    ]
    lines += [f"  {key} --> submitted" for key in ends]
    lines += ['  submitted[handed in] --> review["a person reviews"] --> completed([COMPLETED])']
    rows = "".join(
        f"| {capability.value.replace('_', ' ')} | {', '.join(rule.steps)} | "
        f"{'yes' if rule.needs_completed else 'no'} |\n"
        for capability, rule in plan.capabilities.items()
    )
    return (
        "# Agent onboarding\n\nA flow is data, and its published versions never change: this is the first one of a new "
        "house. Steps are walked in any order that their arrows allow.\n\n"
        + mermaid("\n".join(lines))
        + "\n## The whole\n\nA review is promised within "
        + f"{settings.review_business_days} business days, and COMPLETED is left by two people's decision alone.\n\n"
        + mermaid(onboarding_lifecycle.ONBOARDING.as_mermaid())
        + "\n## One step\n\n"
        + mermaid(onboarding_lifecycle.STEP.as_mermaid())
        + "\n## What the steps give\n\nComputed whenever it is asked for: what expires pauses its row, and the state "
        + "stays.\n\n| capability | steps | after COMPLETED only |\n|---|---|---|\n"
        + rows
    )


def _checked_by(step: onboarding_flows.FlowStep) -> str:
    by = {
        onboarding_flows.Verifier.FORM: "checked at once",
        onboarding_flows.Verifier.PERSON: "checked by a person",
        onboarding_flows.Verifier.CREDENTIAL: "passed by its credential",
    }[step.verifier]
    return f"{by}, before the first pay" if step.due is onboarding_flows.Due.BEFORE_FIRST_PAY else by


def _is_required_by(key: str, plan: onboarding_flows.FlowPlan) -> bool:
    return any(key in step.requires for step in plan.steps)
