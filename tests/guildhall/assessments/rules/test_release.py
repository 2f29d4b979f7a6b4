from itertools import product
from typing import Any

import pytest

from guildhall.assessments.lifecycle import Actor, AttemptEvent, AttemptState, ResultState
from guildhall.assessments.model.attempts import Attempt, AttemptClock, AttemptMove, Form, PendingTurn
from guildhall.assessments.model.exams import Delivery, ExamPlan, ReleaseRule
from guildhall.assessments.model.results import FollowUpKind, Grade, Grader, HeldFor, Result, SlotScore
from guildhall.assessments.rules import holding
from guildhall.assessments.rules import release as life
from guildhall.assessments.rules.deciding import Decision, FollowUpsFull
from guildhall.kit.errors import Conflict
from guildhall.kit.lifecycle import MoveRefused

PLAN = ExamPlan(title="Welding", duration_seconds=60, credential_title="Welder", pass_percent=50)
NOW = 1_000
SYSTEM = Decision("system:grading", NOW, credential_id="crd_1")
BOSS = Decision("usr_boss", NOW, Actor.AUTHOR, credential_id="crd_2")


def delivery(closes_at_ms: int = 5_000) -> Delivery:
    return Delivery(
        id="dlv_1",
        created_at_ms=0,
        exam_version_id="exm_1@1",
        organisation_id="",
        title="Now",
        opens_at_ms=0,
        closes_at_ms=closes_at_ms,
    )


def grade(earned: int | None, reason: str = "Graded.") -> Grade:
    score = SlotScore(slot_id="q1", version_id="v", earned_centipoints=earned, worth_centipoints=100, grader=Grader.KEY)
    return Grade(
        at_ms=NOW,
        reason=reason,
        by="system:grading",
        scores=(score,),
        earned_centipoints=earned or 0,
        worth_centipoints=100,
        percent_hundredths=(earned or 0) * 100,
        is_pass=None if earned is None else earned >= 50,
    )


ATTEMPT = Attempt(
    id="att_1",
    created_at_ms=0,
    invitation_id="inv_1",
    delivery_id="dlv_1",
    exam_version_id="exm_1@1",
    organisation_id="",
    account_id="usr_ada",
    candidate_name="Ada",
    exam_title="Welding",
    number=1,
    closes_at_ms=5_000,
    form=Form(seed="s", slots=()),
    state=AttemptState.SUBMITTED,
    state_since_ms=0,
    clock=AttemptClock(budget_ms=1),
)


def result(state: ResultState = ResultState.MARKED, earned: int | None = 80, **changes: Any) -> Result:
    return life.first_result(ATTEMPT, grade(earned), Decision("system:grading", 0)).model_copy(
        update={"state": state, **changes}
    )


def take_in(seen: Result, earned: int | None, *, is_disputed: bool = False, plan: ExamPlan = PLAN) -> Result:
    return life.take_in(
        seen, grade(earned, "Again."), is_disputed=is_disputed, plan=plan, delivery=delivery(), decision=SYSTEM
    )


def kinds(seen: Result) -> list[FollowUpKind]:
    return [one.kind for one in seen.follow_ups]


@pytest.mark.parametrize(("state", "earned", "is_disputed"), list(product(ResultState, (None, 20, 80), (False, True))))
def test_a_result_takes_in_any_grade_in_any_state_and_settles(
    state: ResultState, earned: int | None, is_disputed: bool
) -> None:
    if is_disputed and earned is not None:
        return  # a whole grade has no dispute
    held_for = HeldFor.REVIEW if state is ResultState.HELD else HeldFor.NOTHING
    before = result(state, None if state in {ResultState.MARKING, ResultState.RECONCILING} else 80, held_for=held_for)
    after = take_in(before, earned, is_disputed=is_disputed)
    if state in {ResultState.RELEASED, ResultState.WITHHELD}:
        assert after.state is state
    elif earned is not None:
        assert after.state is (ResultState.HELD if state is ResultState.HELD else ResultState.MARKED)
    else:
        assert after.state is (ResultState.RECONCILING if is_disputed else ResultState.MARKING)
    again = take_in(after, earned, is_disputed=is_disputed)
    assert again is after
    if state is ResultState.RELEASED and earned is None:
        assert after is before


def test_the_rule_says_when_what_is_marked_is_released() -> None:
    times = {
        rule: take_in(
            result(ResultState.MARKING, None), 80, plan=PLAN.model_copy(update={"release": rule})
        ).release_at_ms
        for rule in ReleaseRule
    }
    assert times == {ReleaseRule.AT_ONCE: NOW, ReleaseRule.AFTER_WINDOW: 5_000, ReleaseRule.BY_HAND: 0}


@pytest.mark.parametrize("state", ResultState)
def test_what_was_opened_again_is_held_once_more_and_once_only(state: ResultState) -> None:
    earlier = result(state, None if state is ResultState.MARKING else 80, held_for=HeldFor.REVIEW, held_by="sit_1")
    ended = ATTEMPT.model_copy(update={"over_at_ms": 9_000})
    held = holding.held_again(earlier, ended, SYSTEM)
    goes = state in {ResultState.MARKED, ResultState.RELEASED}
    assert held.state is (ResultState.HELD if goes else state)
    assert (held.held_for, held.held_by, held.release_at_ms) == (HeldFor.FLAGS, "", 0)
    assert holding.held_again(held, ended, SYSTEM) is held
    assert holding.under_review(held, "sit_1", 8_999, SYSTEM) is held, "its case has nothing from after that"
    assert holding.under_review(held, "sit_1", 9_000, SYSTEM).held_for is HeldFor.REVIEW
    assert holding.lifted(held, "sit_1", PLAN, delivery(), SYSTEM) is held


def moved(attempt: Attempt, *events: AttemptEvent) -> Attempt:
    states = {AttemptEvent.REOPEN: AttemptState.RUNNING, AttemptEvent.VOID: AttemptState.VOIDED}
    moves = [
        AttemptMove(at_ms=NOW, event=event.value, state=states.get(event, AttemptState.SUBMITTED), by="usr_boss")
        for event in events
    ]
    return attempt.model_copy(update={"history": (*attempt.history, *moves), "state": moves[-1].state})


@pytest.mark.parametrize("end", [AttemptEvent.SUBMIT, AttemptEvent.EXPIRE, AttemptEvent.END, AttemptEvent.VOID])
@pytest.mark.parametrize("state", ResultState)
def test_while_an_attempt_is_sat_again_nobody_releases_its_first_result(state: ResultState, end: AttemptEvent) -> None:
    ended = moved(ATTEMPT, AttemptEvent.SUBMIT)
    pending = PendingTurn(event="reopen", at_ms=NOW, by="usr_boss", reason="", extra_ms=0)
    reopened_at = holding.reopened_at_move(ended.model_copy(update={"pending": pending}))
    again = moved(ended, AttemptEvent.REOPEN)
    assert (reopened_at, holding.reopened_at_move(again), holding.reopened_at_move(ended)) == (2, 2, 0)
    sat = holding.held_while_sat(result(state, credential_id="crd_0"), reopened_at, SYSTEM)
    was_out = state in {ResultState.MARKED, ResultState.RELEASED}
    assert (sat.state, sat.release_at_ms) == (ResultState.HELD if was_out else state, 0)
    assert (FollowUpKind.REVOKE_CREDENTIAL in kinds(sat)) is was_out
    with pytest.raises(Conflict, match="opened again and goes on"):
        life.release(sat, PLAN, BOSS)
    assert holding.sat_to_the_end(sat, ended, PLAN, delivery(), SYSTEM) is sat, "read before it was opened again"
    assert holding.sat_to_the_end(sat, again, PLAN, delivery(), SYSTEM) is sat
    over = holding.sat_to_the_end(sat, moved(again, end), PLAN, delivery(), SYSTEM)
    assert not over.is_sat_again
    assert over.state is (ResultState.MARKED if sat.state is ResultState.HELD else state)
    assert holding.held_while_sat(over, reopened_at, SYSTEM) is over, "whoever was slow holds nothing for good"


def test_a_review_that_ends_while_its_attempt_is_sat_again_lets_nothing_out() -> None:
    reviewed = result(ResultState.HELD, held_for=HeldFor.REVIEW, held_by="sit_1")
    sat = holding.held_while_sat(reviewed, 1, SYSTEM)
    cleared = holding.lifted(sat, "sit_1", PLAN, delivery(), SYSTEM)
    assert (cleared.held_for, cleared.state, cleared.release_at_ms) == (HeldFor.NOTHING, ResultState.HELD, 0)
    over = moved(ATTEMPT, AttemptEvent.REOPEN, AttemptEvent.SUBMIT)
    assert holding.sat_to_the_end(sat, over, PLAN, delivery(), SYSTEM).state is ResultState.HELD, "the review goes on"
    assert holding.sat_to_the_end(cleared, over, PLAN, delivery(), SYSTEM).state is ResultState.MARKED


@pytest.mark.parametrize("rule", ReleaseRule)
def test_what_is_held_is_released_neither_by_its_rule_nor_by_hand_until_its_own_review_lifts_it(
    rule: ReleaseRule,
) -> None:
    plan = PLAN.model_copy(update={"release": rule})
    marked = take_in(result(ResultState.MARKING, None, held_for=HeldFor.FLAGS), 80, plan=plan)
    held = holding.under_review(marked, "sit_1", 0, SYSTEM)
    for one in (marked, held):
        assert (one.state, one.release_at_ms) == (ResultState.HELD, 0)
        with pytest.raises(MoveRefused, match="still being reviewed"):
            life.release(one, plan, SYSTEM)
    assert holding.under_review(held, "sit_2", 0, SYSTEM) is held
    for other in ("", "sit_2"):
        assert holding.lifted(held, other, plan, delivery(), SYSTEM) is held
    free = holding.lifted(held, "sit_1", plan, delivery(), SYSTEM)
    assert (free.state, free.release_at_ms) == (ResultState.MARKED, life.release_time_ms(plan, delivery(), NOW))
    assert holding.lifted(free, "sit_1", plan, delivery(), SYSTEM) is free
    assert [one.details["action"] for one in free.follow_ups] == ["assessments.hold_result", "assessments.lift_result"]


def test_what_is_withheld_and_held_stays_withheld_when_the_review_is_over() -> None:
    held = result(ResultState.WITHHELD, held_for=HeldFor.REVIEW, held_by="sit_1")
    with pytest.raises(MoveRefused, match="still being reviewed"):
        life.release(held, PLAN, SYSTEM)
    free = holding.lifted(held, "sit_1", PLAN, delivery(), SYSTEM)
    assert (free.state, free.release_at_ms) == (ResultState.WITHHELD, 0)
    assert life.release(free, PLAN, SYSTEM).state is ResultState.RELEASED


def test_a_released_pass_is_told_certified_and_audited_in_one_document() -> None:
    released = life.release(result(), PLAN, SYSTEM)
    assert (released.credential_id, released.unsettled) == ("crd_1", True)
    assert kinds(released) == [FollowUpKind.ISSUE_CREDENTIAL, FollowUpKind.TELL_CANDIDATE, FollowUpKind.AUDIT]
    assert len({one.key for one in released.follow_ups}) == 3


@pytest.mark.parametrize(
    ("seen", "plan"),
    [
        (result(earned=20), PLAN),
        (result(is_practice=True), PLAN),
        (result(), PLAN.model_copy(update={"credential_title": ""})),
    ],
)
def test_neither_a_fail_nor_a_practice_run_nor_an_exam_without_a_title_certifies(seen: Result, plan: ExamPlan) -> None:
    assert life.release(seen, plan, SYSTEM).credential_id == ""


def test_a_pass_that_is_lost_takes_its_credential_along_and_one_that_is_gained_brings_one() -> None:
    held = result(ResultState.RELEASED, credential_id="crd_0")
    lost = take_in(held, 20)
    assert (lost.credential_id, lost.history[0].is_pass) == ("", True)
    assert kinds(lost) == [FollowUpKind.REVOKE_CREDENTIAL, FollowUpKind.TELL_CANDIDATE, FollowUpKind.AUDIT]
    gained = take_in(result(ResultState.RELEASED, 20), 80)
    assert gained.credential_id == "crd_1"
    assert kinds(take_in(held, 90)) == [FollowUpKind.TELL_CANDIDATE, FollowUpKind.AUDIT]


def test_half_a_result_is_not_released() -> None:
    with pytest.raises(MoveRefused, match="not final yet"):
        life.release(result(ResultState.WITHHELD, None), PLAN, BOSS)


def test_a_credential_is_revoked_once() -> None:
    held = result(ResultState.RELEASED, credential_id="crd_0")
    revoked = life.revoke_by_hand(held, "Mistaken identity.", BOSS)
    assert revoked.credential_id == ""
    with pytest.raises(Conflict, match="no credential"):
        life.revoke_by_hand(revoked, "Again.", BOSS)
    assert take_in(revoked, 90).credential_id == ""  # a better grade does not bring back what was taken by hand


def test_follow_ups_are_bounded_and_go_one_by_one() -> None:
    released = life.release(result(), PLAN, SYSTEM)
    full = result(follow_ups=released.follow_ups * 14)
    with pytest.raises(FollowUpsFull):
        life.withhold(full, "Why not.", BOSS)
    for one in released.follow_ups:
        released = life.done(released, one.key)
    assert (released.follow_ups, released.unsettled) == ((), False)
