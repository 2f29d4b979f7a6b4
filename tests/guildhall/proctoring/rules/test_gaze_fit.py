from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import Look, StepName, Weakness
from guildhall.proctoring.rules.gaze_fit import Axis, fit_gaze
from guildhall.proctoring.rules.quality import weakest
from guildhall.proctoring.rules.readings import look_of, sample_of
from guildhall.proctoring.rules.steps import DOTS
from guildhall.proctoring.settings import RuleSettings
from tests.fakes.sitters import Sitter

RULES = RuleSettings()
AXES: list[tuple[Axis, int]] = [("gaze_x", -1), ("gaze_y", 1)]


def looks_at(
    sitter: Sitter, dots: dict[StepName, tuple[float, float]] | None = None, frames: int = 4
) -> dict[StepName, Look]:
    """What is seen of somebody who looks at these points while those dots are shown."""
    return {
        step: look_of([sample_of(sitter.look(at), place) for place in range(frames)])
        for step, at in (dots or DOTS).items()
    }


def figure(looks: dict[StepName, Look], axis: Axis = "gaze_x", sign: int = -1) -> float:
    return weakest(RULES, *fit_gaze(looks, axis, 0.0, expected_sign=sign).parts).figure


@given(
    bias=st.floats(-0.2, 0.2),
    span=st.floats(0.12, 0.4),
    seed=st.integers(0, 10_000),
)
def test_the_fit_recovers_a_known_bias_and_span_under_noise(bias: float, span: float, seed: int) -> None:
    sitter = Sitter(gaze_x=bias, gaze_y=bias, gaze_x_span=-span, gaze_y_span=span, random=Random(seed))
    looks = looks_at(sitter)
    for axis, sign in AXES:
        fitted = fit_gaze(looks, axis, 0.0, expected_sign=sign)
        assert fitted.span == pytest.approx(sign * span, abs=0.06)  # four frames a dot, each .012 off
        assert fitted.middle == pytest.approx(bias, abs=0.04)


@pytest.mark.parametrize(("axis", "sign"), AXES)
@pytest.mark.parametrize("missed", DOTS)
def test_one_missed_dot_hardly_moves_the_fit_and_lowers_its_quality(axis: Axis, sign: int, missed: StepName) -> None:
    sitter = Sitter(noise=0)
    dots = {**DOTS, missed: (1 - DOTS[missed][0], 1 - DOTS[missed][1]) if missed is not StepName.CENTRE else (1.0, 1.0)}
    fitted = fit_gaze(looks_at(sitter, dots), axis, 0.0, expected_sign=sign)
    assert fitted.span == pytest.approx(getattr(sitter, f"{axis}_span"), rel=0.35)
    if missed is not StepName.CENTRE:
        assert figure(looks_at(sitter, dots), axis, sign) < figure(looks_at(sitter), axis, sign)


@given(st.permutations(list(DOTS)))
def test_eyes_that_follow_in_another_order_are_never_good(order: list[StepName]) -> None:
    """Every way of looking at the five dots that has two or more sides of the window wrong."""
    dots = {step: DOTS[shown] for step, shown in zip(DOTS, order, strict=True)}
    wrong_sides = sum(dots[step][0] != DOTS[step][0] for step in DOTS)
    if wrong_sides >= 2:
        assert figure(looks_at(Sitter(noise=0), dots)) < RULES.calibration_least_quality


@given(st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)), st.floats(0, 4), st.integers(0, 1000))
def test_eyes_that_stay_where_they_are_have_no_quality_whatever_the_noise(
    at: tuple[float, float], noise: float, seed: int
) -> None:
    sitter = Sitter(noise=noise, random=Random(seed))
    assert figure(looks_at(sitter, dict.fromkeys(DOTS, at), frames=15)) < RULES.calibration_least_quality


@given(st.sets(st.sampled_from(list(DOTS)), max_size=3))
def test_three_dots_or_fewer_are_never_enough(seen: set[StepName]) -> None:
    looks = {step: look for step, look in looks_at(Sitter(noise=0)).items() if step in seen | {StepName.CENTRE}}
    if len(looks) <= 3:
        assert figure(looks) < RULES.calibration_least_quality


def test_a_mirrored_picture_is_called_reversed_and_gives_no_span() -> None:
    fitted = fit_gaze(looks_at(Sitter(gaze_x_span=0.2, noise=0)), "gaze_x", 0.0, expected_sign=-1)
    assert fitted.span is None
    assert weakest(RULES, *fitted.parts).weakness is Weakness.REVERSED


def test_a_window_too_small_to_tell_its_sides_apart_is_not_good() -> None:
    assert figure(looks_at(Sitter(gaze_x_span=-0.05, noise=0))) < RULES.calibration_least_quality
    assert figure(looks_at(Sitter(gaze_x_span=-0.2, noise=0))) == 1


def test_a_head_that_follows_the_dots_is_allowed_for() -> None:
    sitter = Sitter(noise=0)
    looks = {
        # Half of the way with the head: 12 degrees, which the eyes take back.
        step: look_of([sample_of(sitter.look(at, yaw_deg=-24 * (at[0] - 0.5)), 0)])
        for step, at in DOTS.items()
    }
    fitted = fit_gaze(looks, "gaze_x", -sitter.counter_turn, expected_sign=-1)
    assert fitted.span == pytest.approx(sitter.gaze_x_span)
