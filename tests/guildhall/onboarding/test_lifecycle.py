"""Every state x event x actor of both machines, against tables written by hand from the design."""

import itertools

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.onboarding.lifecycle import (
    ONBOARDING,
    STEP,
    Actor,
    OnboardingEvent,
    OnboardingFacts,
    OnboardingState,
    StepEvent,
    StepFacts,
    StepState,
)

S, E, A, R, C = OnboardingState, OnboardingEvent, Actor.AGENT, Actor.REVIEWER, Actor.SYSTEM
TABLE: dict[tuple[OnboardingState, OnboardingEvent, Actor], OnboardingState] = {
    (S.NOT_STARTED, E.START, A): S.IN_PROGRESS,
    (S.IN_PROGRESS, E.WORK, A): S.IN_PROGRESS,
    (S.CHANGES_REQUESTED, E.WORK, A): S.CHANGES_REQUESTED,
    (S.COMPLETED, E.WORK, A): S.COMPLETED,
    (S.IN_PROGRESS, E.SUBMIT, A): S.SUBMITTED,
    (S.CHANGES_REQUESTED, E.SUBMIT, A): S.SUBMITTED,
    (S.SUBMITTED, E.RECALL, A): S.IN_PROGRESS,
    (S.DORMANT, E.RESUME, A): S.IN_PROGRESS,
    (S.REJECTED, E.APPEAL, A): S.SUBMITTED,
    (S.SUBMITTED, E.CLAIM, R): S.IN_REVIEW,
    (S.IN_REVIEW, E.CLAIM, R): S.IN_REVIEW,
    (S.IN_REVIEW, E.RELEASE, R): S.SUBMITTED,
    (S.IN_REVIEW, E.DECIDE_STEP, R): S.IN_REVIEW,
    (S.IN_REVIEW, E.WAIVE_STEP, R): S.IN_REVIEW,
    (S.COMPLETED, E.DECIDE_STEP, R): S.COMPLETED,
    (S.COMPLETED, E.WAIVE_STEP, R): S.COMPLETED,
    (S.IN_PROGRESS, E.WAIVE_STEP, R): S.IN_PROGRESS,
    (S.CHANGES_REQUESTED, E.WAIVE_STEP, R): S.CHANGES_REQUESTED,
    (S.IN_REVIEW, E.REQUEST_CHANGES, R): S.CHANGES_REQUESTED,
    (S.IN_REVIEW, E.APPROVE, R): S.COMPLETED,
    (S.IN_REVIEW, E.PROPOSE_REJECTION, R): S.REJECTION_PROPOSED,
    (S.REJECTION_PROPOSED, E.CONFIRM_REJECTION, R): S.REJECTED,
    (S.REJECTION_PROPOSED, E.OVERRULE, R): S.SUBMITTED,
    (S.COMPLETED, E.PROPOSE_REVOCATION, R): S.COMPLETED,
    (S.COMPLETED, E.DROP_REVOCATION, R): S.COMPLETED,
    (S.COMPLETED, E.REVOKE, R): S.SUBMITTED,
    **{(state, E.SETTLE_STEP, C): state for state in S if state is not S.NOT_STARTED},
    (S.IN_PROGRESS, E.REMIND, C): S.IN_PROGRESS,
    (S.CHANGES_REQUESTED, E.REMIND, C): S.CHANGES_REQUESTED,
    (S.IN_REVIEW, E.LAPSE, C): S.SUBMITTED,
    (S.IN_PROGRESS, E.GO_DORMANT, C): S.DORMANT,
    (S.CHANGES_REQUESTED, E.GO_DORMANT, C): S.DORMANT,
}
P, V = StepState, StepEvent
STEPS: dict[tuple[StepState, StepEvent, Actor], StepState] = {
    **{(state, V.SAVE, A): P.DRAFT for state in P},
    **{(state, V.SUBMIT, A): P.SUBMITTED for state in P if state is not P.WAIVED},
    **{(state, V.PASS, R): P.PASSED for state in (P.SUBMITTED, P.FAILED, P.PASSED)},
    **{(state, V.PASS, C): P.PASSED for state in P if state not in (P.WAIVED, P.PASSED)},
    **{(state, V.FAIL, R): P.FAILED for state in (P.SUBMITTED, P.PASSED, P.FAILED)},
    (P.PASSED, V.FAIL, C): P.FAILED,
    **{(state, V.WAIVE, R): P.WAIVED for state in P if state is not P.WAIVED},
    (P.PASSED, V.EXPIRE, C): P.EXPIRED,
}


@pytest.mark.parametrize("state", S)
def test_every_event_by_every_actor_leads_where_the_design_says_or_is_refused(state: OnboardingState) -> None:
    for event, actor in itertools.product(E, Actor):
        target = TABLE.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                ONBOARDING.move(state, event, actor, OnboardingFacts())
        else:
            assert ONBOARDING.move(state, event, actor, OnboardingFacts()).target is target


@pytest.mark.parametrize("state", P)
def test_every_event_of_a_step_leads_where_the_design_says_or_is_refused(state: StepState) -> None:
    for event, actor in itertools.product(V, Actor):
        target = STEPS.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                STEP.move(state, event, actor, StepFacts())
        else:
            assert STEP.move(state, event, actor, StepFacts()).target is target


def test_completed_is_left_by_two_people_alone() -> None:
    away = {row.event for row in ONBOARDING.moves if S.COMPLETED in row.sources and row.target is not S.COMPLETED}
    assert away == {E.REVOKE}
    for facts in (OnboardingFacts(has_proposed=True), OnboardingFacts(is_revocation_proposed=False)):
        with pytest.raises(MoveRefused, match="somebody else"):
            ONBOARDING.move(S.COMPLETED, E.REVOKE, R, facts)


@pytest.mark.parametrize(
    ("state", "event", "actor", "facts", "reason"),
    [
        (S.NOT_STARTED, E.START, A, OnboardingFacts(is_account_active=False), "not active"),
        (S.COMPLETED, E.WORK, A, OnboardingFacts(is_step_editable=False), "let in already"),
        (S.IN_PROGRESS, E.SUBMIT, A, OnboardingFacts(is_nothing_due=False), "not done yet"),
        (S.REJECTED, E.APPEAL, A, OnboardingFacts(may_appeal=False), "30 days"),
        (S.SUBMITTED, E.CLAIM, R, OnboardingFacts(is_own=True), "reviews themselves"),
        (S.SUBMITTED, E.CLAIM, R, OnboardingFacts(is_barred=True), "did not take part"),
        (S.IN_REVIEW, E.CLAIM, R, OnboardingFacts(is_lease_over=False), "at it"),
        (S.IN_REVIEW, E.DECIDE_STEP, R, OnboardingFacts(holds_lease=False), "take it first"),
        (S.IN_REVIEW, E.REQUEST_CHANGES, R, OnboardingFacts(has_returned_step=False), "return at least one"),
        (S.IN_REVIEW, E.APPROVE, R, OnboardingFacts(are_all_settled=False), "accepted or waived"),
        (S.IN_REVIEW, E.APPROVE, R, OnboardingFacts(is_own=True), "accepted or waived"),
        (S.REJECTION_PROPOSED, E.CONFIRM_REJECTION, R, OnboardingFacts(has_proposed=True), "second person"),
        (S.IN_REVIEW, E.LAPSE, C, OnboardingFacts(is_lease_over=False), "still at it"),
        (S.IN_PROGRESS, E.GO_DORMANT, C, OnboardingFacts(is_idle=False), "two reminders"),
    ],
)
def test_each_guard_says_why_not(
    state: OnboardingState, event: OnboardingEvent, actor: Actor, facts: OnboardingFacts, reason: str
) -> None:
    with pytest.raises(MoveRefused, match=reason):
        ONBOARDING.move(state, event, actor, facts)


def test_without_a_review_handing_in_completes_and_with_one_it_waits() -> None:
    assert ONBOARDING.move(S.IN_PROGRESS, E.SUBMIT, A, OnboardingFacts(needs_review=False)).target is S.COMPLETED


def test_a_step_that_nobody_looks_at_passes_at_once_and_a_locked_one_not_at_all() -> None:
    assert STEP.move(P.OPEN, V.SUBMIT, A, StepFacts(is_by_form=True)).target is P.PASSED
    with pytest.raises(MoveRefused, match="come first"):
        STEP.move(P.OPEN, V.SUBMIT, A, StepFacts(is_unlocked=False))
