import math
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest

from guildhall.kit.storage import DocumentRefused, Schema
from guildhall.kit.storage.documents import MAX_WRITE_BYTES, MISSING, check_document, check_schema, look_up

SEATS = Schema("seats", unique=(("name",),), index=(("held.by",), ("points",)))


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "when: a datetime cannot be stored; .* whole milliseconds"),
        (Decimal(1), "when: a Decimal"),
        ({1, 2}, "when: a set"),
        (bytearray(b"x"), "when: a bytearray"),
        (math.nan, "when: nan is no finite number"),
        (-math.inf, "when: -inf"),
        (2**63, "does not fit into 64 bits"),
        (-(2**63) - 1, "does not fit into 64 bits"),
        ("a\0b", "NUL"),
        ("\ud800", "lone surrogate"),
        ({"a.b": 1}, r"'a\.b' is no key"),
        ({"$set": 1}, r"'\$set' is no key"),
        ({"": 1}, "'' is no key"),
        ({1: "x"}, "1 is no key"),
        ({"a\0": 1}, "NUL"),
        ([1, {"x": [math.nan]}], r"when\.1\.x\.0: nan"),
        (nested(64), "nest at most 64 deep"),
        pytest.param("x" * MAX_WRITE_BYTES, "at most", id="long text"),
        pytest.param([b"x" * 1000] * (MAX_WRITE_BYTES // 1000), "at most", id="many bytes"),
    ],
)
def test_what_the_databases_would_keep_differently_is_refused_with_its_path(value: Any, sentence: str) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        check_document(SEATS, {"_id": "s1", "name": "n", "when": value})


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "name is unique in seats: it must hold text or a whole number, not nothing"),
        ({"name": None}, "not null"),
        ({"name": True}, "not a boolean"),
        ({"name": 1.5}, "not a fraction"),
        ({"name": "n", "points": [1]}, "points is a key of seats: it cannot hold a list"),
        ({"name": "n", "points": {}}, "it cannot hold a document"),
        ({"name": "n", "held": {"by": b"x"}}, "it cannot hold bytes"),
    ],
)
def test_keys_hold_what_can_be_compared(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        check_document(SEATS, {"_id": "s1", **fields})


@pytest.mark.parametrize("document_id", [None, "", 7, "x" * 513, "a\0"])
def test_an_id_is_text(document_id: Any) -> None:
    with pytest.raises(DocumentRefused):
        check_document(Schema("seats"), {"_id": document_id})


def test_a_checked_document_is_a_plain_copy_of_its_own() -> None:
    class Size(IntEnum):
        LARGE = 3

    inner = {"list": [1]}
    checked = check_document(SEATS, {"_id": "s1", "name": "n", "inner": inner, "pair": (1, True), "size": Size.LARGE})
    inner["list"].append(2)
    assert checked == {"_id": "s1", "name": "n", "inner": {"list": [1]}, "pair": [1, True], "size": 3}
    assert type(checked["size"]) is int
    assert checked["pair"][1] is True


def test_looking_up_tells_null_from_nothing() -> None:
    document = {"a": {"b": None}, "c": [1]}
    assert look_up(document, "a.b") is None
    assert look_up(document, "a.x") is look_up(document, "a.b.c") is look_up(document, "c.0") is MISSING


@pytest.mark.parametrize(
    "schema",
    [
        Schema("Seats"),
        Schema("seats; drop table seats"),
        Schema(""),
        Schema("seats", index=(("a b",),)),
        Schema("seats", unique=(("a')",),)),
        Schema("seats", index=(("a..b",),)),
        Schema("seats", index=(("a.0",),)),
    ],
)
def test_names_that_become_sql_have_a_narrow_alphabet(schema: Schema) -> None:
    with pytest.raises(DocumentRefused):
        check_schema(schema)
