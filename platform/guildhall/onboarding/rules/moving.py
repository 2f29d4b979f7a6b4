"""What every decision shares: who decides, the facts for the guards, the move itself, and what must follow it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from guildhall.kit.business_days import after_business_days, zone_named
from guildhall.kit.leases import GIVEN_BACK, taken
from guildhall.kit.lifecycle import AllowedAction
from guildhall.onboarding.lifecycle import (
    ONBOARDING,
    SETTLED,
    Actor,
    OnboardingEvent,
    OnboardingFacts,
    OnboardingState,
    StepState,
)
from guildhall.onboarding.model.flows import Due, Flow, FlowStep
from guildhall.onboarding.model.onboardings import (
    HISTORY_MAX,
    FollowUpKind,
    Onboarding,
    Passage,
    Step,
)
from guildhall.onboarding.settings import OnboardingSettings

DAY_MS: Final = 86_400_000
HANDED_IN: Final = SETTLED | {StepState.SUBMITTED}
"""The agent has done what there is to do."""
REMINDERS_BEFORE_REST: Final = 2
_UNTOUCHED: Final = Step()


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, as what, and when."""

    account_id: str
    actor: Actor
    at_ms: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a decision is made under: the flow that was pinned, and the house's settings."""

    flow: Flow
    settings: OnboardingSettings


def step_of(onboarding: Onboarding, key: str) -> Step:
    return onboarding.steps.get(key, _UNTOUCHED)


def steps_missing(onboarding: Onboarding, flow: Flow, counted: frozenset[StepState]) -> list[FlowStep]:
    """Required before somebody is let in, and in none of these states."""
    return [
        step
        for step in flow.plan.steps
        if step.is_required and step.due is Due.NOW and step_of(onboarding, step.key).state not in counted
    ]


def locks_of(onboarding: Onboarding, flow: Flow, step: FlowStep) -> list[FlowStep]:
    """The steps that come first and are not handed in; what ran out since keeps nothing shut."""
    open_to = HANDED_IN | {StepState.EXPIRED}
    return [
        one for one in flow.plan.steps if one.key in step.requires and step_of(onboarding, one.key).state not in open_to
    ]


def facts_of(onboarding: Onboarding, terms: Terms, by: By, step: str = "") -> OnboardingFacts:
    settings, now_ms = terms.settings, by.at_ms
    record = step_of(onboarding, step)
    is_done = onboarding.state is OnboardingState.COMPLETED and record.state in HANDED_IN
    returned = any(one.state is StepState.FAILED for one in onboarding.steps.values())
    appeal_ends_ms = onboarding.rejected_at_ms + settings.appeal_days * DAY_MS
    again_ms = onboarding.appealed_at_ms + settings.appeal_again_days * DAY_MS if onboarding.appealed_at_ms else 0
    proposer = onboarding.proposal.by if onboarding.proposal else ""
    return OnboardingFacts(
        is_step_editable=not is_done,
        is_nothing_due=not steps_missing(onboarding, terms.flow, HANDED_IN),
        needs_review=terms.flow.plan.needs_review,
        may_appeal=again_ms <= now_ms < appeal_ends_ms,
        is_own=by.account_id == onboarding.account_id,
        is_barred=by.account_id in onboarding.barred,
        holds_lease=onboarding.lease.is_held_by(by.account_id, now_ms),
        is_lease_over=onboarding.lease.is_over(now_ms),
        has_proposed=by.account_id == proposer,
        is_revocation_proposed=onboarding.proposal is not None,
        has_returned_step=returned,
        are_all_settled=not steps_missing(onboarding, terms.flow, SETTLED),
        is_idle=onboarding.reminders >= REMINDERS_BEFORE_REST
        and onboarding.active_at_ms + settings.dormant_days * DAY_MS <= now_ms,
    )


def actions_of(onboarding: Onboarding, terms: Terms, by: By) -> tuple[AllowedAction, ...]:
    return ONBOARDING.allowed_actions(onboarding.state, by.actor, facts_of(onboarding, terms, by))


def move(
    onboarding: Onboarding, event: OnboardingEvent, terms: Terms, by: By, step: str = "", **changes: Any
) -> Onboarding:
    """The onboarding in its next state, with its promise, its lease and its history. Raises MoveRefused."""
    moved = ONBOARDING.move(onboarding.state, event, by.actor, facts_of(onboarding, terms, by, step))
    passage = Passage(at_ms=by.at_ms, event=event.value, state=moved.target, actor=by.actor.value, step=step)
    last = onboarding.history[-1] if onboarding.history else None
    # Saved again and again, a step is one line.
    is_again = last is not None and (last.event, last.step) == (passage.event, step) and moved.target is last.state
    kept = onboarding.history[:-1] if is_again else onboarding.history
    update: dict[str, Any] = {"state": moved.target, "history": (*kept, passage)[-HISTORY_MAX:]}
    if moved.target is not onboarding.state:
        update["state_since_ms"] = by.at_ms
    if "promise_review" in moved.effects:
        promised = after_business_days(by.at_ms, terms.settings.review_business_days, zone_of(onboarding))
        update |= {"submitted_at_ms": by.at_ms, "promised_at_ms": promised, "is_overdue": False}
    if "lease" in moved.effects:
        update |= taken(by.account_id, terms.settings.lease_minutes, by.at_ms)
    elif moved.target is not OnboardingState.IN_REVIEW:
        update |= GIVEN_BACK
    if by.actor is Actor.AGENT:
        update |= {"active_at_ms": by.at_ms, "reminders": 0}
    return onboarding.model_copy(update=update | changes)


def promised(onboarding: Onboarding, terms: Terms, at_ms: int) -> Onboarding:
    """Whoever is let in already, and waits for reviewers all the same, has a place in their queue, and a promise."""
    if onboarding.state is not OnboardingState.COMPLETED:
        return onboarding
    is_waiting = onboarding.proposal is not None or any(
        step.state is StepState.SUBMITTED for step in onboarding.steps.values()
    )
    until_ms = onboarding.promised_at_ms
    if is_waiting == bool(until_ms):
        return onboarding
    until_ms = after_business_days(at_ms, terms.settings.review_business_days, zone_of(onboarding)) if is_waiting else 0
    return onboarding.model_copy(update={"promised_at_ms": until_ms, "is_overdue": False})


def zone_of(onboarding: Onboarding) -> Any:
    """Where the agent lives, as far as a step has said."""
    for step in onboarding.steps.values():
        if isinstance(name := step.content.get("time_zone"), str):
            return zone_named(name)
    return zone_named("")


def with_step(onboarding: Onboarding, key: str, step: Step) -> Onboarding:
    return onboarding.model_copy(update={"steps": {**onboarding.steps, key: step}})


def audited(by: By, verb: str, **details: Any) -> tuple[FollowUpKind, Mapping[str, Any]]:
    """Ids and plain values only: an audit entry can never be erased."""
    return FollowUpKind.AUDIT, {"actor": by.account_id, "action": f"onboarding.{verb}", **details}
