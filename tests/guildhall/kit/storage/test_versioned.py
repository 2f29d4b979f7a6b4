import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Duplicate, Schema
from guildhall.kit.storage.sqlite import SqliteStorage
from guildhall.kit.storage.versioned import Documents, TooBusy


class Shelf(VersionedDocument):
    label: str
    books: int = 0


@pytest.fixture
async def shelves(tmp_path: Path) -> AsyncIterator[Documents[Shelf]]:
    storage = SqliteStorage(tmp_path / "shelves.sqlite3")
    await storage.start()
    kept = Documents(storage.collection(Schema("shelves", index=(("label",),))), Shelf, NotFound)
    await kept.ensure()
    yield kept
    await storage.close()


def a_shelf(id_: str = "shf_1", label: str = "Novels") -> Shelf:
    return Shelf(id=id_, created_at_ms=1, label=label)


def one_more(seen: Shelf) -> Shelf:
    return seen.model_copy(update={"books": seen.books + 1})


async def test_of_many_changes_at_once_none_is_lost(shelves: Documents[Shelf]) -> None:
    await shelves.add(a_shelf())
    await asyncio.gather(*(shelves.change("shf_1", 5, one_more) for _ in range(20)))
    kept = await shelves.read("shf_1")
    assert (kept.books, kept.rev, kept.updated_at_ms) == (20, 21, 5)


async def test_a_decision_that_changes_nothing_writes_nothing(shelves: Documents[Shelf]) -> None:
    await shelves.add(a_shelf())
    assert (await shelves.change("shf_1", 5, lambda seen: seen)).rev == 1


async def test_a_decision_that_refuses_leaves_the_document_as_it_was(shelves: Documents[Shelf]) -> None:
    def refuse(_: Shelf) -> Shelf:
        raise ValueError("no")

    await shelves.add(a_shelf())
    with pytest.raises(ValueError, match="no"):
        await shelves.change("shf_1", 5, refuse)
    assert await shelves.read("shf_1") == a_shelf()


async def test_what_was_read_before_somebody_else_wrote_replaces_nothing(shelves: Documents[Shelf]) -> None:
    await shelves.add(a_shelf())
    seen = await shelves.read("shf_1")
    await shelves.change("shf_1", 5, one_more)
    assert await shelves.replace(seen, seen.model_copy(update={"books": 90}), 6) is None
    assert (await shelves.read("shf_1")).books == 1


async def test_who_never_wins_is_told_so(shelves: Documents[Shelf], monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(*_: object) -> None:
        return None

    await shelves.add(a_shelf())
    monkeypatch.setattr(shelves, "replace", lose)
    monkeypatch.setattr("guildhall.kit.storage.versioned.LONGEST_PAUSE_MS", 0)
    with pytest.raises(TooBusy):
        await shelves.change("shf_1", 5, one_more)


async def test_a_document_that_is_not_there_is_the_collections_own_failure(shelves: Documents[Shelf]) -> None:
    assert await shelves.get("shf_9") is None
    assert await shelves.get("") is None
    for ask in (shelves.read("shf_9"), shelves.change("shf_9", 1, one_more)):
        with pytest.raises(NotFound, match="shf_9"):
            await ask


async def test_a_second_document_of_the_same_name_is_a_duplicate(shelves: Documents[Shelf]) -> None:
    await shelves.add(a_shelf())
    with pytest.raises(Duplicate):
        await shelves.add(a_shelf(label="Atlases"))


async def test_found_documents_come_sorted_and_then_by_id(shelves: Documents[Shelf]) -> None:
    for id_, label in (("shf_2", "b"), ("shf_1", "b"), ("shf_3", "a")):
        await shelves.add(a_shelf(id_, label))
    assert [shelf.id for shelf in await shelves.find({}, limit=9)] == ["shf_1", "shf_2", "shf_3"]
    assert [shelf.id for shelf in await shelves.find({}, sort=(("label", 1),), limit=9)] == ["shf_3", "shf_1", "shf_2"]
    assert await shelves.count({"label": "b"}) == 2
    assert await shelves.delete({"label": "b"}) == 2


async def test_pages_hold_everything_once_whatever_is_done_to_it_meanwhile(shelves: Documents[Shelf]) -> None:
    for number in range(7):
        await shelves.add(a_shelf(f"shf_{number}", "Novels" if number % 6 else "Maps"))
    seen: list[list[str]] = []
    async for page in shelves.pages({"label": "Novels"}, limit=2):
        seen.append([one.id for one in page])
        await shelves.change(page[0].id, 5, lambda shelf: shelf.model_copy(update={"label": "Maps"}))
    assert seen == [["shf_1", "shf_2"], ["shf_3", "shf_4"], ["shf_5"]]


async def test_what_was_written_is_told_once_it_is_stored_and_what_was_not_is_not(shelves: Documents[Shelf]) -> None:
    told: list[int] = []

    async def tell(shelf: Shelf) -> None:
        assert (await shelves.read(shelf.id)).books == shelf.books
        told.append(shelf.books)

    shelves.written = tell
    await shelves.add(a_shelf())
    await shelves.change("shf_1", 5, one_more)
    await shelves.change("shf_1", 6, lambda seen: seen)
    assert await shelves.replace(a_shelf(), one_more(a_shelf()), 7) is None  # somebody was faster
    assert told == [0, 1]
