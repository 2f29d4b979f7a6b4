"""What every adapter must do alike; `conftest.py` of the kit says against which databases this runs."""

import asyncio
from enum import StrEnum
from typing import Any

import pytest

from guildhall.kit.storage import (
    Change,
    Collection,
    Document,
    DocumentRefused,
    Duplicate,
    IndexConflict,
    Schema,
    Storage,
    StorageSettings,
    StorageUnavailable,
    among,
    gt,
    gte,
    lt,
    lte,
    open_storage,
)

SEATS = Schema(
    "seats",
    unique=(("name",), ("room", "number")),
    index=(("points",), ("room", "points"), ("is_open",), ("held.by",)),
)


class Mood(StrEnum):
    CALM = "calm"


def seat(number: int, /, **more: Any) -> Document:
    return {
        "_id": f"seat_{number:03}",
        "name": f"n{number}",
        "room": f"r{number % 3}",
        "number": number,
        "points": number,
        "version": 1,
        "is_open": number % 2 == 0,
        "tags": [],
        "held": {"by": f"u{number}"},
        **more,
    }


@pytest.fixture
async def seats(storage: Storage) -> Collection:
    collection = storage.collection(SEATS)
    await collection.ensure()
    return collection


async def fill(seats: Collection, *numbers: int) -> None:
    await asyncio.gather(*(seats.insert(seat(number)) for number in numbers))


async def found(seats: Collection, **where: Any) -> list[int]:
    return [document["number"] for document in await seats.find(where, limit=100)]


async def test_a_document_comes_back_as_it_went_in(seats: Collection) -> None:
    document = seat(
        1,
        none=None,
        fraction=1.5,
        whole_fraction=2.0,
        large=2**63 - 1,
        small=-(2**63),
        zero=0,
        blob=b"\0\xff",
        text='é😀"\\ \n',
        empty={"list": [], "document": {}, "text": ""},
        nested=[1, {"deep": [b"x", None, True]}, "a"],
    )
    document["with space and-dash"] = 1
    await seats.insert(document)
    stored = await seats.get("seat_001")
    assert stored == document
    assert {name: type(value) for name, value in document.items() if isinstance(value, bool | float)} == {
        name: type(value) for name, value in stored.items() if isinstance(value, bool | float)
    }


async def test_lists_nest(seats: Collection) -> None:
    document = seat(1, tags=[[1, [2]], []])
    await seats.insert(document)
    assert await seats.get("seat_001") == document


async def test_enums_and_tuples_come_back_plain(seats: Collection) -> None:
    await seats.insert(seat(1, mood=Mood.CALM, pair=(1, 2)))
    stored = await seats.get("seat_001")
    assert stored is not None
    assert (stored["mood"], type(stored["mood"]), stored["pair"]) == ("calm", str, [1, 2])
    assert await seats.count({"mood": Mood.CALM}) == 1


async def test_what_is_not_there_is_none(seats: Collection) -> None:
    assert await seats.get("seat_404") is None
    assert await seats.update_if("seat_404", {}, Change(set={"points": 1})) is None
    assert await seats.find(limit=5) == []
    assert await seats.count() == 0
    assert await seats.delete({"name": "nobody"}) == 0


async def test_a_caller_may_change_its_document_after_the_write(seats: Collection) -> None:
    document = seat(1)
    await seats.insert(document)
    document["held"]["by"] = "someone else"
    stored = await seats.get("seat_001")
    assert stored is not None
    assert stored["held"] == {"by": "u1"}


@pytest.mark.parametrize(
    ("second", "key"),
    [
        (seat(1, name="free", number=99), ("_id",)),
        (seat(2, name="n1"), ("name",)),
        (seat(4, number=1), ("room", "number")),
    ],
)
async def test_a_taken_key_is_a_duplicate_and_changes_nothing(
    seats: Collection, second: Document, key: tuple[str, ...]
) -> None:
    await seats.insert(seat(1))
    with pytest.raises(Duplicate) as caught:
        await seats.insert(second)
    assert caught.value.collection == "seats"
    assert caught.value.key in (key, ())
    assert await seats.find(limit=5) == [seat(1)]


async def test_a_change_onto_a_taken_key_is_a_duplicate_and_changes_nothing(seats: Collection) -> None:
    await fill(seats, 1, 2)
    with pytest.raises(Duplicate):
        await seats.update_if("seat_002", {}, Change(set={"name": "n1"}, inc={"points": 5}))
    with pytest.raises(Duplicate):
        await seats.upsert("seat_009", {"room": "r9", "number": 9}, Change(set={"name": "n1"}))
    assert await seats.find(limit=5) == [seat(1), seat(2)]


async def test_ranges_compare_like_with_like(seats: Collection) -> None:
    await fill(seats, *range(12))
    await seats.insert(seat(50, points="5"))
    assert await found(seats, points=gte(3) & lt(6)) == [3, 4, 5]
    assert await found(seats, points=gt(9)) == [10, 11]
    assert await found(seats, points=lte(0)) == [0]
    assert await found(seats, points=gt(2.5) & lt(3.5)) == [3]
    assert await found(seats, points=gte("0")) == [50]
    assert await found(seats, _id=gt("seat_009") & lt("seat_050")) == [10, 11]


async def test_equality_knows_kinds_apart(seats: Collection) -> None:
    await seats.insert(seat(1, points=1))
    await seats.insert(seat(2, points="1"))
    await seats.insert(seat(3, points=True))
    await seats.insert(seat(4, points=None))
    await seats.insert(seat(5, points=1.0))
    assert await found(seats, points=1) == [1, 5]
    assert await found(seats, points="1") == [2]
    assert await found(seats, points=True) == [3]
    assert await found(seats, points=among(1, "1", True)) == [1, 2, 3, 5]
    assert await found(seats, points=gte(0)) == [1, 5]
    assert await found(seats, points=False) == []


async def test_queries_join_their_conditions(seats: Collection) -> None:
    await fill(seats, *range(12))
    assert await found(seats, room="r1", points=gt(1), is_open=True) == [4, 10]
    assert await found(seats, room=among("r0", "r9"), points=among(0, 1, 3)) == [0, 3]
    assert await found(seats, **{"held.by": "u7"}) == [7]
    assert await found(seats, _id=among("seat_003", "seat_001")) == [1, 3]
    assert await found(seats, room=among()) == []
    assert await seats.count({"room": "r2", "points": lt(8)}) == 2


async def test_a_list_is_never_equal_to_its_member(seats: Collection) -> None:
    await seats.insert(seat(1, tags=["a"], held={"by": "u1", "at": [{"x": 1}]}))
    await seats.insert(seat(2, tags="a", held={"by": "u2", "at": {"x": 1}}))
    assert await found(seats, tags="a") == [2]
    assert await found(seats, tags='["a"]') == []
    assert await found(seats, **{"held.at.x": 1}) == [2]
    assert await seats.update_if("seat_001", {"tags": "a"}, Change(inc={"points": 1})) is None


async def test_a_listing_is_sorted_with_the_id_as_tiebreak(seats: Collection) -> None:
    await fill(seats, 3, 1, 11, 2, 10)
    assert [it["number"] for it in await seats.find(sort=[("points", -1)], limit=3)] == [11, 10, 3]
    assert [it["number"] for it in await seats.find(sort=[("room", -1)], limit=9)] == [2, 11, 1, 10, 3]
    assert [it["number"] for it in await seats.find(sort=[("room", 1), ("points", -1)], limit=9)] == [3, 10, 1, 11, 2]
    assert [it["number"] for it in await seats.find(sort=[("_id", -1)], limit=2)] == [11, 10]
    await seats.insert(seat(4, points=None))
    assert [it["number"] for it in await seats.find(sort=[("points", 1)], limit=2)] == [4, 1]


async def test_text_is_sorted_by_code_point(seats: Collection) -> None:
    for number, name in enumerate(["b", "a", "Z", "é", "aa", ""]):
        await seats.insert(seat(number, name=name))
    names = [it["name"] for it in await seats.find(sort=[("name", 1)], limit=9)]
    assert names == ["", "Z", "a", "aa", "b", "é"]


async def test_a_long_listing_comes_whole(seats: Collection) -> None:
    await fill(seats, *range(250))
    assert await found(seats) == list(range(100))
    assert len(await seats.find(sort=[("points", 1)], limit=240)) == 240


async def test_every_step_of_a_change_does_its_part(seats: Collection) -> None:
    await seats.insert(seat(1, tags=["a", "b"], seen=["x"], best=3, gone=1, held={"by": "u1", "old": 1}))
    changed = await seats.update_if(
        "seat_001",
        {"version": 1},
        Change(
            set={"held.at.room": "r7", "fresh": [1]},
            inc={"version": 1, "counts.up": 2, "points": 0.5},
            unset={"gone": True, "held.old": True, "never": True, "no.such.path": True},
            push={"log": {"kind": "k", "list": [1]}, "tags": "c"},
            pull={"seen": "x", "none": 1},
            max={"best": 9, "first": 4},
        ),
    )
    assert changed == {
        **{name: value for name, value in seat(1).items() if name not in ("tags", "held", "points", "version")},
        "tags": ["a", "b", "c"],
        "seen": [],
        "best": 9,
        "first": 4,
        "held": {"by": "u1", "at": {"room": "r7"}},
        "fresh": [1],
        "version": 2,
        "counts": {"up": 2},
        "points": 1.5,
        "log": [{"kind": "k", "list": [1]}],
    }
    assert changed == await seats.get("seat_001")


async def test_a_set_holds_each_value_once(seats: Collection) -> None:
    await seats.insert(seat(1))
    for value in ("a", "b", "a", 1, 1):
        await seats.update_if("seat_001", {}, Change(add_to_set={"tags": value, "more": value}))
    stored = await seats.get("seat_001")
    assert stored is not None
    assert stored["tags"] == stored["more"] == ["a", "b", 1]


async def test_max_never_goes_down(seats: Collection) -> None:
    await seats.insert(seat(1))
    for value in (5, 3, 7, 6):
        await seats.update_if("seat_001", {}, Change(max={"best": value}))
    stored = await seats.get("seat_001")
    assert stored is not None
    assert stored["best"] == 7


@pytest.mark.parametrize(
    "change",
    [
        Change(inc={"name": 1}),
        Change(push={"version": 1}),
        Change(pull={"room": "x"}),
    ],
)
async def test_a_change_that_does_not_fit_is_refused_and_changes_nothing(seats: Collection, change: Change) -> None:
    await seats.insert(seat(1))
    with pytest.raises(DocumentRefused):
        await seats.update_if("seat_001", {}, change)
    assert await seats.get("seat_001") == seat(1)


async def test_a_change_below_a_number_is_refused(seats: Collection) -> None:
    await seats.insert(seat(1))
    with pytest.raises(DocumentRefused):
        await seats.update_if("seat_001", {}, Change(set={"version.major": 2}))
    assert await seats.get("seat_001") == seat(1)


async def test_an_expectation_may_be_a_range_or_a_choice(seats: Collection) -> None:
    await seats.insert(seat(1, held={"by": "u1", "until_ms": 1000}))
    taken = Change(set={"held": {"by": "u2", "until_ms": 3000}})
    assert await seats.update_if("seat_001", {"held.until_ms": lt(1000)}, taken) is None
    assert await seats.update_if("seat_001", {"room": among("r0", "r2")}, taken) is None
    assert await seats.update_if("seat_001", {"held.until_ms": lt(2000), "room": among("r1")}, taken) is not None
    assert await seats.update_if("seat_001", {"held.until_ms": lt(2000)}, taken) is None


async def test_of_fifty_compare_and_sets_exactly_one_wins(seats: Collection) -> None:
    await seats.insert(seat(1))
    results = await asyncio.gather(
        *(seats.update_if("seat_001", {"version": 1}, Change(set={"winner": n}, inc={"version": 1})) for n in range(50))
    )
    [winner] = [result for result in results if result is not None]
    assert winner == await seats.get("seat_001")
    assert winner["version"] == 2


async def test_fifty_increments_add_up(seats: Collection) -> None:
    await seats.insert(seat(1))
    await asyncio.gather(*(seats.update_if("seat_001", {}, Change(inc={"points": 1})) for _ in range(50)))
    stored = await seats.get("seat_001")
    assert stored is not None
    assert stored["points"] == 51


async def test_of_fifty_inserts_of_one_key_exactly_one_wins(seats: Collection) -> None:
    outcomes = await asyncio.gather(*(seats.insert(seat(n, name="the one")) for n in range(50)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(Duplicate) == 49
    assert await seats.count() == 1


async def test_an_upsert_makes_once_and_then_only_changes(seats: Collection) -> None:
    born = {"name": "x", "room": "r", "number": 1}
    first = await seats.upsert("seat_x", born, Change(inc={"points": 1}))
    assert first == {"_id": "seat_x", **born, "points": 1}
    second = await seats.upsert("seat_x", {**born, "name": "ignored"}, Change(inc={"points": 1}))
    assert second == {"_id": "seat_x", **born, "points": 2}
    assert await seats.upsert("seat_x", born, Change()) == second


async def test_fifty_upserts_of_one_document_add_up(seats: Collection) -> None:
    born = {"name": "x", "room": "r", "number": 1}
    await asyncio.gather(*(seats.upsert("seat_x", born, Change(inc={"points": 1})) for _ in range(50)))
    assert await seats.find(limit=5) == [{"_id": "seat_x", **born, "points": 50}]


async def test_a_deletion_takes_what_matches_and_no_more(seats: Collection) -> None:
    await fill(seats, *range(6))
    assert await seats.delete({"points": lt(2)}) == 2
    assert await seats.delete({"_id": "seat_004"}) == 1
    assert await found(seats) == [2, 3, 5]
    assert await seats.delete({}) == 3


async def test_counting_by_a_field_gives_each_value(seats: Collection) -> None:
    await fill(seats, *range(7))
    assert await seats.count_by("room", {"points": gte(1)}) == {"r0": 2, "r1": 2, "r2": 2}
    by_openness = await seats.count_by("is_open")
    assert by_openness == {True: 4, False: 3}
    assert {type(value) for value in by_openness} == {bool}
    await seats.insert(seat(8, held={}))
    assert (await seats.count_by("held.by", {"number": gte(6)})) == {"u6": 1, None: 1}


@pytest.mark.parametrize(
    "document",
    [seat(1, at=object()), {"name": "no id"}, seat(1, name=None), seat(1, room=["r1"]), seat(1, **{"a.b": 1})],
)
async def test_what_would_differ_is_refused_before_it_is_written(seats: Collection, document: Document) -> None:
    with pytest.raises(DocumentRefused):
        await seats.insert(document)
    assert await seats.count() == 0


async def test_collections_do_not_see_each_other(storage: Storage, seats: Collection) -> None:
    other = storage.collection(Schema("other"))
    await other.ensure()
    await other.insert({"_id": "seat_001"})
    await fill(seats, 2)
    assert await other.get("seat_002") is None
    assert await seats.count() == await other.count() == 1


async def test_ensuring_again_keeps_documents_and_adds_keys(storage: Storage, seats: Collection) -> None:
    await fill(seats, 1)
    await seats.ensure()
    wider = storage.collection(Schema("seats", unique=SEATS.unique, index=(*SEATS.index, ("version",))))
    await wider.ensure()
    assert [it["number"] for it in await wider.find({"version": 1}, sort=[("version", 1)], limit=5)] == [1]


async def test_a_key_that_changed_its_kind_is_a_conflict(storage: Storage, seats: Collection) -> None:
    with pytest.raises(IndexConflict, match="name"):
        await storage.collection(Schema("seats", index=(("name",),))).ensure()
    with pytest.raises(IndexConflict, match="points"):
        await storage.collection(Schema("seats", unique=(("points",),))).ensure()


async def test_a_unique_key_over_shared_values_is_a_conflict(storage: Storage, seats: Collection) -> None:
    await seats.insert(seat(1, version=1))
    await seats.insert(seat(2, version=1))
    with pytest.raises(IndexConflict, match="version"):
        await storage.collection(Schema("seats", unique=(("version",),))).ensure()


async def test_what_was_written_is_there_after_reopening(storage_settings: StorageSettings) -> None:
    for opening in range(3):
        storage = open_storage(storage_settings)
        await storage.start()
        seats = storage.collection(SEATS)
        await seats.ensure()
        assert await seats.count() == opening
        await fill(seats, opening)
        await storage.close()
        await storage.close()


async def test_a_closed_storage_says_so(storage: Storage, seats: Collection) -> None:
    await storage.close()
    for call in (seats.insert(seat(1)), seats.count(), seats.get("seat_001")):
        with pytest.raises(StorageUnavailable):
            await call
