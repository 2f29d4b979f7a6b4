import itertools
import threading

import pytest

from guildhall.kit.clock import ManualClock, SystemClock
from guildhall.kit.ids import CROCKFORD_BASE32, ULID_LENGTH, new_id


def test_an_id_is_its_prefix_and_a_ulid() -> None:
    prefix, _, ulid = new_id("ses", SystemClock()).partition("_")
    assert prefix == "ses"
    assert len(ulid) == ULID_LENGTH
    assert set(ulid) <= set(CROCKFORD_BASE32)


def test_the_ulid_begins_with_the_time() -> None:
    # Later than any other clock of these tests, so that the process's order does not hold it back.
    clock = ManualClock(now_ms=2_000_000_000_123)
    ulid = new_id("ses", clock).partition("_")[2]
    at_ms = 0
    for digit in ulid[:10]:
        at_ms = at_ms * 32 + CROCKFORD_BASE32.index(digit)
    assert at_ms == 2_000_000_000_123


def test_ids_sort_in_the_order_they_were_made_even_when_the_clock_is_set_back() -> None:
    clock = ManualClock()
    made = []
    for step_ms in [0] * 500 + [1] * 100 + [-5_000] * 100:
        clock.advance(step_ms)
        made.append(new_id("ses", clock))
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_one_millisecond_do_not_give_away_the_next() -> None:
    clock = ManualClock()
    ulids = [new_id("ses", clock)[-ULID_LENGTH:] for _ in range(50)]
    numbers = [sum(CROCKFORD_BASE32.index(d) * 32**p for p, d in enumerate(reversed(ulid))) for ulid in ulids]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    assert len(steps) == 49
    assert min(steps) > 0


def test_threads_never_make_the_same_id() -> None:
    clock = SystemClock()
    made: list[str] = []

    def make() -> None:
        made.extend(new_id("ses", clock) for _ in range(2_000))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


@pytest.mark.parametrize("prefix", ["", "Ses", "ses_", "s-s", "1s", "s" * 17, "é"])
def test_a_prefix_that_would_not_read_well_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="is no id prefix"):
        new_id(prefix, ManualClock())
