import base64
from typing import Literal

import pytest
from aiohttp.test_utils import make_mocked_request

from guildhall.kit.http.cursors import CursorSigner, Place, SortBy, find_after, link_to_next
from guildhall.kit.http.problems import CursorMismatch
from guildhall.kit.storage import Document, Query, Schema, Storage, among, gte, lt

SIGNER = CursorSigner("a secret that all processes share")
NEWEST: SortBy = ("at_ms", -1)
WHERE = {"owner": "ada", "at_ms": gte(5)}
PLACE = Place(1_800_000_000_000, "thing_9")


def test_a_cursor_reads_back_as_the_place_it_was_written_for() -> None:
    cursor = SIGNER.write(PLACE, NEWEST, WHERE)
    assert SIGNER.read(cursor, NEWEST, WHERE) == PLACE
    assert CursorSigner("a secret that all processes share").read(cursor, NEWEST, WHERE) == PLACE


def test_no_byte_of_a_cursor_may_be_edited() -> None:
    cursor = SIGNER.write(PLACE, NEWEST, WHERE)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for index in range(len(raw)):
        edited = raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]
        with pytest.raises(CursorMismatch):
            SIGNER.read(base64.urlsafe_b64encode(edited).decode().rstrip("="), NEWEST, WHERE)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "not base64!", "é", "A" * 1024])
def test_what_was_never_a_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorMismatch):
        SIGNER.read(cursor, NEWEST, WHERE)


@pytest.mark.parametrize(
    ("sort", "where"),
    [
        (("at_ms", 1), WHERE),
        (("name", -1), WHERE),
        (NEWEST, {"owner": "bob", "at_ms": gte(5)}),
        (NEWEST, {"owner": "ada", "at_ms": gte(6)}),
        (NEWEST, {"owner": "ada"}),
    ],
)
def test_a_cursor_is_good_for_its_own_filter_and_order_only(sort: SortBy, where: Query) -> None:
    cursor = SIGNER.write(PLACE, NEWEST, WHERE)
    with pytest.raises(CursorMismatch):
        SIGNER.read(cursor, sort, where)


def test_another_secret_writes_other_cursors() -> None:
    with pytest.raises(CursorMismatch):
        SIGNER.read(CursorSigner("another secret").write(PLACE, NEWEST, WHERE), NEWEST, WHERE)


@pytest.mark.parametrize("sort", [("at_ms", -1), ("at_ms", 1), ("_id", 1)])
@pytest.mark.parametrize("where", [{"owner": "ada"}, {"owner": "ada", "at_ms": gte(2) & lt(9)}])
async def test_pages_hold_everything_once_in_order_however_equal(storage: Storage, sort: SortBy, where: Query) -> None:
    things = storage.collection(Schema("things", index=(("owner", "at_ms"),)))
    await things.ensure()
    for number in range(40):
        owner = "bob" if number % 4 == 0 else "ada"
        await things.insert({"_id": f"thing_{number * 7 % 40:02}", "owner": owner, "at_ms": number // 4})
    paged: list[Document] = []
    place: Place | None = None
    while found := await find_after(things, where, sort, 4, place):
        paged += found
        place = Place(found[-1]["at_ms"], found[-1]["_id"])
    assert paged == await things.find(where, sort=(sort,), limit=100)
    assert len(paged) >= 18


def test_the_next_page_is_linked_with_its_filters() -> None:
    request = make_mocked_request("GET", "/v1/things?limit=5&colour=red&cursor=old")
    assert link_to_next(request, "new") == {"Link": '</v1/things?limit=5&colour=red&cursor=new>; rel="next"'}
    assert link_to_next(request, None) == {}


@pytest.mark.parametrize("where", [{"owner": "ada"}, {"owner": among("ada", "bob")}])
@pytest.mark.parametrize("direction", [1, -1])
async def test_a_page_sorted_by_what_it_is_filtered_by_holds_nothing_else(
    storage: Storage, where: Query, direction: Literal[1, -1]
) -> None:
    things = storage.collection(Schema("things", index=(("owner", "at_ms"),)))
    await things.ensure()
    for number in range(24):
        owner = ("aaron", "ada", "bob", "eve")[number % 4]
        await things.insert({"_id": f"thing_{number:02}", "owner": owner, "at_ms": number})
    sort: SortBy = ("owner", direction)
    paged: list[Document] = []
    place: Place | None = None
    while found := await find_after(things, where, sort, 4, place):
        paged += found
        place = Place(found[-1]["owner"], found[-1]["_id"])
    assert paged == await things.find(where, sort=(sort,), limit=100)
