import pytest

from guildhall.proctoring.model import Baseline, Quality, Signal, Weakness
from guildhall.proctoring.rules.check_in_words import ADVICE, SUBJECTS, findings


def baseline_with(quality: dict[Signal, Quality]) -> Baseline:
    return Baseline(yaw_deg=0, pitch_deg=0, gaze_x=0, quality=quality)


def test_every_weakness_is_told_with_what_to_do() -> None:
    assert set(ADVICE) == set(Weakness)
    assert all(advice.endswith(".") for advice in ADVICE.values())


def test_every_judged_signal_belongs_to_a_subject_the_candidate_is_told_of() -> None:
    told = [signal for subject in SUBJECTS for signal in subject.signals]
    assert len(told) == len(set(told))
    assert set(told) == set(Signal) - {Signal.GAZE_Y}  # carried beside the others, and never judged


def test_without_a_baseline_everything_is_off_and_nobody_is_blamed() -> None:
    assert [(one.on, one.figure) for one in findings(None)] == [(False, 0)] * len(SUBJECTS)


@pytest.mark.parametrize("weakness", Weakness)
def test_what_is_off_says_so_and_why_by_its_weakest_signal(weakness: Weakness) -> None:
    good, poor = Quality(figure=0.9, on=True), Quality(figure=0.1, on=False, weakness=weakness)
    head, gaze, *_ = findings(baseline_with({Signal.YAW: good, Signal.PITCH: poor, Signal.GAZE_X: good}))
    assert (head.on, head.figure) == (False, 0.1)
    assert head.text == f"{head.subject.unused} {ADVICE[weakness]}"
    assert (gaze.on, gaze.text) == (True, gaze.subject.used)
