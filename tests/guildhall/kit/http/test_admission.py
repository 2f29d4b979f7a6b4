import asyncio

import pytest

from tests.fakes.things_api import SIGNED_IN, Http, Serve, ThingsApi


async def test_a_draining_server_refuses_work_and_says_when_to_try_again(api: ThingsApi, http: Http) -> None:
    api.is_draining = True
    answer = await http.get("/v1/things")
    assert (answer.status, (await answer.json())["code"], answer.headers["Retry-After"]) == (503, "draining", "1")
    assert (await http.get("/metrics")).status == 200


async def test_one_class_too_busy_does_not_stop_the_others(serve: Serve) -> None:
    api, http = await serve(max_running=1)
    api.things.hold.clear()
    first = asyncio.ensure_future(http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN))
    while not api.things.ran:
        await asyncio.sleep(0.001)
    second = await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN)
    assert (second.status, (await second.json())["code"]) == (503, "overloaded")
    assert (await http.get("/v1/things")).status == 200
    api.things.hold.set()
    assert (await first).status == 201
    assert (await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN)).status == 201


async def test_a_body_over_the_cap_is_refused_unread(http: Http) -> None:
    answer = await http.post("/v1/things", data=b" " * 65_537, headers=SIGNED_IN | {"Content-Type": "application/json"})
    problem = await answer.json()
    assert (answer.status, problem["code"], answer.content_type) == (413, "too-large", "application/problem+json")
    assert "65536" in problem["detail"]


async def test_a_body_of_another_type_is_refused(http: Http) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp"):
        answer = await http.post("/v1/things", data=b"{}", headers=SIGNED_IN | {"Content-Type": kind})
        assert (answer.status, (await answer.json())["code"]) == (415, "unsupported-media-type")


async def test_a_compressed_body_is_refused_before_it_can_grow(http: Http) -> None:
    headers = SIGNED_IN | {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await http.post("/v1/things", data=b"\x1f\x8b", headers=headers)
    assert answer.status == 415


async def test_a_body_without_a_length_is_refused(http: Http) -> None:
    async def parts() -> object:
        yield b'{"name": "Anvil"}'

    answer = await http.post("/v1/things", data=parts(), headers=SIGNED_IN | {"Content-Type": "application/json"})
    assert (answer.status, (await answer.json())["code"]) == (411, "length-required")


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-Match", "Api-Version"])
async def test_a_header_that_decides_something_may_come_once(http: Http, name: str) -> None:
    answer = await http.get("/v1/things/one", headers=[(name, "Bearer eve"), (name, "Bearer ada")])
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (400, "malformed")
    assert name in problem["detail"]
