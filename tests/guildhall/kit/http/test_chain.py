"""One key, one effect: idempotency as requests meet it. The steps around it are tested with their modules."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from guildhall.kit.http import Route
from guildhall.kit.http.chain import make_endpoint
from guildhall.kit.http.context import CONTEXT, RequestContext
from guildhall.kit.http.problems import IdempotencyInProgress
from guildhall.kit.storage import Change, StorageUnavailable
from tests.fakes.things_api import ADA, LINGER, SIGNED_IN, Http, ThingsApi

KEYED = SIGNED_IN | {"Idempotency-Key": "key-00000001"}
ANVIL = {"name": "Anvil"}


async def test_a_retry_gets_the_first_answer_and_does_nothing(http: Http, api: ThingsApi) -> None:
    first = await http.post("/v1/things", json=ANVIL, headers=KEYED)
    again = await http.post("/v1/things", json=ANVIL, headers=KEYED)
    assert (first.status, await first.read()) == (again.status, await again.read()) == (201, await first.read())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert api.things.ran == 1


async def test_the_same_key_with_another_body_is_refused(http: Http, api: ThingsApi) -> None:
    await http.post("/v1/things", json=ANVIL, headers=KEYED)
    other = await http.post("/v1/things", json={"name": "Hammer"}, headers=KEYED)
    assert (other.status, (await other.json())["code"]) == (422, "idempotency-mismatch")
    assert api.things.ran == 1


async def test_somebody_elses_key_replays_nothing(http: Http, api: ThingsApi) -> None:
    await http.post("/v1/things", json=ANVIL, headers=KEYED)
    bob = await http.post("/v1/things", json=ANVIL, headers=KEYED | {"Authorization": "Bearer bob"})
    assert "Idempotency-Replayed" not in bob.headers
    assert api.things.ran == 2


async def test_a_replay_must_still_be_allowed(http: Http, api: ThingsApi) -> None:
    await http.post("/v1/things", json=ANVIL, headers=KEYED)
    assert (await http.post("/v1/things", json=ANVIL, headers=KEYED | {"Authorization": "Bearer eve"})).status == 403


async def test_a_retry_while_the_first_runs_is_told_to_wait(http: Http, api: ThingsApi) -> None:
    api.things.hold.clear()
    first = asyncio.ensure_future(http.post("/v1/things", json=ANVIL, headers=KEYED))
    while not api.things.ran:
        await asyncio.sleep(0.001)
    second = await http.post("/v1/things", json=ANVIL, headers=KEYED)
    assert (second.status, (await second.json())["code"]) == (409, "idempotency-in-progress")
    assert second.headers["Retry-After"] == "1"
    api.things.hold.set()
    assert (await first).status == 201


@pytest.mark.parametrize(("name", "status"), [("Unobtainium", 409), ("Dynamite", 500)])
async def test_refusals_and_crashes_are_not_kept(http: Http, api: ThingsApi, name: str, status: int) -> None:
    for _ in range(2):
        assert (await http.post("/v1/things", json={"name": name}, headers=KEYED)).status == status
    assert api.things.ran == 2


async def test_what_was_cut_off_is_not_run_again_until_its_lease_ends(api: ThingsApi) -> None:
    endpoint = make_endpoint(Route(LINGER, api.things.linger), "/v1/linger", api.guards, api.settings)

    def request() -> web.Request:
        made = make_mocked_request("POST", "/v1/linger", headers={"Idempotency-Key": "key-00000001"})
        made[CONTEXT] = RequestContext("127.0.0.1", principal=ADA)
        return made

    async def cut_off_once_it_has_run(times: int) -> None:
        running = asyncio.ensure_future(endpoint(request()))
        while api.things.ran < times:
            await asyncio.sleep(0.001)
        running.cancel()  # as the deadline does
        await asyncio.wait([running])

    await cut_off_once_it_has_run(1)
    with pytest.raises(IdempotencyInProgress):
        await endpoint(request())
    api.clock.advance(60_000)
    await cut_off_once_it_has_run(2)


async def test_without_records_a_keyed_request_is_not_run(
    http: Http, api: ThingsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise StorageUnavailable("The database does not answer.")

    monkeypatch.setattr(api.idempotency._records, "insert", away)
    answer = await http.post("/v1/things", json=ANVIL, headers=KEYED)
    assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
    assert api.things.ran == 0
    assert (await http.post("/v1/things", json=ANVIL, headers=SIGNED_IN)).status == 201


async def test_an_answer_that_cannot_be_kept_is_still_given(
    http: Http, api: ThingsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_id: str, _expect: object, _change: Change) -> None:
        raise StorageUnavailable("The database does not answer.")

    monkeypatch.setattr(api.idempotency._records, "update_if", away)
    assert (await http.post("/v1/things", json=ANVIL, headers=KEYED)).status == 201


async def test_a_replay_may_be_kept_by_no_cache_just_as_the_first_answer(http: Http) -> None:
    first = await http.post("/v1/things", json=ANVIL, headers=KEYED)
    again = await http.post("/v1/things", json=ANVIL, headers=KEYED)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-store"
