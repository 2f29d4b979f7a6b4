import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proctor_engine.detectors.unrest import (
    ALL,
    BLOCK,
    CALM,
    COLUMNS,
    FIELDS,
    RESTLESS,
    SCALE,
    STRONG_LEVELS,
    around,
    block_of,
    fields_between,
    fields_within,
    learn,
    news_in,
    restless_in,
    strong_in,
)


def levels_of(**fields: int) -> list[int]:
    """Of the fields named `f3` and so on; the others have not changed."""
    return [fields.get(f"f{field}", 0) for field in range(FIELDS)]


def after(frames: int, levels: list[int], unrest: bytes = CALM) -> bytes:
    for _ in range(frames):
        unrest = learn(unrest, levels, fades=False)
    return unrest


def test_what_always_stirs_in_a_field_is_no_news_there_and_news_elsewhere() -> None:
    unrest = after(20, levels_of(f3=100))
    assert news_in(unrest, levels_of(f3=100, f4=10)) == 1 << 4
    assert news_in(unrest, levels_of(f3=300)) == 1 << 3


def test_a_camera_s_noise_is_no_news() -> None:
    assert news_in(CALM, levels_of(f0=5, f1=6)) == 1 << 1


def test_a_field_that_has_changed_once_is_restless_for_a_while_and_longer_each_time() -> None:
    steps = [after(times, levels_of(f7=4_000))[7] - RESTLESS for times in range(1, 5)]
    assert steps[0] == 2
    assert steps == sorted(set(steps))


@given(st.integers(0, 4_080))
@example(24)  # the least exactly learnt: 20 levels
def test_what_is_usual_is_learnt_to_within_two_steps_of_its_byte(levels: int) -> None:
    step = after(200, levels_of(f0=levels))[0]
    assert -2 <= step - math.sqrt(SCALE * levels) <= 0.5


@given(st.binary(min_size=FIELDS, max_size=FIELDS))
def test_every_field_comes_to_rest_where_nothing_stirs(unrest: bytes) -> None:
    for _ in range(255):
        unrest = learn(unrest, [0] * FIELDS, fades=True)
    assert unrest == CALM


@given(st.integers(1, ALL))
def test_looks_at_blocks_go_through_all_that_is_owed_and_end(owed: int) -> None:
    for _looks in range(FIELDS):
        left, top, right, bottom = block_of(owed)
        assert 0 <= left < right <= min(left + BLOCK, COLUMNS)
        assert bottom - top <= BLOCK
        left_over = owed & ~fields_between(left, top, right, bottom)
        assert left_over != owed
        owed = left_over
        if not owed:
            return
    raise AssertionError("fields are owed a look for ever")


def test_a_whole_picture_is_gone_through_in_few_looks() -> None:
    owed, looks = ALL, 0
    while owed:
        owed, looks = owed & ~fields_between(*block_of(owed)), looks + 1
    assert looks <= 10


def test_bytes_of_another_session_hold_restless_fields_of_any_kind() -> None:
    assert restless_in(bytes([RESTLESS]) * FIELDS) == ALL


def test_a_look_takes_in_what_is_owed_on_both_sides_of_the_first_field() -> None:
    first, beside = 1 << 11, 1 << 12 | 1 << 13
    assert fields_between(*block_of(first | beside)) == first | beside
    assert block_of(first | 1 << 9 + COLUMNS | 1 << 9 + 2 * COLUMNS) == (1, 1, 4, 4)


@pytest.mark.parametrize(
    ("field", "touching"),
    [
        (0, {0, 1, 8, 9}),
        (7, {6, 7, 14, 15}),
        (19, {10, 11, 12, 18, 19, 20, 26, 27, 28}),
        (47, {38, 39, 46, 47}),
        (24, {16, 17, 24, 25, 32, 33}),
    ],
)
def test_around_a_field_are_those_that_touch_it_and_none_beyond_the_picture(field: int, touching: set[int]) -> None:
    assert around(1 << field) == sum(1 << other for other in touching)


def test_a_field_that_is_cut_is_not_shown_whole_and_one_at_the_border_is() -> None:
    assert fields_within(0.5, 0, 2.5, 1) == 1 << 1
    assert fields_within(-3, -2, 1, 1) == 1 << 0
    assert fields_within(7, 5, 9, 9) == 1 << 47


def test_what_a_face_changes_is_strong_and_what_a_camera_does_is_not() -> None:
    assert strong_in(levels_of(f2=STRONG_LEVELS - 1, f3=STRONG_LEVELS)) == 1 << 3
