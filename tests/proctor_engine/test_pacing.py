import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.pacing import (
    ACTIVE_SECONDS,
    FULL_SHARE,
    LONGEST_INTERVAL_MS,
    LOOK_SECONDS,
    Load,
    Pace,
    Pacer,
    next_pace,
)

loads = st.builds(
    Load,
    ready=st.integers(0, 64),
    service_us=st.floats(0, 1e6),
    sessions=st.integers(0, 5_000),
    late_share=st.floats(0, 1),
)


def test_sessions_are_told_an_interval_that_takes_nine_tenths_of_the_children() -> None:
    pace = next_pace(Pace(), Load(ready=2, service_us=10_000, sessions=40), LOOK_SECONDS)
    assert pace.share_ms == pytest.approx(200)
    assert pace.interval_ms == pytest.approx(200 / FULL_SHARE)


def test_a_child_lost_slows_everybody_at_once_and_its_return_is_used_slowly() -> None:
    calm = next_pace(Pace(), Load(2, 10_000, 40), LOOK_SECONDS)
    alone = next_pace(calm, Load(1, 10_000, 40), LOOK_SECONDS)
    assert alone.interval_ms == pytest.approx(2 * calm.interval_ms)
    back = next_pace(alone, Load(2, 10_000, 40), LOOK_SECONDS)
    assert calm.interval_ms < back.interval_ms < alone.interval_ms
    for _ in range(100):
        back = next_pace(back, Load(2, 10_000, 40), LOOK_SECONDS)
    assert back.interval_ms == pytest.approx(calm.interval_ms)


@pytest.mark.parametrize("load", [Load(0, 10_000, 40), Load(2, 0, 40)])
def test_without_a_child_or_a_measured_time_the_pace_stays(load: Load) -> None:
    before = Pace(300, 270)
    assert next_pace(before, load, LOOK_SECONDS) == before


@given(st.lists(st.tuples(loads, st.floats(0, 10)), max_size=30))
def test_no_load_whatever_makes_a_pace_that_is_no_interval(seen: list[tuple[Load, float]]) -> None:
    pace = Pace()
    for load, elapsed_seconds in seen:
        pace = next_pace(pace, load, elapsed_seconds)
        assert 0 <= pace.share_ms < float("inf")
        assert min(pace.share_ms, LONGEST_INTERVAL_MS) <= pace.interval_ms or load.ready == 0 or load.service_us == 0
        assert 1 <= pace.caution <= 2


def test_one_session_of_many_that_is_late_by_itself_slows_nobody() -> None:
    load = Load(2, 10_000, 40, late_share=1 / 40)
    assert next_pace(Pace(), load, 10).caution == 1


class Hall:
    """Obedient sessions at an engine, in steps of one look: they send at the told interval, never below their own.

    A frame takes longer the busier the machine is, every measurement of it is noisy, and what does not fit is late.
    """

    def __init__(self, sessions: int, busy_us: Callable[[float], float], *, measured: float = 1.0) -> None:
        self.sessions = sessions
        self.ready = 2
        self.loads = [0.5]  # share of the children's time asked for
        self.intervals_ms: list[float] = []
        self._pacer = Pacer(1_000)
        self._now = 0.0
        self._busy_us = busy_us
        self._measured = measured
        self._noise = random.Random(1)

    def run(self, seconds: float, configured_ms: float = 200.0) -> None:
        for _ in range(round(seconds / LOOK_SECONDS)):
            interval_ms = max(configured_ms, self._pacer.pace.interval_ms)
            service_us = self._busy_us(min(1.0, self.loads[-1]))
            frames_per_second = self.sessions * 1_000 / interval_ms
            load = frames_per_second * service_us / 1e6 / self.ready
            self.loads.append(load)
            self.intervals_ms.append(interval_ms)
            late = max(0.0, 1 - 1 / load) * self.sessions
            for number in range(self.sessions):
                self._pacer.offered(str(number), self._now, was_late=number < late)
            for _ in range(round(frames_per_second * LOOK_SECONDS)):
                self._pacer.examined(service_us * self._measured * self._noise.uniform(0.5, 1.5) / 1e6)
            self._now += LOOK_SECONDS
            self._pacer.look(self._now, self.ready)

    def leave(self, sessions: int) -> None:
        for number in range(self.sessions - sessions, self.sessions):
            self._pacer.forget(str(number))
        self.sessions -= sessions


def steady_us(_: float) -> float:
    return 10_000


def contended_us(load: float) -> float:
    return 7_000 + 3_000 * load


@pytest.mark.parametrize("busy_us", [steady_us, contended_us])
@pytest.mark.parametrize("sessions", [45, 80, 160])
def test_an_overloaded_engine_comes_to_nine_tenths_and_stays_there(
    sessions: int, busy_us: Callable[[float], float]
) -> None:
    hall = Hall(sessions, busy_us)
    hall.run(60)
    settled = hall.loads[40:]
    assert min(settled) > 0.8
    assert max(settled) < 0.95
    steps = [abs(after - before) / before for before, after in pairwise(hall.intervals_ms[40:])]
    assert max(steps) < 0.05


def test_an_engine_with_room_slows_nobody() -> None:
    hall = Hall(30, contended_us)
    hall.run(30)
    assert set(hall.intervals_ms) == {200.0}


def test_rates_rise_back_without_overshooting_when_sessions_leave_and_children_return() -> None:
    hall = Hall(80, contended_us)
    hall.run(20)
    hall.ready = 1
    hall.run(20)
    hall.ready = 2
    hall.leave(20)
    began = len(hall.intervals_ms)
    hall.run(60)
    rising = hall.intervals_ms[began + 1 :]
    assert max(after / before for before, after in pairwise(rising)) < 1.05
    assert max(hall.loads[began + 1 :]) < 0.95
    assert hall.loads[-1] > 0.8


def test_where_the_measured_times_flatter_what_comes_too_late_slows_everybody_until_hardly_any_is() -> None:
    hall = Hall(80, steady_us, measured=0.75)
    hall.run(120)
    settled = hall.loads[len(hall.loads) // 2 :]
    assert max(settled) < 1.15
    assert min(settled) > 0.9


def test_a_session_counts_from_its_first_frame_until_it_has_been_silent_or_has_left() -> None:
    pacer = Pacer(8)
    for session_id in ("a", "b", "c"):
        pacer.offered(session_id, 0.0, was_late=False)
    pacer.examined(0.010)
    pacer.forget("c")
    assert pacer.look(0.0, ready=1).sessions == 2
    assert pacer.service_us == pytest.approx(10_000)
    pacer.offered("a", ACTIVE_SECONDS, was_late=True)
    later = ACTIVE_SECONDS + 3 * pacer.pace.interval_ms / 1_000 + 0.01
    load = pacer.look(later, ready=1)
    assert (load.sessions, load.late_share) == (1, 1.0)
    assert pacer.look(later, ready=1).late_share == 0


def test_more_sessions_than_may_wait_are_not_counted() -> None:
    pacer = Pacer(2)
    for number in range(9):
        pacer.offered(str(number), 0.0, was_late=False)
    assert pacer.look(0.0, ready=1).sessions == 2


def test_what_is_measured_elsewhere_counts_with_the_sessions_of_others() -> None:
    pacer = Pacer(8)
    pacer.offered("a", 0.0, was_late=False)
    load = pacer.follow(0.0, ready=4, service_us=8_000, other_sessions=39)
    assert load == Load(4, 8_000, 40, 0)
    assert pacer.pace.share_ms == pytest.approx(80)


def test_a_look_is_due_at_first_and_then_after_a_while() -> None:
    pacer = Pacer(2)
    assert pacer.is_due(5.0)
    pacer.look(5.0, ready=1)
    assert not pacer.is_due(5.0 + LOOK_SECONDS / 2)
    assert pacer.is_due(5.0 + LOOK_SECONDS)
