from typing import Any

import pytest

from guildhall.kit.storage import Change, DocumentRefused, Schema
from guildhall.kit.storage.changes import apply_change, check_change, check_upsert

SEATS = Schema("seats", unique=(("name",),), index=(("held.by",),))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(), "must change something"),
        (Change(set={"_id": "x"}), "_id never changes"),
        (Change(set={"_id.x": "x"}), "nothing can be put below"),
        (Change(set={"a": 1}, inc={"a": 1}), "a is named twice"),
        (Change(set={"a": {}}, inc={"a.b": 1}), "a.b is named twice"),
        (Change(set={"a.b.c": 1, "a": 1, "a-x": 1}), "a.b.c is named twice"),
        (Change(set={"items.0": 1}), "place in a list"),
        (Change(set={"a..b": 1}), "'' is no key"),
        (Change(set={"a.$": 1}), "is no key"),
        (Change(inc={"a": True}), "inc needs a number, not a boolean"),
        (Change(max={"a": "x"}), "max needs a number, not text"),  # type: ignore[dict-item]
        (Change(inc={"a": float("inf")}), "finite"),
        (Change(pull={"a": {"x": 1}}), "not a document"),  # type: ignore[dict-item]
        (Change(add_to_set={"a": None}), "not null"),  # type: ignore[dict-item]
        (Change(push={"a": {"x.y": 1}}), "is no key"),
        (Change(unset={"name": True}), "name is unique"),
        (Change(set={"name": None}), "name is unique"),
        (Change(push={"name": "x"}), "cannot hold a list"),
        (Change(set={"name.first": "x"}), "nothing can be put below"),
        (Change(set={"held": {"by": []}}), "held.by is a key"),
        (Change(set={"held.by": {}}), "held.by is a key"),
    ],
)
def test_a_change_the_databases_would_treat_differently_is_refused(change: Change, sentence: str) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        check_change(SEATS, change)


def test_a_checked_change_is_a_copy_of_its_own() -> None:
    items = [1]
    checked = check_change(SEATS, Change(set={"items": items}, unset={"gone": "", "held": 0}))
    items.append(2)
    assert checked == Change(set={"items": [1]}, unset={"gone": True, "held": True})


@pytest.mark.parametrize(
    ("on_insert", "change"),
    [
        ({}, Change()),
        ({}, Change(inc={"n": 1})),
        ({"name": "n", "n": 1}, Change(inc={"n": 1})),
        ({"name": "n", "_id": "x"}, Change(inc={"n": 1})),
        ({"name": "n", "a.b": 1}, Change(inc={"n": 1})),
        ({"name": "n", "a": {"b": 1}}, Change(set={"a.c": 1})),
        ({"name": ["n"]}, Change(inc={"n": 1})),
    ],
)
def test_an_upsert_that_could_not_insert_is_refused(on_insert: dict[str, Any], change: Change) -> None:
    with pytest.raises(DocumentRefused):
        check_upsert(SEATS, "s1", on_insert, change)


def test_an_upsert_may_give_its_unique_field_by_either_half() -> None:
    assert check_upsert(SEATS, "s1", {"name": "n"}, Change())[0] == {"_id": "s1", "name": "n"}
    assert check_upsert(SEATS, "s1", {}, Change(set={"name": "n"}))[0] == {"_id": "s1"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(inc={"text": 1}), "text: it holds text, which cannot be added to"),
        (Change(inc={"yes": 1}), "it holds a boolean"),
        (Change(inc={"full": 1}), "does not fit into 64 bits"),
        (Change(inc={"huge": 1e308}), "does not fit into 64 bits"),
        (Change(push={"text": 1}), "it holds text, not a list"),
        (Change(pull={"nothing": 1}), "it holds null, not a list"),
        (Change(set={"nothing.x": 1}), "nothing holds null, so nothing can be put below it"),
        (Change(set={"list.x": 1}), "list holds a list"),
    ],
)
def test_a_change_that_does_not_fit_the_document_is_refused(change: Change, sentence: str) -> None:
    document = {"_id": "s1", "text": "x", "yes": True, "full": 2**63 - 1, "huge": 1e308, "nothing": None, "list": [1]}
    with pytest.raises(DocumentRefused, match=sentence):
        apply_change(document, change)


def test_sets_and_pulls_know_true_from_one() -> None:
    document = {"_id": "s1", "list": [1, True, "1"]}
    assert apply_change(document, Change(pull={"list": 1}))["list"] == [True, "1"]
    assert apply_change(document, Change(add_to_set={"list": 1}))["list"] == [True, "1", 1]


def test_max_replaces_null_and_leaves_what_is_no_number() -> None:
    document = {"_id": "s1", "none": None, "text": "x"}
    assert apply_change(document, Change(max={"none": 3, "text": 3})) == {"_id": "s1", "none": 3, "text": "x"}
