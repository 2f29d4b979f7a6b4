from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.proctoring.lifecycle import CheckInEvent
from guildhall.proctoring.model import Baseline, BaselineSource, Look, Reading, Signal, StepName, Weakness
from guildhall.proctoring.rules import Timeline
from guildhall.proctoring.rules.checking_in import act
from guildhall.proctoring.rules.fitting import MOST_GAZE_A_DEGREE, UNCONFIRMED_QUALITY, fit_baseline
from guildhall.proctoring.settings import RuleSettings
from tests.fakes.sitters import DefiantSitter, MirroredSitter, Sitter, sit_check_in

RULES = RuleSettings()


def looks_of(sitter: Sitter, step_ms: int = 200) -> dict[StepName, Look]:
    begun = Timeline().checking_in(act(Timeline().check_in, CheckInEvent.START))
    return dict(sit_check_in(sitter, begun, 1_000, RULES, step_ms)[0].check_in.looks)


def fitted(sitter: Sitter, step_ms: int = 200) -> Baseline:
    baseline = fit_baseline(looks_of(sitter, step_ms), RULES)
    assert baseline is not None
    return baseline


def off(baseline: Baseline) -> dict[Signal, Weakness | None]:
    return {signal: quality.weakness for signal, quality in baseline.quality.items() if not quality.on}


@settings(max_examples=40, deadline=None)
@given(
    yaw_deg=st.floats(-20, 20),
    pitch_deg=st.floats(-20, 20),
    gaze_x=st.floats(-0.15, 0.15),
    span=st.floats(0.14, 0.35),
    counter_turn=st.floats(0.004, 0.02),
    eyes_open=st.floats(0.2, 0.42),
    seed=st.integers(0, 10_000),
)
def test_a_willing_persons_bias_and_gains_are_found_under_noise_and_every_signal_is_on(
    yaw_deg: float,
    pitch_deg: float,
    gaze_x: float,
    span: float,
    counter_turn: float,
    eyes_open: float,
    seed: int,
) -> None:
    sitter = Sitter(
        yaw_deg=yaw_deg,
        pitch_deg=pitch_deg,
        gaze_x=gaze_x,
        gaze_x_span=-span,
        gaze_y_span=span,
        counter_turn=counter_turn,
        eyes_open=eyes_open,
        random=Random(seed),
    )
    baseline = fitted(sitter)
    assert baseline.source is BaselineSource.CHECK_IN
    assert baseline.yaw_deg == pytest.approx(yaw_deg, abs=1.5)
    assert baseline.pitch_deg == pytest.approx(pitch_deg, abs=1.5)
    assert baseline.gaze_x == pytest.approx(gaze_x, abs=0.04)
    assert baseline.gaze_x_span == pytest.approx(-span, abs=0.06)
    assert baseline.gaze_y_span == pytest.approx(span, abs=0.06)
    assert baseline.gaze_x_per_yaw_deg == pytest.approx(-counter_turn, abs=0.004)
    assert baseline.gaze_y_per_pitch_deg == pytest.approx(counter_turn, abs=0.004)
    assert baseline.eyes_open == pytest.approx(eyes_open, abs=0.02)
    assert baseline.eyes_closed == pytest.approx(sitter.eyes_closed, abs=0.02)
    assert off(baseline) == {}


def test_somebody_who_follows_nothing_keeps_the_head_from_the_centre_alone_and_loses_gaze_and_eyelids() -> None:
    baseline = fitted(DefiantSitter())
    assert set(off(baseline)) == {Signal.GAZE_X, Signal.GAZE_Y, Signal.EYES}
    assert baseline.quality[Signal.YAW].figure == UNCONFIRMED_QUALITY
    assert baseline.quality[Signal.PITCH].weakness is Weakness.UNRESPONSIVE
    assert (baseline.gaze_x_per_yaw_deg, baseline.gaze_y_per_pitch_deg) == (0, 0)


def test_a_mirrored_picture_switches_left_and_right_off_and_says_why_and_leaves_up_and_down() -> None:
    baseline = fitted(MirroredSitter())
    assert off(baseline) == {Signal.YAW: Weakness.REVERSED, Signal.GAZE_X: Weakness.REVERSED}


def test_one_turn_the_wrong_way_is_a_mistake_and_no_mirror() -> None:
    looks = looks_of(Sitter())
    looks[StepName.TURN_LEFT] = looks[StepName.TURN_RIGHT]
    baseline = fit_baseline(looks, RULES)
    assert baseline is not None
    assert baseline.quality[Signal.YAW].figure == UNCONFIRMED_QUALITY


def test_without_a_look_at_the_centre_there_is_no_baseline() -> None:
    looks = looks_of(Sitter())
    del looks[StepName.CENTRE]
    assert fit_baseline(looks, RULES) is None
    assert fit_baseline({}, RULES) is None


@given(st.sets(st.sampled_from(list(StepName))))
def test_every_step_left_out_costs_what_it_measures_and_nothing_else(skipped: set[StepName]) -> None:
    looks = {step: look for step, look in LOOKS.items() if step not in skipped - {StepName.CENTRE}}
    baseline = fit_baseline(looks, RULES)
    assert baseline is not None
    corners = skipped & {StepName.TOP_LEFT, StepName.TOP_RIGHT, StepName.BOTTOM_LEFT, StepName.BOTTOM_RIGHT}
    assert baseline.is_on(Signal.YAW)
    assert baseline.is_on(Signal.EYES) is (StepName.CLOSE_EYES not in skipped)
    assert baseline.is_on(Signal.GAZE_X) is (len(corners) < 2)


LOOKS = looks_of(Sitter())


def test_the_eyes_turn_back_less_than_noise_could_make_believe() -> None:
    baseline = fitted(Sitter(counter_turn=2 * MOST_GAZE_A_DEGREE, noise=0))
    assert baseline.gaze_x_per_yaw_deg == 0


@pytest.mark.parametrize(
    ("sitter", "weakness"),
    [
        (Sitter(noise=9), Weakness.UNSTEADY),
        (Sitter(size_px=20), None),
        (Sitter(yaw_deg=45), Weakness.ASIDE),
    ],
    ids=["restless", "too small to be clear", "camera aside"],
)
def test_who_cannot_be_read_has_every_judged_signal_off(sitter: Sitter, weakness: Weakness | None) -> None:
    looks = looks_of(sitter)
    baseline = fit_baseline(looks, RULES)
    if weakness is None:
        assert baseline is None
        return
    assert baseline is not None
    assert not baseline.is_on(Signal.YAW)
    assert not baseline.is_on(Signal.GAZE_X)
    assert baseline.quality[Signal.YAW].weakness is weakness


@pytest.mark.parametrize("step_ms", [33, 100, 200, 400])
def test_a_camera_of_any_pace_measures_the_same_person(step_ms: int) -> None:
    baseline = fitted(Sitter(), step_ms)
    assert baseline.gaze_x_span == pytest.approx(Sitter().gaze_x_span, abs=0.06)
    assert baseline.is_on(Signal.YAW)
    assert baseline.is_on(Signal.GAZE_X)


READINGS = st.builds(
    Reading,
    yaw_deg=st.floats(-90, 90),
    pitch_deg=st.floats(-90, 90),
    gaze_x=st.floats(-1, 1),
    gaze_y=st.floats(-1, 1),
    eye_openness=st.floats(0, 1),
    mouth_openness=st.floats(0, 1),
    interocular_px=st.floats(0, 400),
    light=st.floats(0, 1),
)
ANY_LOOKS = st.dictionaries(
    st.sampled_from(list(StepName)), st.builds(Look, middle=READINGS, spread=READINGS, count=st.integers(1, 99))
)


@settings(deadline=None)
@given(ANY_LOOKS)
def test_whatever_was_seen_the_fit_is_a_baseline_with_figures_that_can_be_stored(looks: dict[StepName, Look]) -> None:
    baseline = fit_baseline(looks, RULES)
    assert (baseline is None) is (StepName.CENTRE not in looks)
    if baseline is not None:
        assert set(baseline.quality) == set(Signal)
        assert Baseline.model_validate(baseline.model_dump(mode="json")) == baseline
        assert baseline.gaze_x_span is None or baseline.gaze_x_span < 0
        assert baseline.gaze_y_span is None or baseline.gaze_y_span > 0
