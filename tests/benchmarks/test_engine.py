"""What the engine's benchmark says of its own ratios."""

import math
import statistics

import pytest

from tests.benchmarks.engine import Owed, error_of_ratio


def test_where_only_one_of_two_varies_a_ratio_s_error_is_that_of_its_mean() -> None:
    turns = [4.0, 5.0, 4.4, 4.2, 5.1]
    error = statistics.stdev(turns) / math.sqrt(len(turns))
    assert error_of_ratio(turns, [2.0] * len(turns)) == pytest.approx(error / 2, abs=1e-4)


def test_what_slows_both_alike_is_no_error_of_their_ratio_and_one_turn_says_nothing_of_it() -> None:
    turns = [4.0, 5.0, 4.4, 4.2, 5.1]
    assert error_of_ratio(turns, [turn / 2 for turn in turns]) == 0
    assert error_of_ratio([4.0], [2.0]) is None


def test_a_model_is_run_as_often_as_its_share_of_frames_says() -> None:
    ran: list[str] = []
    models = Owed((lambda: ran.append("mesh"), lambda: ran.append("short")), [1.25, 0.25])
    for _ in range(8):
        models.run()
    assert (ran.count("mesh"), ran.count("short")) == (10, 2)
