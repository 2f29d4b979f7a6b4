import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.rules.pacing import RATE_WINDOW_MS, frames_per_second, next_interval_ms
from guildhall.proctoring.settings import ProctoringSettings, RuleSettings


@pytest.mark.parametrize(("engine_ms", "told_ms"), [(0, 200), (150, 200), (201, 201), (450, 450)])
def test_a_page_is_told_the_slower_of_what_is_configured_and_what_the_engine_can_do(
    engine_ms: int, told_ms: int
) -> None:
    assert next_interval_ms(engine_ms, ProctoringSettings()) == told_ms


@given(st.integers(0, 10**6), st.integers(33, 10_000), st.floats(0.3, 30))
def test_no_load_whatever_slows_a_page_so_far_that_nothing_could_be_judged(
    engine_ms: int, configured_ms: int, gap_seconds: float
) -> None:
    settings = ProctoringSettings(frame_interval_ms=configured_ms, rules=RuleSettings(gap_seconds=gap_seconds))
    told_ms = next_interval_ms(engine_ms, settings)
    assert configured_ms <= told_ms <= max(configured_ms, gap_seconds * 1_000)


def test_the_rate_is_that_of_the_last_frames_judged() -> None:
    assert frames_per_second([0, 200, 400, 600], 600) == 5.0
    assert frames_per_second([0, 450, 900], 1_000) == 2.2


def test_before_two_frames_there_is_no_rate_and_after_a_silence_it_is_none() -> None:
    assert frames_per_second([], 0) is None
    assert frames_per_second([10], 10) is None
    assert frames_per_second([0, 200], 201 + RATE_WINDOW_MS) == 0.0
    assert frames_per_second([7, 7], 7) == 0.0
