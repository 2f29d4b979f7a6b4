import dataclasses
from typing import Any

import pytest

from tests.fakes.things_api import MAKE, READ, REFRESH


@pytest.mark.parametrize(
    ("operation", "change", "sentence"),
    [
        (READ, {"name": "readThing"}, "snake_case"),
        (READ, {"path": "things"}, "is no path"),
        (READ, {"path": "/things/{Thing-Id}"}, "is no path"),
        (READ, {"answers": {}}, "must declare what it answers"),
        (READ, {"answers": {404: None}}, "must declare what it answers"),
        (READ, {"idempotency": "optional"}, "takes no body and no Idempotency-Key"),
        (MAKE, {"method": "GET"}, "takes no body and no Idempotency-Key"),
        (REFRESH, {"idempotency": "optional"}, "cannot be replayed"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(
    operation: Any, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(operation, **change)


def test_reading_has_a_shorter_deadline_than_writing() -> None:
    assert (READ.deadline_seconds, MAKE.deadline_seconds) == (2.0, 10.0)


def test_path_names_come_in_the_order_of_the_path() -> None:
    assert dataclasses.replace(READ, path="/a/{b_c}/d/{e}").path_names == ("b_c", "e")
