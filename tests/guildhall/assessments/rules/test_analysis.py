import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.rules.analysis import (
    Sat,
    Taken,
    analyse_exam,
    analyse_item,
    analyse_items,
    correlation,
    cronbach_alpha,
    kelley_groups,
    wilson,
)

SHARES = st.floats(0, 1, allow_nan=False)


def sat(*shares: float, chosen: str = "") -> Sat:
    items = {f"v{n}": Taken(share, chosen=(chosen,) if chosen and n == 0 else ()) for n, share in enumerate(shares)}
    percent = 100 * sum(shares) / len(shares)
    return Sat(percent, percent >= 50, items)


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: 81 of 263.
    interval = wilson(81, 263)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 20).low == 0
    assert round(wilson(0, 20).high, 4) == 0.1611


def test_alpha_of_right_and_wrong_is_kr20() -> None:
    rows = [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 1, 1]]
    scores = np.array(rows, dtype=float)
    p = scores.mean(axis=0)
    kr20 = 4 / 3 * (1 - (p * (1 - p)).sum() / scores.sum(axis=1).var())
    alpha = cronbach_alpha([[float(one) for one in row] for row in rows])
    assert alpha is not None
    assert math.isclose(alpha, kr20)
    assert analyse_exam([sat(*map(float, row)) for row in rows]).is_kr20


@given(st.lists(st.tuples(SHARES, SHARES), min_size=3, max_size=30))
def test_a_correlation_is_numpys_where_both_vary(pairs: list[tuple[float, float]]) -> None:
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    ours = correlation(xs, ys)
    if ours is not None and min(np.std(xs), np.std(ys)) > 1e-3:
        assert math.isclose(ours, float(np.corrcoef(xs, ys)[0, 1]), abs_tol=1e-6)


def test_an_item_is_compared_with_the_others_and_not_with_itself() -> None:
    # Nothing but this item tells these people apart: a correlation with the total would be perfect.
    sittings = [sat(1, 1, 1), sat(0, 1, 1), sat(1, 1, 1), sat(0, 1, 1)]
    assert analyse_item("v0", sittings).discrimination is None


def test_an_item_with_the_wrong_key_is_told() -> None:
    sittings = [sat(0, 1, 1, 1) for _ in range(20)] + [sat(1, 0, 0, 1) for _ in range(20)]
    found = analyse_item("v0", sittings)
    assert found.discrimination is not None
    assert found.discrimination < -0.9
    assert found.upper_lower == -1
    assert any("key" in one for one in found.words)


def test_distractors_are_counted_by_group() -> None:
    sittings = [sat(1, 1, 1, chosen="a")] * 3 + [sat(0, 1, 0, chosen="b")] * 4 + [sat(0, 0, 0, chosen="c")] * 3
    found = analyse_item("v0", sittings)
    assert found.choices["a"] == {"upper": 3, "middle": 0, "lower": 0}
    assert found.choices["c"] == {"upper": 0, "middle": 0, "lower": 3}
    assert found.difficulty == pytest.approx(0.3)


def test_small_numbers_are_told_in_words_and_never_by_an_error() -> None:
    alone = analyse_exam([sat(1, 0)])
    assert (alone.n, alone.alpha, alone.sd_percent, alone.standard_error_percent) == (1, None, None, None)
    assert alone.words[0].startswith("1 person: too few")
    nobody = analyse_exam([])
    assert (nobody.n, nobody.mean_percent, sum(nobody.distribution)) == (0, 0, 0)
    assert analyse_items([]) == []
    assert "Only 1 people" not in analyse_item("v0", [sat(1, 0)] * 40).words


def test_drawn_forms_say_over_what_alpha_is() -> None:
    one, other = sat(1, 0, 1), Sat(50, True, {"v0": Taken(0), "v9": Taken(1)})
    assert any("1 items that everybody had, of 4" in word for word in analyse_exam([one, other]).words)


@given(st.lists(st.lists(SHARES, min_size=4, max_size=4), min_size=0, max_size=40))
def test_every_figure_is_within_its_bounds(rows: list[list[float]]) -> None:
    sittings = [sat(*row) for row in rows]
    exam = analyse_exam(sittings)
    assert sum(exam.distribution) == exam.n
    assert 0 <= exam.pass_interval.low <= exam.pass_rate + 1e-9
    assert exam.pass_rate - 1e-9 <= exam.pass_interval.high <= 1
    assert exam.alpha is None or exam.alpha <= 1 + 1e-9
    for item in analyse_items(sittings):
        assert 0 <= item.difficulty <= 1
        assert item.interval.low <= item.difficulty + 1e-9
        assert item.discrimination is None or -1 <= item.discrimination <= 1


@given(st.lists(st.integers(0, 5).map(float), max_size=60))
def test_equal_people_are_in_one_group_and_the_best_are_never_below(totals: list[float]) -> None:
    groups: list[Any] = list(kelley_groups(totals))
    by_total: dict[float, set[str]] = {}
    for total, group in zip(totals, groups, strict=True):
        by_total.setdefault(total, set()).add(group)
    assert all(len(found) == 1 for found in by_total.values())
    rank = {"lower": 0, "middle": 1, "upper": 2}
    order = [rank[groups[totals.index(total)]] for total in sorted(by_total)]
    assert order == sorted(order)
