"""The records, on every database."""

import asyncio
from collections.abc import Mapping

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.http.idempotency import SCHEMA, Begun, IdempotencyStore, Stored, fingerprint_of
from guildhall.kit.http.problems import IdempotencyInProgress, IdempotencyMismatch
from guildhall.kit.storage import Document, Storage

DONE = Stored(201, {"Location": "/v1/things/1", "Content-Type": "application/json"}, b'{"n": 1}')
LEASE_SECONDS = 10.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def records(storage: Storage, clock: ManualClock) -> IdempotencyStore:
    store = IdempotencyStore(storage, clock)
    await store.ensure()
    return store


async def begin(records: IdempotencyStore, *, scope: str = "ada POST /x", fingerprint: str = "print") -> Begun:
    return await records.begin(scope, "key-1", fingerprint, LEASE_SECONDS)


async def test_what_was_done_is_answered_again(records: IdempotencyStore) -> None:
    first = await begin(records)
    assert first.stored is None
    await records.finish(first, DONE)
    assert (await begin(records)).stored == DONE


async def test_another_request_under_the_same_key_is_refused(records: IdempotencyStore) -> None:
    await begin(records)
    with pytest.raises(IdempotencyMismatch):
        await begin(records, fingerprint="another")


async def test_another_scope_is_another_key(records: IdempotencyStore) -> None:
    await records.finish(await begin(records), DONE)
    assert (await begin(records, scope="bob POST /x")).stored is None


async def test_of_twenty_at_once_one_runs(records: IdempotencyStore) -> None:
    begun = await asyncio.gather(*(begin(records) for _ in range(20)), return_exceptions=True)
    assert len([one for one in begun if isinstance(one, Begun)]) == 1
    assert len([one for one in begun if isinstance(one, IdempotencyInProgress)]) == 19


async def test_what_failed_may_run_again_at_once(records: IdempotencyStore) -> None:
    await records.release(await begin(records))
    assert (await begin(records)).stored is None


async def test_a_crash_in_between_is_taken_over_when_its_lease_ends(
    records: IdempotencyStore, clock: ManualClock
) -> None:
    crashed = await begin(records)
    clock.advance(15_000)
    with pytest.raises(IdempotencyInProgress):
        await begin(records)
    clock.advance(1)
    second = await begin(records)
    assert second.stored is None
    with pytest.raises(IdempotencyInProgress):
        await begin(records)
    await records.finish(crashed, Stored(500, {}, b"late"))
    await records.release(crashed)
    with pytest.raises(IdempotencyInProgress):
        await begin(records)
    await records.finish(second, DONE)
    assert (await begin(records)).stored == DONE


async def test_of_twenty_that_take_over_one_runs(records: IdempotencyStore, clock: ManualClock) -> None:
    await begin(records)
    clock.advance(15_001)
    begun = await asyncio.gather(*(begin(records) for _ in range(20)), return_exceptions=True)
    assert len([one for one in begun if isinstance(one, Begun)]) == 1


async def test_after_the_retention_a_key_is_new(
    records: IdempotencyStore, clock: ManualClock, storage: Storage
) -> None:
    await records.finish(await begin(records), DONE)
    clock.advance(24 * 3_600_000 + 1)
    assert (await begin(records, fingerprint="another")).stored is None
    await records.begin("bob", "key-2", "print", LEASE_SECONDS)
    clock.advance(24 * 3_600_000 + 1)
    assert await records.forget_old() == 2
    assert await storage.collection(SCHEMA).count() == 0


@pytest.mark.parametrize(
    ("path", "query", "body", "same"),
    [
        ({"id": "1"}, "a=1", b'{"b": [1, 2], "a": 1}', True),
        ({"id": "1"}, "a=1", b'{"a":1,"b":[1,2]}', True),
        ({"id": "2"}, "a=1", b'{"a":1,"b":[1,2]}', False),
        ({"id": "1"}, "a=2", b'{"a":1,"b":[1,2]}', False),
        ({"id": "1"}, "a=1", b'{"a":1,"b":[2,1]}', False),
        ({"id": "1"}, "a=1", b"", False),
    ],
)
def test_a_fingerprint_is_of_what_was_asked_and_not_of_how_it_was_written(
    path: Mapping[str, str], query: str, body: bytes, same: bool
) -> None:
    first = fingerprint_of({"id": "1"}, "a=1", b'{"a": 1, "b": [1, 2]}')
    assert (fingerprint_of(path, query, body) == first) is same


async def test_what_was_finished_in_the_last_moment_is_not_taken_over(
    records: IdempotencyStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await begin(records)
    clock.advance(15_001)
    look = records._records.get

    async def look_just_before_it_ends(record_id: str) -> Document | None:
        seen = await look(record_id)
        await records.finish(first, DONE)
        return seen

    with monkeypatch.context() as patch:
        patch.setattr(records._records, "get", look_just_before_it_ends)
        with pytest.raises(IdempotencyInProgress):
            await begin(records)
    assert (await begin(records)).stored == DONE
