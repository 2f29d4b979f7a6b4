import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import Weakness
from guildhall.proctoring.rules.quality import grade, grade_seeing, grade_standing, grade_steadiness, weakest
from guildhall.proctoring.rules.readings import median_reading, sample_of
from guildhall.proctoring.settings import RuleSettings
from tests.fakes.observations import a_face

RULES = RuleSettings()


@pytest.mark.parametrize(("limit", "best"), [(4.0, 8.0), (6.0, 1.5)], ids=["more is better", "less is better"])
def test_a_grade_is_whole_at_its_best_half_at_its_limit_and_nothing_as_far_beyond(limit: float, best: float) -> None:
    assert grade(best, limit, best) == 1
    assert grade(2 * best - limit, limit, best) == 1
    assert grade(limit, limit, best) == 0.5
    assert grade(2 * limit - best, limit, best) == 0
    assert grade(9 * (limit - best) + limit, limit, best) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(Weakness)), min_size=1, max_size=6))
def test_a_signal_is_as_good_as_its_weakest_part_and_off_below_the_least(parts: list[tuple[float, Weakness]]) -> None:
    quality = weakest(RULES, *parts)
    assert quality.figure == min(figure for figure, _ in parts)
    assert quality.on is (quality.figure >= RULES.calibration_least_quality)
    assert quality.weakness is None or (quality.figure, quality.weakness) in parts
    assert (quality.weakness is None) is (quality.figure == 1)


def test_a_face_at_the_limits_of_clear_is_graded_half() -> None:
    size_px, light = RULES.clear_face_interocular_px, RULES.clear_face_light
    reading = median_reading([sample_of(a_face(interocular_px=size_px, light=light), 0)])
    assert grade_seeing(reading, RULES) == ((0.5, Weakness.FAR), (0.5, Weakness.DIM))


def test_a_camera_far_to_the_side_and_a_restless_head_are_weaknesses() -> None:
    limit_deg = RULES.calibration_limit_deg
    for turned in ({"yaw_deg": -limit_deg}, {"pitch_deg": limit_deg}):
        reading = median_reading([sample_of(a_face(**turned), 0)])
        assert grade_standing(reading, RULES) == (0.5, Weakness.ASIDE)
    assert grade_steadiness(6.0, 6.0) == (0.5, Weakness.UNSTEADY)
    assert grade_steadiness(1.0, 6.0) == (1.0, Weakness.UNSTEADY)
