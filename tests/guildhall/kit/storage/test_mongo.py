"""What only the MongoDB adapter can meet: a server that goes away and comes back."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator

import pytest

from guildhall.kit.storage import Schema, StorageUnavailable, until_it_answers
from guildhall.kit.storage import mongo as adapter
from guildhall.kit.storage.mongo import Driver, MongoStorage
from guildhall.kit.storage.mongo_text import duplicate_key
from tests.servers.mongo import wire_server
from tests.servers.process import PrintingServer

NOTES = Schema("notes", unique=(("name",), ("room", "number")))


@pytest.fixture(autouse=True)
def _sockets_that_the_driver_forgets() -> Iterator[None]:
    """pymongo 4.20 leaves a socket to the garbage collector when it is closed while it tries to connect."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def server() -> Iterator[PrintingServer]:
    started = wire_server()
    started.start()
    yield started
    started.kill()


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    chosen: Driver = request.param
    return chosen


@pytest.fixture
async def storage(
    server: PrintingServer, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MongoStorage]:
    monkeypatch.setattr(adapter, "CLIENT_OPTIONS", {**adapter.CLIENT_OPTIONS, "serverSelectionTimeoutMS": 300})
    opened = MongoStorage(server.url, "notes", driver)
    await opened.start()
    yield opened
    await opened.close()


async def test_a_lost_server_is_a_plain_sentence_and_its_return_is_noticed(
    storage: MongoStorage, server: PrintingServer
) -> None:
    notes = storage.collection(NOTES)
    await notes.ensure()
    await notes.insert({"_id": "a", "name": "a", "room": "r", "number": 1})
    server.kill()
    for call in (
        notes.insert({"_id": "b", "name": "b", "room": "r", "number": 2}),
        notes.get("a"),
        notes.find(limit=1),
        notes.count_by("room"),
    ):
        with pytest.raises(StorageUnavailable, match=r"^MongoDB does not answer"):
            await call
    server.start()
    async with asyncio.timeout(30):  # the driver looks for it twice a second, and waits less than that for it here
        await until_it_answers(notes.ensure)
    await notes.insert({"_id": "b", "name": "b", "room": "r", "number": 2})
    assert await notes.count() == 1


async def test_starting_without_a_server_says_so(
    server: PrintingServer, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "CLIENT_OPTIONS", {**adapter.CLIENT_OPTIONS, "serverSelectionTimeoutMS": 100})
    server.kill()
    with pytest.raises(StorageUnavailable):
        await MongoStorage(server.url, "notes", driver).start()


async def test_writes_wait_for_a_majority_and_its_journal(storage: MongoStorage) -> None:
    concern = storage.database.write_concern.document
    assert (concern["w"], concern["j"]) == ("majority", True)


@pytest.mark.parametrize(
    ("details", "sentence", "key"),
    [
        ({"keyPattern": {"room": 1, "number": 1}}, "", ("room", "number")),
        ({}, "E11000 duplicate key error collection: g.notes index: room_1_number_1 dup key: {}", ("room", "number")),
        ({}, "E11000 duplicate key error collection: g.notes index: _id_ dup key: {}", ("_id",)),
        ({}, "E11000 duplicate key error index: g.notes.$name_1 dup key: {}", ("name",)),
        ({}, "something else", ()),
    ],
)
def test_a_duplicate_names_its_key_where_the_server_does(
    details: dict[str, object], sentence: str, key: tuple[str, ...]
) -> None:
    assert duplicate_key(NOTES, details, sentence) == key
