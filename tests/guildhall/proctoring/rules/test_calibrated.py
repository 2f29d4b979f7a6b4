import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import Baseline, BaselineSource, Quality, Reading, Signal
from guildhall.proctoring.rules.calibrated import CENTRE, Calibrated, calibrate_reading, gaze_span
from guildhall.proctoring.settings import RuleSettings
from tests.fakes.sitters import Sitter

RULES = RuleSettings()
GOOD = Quality(figure=1, on=True)


def baseline_of(sitter: Sitter, *off: Signal) -> Baseline:
    """What a faultless check-in would find."""
    return Baseline(
        source=BaselineSource.CHECK_IN,
        yaw_deg=sitter.yaw_deg,
        pitch_deg=sitter.pitch_deg,
        gaze_x=sitter.gaze_x,
        gaze_y=sitter.gaze_y,
        eyes_open=sitter.eyes_open,
        eyes_closed=sitter.eyes_closed,
        mouth_closed=0.02,
        gaze_x_span=sitter.gaze_x_span,
        gaze_y_span=sitter.gaze_y_span,
        gaze_x_per_yaw_deg=-sitter.counter_turn,
        gaze_y_per_pitch_deg=sitter.counter_turn,
        quality={signal: Quality(figure=0, on=False) if signal in off else GOOD for signal in Signal},
    )


def reading_of(sitter: Sitter, at: tuple[float, float] = (CENTRE, CENTRE), **how: float) -> Reading:
    face = sitter.look(at, **how)  # type: ignore[arg-type]
    return Reading(
        face.yaw_deg,
        face.pitch_deg,
        face.gaze_x,
        face.gaze_y,
        face.eye_openness,
        face.mouth_openness,
        face.interocular_px,
        face.light,
    )


PLACES = st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
TURNS = st.floats(-20, 20)
SITTERS = st.builds(
    Sitter,
    yaw_deg=st.floats(-25, 25),
    pitch_deg=st.floats(-25, 25),
    gaze_x=st.floats(-0.2, 0.2),
    gaze_y=st.floats(-0.2, 0.2),
    gaze_x_span=st.floats(-0.4, -0.08),
    gaze_y_span=st.floats(0.08, 0.4),
    counter_turn=st.floats(0, 0.02),
    noise=st.just(0.0),
)


@given(SITTERS, PLACES, TURNS, TURNS)
def test_a_point_of_the_screen_is_the_same_for_everybody_however_the_head_is_held(
    sitter: Sitter, at: tuple[float, float], yaw_deg: float, pitch_deg: float
) -> None:
    reading = reading_of(sitter, at, yaw_deg=yaw_deg, pitch_deg=pitch_deg)
    seen = calibrate_reading(reading, baseline_of(sitter), RULES)
    assert seen.yaw_deg == pytest.approx(yaw_deg, abs=1e-6)
    assert seen.pitch_deg == pytest.approx(pitch_deg, abs=1e-6)
    assert seen.gaze_x == pytest.approx(at[0], abs=1e-6)
    assert seen.gaze_y == pytest.approx(at[1], abs=1e-6)


def test_openness_runs_from_the_persons_closed_eyes_to_their_usual_ones() -> None:
    sitter = Sitter(noise=0)
    baseline = baseline_of(sitter)
    assert calibrate_reading(reading_of(sitter), baseline, RULES).eye_openness == pytest.approx(1)
    assert calibrate_reading(reading_of(sitter, closed=True), baseline, RULES).eye_openness == pytest.approx(0)
    assert calibrate_reading(reading_of(sitter), baseline, RULES).mouth_openness == pytest.approx(0)


@pytest.mark.parametrize("signal", Signal)
def test_a_signal_that_is_off_has_no_calibrated_value_and_the_others_keep_theirs(signal: Signal) -> None:
    sitter = Sitter(noise=0)
    seen = calibrate_reading(reading_of(sitter), baseline_of(sitter, signal), RULES)
    names = {
        Signal.YAW: "yaw_deg",
        Signal.PITCH: "pitch_deg",
        Signal.EYES: "eye_openness",
        Signal.MOUTH: "mouth_openness",
    }
    off = names.get(signal, signal.value)
    assert [name for name in Calibrated.__slots__ if getattr(seen, name) is None] == [off]


def test_without_a_measured_span_the_raw_limit_lies_just_past_the_edge_of_the_window() -> None:
    unknown = Baseline(yaw_deg=0, pitch_deg=0, gaze_x=0)
    assert -(CENTRE + RULES.away_screen) * gaze_span(unknown, RULES) == pytest.approx(RULES.away_gaze)
    assert gaze_span(baseline_of(Sitter()), RULES) == Sitter().gaze_x_span
