import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from guildhall.assessments.model.attempts import Form, Slot
from guildhall.assessments.model.banks import ItemVersion, KeyCorrection
from guildhall.assessments.model.keys import AnswerKey
from guildhall.assessments.model.responses import Response
from guildhall.assessments.model.results import Grader, SlotScore
from guildhall.assessments.rules.scoring import grade, rounded, score_slot, summed
from tests.guildhall.assessments.written import CHOICES, CONTENTS, content, item_version

SCORED = ("single_choice", "multiple_choice", "numeric", "short_text", "ordering", "matching")
RIGHT: dict[str, dict[str, Any]] = {
    "single_choice": {"kind": "chosen", "chosen": ["b"]},
    "multiple_choice": {"kind": "chosen", "chosen": ["a", "c"]},
    "numeric": {"kind": "written", "text": "12,6 m"},
    "short_text": {"kind": "written", "text": "  lovelace "},
    "ordering": {"kind": "ordered", "order": ["c", "a", "b"]},
    "matching": {"kind": "matched", "pairs": {"x": "a", "y": "c"}},
}
IDS = st.sampled_from([choice["id"] for choice in CHOICES])
worths = st.integers(0, 100_000)


def response(document: dict[str, Any]) -> Response:
    made: Response = TypeAdapter(Response).validate_python(document)
    return made


def with_key(kind: str, **changes: Any) -> ItemVersion:
    version = item_version(1, kind)
    changed = content(kind, key={**CONTENTS[kind]["key"], **changes})
    return version.model_copy(update={"content": changed})


def slot(worth: int = 100, penalty: int = 0, version_id: str = "itm_0001@1", name: str = "q1") -> Slot:
    return Slot(id=name, section_id="s", version_id=version_id, centipoints=worth, penalty_centipoints=penalty)


def earned(version: ItemVersion, given_response: Response | None, worth: int = 100, penalty: int = 0) -> int | None:
    return score_slot(slot(worth, penalty, version.id), version, given_response).earned_centipoints


responses = st.one_of(
    st.builds(lambda chosen: response({"kind": "chosen", "chosen": chosen}), st.lists(IDS, max_size=4)),
    st.builds(lambda text: response({"kind": "written", "text": text}), st.text(max_size=30)),
    st.builds(lambda order: response({"kind": "ordered", "order": order}), st.permutations(["a", "b", "c"])),
    st.builds(
        lambda pairs: response({"kind": "matched", "pairs": pairs}),
        st.dictionaries(st.sampled_from(["x", "y"]), IDS, max_size=2),
    ),
)


@pytest.mark.parametrize("kind", SCORED)
@given(worth=worths, penalty=worths)
def test_the_right_answer_earns_all_and_none_earns_nothing(kind: str, worth: int, penalty: int) -> None:
    version = item_version(1, kind)
    assert earned(version, response(RIGHT[kind]), worth, penalty) == worth
    nothing = score_slot(slot(worth, penalty), version, None)
    assert (nothing.earned_centipoints, nothing.grader) == (0, Grader.NOBODY)


@pytest.mark.parametrize("kind", SCORED)
@given(given_response=responses, worth=worths, penalty=worths)
def test_nothing_earns_more_than_the_slot_or_costs_more_than_its_penalty(
    kind: str, given_response: Response, worth: int, penalty: int
) -> None:
    points = earned(item_version(1, kind), given_response, worth, penalty)
    assert points is not None
    assert -penalty <= points <= worth


@pytest.mark.parametrize(
    "blank",
    [
        {"kind": "chosen", "chosen": []},
        {"kind": "written", "text": " \n"},
        {"kind": "ordered", "order": []},
        {"kind": "matched", "pairs": {}},
        {"kind": "filed", "files": []},
    ],
)
def test_an_answer_that_was_taken_back_is_none_and_costs_nothing(blank: dict[str, Any]) -> None:
    for kind in CONTENTS:
        score = score_slot(slot(100, 50), item_version(1, kind), response(blank))
        assert (score.earned_centipoints, score.grader) == (0, Grader.NOBODY)


def test_a_wrong_choice_costs_the_penalty_and_a_wrong_word_does_not() -> None:
    assert earned(item_version(1, "single_choice"), response({"kind": "chosen", "chosen": ["a"]}), 100, 25) == -25
    assert earned(item_version(1, "short_text"), response({"kind": "written", "text": "Bob"}), 100, 25) == 0


def test_by_part_each_wrong_choice_takes_one_right_one_back_and_never_more() -> None:
    version = item_version(1, "multiple_choice")
    given_parts = {("a",): 50, ("a", "c"): 100, ("a", "b"): -10, ("a", "b", "c"): 50, ("b",): -10}
    for chosen, points in given_parts.items():
        assert earned(version, response({"kind": "chosen", "chosen": chosen}), 100, 10) == points


def test_all_or_nothing_is_that() -> None:
    nearly_right: dict[str, dict[str, Any]] = {
        "multiple_choice": {"kind": "chosen", "chosen": ["a"]},
        "ordering": {"kind": "ordered", "order": ["a", "b", "c"]},
        "matching": {"kind": "matched", "pairs": {"x": "a"}},
    }
    for kind, nearly in nearly_right.items():
        version = with_key(kind, credit="all_or_nothing")
        assert earned(version, response(nearly)) == 0
        assert earned(version, response(RIGHT[kind])) == 100


@given(st.permutations(["a", "b", "c", "d"]), worths)
def test_ordering_by_part_counts_the_pairs_that_stand_together(order: list[str], worth: int) -> None:
    version = item_version(1, "ordering")
    key = {"kind": "ordering", "order": ["a", "b", "c", "d"], "credit": "by_part"}
    version = version.model_copy(update={"content": content("ordering", key=key)})
    pairs = sum("".join(pair) in "abcd" for pair in pairwise(order))
    assert earned(version, response({"kind": "ordered", "order": order}), worth) == rounded(worth * pairs, 3)


@given(st.sets(st.sampled_from("abcdefgh")), st.sets(st.sampled_from("abcdefgh"), min_size=1), worths)
def test_one_more_right_choice_never_earns_less_and_one_more_wrong_never_more(
    chosen: set[str], correct: set[str], worth: int
) -> None:
    choices = [{"id": name, "text": name} for name in "abcdefgh"]
    question = {"kind": "multiple_choice", "prompt": {"text": "?"}, "choices": choices}
    key = {"kind": "choice", "correct": sorted(correct), "credit": "by_part"}
    version = item_version(1).model_copy(update={"content": content("multiple_choice", question=question, key=key)})

    def points(names: set[str]) -> int:
        found = earned(version, response({"kind": "chosen", "chosen": sorted(names)}), worth, 0)
        assert found is not None
        return found

    for name in "abcdefgh":
        change = points(chosen | {name}) - points(chosen - {name})
        assert change >= 0 if name in correct else change <= 0


def test_matching_by_part_is_monotone() -> None:
    version = item_version(1, "matching")
    found = [
        earned(version, response({"kind": "matched", "pairs": pairs}), 99)
        for pairs in ({"x": "b"}, {"x": "a"}, {"x": "a", "y": "b"}, {"x": "a", "y": "c"})
    ]
    assert found == [0, 50, 50, 99]


def test_a_number_that_cannot_be_read_is_wrong_and_says_so() -> None:
    score = score_slot(slot(), item_version(1, "numeric"), response({"kind": "written", "text": "a dozen"}))
    assert (score.earned_centipoints, score.is_unreadable, score.grader) == (0, True, Grader.KEY)


def test_what_people_mark_is_missing_until_they_have() -> None:
    version = item_version(1, "long_text")
    written = response({"kind": "written", "text": "Because."})
    assert score_slot(slot(), version, written).earned_centipoints is None
    assert score_slot(slot(), version, written, 70).earned_centipoints == 70
    assert score_slot(slot(), version, None, 70).grader is Grader.NOBODY


def test_a_corrected_key_counts_and_both_of_two_choices_may() -> None:
    key: AnswerKey = TypeAdapter(AnswerKey).validate_python({"kind": "choice", "correct": ["a", "b"]})
    correction = KeyCorrection(at_ms=1, by="usr_1", reason="Both are right.", key=key)
    version = item_version(1).model_copy(update={"corrections": (correction,)})
    score = score_slot(slot(), version, response({"kind": "chosen", "chosen": ["a"]}))
    assert (score.earned_centipoints, score.corrections) == (100, 1)
    assert earned(version, response({"kind": "chosen", "chosen": ["c"]})) == 0


def test_a_response_of_another_kind_is_wrong_and_no_error() -> None:
    assert earned(item_version(1, "single_choice"), response(RIGHT["ordering"])) == 0


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_rounding_is_to_the_nearest_and_the_same_for_gain_and_loss(numerator: int, denominator: int) -> None:
    assert rounded(-numerator, denominator) == -rounded(numerator, denominator)
    assert abs(2 * (rounded(numerator, denominator) * denominator - numerator)) <= denominator


def a_form(draws: list[tuple[str, int, int]]) -> tuple[Form, dict[str, ItemVersion]]:
    versions = {f"itm_{n:04d}@1": item_version(n, kind) for n, (kind, _, _) in enumerate(draws)}
    slots = tuple(slot(worth, penalty, f"itm_{n:04d}@1", f"q{n}") for n, (_, worth, penalty) in enumerate(draws))
    return Form(seed="s", slots=slots), versions


@given(st.lists(st.tuples(st.sampled_from(SCORED), worths, worths), min_size=1, max_size=8), st.data())
def test_the_order_of_slots_does_not_matter_and_a_total_is_never_below_nothing(
    draws: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    form, versions = a_form(draws)
    given_responses = {one.id: data.draw(st.none() | responses) for one in form.slots}
    told = {"at_ms": 1, "reason": "first", "by": "system"}
    one = grade(form, versions, given_responses, {}, 60, **told)  # type: ignore[arg-type]
    mixed = list(form.slots)
    random.Random(data.draw(st.integers())).shuffle(mixed)
    other = grade(form.model_copy(update={"slots": tuple(mixed)}), versions, given_responses, {}, 60, **told)  # type: ignore[arg-type]
    assert (one.earned_centipoints, one.percent_hundredths, one.is_pass) == (
        other.earned_centipoints,
        other.percent_hundredths,
        other.is_pass,
    )
    assert 0 <= one.earned_centipoints <= one.worth_centipoints
    assert 0 <= one.percent_hundredths <= 10_000


def score(points: int | None, worth: int = 100) -> SlotScore:
    return SlotScore(slot_id="q", version_id="v", earned_centipoints=points, worth_centipoints=worth, grader=Grader.KEY)


def test_the_bar_is_met_exactly_and_not_by_rounding() -> None:
    told: dict[str, Any] = {"at_ms": 1, "reason": "first", "by": "system"}
    assert summed([score(60)], 60, **told).is_pass is True
    just_below = summed([score(59_999, 100_000)], 60, **told)
    assert (just_below.percent_hundredths, just_below.is_pass) == (6_000, False)


def test_while_a_mark_is_missing_nobody_has_passed_or_failed() -> None:
    told: dict[str, Any] = {"at_ms": 1, "reason": "first", "by": "system"}
    assert summed([score(100), score(None)], 10, **told).is_pass is None
    assert summed([score(-50), score(20)], 0, **told).earned_centipoints == 0
    assert summed([], 0, **told).is_pass is False
