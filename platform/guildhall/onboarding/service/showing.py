"""What goes over the wire of an onboarding, for its agent and for reviewers."""

from guildhall.assessments.model.progress import ExamProgress
from guildhall.kit.lifecycle import AllowedAction
from guildhall.onboarding.lifecycle import WITH_REVIEWERS, Actor, OnboardingEvent, OnboardingState
from guildhall.onboarding.messages import (
    ActionShown,
    CapabilityShown,
    DocumentShown,
    FutureShown,
    NextShown,
    OnboardingShown,
    PassageShown,
    ProposalShown,
    RequirementShown,
    ReviewListed,
    ReviewPast,
    ReviewShown,
    StepShown,
)
from guildhall.onboarding.model.flows import FlowStep
from guildhall.onboarding.model.onboardings import DocumentFile, Onboarding
from guildhall.onboarding.rules.asking import NextActor, Requirement, requirement_of
from guildhall.onboarding.rules.moving import HANDED_IN, By, Terms, actions_of, step_of, steps_missing
from guildhall.onboarding.rules.requirements import tell
from guildhall.onboarding.rules.stepping import editable_by_agent, entered
from guildhall.onboarding.service.walking import Seen

_FOR_REVIEWERS_ONLY = frozenset(
    {
        OnboardingEvent.CLAIM,
        OnboardingEvent.RELEASE,
        OnboardingEvent.LAPSE,
        OnboardingEvent.DECIDE_STEP,
        OnboardingEvent.PROPOSE_REJECTION,
        OnboardingEvent.OVERRULE,
        OnboardingEvent.PROPOSE_REVOCATION,
        OnboardingEvent.DROP_REVOCATION,
    }
)
_OF_STEPS = frozenset({OnboardingEvent.WORK, OnboardingEvent.DECIDE_STEP, OnboardingEvent.WAIVE_STEP})


def show(seen: Seen, by: By) -> OnboardingShown:
    """As its agent sees it."""
    onboarding, terms = seen.onboarding, seen.terms
    told = tell(onboarding, terms, seen.newest, seen.exam, by.at_ms)
    return OnboardingShown(
        onboarding_id=onboarding.id,
        title=terms.flow.plan.title,
        flow=terms.flow.id,
        state=_shown_state(onboarding.state).value,
        rev=onboarding.rev,
        now_ms=by.at_ms,
        next=NextShown(
            actor=told.next.actor.value,
            says=told.next.says,
            action=told.next.action,
            step=told.next.step,
            by_ms=told.next.by_ms,
            then=told.next.then,
        ),
        steps=[_step(onboarding, terms, step, seen.exam) for step in terms.flow.plan.steps],
        currently_due=[_requirement(one) for one in told.currently_due],
        eventually_due=[_requirement(one) for one in told.eventually_due],
        past_due=[_requirement(one) for one in told.past_due],
        pending_verification=[_requirement(one) for one in told.pending_verification],
        errors=[_requirement(one) for one in told.errors],
        future_requirements=[FutureShown(title=one.title, from_ms=one.from_ms) for one in told.future],
        capabilities=[
            CapabilityShown(
                capability=one.capability,
                is_given=one.is_given,
                reason=one.reason,
                next_actor=one.next_actor.value,
                by_ms=one.by_ms,
                steps=list(one.steps),
            )
            for one in told.capabilities
        ],
        allowed_actions=_actions_of_agent(seen, told.next.actor, by.at_ms),
        history=[
            PassageShown(
                at_ms=one.at_ms,
                event=one.event,
                state=_shown_state(one.state).value,
                actor=one.actor,
                step=one.step,
            )
            for one in reversed(onboarding.history)
            if one.event not in _FOR_REVIEWERS_ONLY
        ],
    )


def show_review(seen: Seen, name: str, by: By) -> ReviewShown:
    """As a reviewer sees it."""
    onboarding, proposal = seen.onboarding, seen.onboarding.proposal
    return ReviewShown(
        listed=list_review(onboarding, seen.terms, name, by),
        onboarding=show(seen, by),
        proposal=None
        if proposal is None
        else ProposalShown(
            by=proposal.by, at_ms=proposal.at_ms, reason_code=proposal.reason_code, reason=proposal.reason
        ),
        appeal=onboarding.appeal,
        reviews=[
            ReviewPast(
                at_ms=one.at_ms,
                by=one.by,
                decision=one.decision.value,
                reason_code=one.reason_code,
                reason=one.reason,
            )
            for one in reversed(onboarding.reviews)
        ],
    )


def list_review(onboarding: Onboarding, terms: Terms, name: str, by: By) -> ReviewListed:
    actions = [one for one in actions_of(onboarding, terms, by) if one.event not in _OF_STEPS]
    return ReviewListed(
        onboarding_id=onboarding.id,
        name=name,
        state=onboarding.state.value,
        submitted_at_ms=onboarding.submitted_at_ms,
        promised_at_ms=onboarding.promised_at_ms,
        is_overdue=0 < onboarding.promised_at_ms <= by.at_ms,
        is_appeal=bool(onboarding.appealed_at_ms) and onboarding.state in WITH_REVIEWERS,
        reviewer_id=onboarding.reviewer_id,
        is_mine=onboarding.lease.is_held_by(by.account_id, by.at_ms),
        lease_until_ms=onboarding.lease_until_ms or None,
        allowed_actions=[_action(one, NextActor.REVIEWER) for one in actions],
    )


def _actions_of_agent(seen: Seen, next_actor: NextActor, now_ms: int) -> list[ActionShown]:
    by = By(seen.onboarding.account_id, Actor.AGENT, now_ms)
    found = [one for one in actions_of(seen.onboarding, seen.terms, by) if one.event not in _OF_STEPS]
    missing = ", ".join(step.title for step in steps_missing(seen.onboarding, seen.terms.flow, HANDED_IN))
    shown = []
    for one in found:
        action = _action(one, next_actor)
        if not one.allowed and one.event == OnboardingEvent.SUBMIT and missing:
            action = action.model_copy(update={"reason": f"still to do: {missing}"})
        shown.append(action)
    return shown


def _action(action: AllowedAction, next_actor: NextActor) -> ActionShown:
    return ActionShown(
        action=str(action.event),
        allowed=action.allowed,
        reason=action.reason,
        next_actor=None if action.allowed else next_actor.value,
    )


def _shown_state(state: OnboardingState) -> OnboardingState:
    """What one reviewer proposes is nothing yet: the agent is told what two have decided."""
    return OnboardingState.IN_REVIEW if state is OnboardingState.REJECTION_PROPOSED else state


def _requirement(asked: Requirement) -> RequirementShown:
    return RequirementShown(
        step=asked.step,
        title=asked.title,
        standing=asked.standing.value,
        says=asked.says,
        next_actor=asked.next_actor.value,
        by_ms=asked.by_ms,
    )


def show_document(file: DocumentFile) -> DocumentShown:
    return DocumentShown(
        document_id=file.id,
        step=file.step,
        kind=file.kind,
        name=file.name,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        at_ms=file.at_ms,
        valid_until_ms=file.valid_until_ms or None,
    )


def _step(onboarding: Onboarding, terms: Terms, step: FlowStep, exam: ExamProgress) -> StepShown:
    record, asked = step_of(onboarding, step.key), requirement_of(onboarding, terms, step, exam)
    why_not = editable_by_agent(onboarding, step, terms)
    return StepShown(
        key=step.key,
        kind=step.kind,
        title=step.title,
        explains=step.explains,
        is_required=step.is_required,
        due=step.due,
        verifier=step.verifier,
        standing=asked.standing.value,
        says=asked.says,
        next_actor=asked.next_actor.value,
        by_ms=asked.by_ms,
        can_edit=not why_not,
        why_not=why_not,
        content=entered(record),
        documents=[show_document(one) for one in onboarding.documents if one.step == step.key],
        document_kinds=list(step.documents),
        consents=list(step.consents),
        credential=step.credential,
        reason_code=record.reason_code,
        reason=record.reason,
        submitted_at_ms=record.submitted_at_ms or None,
        decided_at_ms=record.decided_at_ms or None,
        valid_until_ms=record.valid_until_ms or None,
        times_returned=record.returned,
    )
