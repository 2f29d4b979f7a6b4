import time

from guildhall.kit.clock import ManualClock, SystemClock


def test_the_system_clock_tells_utc_milliseconds_and_a_duration_that_never_goes_back() -> None:
    clock = SystemClock()
    before = time.time() * 1000
    assert before - 1 <= clock.now_ms() <= time.time() * 1000 + 1
    readings = [clock.monotonic_ms() for _ in range(1000)]
    assert readings == sorted(readings)


def test_a_manual_clock_stands_still_until_it_is_advanced() -> None:
    clock = ManualClock(now_ms=1_000)
    start = clock.monotonic_ms()
    assert clock.now_ms() == 1_000
    clock.advance(250)
    assert (clock.now_ms(), clock.monotonic_ms() - start) == (1_250, 250)
