from typing import Any

import pytest

from guildhall.kit.storage import DocumentRefused, Schema, among, gt, gte, lt, lte
from guildhall.kit.storage.port import Range, Sort
from guildhall.kit.storage.queries import MAX_AMONG, check_listing, check_query, matches

SEATS = Schema("seats", index=(("room", "points"),))


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (None, "not null"),
        ([1], "not a list"),
        ({"$gt": 1}, "not a document"),
        (b"x", "not bytes"),
        (float("nan"), "no finite number"),
        (gt(True), "numbers or texts"),
        (gt(1) & lt("a"), "not both"),
        (Range(), "numbers or texts"),
        (among(1, None), "not null"),  # type: ignore[arg-type]
        (among(["a", "b"]), "not a list"),  # type: ignore[arg-type]
        (among(*range(MAX_AMONG + 1)), "at most"),
    ],
)
def test_only_scalars_are_compared(condition: Any, sentence: str) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        check_query({"points": condition})


@pytest.mark.parametrize("field", ["a b", "$where", "a.0", "a'", "", "a.", 7])
def test_a_field_that_is_no_field_is_refused(field: Any) -> None:
    with pytest.raises(DocumentRefused):
        check_query({field: 1})


def test_a_bound_may_be_given_once() -> None:
    assert gte(1) & lte(2) == Range(gte=1, lte=2)
    with pytest.raises(DocumentRefused, match="one gt bound"):
        _ = gt(1) & gt(2)


@pytest.mark.parametrize(
    ("value", "condition", "holds"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (True, 1, False),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (["a"], "a", False),
        (None, "a", False),
        (5, gt(4) & lt(6), True),
        (5, gte(5) & lte(5), True),
        (5, gt(5), False),
        (5, lt(5), False),
        ("5", gt(4), False),
        (True, gte(1), False),
        ("b", gt("a"), True),
        (1, gt(""), False),
        (1, among(True, "1"), False),
        (1, among(2, 1), True),
    ],
)
def test_like_compares_with_like(value: Any, condition: Any, holds: bool) -> None:
    assert matches({"a": {"b": value}}, {"a.b": condition}) is holds
    assert not matches({}, {"a.b": condition})


@pytest.mark.parametrize(
    ("sort", "limit"),
    [
        ([("name", 1)], 5),
        ([("room", 1), ("room", -1)], 5),
        ([("room", 0)], 5),
        ([("room", 1)], 0),
    ],
)
def test_a_listing_needs_an_index_a_direction_and_a_length(sort: Sort, limit: int) -> None:
    with pytest.raises(DocumentRefused):
        check_listing(SEATS, sort, limit)
