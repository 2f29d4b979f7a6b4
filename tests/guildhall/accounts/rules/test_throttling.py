import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.accounts.model import UNTOUCHED, Tally
from guildhall.accounts.rules.throttling import (
    Axis,
    Verdict,
    bar_axes,
    delay_axes,
    judge_attempt,
    wait_left_ms,
    with_attempt,
)
from guildhall.accounts.settings import DelayLimit, ThrottleSettings

LIMIT = DelayLimit(free_failures=5, first_wait_seconds=2, longest_wait_seconds=900, forget_seconds=3600)
SETTINGS = ThrottleSettings()


@pytest.mark.parametrize(
    ("failures", "wait_ms"),
    [(0, 0), (4, 0), (5, 2_000), (6, 4_000), (7, 8_000), (13, 512_000), (14, 900_000), (99, 900_000)],
)
def test_each_failure_beyond_the_free_ones_doubles_the_wait_up_to_the_longest(failures: int, wait_ms: int) -> None:
    assert wait_left_ms(Tally(failures, 1_000), LIMIT, 1_000) == wait_ms
    assert wait_left_ms(Tally(failures, 1_000), LIMIT, 1_000 + wait_ms) == 0


def test_an_hour_without_failures_and_all_is_forgotten() -> None:
    assert with_attempt(Tally(50, 0), LIMIT, 3_600_000) == Tally(1, 3_600_000)
    assert wait_left_ms(Tally(50, 0), LIMIT, 3_600_000) == 0


@given(gaps=st.lists(st.integers(min_value=0, max_value=600_000), max_size=60))
def test_nobody_ever_gets_more_guesses_an_hour_than_the_free_ones_and_a_few(gaps: list[int]) -> None:
    tally, now_ms, let_through = UNTOUCHED, 10_000_000, []
    for gap in gaps:
        now_ms += gap
        if wait_left_ms(tally, LIMIT, now_ms) == 0:
            tally = with_attempt(tally, LIMIT, now_ms)
            let_through.append(now_ms)
    for start in let_through:
        # 5 free, 9 while the wait doubles from 2 s to 512 s, then one every 15 minutes.
        assert sum(start <= at < start + 3_600_000 for at in let_through) <= 5 + 9 + 5


def test_what_strangers_do_never_counts_against_a_known_device() -> None:
    assert delay_axes(is_known_device=True) == (Axis.DEVICE,)
    assert bar_axes(is_known_device=True) == ()


def test_the_account_and_everybody_raise_the_bar_and_never_make_wait() -> None:
    assert bar_axes(is_known_device=False) == (Axis.ACCOUNT, Axis.EVERYBODY)
    full = {Axis.ACCOUNT: SETTINGS.account.failures, Axis.EVERYBODY: SETTINGS.everybody.failures}
    assert judge_attempt({Axis.PAIR: 0}, full, SETTINGS) is Verdict.OPEN
    for axis, count in full.items():
        assert judge_attempt({}, {**full, axis: count + 1}, SETTINGS) is Verdict.RAISED
        assert judge_attempt({Axis.PAIR: 1}, {axis: count + 1}, SETTINGS) is Verdict.WAIT
