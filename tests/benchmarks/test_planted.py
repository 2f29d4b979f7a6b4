"""What counts as found, late and false where incidents are planted."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import Rule
from tests.benchmarks.planted import CALM_FRAMES, KINDS, SESSION_FRAMES, Planted, Said, Sat, schedule, score
from tests.proctor_engine.films import FRAME_MS

LEFT = Planted("leaving", Rule.ABSENT, 20_000, 26_000)


@given(st.integers(0, 10_000))
def test_incidents_are_planted_apart_within_the_session_and_the_same_for_the_same_seed(seed: int) -> None:
    planted = schedule(seed)
    assert planted == schedule(seed)
    assert {one.kind for one in planted} == KINDS.keys()
    assert planted[0].began_ms >= CALM_FRAMES * FRAME_MS
    assert planted[-1].ended_ms <= SESSION_FRAMES * FRAME_MS
    assert all(one.ended_ms < other.began_ms for one, other in itertools.pairwise(planted))


@pytest.mark.parametrize(
    ("said", "recall", "false"),
    [
        (Said(Rule.ABSENT, 20_000, 23_000), 1.0, 0),
        (Said(Rule.ABSENT, 20_200, 27_500), 1.0, 0),
        (Said(Rule.ABSENT, 20_200, 29_000), 0.0, 1),
        (Said(Rule.ABSENT, 10_000, 13_000), 0.0, 1),
        (Said(Rule.SEVERAL_FACES, 20_000, 22_000), 0.0, 1),
        (Said(Rule.CAMERA_DARK, 20_000, 22_000), 0.0, 0),
    ],
)
def test_a_flag_is_found_where_it_was_planted_and_false_everywhere_else(said: Said, recall: float, false: int) -> None:
    figures = score([Sat((LEFT,), (said,))], 3_600_000)
    assert (figures["recall"], figures["false_flags_per_hour"]) == (recall, false)


def test_the_delay_is_from_the_beginning_until_it_was_told() -> None:
    assert score([Sat((LEFT,), (Said(Rule.ABSENT, 20_200, 23_400),))])["delay_s_p50"] == 3.4
