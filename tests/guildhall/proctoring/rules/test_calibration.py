from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import Baseline, BaselineSource, Signal, Weakness
from guildhall.proctoring.rules.calibration import (
    FEWEST_SAMPLES,
    MOST_SAMPLES,
    UNCHECKED_QUALITY,
    add_sample,
    calibrate,
)
from guildhall.proctoring.rules.readings import Sample, sample_of
from guildhall.proctoring.settings import RuleSettings
from tests.fakes.observations import a_face

RULES = RuleSettings()
STEP_MS = 200
CALM_FRAMES = round(RULES.calibration_seconds * 1000 / STEP_MS) + 1


def at(at_ms: int, yaw_deg: float = 2.0, pitch_deg: float = -8.0) -> Sample:
    return sample_of(a_face(yaw_deg=yaw_deg, pitch_deg=pitch_deg), at_ms)


def stretch(*yaws_deg: float, pitch_deg: float = -8.0, step_ms: int = STEP_MS) -> tuple[Sample, ...]:
    return tuple(at(place * step_ms, yaw_deg, pitch_deg) for place, yaw_deg in enumerate(yaws_deg))


def test_a_calm_stretch_is_the_baseline_even_far_from_the_middle() -> None:
    baseline = calibrate(stretch(*[30.0] * CALM_FRAMES), RULES)
    assert baseline is not None
    assert (baseline.yaw_deg, baseline.pitch_deg, baseline.gaze_x) == (30.0, -8.0, 0.02)


def test_what_nobody_was_asked_to_do_is_good_enough_for_head_and_gaze_never_good_and_says_so() -> None:
    baseline = calibrate(stretch(*[2.0] * CALM_FRAMES), RULES)
    assert baseline is not None
    assert baseline.source is BaselineSource.CALM
    assert {signal for signal in Signal if baseline.is_on(signal)} == {Signal.YAW, Signal.PITCH, Signal.GAZE_X}
    assert all(one.figure <= UNCHECKED_QUALITY < 1 for one in baseline.quality.values())
    assert baseline.quality[Signal.EYES].weakness is Weakness.UNCHECKED


def test_a_baseline_without_quality_has_every_signal_off() -> None:
    known = Baseline(yaw_deg=0, pitch_deg=0, gaze_x=0)
    assert not any(known.is_on(signal) for signal in Signal)


def test_a_stretch_is_long_enough_at_its_last_millisecond_and_not_a_frame_before() -> None:
    assert calibrate(stretch(*[2.0] * (CALM_FRAMES - 1)), RULES) is None
    assert calibrate(stretch(*[2.0] * CALM_FRAMES), RULES) is not None


def test_a_few_frames_are_no_baseline_however_long_they_took() -> None:
    assert calibrate(stretch(*[2.0] * (FEWEST_SAMPLES - 1), step_ms=1000), RULES) is None
    assert calibrate(stretch(*[2.0] * FEWEST_SAMPLES, step_ms=1000), RULES) is not None


def test_single_noisy_frames_do_not_move_the_baseline() -> None:
    yaws_deg = [2.0] * CALM_FRAMES
    yaws_deg[3] = yaws_deg[9] = 80.0
    baseline = calibrate(stretch(*yaws_deg), RULES)
    assert baseline is not None
    assert baseline.yaw_deg == 2.0


def test_somebody_who_swings_between_two_directions_is_not_calm() -> None:
    swinging = [-12.0, -12.0, 12.0] * CALM_FRAMES  # two thirds of the frames agree, and so does the median
    assert calibrate(stretch(*swinging), RULES) is None


def test_somebody_who_looks_steadily_far_aside_is_calm_but_not_at_the_screen() -> None:
    limit_deg = RULES.calibration_limit_deg
    assert calibrate(stretch(*[limit_deg] * CALM_FRAMES), RULES) is not None
    assert calibrate(stretch(*[limit_deg + 1] * CALM_FRAMES), RULES) is None
    assert calibrate(stretch(*[0.0] * CALM_FRAMES, pitch_deg=-limit_deg - 1), RULES) is None


@given(st.lists(st.integers(1, 3000), max_size=200))
def test_samples_stay_few_recent_and_in_order_however_long_no_calm_comes(steps_ms: list[int]) -> None:
    samples: tuple[Sample, ...] = ()
    at_ms = 0
    for step_ms in steps_ms:
        at_ms += step_ms
        samples = add_sample(samples, at(at_ms), RULES)
        assert len(samples) <= MOST_SAMPLES
        assert at_ms - samples[-1].at_ms < 100
        assert samples[-1].at_ms - samples[0].at_ms <= RULES.calibration_seconds * 1000 + 1000
        assert list(samples) == sorted(samples, key=lambda one: one.at_ms)


def test_a_baseline_is_found_from_the_samples_that_are_kept_at_any_pace_of_the_camera() -> None:
    for step_ms, seconds in ((33, 3), (200, 3), (400, 3), (200, 60)):
        settings = RuleSettings(calibration_seconds=seconds)
        samples: tuple[Sample, ...] = ()
        for place in range((seconds + 2) * 1000 // step_ms):
            samples = add_sample(samples, at(place * step_ms), settings)
        assert calibrate(samples, settings) is not None
