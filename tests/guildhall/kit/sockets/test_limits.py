from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import Limit
from guildhall.kit.sockets.limits import TokenBucket


def test_a_burst_is_free_then_each_waits_its_share_of_a_second() -> None:
    clock = ManualClock()
    bucket = TokenBucket(Limit(per_second=4, burst=2), clock)
    assert [bucket.take() for _ in range(3)] == [0, 0, 250]
    clock.advance(249)
    assert bucket.take() == 1
    clock.advance(1)
    assert [bucket.take(), bucket.take()] == [0, 250]


def test_a_long_pause_earns_no_more_than_a_burst() -> None:
    clock = ManualClock()
    bucket = TokenBucket(Limit(per_second=4, burst=2), clock)
    clock.advance(3_600_000)
    assert [bucket.take() for _ in range(3)] == [0, 0, 250]


@given(st.lists(st.integers(0, 400), max_size=200), st.floats(0.5, 20), st.integers(1, 10))
def test_no_rhythm_gets_more_through_than_the_limit_says(pauses_ms: list[int], per_second: float, burst: int) -> None:
    clock = ManualClock()
    bucket = TokenBucket(Limit(per_second=per_second, burst=burst), clock)
    passed = 0
    for pause_ms in pauses_ms:
        clock.advance(pause_ms)
        passed += bucket.take() == 0
    assert passed <= burst + sum(pauses_ms) / 1000 * per_second + 1e-3


@given(st.floats(0.1, 50), st.integers(1, 5))
def test_whoever_waits_as_told_gets_through(per_second: float, burst: int) -> None:
    clock = ManualClock()
    bucket = TokenBucket(Limit(per_second=per_second, burst=burst), clock)
    for _ in range(20):
        if retry_after_ms := bucket.take():
            clock.advance(retry_after_ms)
            assert bucket.take() == 0
