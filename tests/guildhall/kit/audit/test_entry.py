import hashlib
from enum import StrEnum
from typing import Any

import pytest

from guildhall.kit.audit.entry import canonical_json, entry_hash
from tests.guildhall.kit.audit.chains import chain_of, event


class Colour(StrEnum):
    RED = "red"


def test_an_entrys_hash_is_the_sha_256_of_what_it_says() -> None:
    (entry,) = chain_of(event(1, {"b": [1, True, None], "ä": "x"}))
    said = (
        '{"at_ms":1001,"body":{"action":"accounts.sign_in","actor":"acc_1","decision":"allowed",'
        '"details":{"b":[1,true,null],"ä":"x"},"object_id":"ses_1","object_type":"session","prev_hash":""},'
        '"key":"k1","number":1,"stream":"audit"}'
    )
    assert entry.body["hash"] == entry_hash(entry) == hashlib.sha256(said.encode()).hexdigest()


def test_each_entry_holds_the_hash_of_the_one_before() -> None:
    first, second, third = chain_of(event(1), event(1), event(1))
    assert second.body["prev_hash"] == first.body["hash"]
    assert third.body["prev_hash"] == second.body["hash"]
    assert len({entry.body["hash"] for entry in (first, second, third)}) == 3


def test_one_value_is_written_one_way() -> None:
    assert canonical_json({"b": 1, "a": (1, 2)}) == canonical_json({"a": [1, 2], "b": 1}) == b'{"a":[1,2],"b":1}'
    assert canonical_json({"colour": Colour.RED}) == b'{"colour":"red"}'


def test_values_that_look_alike_are_written_apart() -> None:
    alike: list[Any] = [1, "1", True, "true", None, "null", [], {}, [1], ""]
    assert len({canonical_json(value) for value in alike}) == len(alike)


@pytest.mark.parametrize("value", [1.0, float("nan"), b"x", {1: "x"}, {"deep": [{"x": 0.5}]}, {1, 2}, object()])
def test_what_has_no_one_way_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="An audit entry holds"):
        canonical_json(value)
