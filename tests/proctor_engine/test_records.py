from dataclasses import fields, replace

import pytest

from proctor_engine.records import record


@record(frozen=True, slots=True)
class Place:
    x: float
    y: float = 2.0


def test_a_record_is_equal_hashed_and_replaced_by_its_fields() -> None:
    assert Place(1.0) == Place(1.0, 2.0)
    assert len({Place(1.0), Place(1.0, 2.0), Place(3.0)}) == 2
    assert replace(Place(1.0), y=5.0) == Place(1.0, 5.0)
    assert [one.name for one in fields(Place)] == ["x", "y"]


def test_a_record_has_its_fields_and_no_others() -> None:
    with pytest.raises(AttributeError):
        object.__setattr__(Place(1.0), "z", 3.0)


def test_a_record_sets_its_fields_without_a_call_for_each() -> None:
    """What a frozen dataclass does not: the reason why there are records."""
    assert Place.__init__.__code__.co_names == ("x", "y")
