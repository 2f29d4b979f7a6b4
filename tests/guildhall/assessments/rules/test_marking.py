from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.model.attempts import Slot
from guildhall.assessments.model.exams import Marking
from guildhall.assessments.model.keys import Criterion, Rubric
from guildhall.assessments.model.results import Mark, MarkRole
from guildhall.assessments.rules import marking
from guildhall.assessments.rules.marking import MarkIsFinal, NotYours, SlotMarked
from guildhall.kit.errors import Conflict, Invalid

FIRST, SECOND, THIRD = MarkRole.FIRST, MarkRole.SECOND, MarkRole.RECONCILING
RUBRIC = Rubric(
    criteria=(Criterion(id="c1", title="Reasons", centipoints=60), Criterion(id="c2", title="Words", centipoints=40))
)
TWO = Marking(markers=2, tolerance_percent=10)
ONE = Marking(markers=1)
LEASE_MS = 1_000


def mark(role: MarkRole = FIRST, marker: str = "", **changes: Any) -> Mark:
    values: dict[str, Any] = {
        "id": f"att_1/q1/{role.value}",
        "created_at_ms": 0,
        "alias": role.value,
        "attempt_id": "att_1",
        "delivery_id": "dlv_1",
        "organisation_id": "",
        "slot_id": "q1",
        "version_id": "itm_1@1",
        "role": role,
        "candidate_id": "usr_ada",
        "answer_number": 1,
        "marker_id": marker,
        **changes,
    }
    return Mark(**values)


def final(role: MarkRole, marker: str, c1: int, c2: int = 0) -> Mark:
    return mark(role, marker, points={"c1": c1, "c2": c2}, is_final=True)


def test_one_marker_settles_what_one_marker_was_planned_for() -> None:
    assert marking.settle_slot([final(FIRST, "m1", 50, 20)], RUBRIC, ONE) == SlotMarked(140)
    assert marking.settle_slot([final(FIRST, "m1", 50)], RUBRIC, TWO) == SlotMarked(None)
    assert marking.settle_slot([mark(FIRST, "m1", points={"c1": 1, "c2": 1})], RUBRIC, ONE) == SlotMarked(None)


def test_two_within_the_tolerance_are_averaged_and_its_end_counts() -> None:
    assert marking.settle_slot([final(FIRST, "m1", 50), final(SECOND, "m2", 60)], RUBRIC, TWO) == SlotMarked(110)


def test_two_further_apart_wait_for_a_third_whose_points_stand() -> None:
    apart = [final(FIRST, "m1", 50), final(SECOND, "m2", 60, 1)]
    assert marking.settle_slot(apart, RUBRIC, TWO) == SlotMarked(None, is_disputed=True)
    assert marking.settle_slot([*apart, mark(THIRD, "m3")], RUBRIC, TWO).is_disputed
    assert marking.settle_slot([*apart, final(THIRD, "m3", 51)], RUBRIC, TWO) == SlotMarked(102)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100_000), st.integers(0, 100))
def test_a_mean_does_not_depend_on_who_was_first_and_lies_between(
    one: int, other: int, worth: int, percent: int
) -> None:
    plan = Marking(markers=2, tolerance_percent=percent)
    slot = Slot(id="q1", section_id="s", version_id="v", centipoints=worth)
    there = marking.settle_slot([final(FIRST, "m1", one), final(SECOND, "m2", other)], RUBRIC, plan)
    back = marking.settle_slot([final(FIRST, "m1", other), final(SECOND, "m2", one)], RUBRIC, plan)
    assert there == back
    if there.centipoints is not None:
        low, high = (marking.scaled(2 * points, RUBRIC, slot) for points in sorted((one, other)))
        assert low <= marking.scaled(there.centipoints, RUBRIC, slot) <= high <= worth


def test_a_full_rubric_is_worth_the_whole_slot_whatever_that_is() -> None:
    for worth in (1, 33, 100, 12_345):
        slot = Slot(id="q1", section_id="s", version_id="v", centipoints=worth)
        assert marking.scaled(200, RUBRIC, slot) == worth
        assert marking.scaled(0, RUBRIC, slot) == 0
    free = Rubric(criteria=(Criterion(id="c1", title="Unpaid", centipoints=0),))
    assert marking.scaled(0, free, slot) == 0


def test_points_of_a_rubric_that_was_corrected_are_those_it_still_has() -> None:
    smaller = Rubric(criteria=(Criterion(id="c1", title="Reasons", centipoints=30),))
    assert marking.points_by(smaller, final(FIRST, "m1", 50, 20)) == 30


def test_nobody_marks_their_own() -> None:
    with pytest.raises(NotYours, match="own answers"):
        marking.claim(mark(), [], "usr_ada", 0, LEASE_MS)


def test_nobody_marks_one_answer_in_two_roles() -> None:
    held = [mark(FIRST, "m1"), mark(SECOND), mark(THIRD)]
    for role in (SECOND, THIRD):
        with pytest.raises(NotYours, match="another role"):
            marking.claim(mark(role), held, "m1", 0, LEASE_MS)
    both = [mark(FIRST, "m1"), mark(SECOND, "m1", points={"c1": 1, "c2": 1})]
    with pytest.raises(NotYours, match="two roles"):
        marking.make_final(both[1], RUBRIC, both, "m1")


def test_a_claim_holds_until_its_lease_ends_and_the_next_sees_no_draft_of_it() -> None:
    claimed = marking.claim(mark(), [], "m1", 0, LEASE_MS)
    drafted = marking.save_draft(claimed, RUBRIC, "m1", {"c1": 10}, "good", 500, LEASE_MS)
    with pytest.raises(NotYours, match="Somebody else"):
        marking.claim(drafted, [], "m2", 1_499, LEASE_MS)
    again = marking.claim(drafted, [], "m1", 1_600, LEASE_MS)
    assert (again.points, again.comment) == ({"c1": 10}, "good")
    taken = marking.claim(drafted, [], "m2", 1_500, LEASE_MS)
    assert (taken.marker_id, taken.points, taken.comment) == ("m2", {}, "")
    with pytest.raises(NotYours, match="taken it over"):
        marking.save_draft(taken, RUBRIC, "m1", {"c1": 20}, "", 1_600, LEASE_MS)
    assert marking.give_back(taken, "m2").marker_id == ""


def test_points_fit_the_rubric_or_say_where_they_do_not() -> None:
    claimed = mark(FIRST, "m1")
    with pytest.raises(Invalid) as refused:
        marking.save_draft(claimed, RUBRIC, "m1", {"c1": 61, "c9": 1, "c2": 40}, "", 0, LEASE_MS)
    assert refused.value.fields == {"points.c1": "is 0.61, and 0.6 is the most", "points.c9": "is no criterion"}


def test_a_mark_is_final_once_every_criterion_has_points_and_then_stays() -> None:
    drafted = mark(FIRST, "m1", points={"c1": 0})
    with pytest.raises(Invalid, match="Words has none yet"):
        marking.make_final(drafted, RUBRIC, [], "m1")
    done = marking.make_final(mark(FIRST, "m1", points={"c1": 0, "c2": 5}), RUBRIC, [], "m1")
    assert (done.is_final, done.unsettled) == (True, True)
    with pytest.raises(MarkIsFinal):
        marking.save_draft(done, RUBRIC, "m1", {}, "", 0, LEASE_MS)
    with pytest.raises(MarkIsFinal):
        marking.make_final(done, RUBRIC, [], "m1")
    with pytest.raises(MarkIsFinal):
        marking.give_back(done, "m1")
    opened = marking.reopen(done, "boss", "A page was missed.", 9, LEASE_MS)
    assert (opened.is_final, opened.marker_id, opened.reopenings[0].points) == (False, "m1", {"c1": 0, "c2": 5})
    with pytest.raises(Conflict, match="still open"):
        marking.reopen(opened, "boss", "Again.", 9, LEASE_MS)


def test_points_of_others_are_seen_when_both_are_final_and_by_the_third_at_once() -> None:
    mine, theirs = final(FIRST, "m1", 1), mark(SECOND, "m2", points={"c1": 2, "c2": 2})
    assert not marking.shows_others(mine, [mine, theirs], TWO)
    done = theirs.model_copy(update={"is_final": True})
    assert marking.shows_others(mine, [mine, done], TWO)
    third = mark(THIRD, "m3")
    assert marking.shows_others(third, [mine, done, third], TWO)
    assert not marking.shows_others(mine, [mine], TWO)
