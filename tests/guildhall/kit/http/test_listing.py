from collections.abc import Sequence

import pytest
from aiohttp.test_utils import make_mocked_request
from pydantic import BaseModel

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.http import ANONYMOUS, Answer, Call, CursorSigner, Listing, NoBody, Page, PageQuery, Place
from guildhall.kit.http.problems import CursorMismatch


class Note(VersionedDocument):
    at_ms: int


class NoteShown(BaseModel):
    note_id: str


NOTES = tuple(Note(id=name, created_at_ms=at_ms, at_ms=at_ms) for name, at_ms in (("c", 3), ("b", 2), ("a", 1)))
LISTING = Listing(CursorSigner("a secret that is long enough for this"), "notes", ("at_ms", -1))


async def read(place: Place | None, limit: int) -> list[Note]:
    return [note for note in NOTES if place is None or note.at_ms < int(place.value)][:limit]


async def show(found: Sequence[Note]) -> list[NoteShown]:
    return [NoteShown(note_id=note.id) for note in found]


async def page(cursor: str | None = None, *, limit: int = 2, of: str = "ada") -> Answer:
    call = Call(
        request=make_mocked_request("GET", "/v1/notes"),
        principal=ANONYMOUS,
        body=NoBody(),
        query=PageQuery(limit=limit, cursor=cursor),
        path={},
        address="127.0.0.1",
        request_id="req",
    )
    return await LISTING.page(call, Page[NoteShown], read, show, of)


def told(answer: Answer) -> Page[NoteShown]:
    assert isinstance(answer.body, Page)
    return answer.body


async def test_pages_follow_each_other_without_a_gap_or_a_double() -> None:
    first = told(await page())
    second = told(await page(first.next_cursor))
    assert [one.note_id for one in (*first.items, *second.items)] == ["c", "b", "a"]
    assert (first.has_more, second.has_more, second.next_cursor) == (True, False, None)


async def test_a_page_that_holds_just_what_there_is_leads_nowhere() -> None:
    answer = await page(limit=3)
    assert (told(answer).has_more, dict(answer.headers)) == (False, {})


async def test_a_page_says_where_the_next_one_is() -> None:
    answer = await page()
    assert answer.headers["Link"].endswith(f'cursor={told(answer).next_cursor}>; rel="next"')


async def test_a_cursor_leads_on_in_the_list_of_whom_it_was_given_for() -> None:
    first = told(await page())
    with pytest.raises(CursorMismatch):
        await page(first.next_cursor, of="bob")
