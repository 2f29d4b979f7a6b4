"""What reviewers decide: take it, accept and return steps, waive, let in, turn away by two, hear an appeal. Pure."""

from typing import Any, Final

from guildhall.kit.follow_ups import follow
from guildhall.kit.leases import taken
from guildhall.onboarding.lifecycle import STEP, OnboardingEvent, OnboardingState, StepEvent, StepFacts, StepState
from guildhall.onboarding.model.flows import Verifier
from guildhall.onboarding.model.onboardings import (
    REVIEWS_MAX,
    Decision,
    Onboarding,
    Proposal,
    ReasonCode,
    Review,
)
from guildhall.onboarding.rules import telling
from guildhall.onboarding.rules.moving import DAY_MS, By, Terms, audited, move, step_of, with_step
from guildhall.onboarding.rules.stepping import StepLocked, flow_step, valid_until

_NO_PROMISE: Final[dict[str, Any]] = {"promised_at_ms": 0, "is_overdue": False}


def claim(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    """Take it for `lease_minutes`; whoever holds it keeps it longer by this. Raises MoveRefused."""
    if onboarding.state is OnboardingState.IN_REVIEW and onboarding.reviewer_id == by.account_id:
        return onboarding.model_copy(update=taken(by.account_id, terms.settings.lease_minutes, by.at_ms))
    moved = move(onboarding, OnboardingEvent.CLAIM, terms, by)
    return follow(moved, by.at_ms, audited(by, "claim"))


def release(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    return move(onboarding, OnboardingEvent.RELEASE, terms, by)


def accept_step(onboarding: Onboarding, key: str, terms: Terms, by: By) -> Onboarding:
    """Raises NoStep, StepLocked, MoveRefused."""
    step, record = flow_step(terms, key), step_of(onboarding, key)
    moved = move(onboarding, OnboardingEvent.DECIDE_STEP, terms, by, key)
    if step.verifier is Verifier.CREDENTIAL:
        raise StepLocked(f"{step.title} is passed by its exam; it may be waived, with a reason.")
    state = STEP.move(record.state, StepEvent.PASS, by.actor, StepFacts()).target
    new = record.model_copy(
        update={
            "state": state,
            "decided_at_ms": by.at_ms,
            "decided_by": by.account_id,
            "reason_code": None,
            "reason": "",
            "valid_until_ms": valid_until(onboarding, step, record.submitted_at_ms or by.at_ms),
            "warned": 0,
        }
    )
    told = (telling.step_decided(step, "accepted"),) if onboarding.state is OnboardingState.COMPLETED else ()
    return follow(with_step(moved, key, new), by.at_ms, *told, audited(by, "accept_step", step=key))


def return_step(onboarding: Onboarding, key: str, code: ReasonCode, reason: str, terms: Terms, by: By) -> Onboarding:
    """Give one step back with a reason that the agent reads. Raises NoStep, StepLocked, MoveRefused."""
    step, record = flow_step(terms, key), step_of(onboarding, key)
    moved = move(onboarding, OnboardingEvent.DECIDE_STEP, terms, by, key)
    if step.verifier is Verifier.CREDENTIAL:  # it would be passed again by the next look at the exam
        raise StepLocked(f"{step.title} stands as its exam does: what is wrong with that is decided there.")
    state = STEP.move(record.state, StepEvent.FAIL, by.actor, StepFacts()).target
    new = record.model_copy(
        update={
            "state": state,
            "decided_at_ms": by.at_ms,
            "decided_by": by.account_id,
            "reason_code": code,
            "reason": reason,
            "returned": record.returned + (record.state is not StepState.FAILED),
            "valid_until_ms": 0,
        }
    )
    is_completed = onboarding.state is OnboardingState.COMPLETED
    told = (telling.returned([(step, reason)]),) if is_completed else ()
    return follow(with_step(moved, key, new), by.at_ms, *told, audited(by, "return_step", step=key, code=code.value))


def waive_step(onboarding: Onboarding, key: str, reason: str, terms: Terms, by: By) -> Onboarding:
    """Let somebody pass without it, for a reason that is kept. Raises NoStep, MoveRefused."""
    step, record = flow_step(terms, key), step_of(onboarding, key)
    moved = move(onboarding, OnboardingEvent.WAIVE_STEP, terms, by, key)
    state = STEP.move(record.state, StepEvent.WAIVE, by.actor, StepFacts()).target
    new = record.model_copy(
        update={
            "state": state,
            "decided_at_ms": by.at_ms,
            "decided_by": by.account_id,
            "reason_code": None,
            "reason": reason,
            "valid_until_ms": 0,
        }
    )
    return follow(
        with_step(moved, key, new),
        by.at_ms,
        telling.step_decided(step, "not needed from you"),
        audited(by, "waive_step", step=key),
    )


def request_changes(onboarding: Onboarding, note: str, terms: Terms, by: By) -> Onboarding:
    """Back to the agent, with the steps that were returned. Raises MoveRefused."""
    moved = move(onboarding, OnboardingEvent.REQUEST_CHANGES, terms, by, **_NO_PROMISE)
    # The agent's time begins anew: whoever waited for us is not reminded at once.
    moved = moved.model_copy(update={"active_at_ms": by.at_ms, "reminders": 0})
    steps = [
        (step, step_of(onboarding, step.key).reason)
        for step in terms.flow.plan.steps
        if step_of(onboarding, step.key).state is StepState.FAILED
    ]
    return follow(
        _reviewed(moved, by, Decision.CHANGES, reason=note),
        by.at_ms,
        telling.returned(steps),
        audited(by, "request_changes", steps=[step.key for step, _ in steps]),
    )


def approve(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    """COMPLETED. Raises MoveRefused."""
    moved = move(onboarding, OnboardingEvent.APPROVE, terms, by, completed_at_ms=by.at_ms, **_NO_PROMISE)
    moved = moved.model_copy(update={"barred": ()})
    return follow(
        _reviewed(moved, by, Decision.APPROVED),
        by.at_ms,
        telling.completed(terms.flow.plan.title),
        audited(by, "approve"),
    )


def propose_rejection(onboarding: Onboarding, code: ReasonCode, reason: str, terms: Terms, by: By) -> Onboarding:
    """The agent is told nothing yet: a second person has to agree. Raises MoveRefused."""
    proposal = Proposal(by=by.account_id, at_ms=by.at_ms, reason_code=code, reason=reason)
    moved = move(onboarding, OnboardingEvent.PROPOSE_REJECTION, terms, by, proposal=proposal)
    reviewed = _reviewed(moved, by, Decision.PROPOSED_REJECTION, code, reason)
    return follow(reviewed, by.at_ms, audited(by, "propose_rejection", code=code.value))


def confirm_rejection(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    """The second person agrees. Raises MoveRefused."""
    proposal = onboarding.proposal
    deciders = (proposal.by, by.account_id) if proposal else (by.account_id,)
    moved = move(
        onboarding,
        OnboardingEvent.CONFIRM_REJECTION,
        terms,
        by,
        rejected_at_ms=by.at_ms,
        barred=tuple(dict.fromkeys((*onboarding.barred, *deciders)))[-8:],
        proposal=None,
        **_NO_PROMISE,
    )
    code, reason = (proposal.reason_code, proposal.reason) if proposal else (ReasonCode.OTHER, "")
    ends_ms = by.at_ms + terms.settings.appeal_days * DAY_MS
    return follow(
        _reviewed(moved, by, Decision.REJECTED, code, reason),
        by.at_ms,
        telling.rejected(onboarding, reason, ends_ms),
        audited(by, "confirm_rejection", code=code.value),
    )


def overrule(onboarding: Onboarding, reason: str, terms: Terms, by: By) -> Onboarding:
    """The second person does not agree: it goes back to the queue, with its promise as it was. Raises MoveRefused."""
    moved = move(onboarding, OnboardingEvent.OVERRULE, terms, by, proposal=None)
    return follow(_reviewed(moved, by, Decision.OVERRULED, reason=reason), by.at_ms, audited(by, "overrule"))


def appeal(onboarding: Onboarding, words: str, terms: Terms, by: By) -> Onboarding:
    """The agent's: everything is looked at by somebody who took no part in it. Raises MoveRefused."""
    moved = move(onboarding, OnboardingEvent.APPEAL, terms, by, appealed_at_ms=by.at_ms, appeal=words)
    return follow(moved, by.at_ms, telling.submitted(moved), audited(by, "appeal"))


def propose_revocation(onboarding: Onboarding, code: ReasonCode, reason: str, terms: Terms, by: By) -> Onboarding:
    """COMPLETED stays until a second person agrees. Raises MoveRefused."""
    proposal = Proposal(by=by.account_id, at_ms=by.at_ms, reason_code=code, reason=reason)
    moved = move(onboarding, OnboardingEvent.PROPOSE_REVOCATION, terms, by, proposal=proposal)
    reviewed = _reviewed(moved, by, Decision.PROPOSED_REVOCATION, code, reason)
    return follow(reviewed, by.at_ms, audited(by, "propose_revocation", code=code.value))


def drop_revocation(onboarding: Onboarding, reason: str, terms: Terms, by: By) -> Onboarding:
    moved = move(onboarding, OnboardingEvent.DROP_REVOCATION, terms, by, proposal=None)
    reviewed = _reviewed(moved, by, Decision.DROPPED_REVOCATION, reason=reason)
    return follow(reviewed, by.at_ms, audited(by, "drop_revocation"))


def revoke(onboarding: Onboarding, terms: Terms, by: By) -> Onboarding:
    """By the second person: back to review, with the reason told. Raises MoveRefused."""
    proposal = onboarding.proposal
    moved = move(onboarding, OnboardingEvent.REVOKE, terms, by, proposal=None)
    code, reason = (proposal.reason_code, proposal.reason) if proposal else (ReasonCode.OTHER, "")
    return follow(
        _reviewed(moved, by, Decision.REVOKED, code, reason),
        by.at_ms,
        telling.revoked(moved, reason),
        audited(by, "revoke", code=code.value),
    )


def _reviewed(
    onboarding: Onboarding, by: By, decision: Decision, code: ReasonCode | None = None, reason: str = ""
) -> Onboarding:
    review = Review(at_ms=by.at_ms, by=by.account_id, decision=decision, reason_code=code, reason=reason)
    return onboarding.model_copy(update={"reviews": (*onboarding.reviews, review)[-REVIEWS_MAX:]})
