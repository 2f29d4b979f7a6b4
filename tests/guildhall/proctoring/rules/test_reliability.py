"""A flag's probability is what reviewers made of flags like it, and is said only once there are enough of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model import Channel, Rule
from guildhall.proctoring.model.reviews import EarlierCase, Flag, Review, Round, Verdict, VerdictReason
from guildhall.proctoring.rules.reliability import (
    LEAST_REVIEWED,
    UNCALIBRATED,
    Outcomes,
    outcomes_by_rule,
    reliability_of,
)


@given(st.integers(0, LEAST_REVIEWED - 1), st.data())
def test_too_few_outcomes_are_uncalibrated(reviewed: int, data: st.DataObject) -> None:
    upheld = data.draw(st.integers(0, reviewed))
    found = reliability_of(Outcomes(upheld, reviewed - upheld))
    assert (found.probability, found.told) == (None, UNCALIBRATED)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_the_probability_lies_in_its_interval_and_grows_with_what_was_upheld(upheld: int, dismissed: int) -> None:
    upheld += LEAST_REVIEWED
    found, more = reliability_of(Outcomes(upheld, dismissed)), reliability_of(Outcomes(upheld + 1, dismissed))
    assert found.probability is not None
    assert more.probability is not None
    assert 0 <= found.low <= found.probability <= found.high <= 1
    assert more.probability >= found.probability


def test_a_known_interval() -> None:
    """Wilson's of 15 in 50: 19.1 to 43.8 %."""
    found = reliability_of(Outcomes(15, 35))
    assert [found.low, found.high] == pytest.approx([0.191, 0.438], abs=5e-4)


def review(state: ReviewState, *rounds: tuple[bool, ...]) -> Review:
    flag = Flag(
        id="f1",
        rule=Rule.ABSENT,
        channel=Channel.BEHAVIOUR,
        rule_version="r1",
        opened_at_ms=1,
        closed_at_ms=2,
        reason="",
    )
    by_hand = flag.model_copy(update={"id": "f2", "rule": None})
    return Review(
        id="sit_1",
        created_at_ms=1,
        exam_id="exam-1",
        attempt_id="att_1",
        candidate_name="Ada",
        state=state,
        flags=(flag, by_hand),
        rounds=tuple(
            Round(by=f"usr_{number}", by_name="", claimed_at_ms=1, verdicts=tuple(verdicts(upheld)))
            for number, (upheld,) in enumerate(rounds)
        ),
    )


def verdicts(is_upheld: bool) -> list[Verdict]:
    return [
        Verdict(flag_id=name, is_upheld=is_upheld, reason=VerdictReason.SEEN_IN_EVIDENCE, words="", at_ms=1)
        for name in ("f1", "f2")
    ]


@pytest.mark.parametrize(
    ("found", "outcomes"),
    [
        (review(ReviewState.CLEARED, (False,)), Outcomes(0, 1)),
        (review(ReviewState.CONFIRMED, (True,), (True,)), Outcomes(1, 0)),
        (review(ReviewState.OVERTURNED, (True,), (True,), (False,)), Outcomes(0, 1)),
        (review(ReviewState.OVERTURNED, (True,), (True,)), Outcomes(0, 1)),
    ],
)
def test_the_last_word_on_a_flag_counts_and_those_by_hand_do_not(found: Review, outcomes: Outcomes) -> None:
    assert outcomes_by_rule([found]) == {Rule.ABSENT: outcomes}


def test_reviews_that_go_on_do_not_count() -> None:
    assert outcomes_by_rule([review(ReviewState.PENALISED, (True,), (True,)), review(ReviewState.CLEARED)]) == {}


def test_a_case_before_the_exam_was_opened_again_counts_beside_the_one_after_it() -> None:
    first, second = review(ReviewState.CONFIRMED, (True,), (True,)), review(ReviewState.QUEUED)
    kept = EarlierCase(state=first.state, over_at_ms=9, flags=first.flags, rounds=first.rounds)
    again = second.model_copy(update={"earlier": (kept,)})
    assert outcomes_by_rule([again]) == {Rule.ABSENT: Outcomes(1, 0)}
    over = again.model_copy(update=dict(review(ReviewState.CLEARED, (False,)), earlier=(kept,)))
    assert outcomes_by_rule([over]) == {Rule.ABSENT: Outcomes(1, 1)}
