"""The clock of an attempt, walked second by second beside a model that only counts."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from guildhall.assessments.model.attempts import (
    SUSPENSIONS_MAX,
    AttemptClock,
    Extension,
    Outage,
    Suspension,
    SuspensionKind,
)
from guildhall.assessments.rules.clock import (
    break_left_ms,
    credited_ms,
    deadline_ms,
    end_suspensions,
    give_back,
    left_ms,
    suspend,
    suspended_ms,
    union,
)

START = 1_000_000
STEPS = st.integers(0, 5_000)


def suspension(key: str, began: int, ended: int | None, kind: SuspensionKind = SuspensionKind.PAUSE) -> Suspension:
    return Suspension(key=key, kind=kind, began_at_ms=began, ended_at_ms=ended)


def a_clock(budget_ms: int = 60_000, break_ms: int = 0, *suspensions: Suspension) -> AttemptClock:
    return AttemptClock(
        budget_ms=budget_ms, break_budget_ms=break_ms, started_at_ms=START, suspensions=tuple(suspensions)
    )


@dataclass
class Counter:
    """Counts what a person with a stopwatch would: a millisecond is worked, or it is not."""

    given_ms: int
    now_ms: int = START
    worked_ms: int = 0
    open: set[str] = field(default_factory=set)


class ClockMachine(RuleBasedStateMachine):
    """Pauses, breaks, outages (told of late, in any order, and again) and extensions, with reads in between."""

    @initialize(budget_ms=st.integers(0, 30_000), break_ms=st.integers(0, 10_000))
    def begin(self, budget_ms: int, break_ms: int) -> None:
        self.clock = a_clock(budget_ms, break_ms)
        self.counter = Counter(budget_ms)
        self.outages: list[Outage] = []
        self.is_out = False
        self.untold: list[tuple[int, int]] = []
        self.number = 0
        self.left_before: int | None = None

    @rule(milliseconds=STEPS)
    def pass_time(self, milliseconds: int) -> None:
        if not self.counter.open and not self.is_out:
            self.counter.worked_ms += milliseconds
        self.counter.now_ms += milliseconds
        self.left_before = None if self.is_out else self.left_before

    @rule(kind=st.sampled_from([SuspensionKind.PAUSE, SuspensionKind.BREAK]))
    def stop(self, kind: SuspensionKind) -> None:
        if kind.value not in self.counter.open:
            self.number += 1
            self.clock = suspend(self.clock, suspension(f"s{self.number}", self.counter.now_ms, None, kind))
            self.counter.open.add(kind.value)

    @rule(kind=st.sampled_from([SuspensionKind.PAUSE, SuspensionKind.BREAK]))
    def go_on(self, kind: SuspensionKind) -> None:
        self.clock = end_suspensions(self.clock, self.counter.now_ms, (kind,))
        self.counter.open.discard(kind.value)

    @precondition(lambda self: not self.is_out)
    @rule()
    def go_out(self) -> None:
        self.is_out = True
        self.untold.append((self.counter.now_ms, self.counter.now_ms))

    @precondition(lambda self: self.is_out)
    @rule()
    def come_back(self) -> None:
        """Found at once, as every first beat does; nobody reads the clock before."""
        self.is_out = False
        began, _ = self.untold.pop()
        if self.counter.now_ms > began:
            self.outages.append(Outage(id=f"out_{began}", began_at_ms=began, ended_at_ms=self.counter.now_ms))
        self.clock = give_back(self.clock, self.outages)
        self.left_before = None

    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        """Followers repeat themselves, in any order."""
        if self.outages:
            again = data.draw(st.lists(st.sampled_from(self.outages), max_size=4))
            assert give_back(self.clock, again) is self.clock

    @rule(extra_ms=st.integers(1, 20_000))
    def extend(self, extra_ms: int) -> None:
        extension = Extension(at_ms=self.counter.now_ms, extra_ms=extra_ms, by="usr_grace")
        self.clock = self.clock.model_copy(update={"extensions": (*self.clock.extensions, extension)})
        self.counter.given_ms += extra_ms
        self.left_before = None

    @rule()
    def restart(self) -> None:
        """What another process reads."""
        self.clock = AttemptClock.model_validate_json(self.clock.model_dump_json())

    @invariant()
    def left_is_what_a_stopwatch_says(self) -> None:
        if not hasattr(self, "clock") or self.is_out:
            return
        now_ms = self.counter.now_ms
        left = left_ms(self.clock, now_ms)
        assert left == self.counter.given_ms - self.counter.worked_ms
        assert self.left_before is None or left <= self.left_before
        self.left_before = left
        deadline = deadline_ms(self.clock)
        assert (deadline is None) == bool(self.counter.open)
        if deadline is not None:
            assert (left <= 0) == (now_ms >= deadline)
            if left >= 0:
                assert deadline == now_ms + left
        credited = [credited_ms(self.clock, one, now_ms) for one in self.clock.suspensions]
        assert sum(credited) == suspended_ms(self.clock, now_ms)
        assert 0 <= break_left_ms(self.clock, now_ms) <= self.clock.break_budget_ms


# Time says nothing here: the machine that runs this may be busy.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ClockMachine.TestCase.settings = settings(UNHURRIED, max_examples=60, stateful_step_count=30)
TestTheClock = ClockMachine.TestCase


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300))))
def test_a_union_has_each_millisecond_once(stretches: list[tuple[int, int]]) -> None:
    milliseconds = {at for began, ended in stretches for at in range(began, ended)}
    merged = union(stretches)
    assert sum(ended - began for began, ended in merged) == len(milliseconds)
    assert all(one[1] < two[0] for one, two in pairwise(merged))


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)), max_size=12), st.integers(0, 300))
def test_in_whatever_order_overlapping_suspensions_are_written_the_time_left_is_the_same(
    stretches: list[tuple[int, int]], after_ms: int
) -> None:
    suspensions = [
        suspension(f"s{n}", START - 100 + began, START - 100 + began + long, SuspensionKind.OUTAGE)
        for n, (began, long) in enumerate(stretches)
    ]
    now_ms = START + after_ms
    forwards, backwards = a_clock(500, 0, *suspensions), a_clock(500, 0, *reversed(suspensions))
    stood = {at for one in suspensions for at in range(max(START, one.began_at_ms), min(now_ms, one.ended_at_ms or 0))}
    assert left_ms(forwards, now_ms) == left_ms(backwards, now_ms) == 500 - (after_ms - len(stood))
    deadline = deadline_ms(forwards)
    assert deadline is not None
    assert left_ms(forwards, deadline) == 0
    assert deadline == START or left_ms(forwards, deadline - 1) == 1


def test_before_the_start_all_is_left_and_nothing_is_due() -> None:
    clock = AttemptClock(budget_ms=5_000)
    assert (left_ms(clock, START), deadline_ms(clock)) == (5_000, None)
    outage = Outage(id="out_1", began_at_ms=START, ended_at_ms=START + 5)
    assert give_back(clock, [outage]) is clock


def test_an_outage_that_began_before_the_attempt_gives_back_only_what_was_the_attempts() -> None:
    clock = give_back(a_clock(), [Outage(id="out_1", began_at_ms=START - 500, ended_at_ms=START + 300)])
    assert left_ms(clock, START + 300) == 60_000
    assert clock.suspensions[0].began_at_ms == START


def test_a_break_uses_its_budget_but_not_for_what_an_outage_or_a_pause_covers() -> None:
    taken = suspension("b", START, START + 4_000, SuspensionKind.BREAK)
    covered = suspension("o", START + 1_000, START + 2_500, SuspensionKind.OUTAGE)
    assert break_left_ms(a_clock(60_000, 10_000, taken), START + 9_000) == 6_000
    assert break_left_ms(a_clock(60_000, 10_000, taken, covered), START + 9_000) == 7_500


def test_hundreds_of_outages_are_bounded_and_no_candidate_has_less_for_it() -> None:
    outages = [
        Outage(id=f"out_{n}", began_at_ms=START + 1_000 * n, ended_at_ms=START + 1_000 * n + 500)
        for n in range(SUSPENSIONS_MAX + 50)
    ]
    pauses = [suspension(f"p{n}", START + 7 * n, START + 7 * n) for n in range(100)]
    now_ms = START + 1_000 * len(outages)
    clock = give_back(a_clock(60_000, 0, *pauses), outages)
    assert len(clock.suspensions) <= SUSPENSIONS_MAX
    assert suspended_ms(clock, now_ms) >= 500 * len(outages)
    assert give_back(clock, outages) is clock
