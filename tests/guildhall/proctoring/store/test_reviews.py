"""Reviews in every database: what is asked of them, and that one of two who decide at once is told to look again."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from guildhall.kit.storage import StorageSettings, open_storage
from guildhall.kit.storage.mongo import connect, settle
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model.reviews import Review
from guildhall.proctoring.store.reviews import ReviewStore
from tests.servers.mongo import MongoServers, run_mongo_servers

SERVERS = ("wire", "ferretdb", "java", "mongod")


@pytest.fixture(scope="session")
def mongo_servers() -> Iterator[MongoServers]:
    yield from run_mongo_servers()


@pytest.fixture(params=["sqlite", *(pytest.param(name, marks=pytest.mark.servers) for name in SERVERS)])
async def store(
    request: pytest.FixtureRequest, mongo_servers: MongoServers, tmp_path: Path
) -> AsyncIterator[ReviewStore]:
    is_sqlite = request.param == "sqlite"
    url, database = "" if is_sqlite else mongo_servers.url(request.param), f"reviews_{uuid.uuid4().hex[:12]}"
    settings = StorageSettings(sqlite_path=tmp_path / "reviews.sqlite3")
    if not is_sqlite:
        settings = StorageSettings.model_validate({"mongo_url": url, "mongo_database": database})
    storage = open_storage(settings)
    await storage.start()
    opened = ReviewStore(storage)
    await opened.ensure()
    yield opened
    await storage.close()
    if not is_sqlite:
        client = connect(url, "motor")
        await client.drop_database(database)
        await settle(client.close())


def a_review(name: str, at_ms: int) -> Review:
    return Review(
        id=f"sit_{name}",
        created_at_ms=at_ms,
        updated_at_ms=at_ms,
        exam_id="dlv_1",
        attempt_id=f"att_{name}",
        candidate_name=name.title(),
        delivery_id="dlv_1",
        organisation_id="org_guild" if name == "ada" else "",
        account_id=f"usr_{name}",
        exceptions=(),
        flags=(),
    )


async def test_a_session_has_one_review_and_each_question_finds_its_own(store: ReviewStore) -> None:
    ada, eve = await store.open(a_review("ada", 1_000)), await store.open(a_review("eve", 2_000))
    assert await store.open(a_review("ada", 9_000)) == ada
    assert [one.id for one in await store.unfinished(None, 10)] == ["sit_ada", "sit_eve"]
    assert [one.id for one in await store.unfinished(["org_guild"], 10)] == ["sit_ada"]
    assert await store.unfinished([], 10) == []
    assert [one.id for one in await store.of_account("usr_eve", 10)] == ["sit_eve"]
    assert [one.id for one in await store.of_delivery("dlv_1", "sit_ada")] == ["sit_eve"]
    assert await store.due(10_000) == []
    fields = {"state": ReviewState.CLEARED, "due_at_ms": 0}
    await store.reviews.change(eve.id, 3_000, lambda seen: seen.model_copy(update=fields))
    await store.reviews.change(ada.id, 3_000, lambda seen: seen.model_copy(update={"due_at_ms": 5_000}))
    assert [one.id for one in await store.over(10)] == ["sit_eve"]
    assert [[one.id for one in await store.due(at_ms)] for at_ms in (4_999, 5_000)] == [[], ["sit_ada"]]
    assert await store.counts() == {ReviewState.QUEUED: 1, ReviewState.CLEARED: 1}


async def test_of_many_who_decide_at_once_one_is_first_and_the_others_see_what_was_decided(
    request: pytest.FixtureRequest, store: ReviewStore
) -> None:
    if "ferretdb" in request.node.name:
        pytest.skip("FerretDB v1 loses concurrent updates: a known gap, see tests/guildhall/kit")
    review = await store.open(a_review("ada", 1_000))
    seen: set[int] = set()

    async def decide(due_at_ms: int) -> None:
        def take(now: Review) -> Review:
            return now if now.due_at_ms else now.model_copy(update={"due_at_ms": due_at_ms})

        seen.add((await store.reviews.change(review.id, 2_000, take)).due_at_ms)

    await asyncio.gather(*(decide(number) for number in range(1, 9)))
    assert seen == {(await store.reviews.read(review.id)).due_at_ms}
