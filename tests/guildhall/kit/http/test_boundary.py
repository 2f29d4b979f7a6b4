import asyncio
import dataclasses

import pytest
from aiohttp import ClientPayloadError, web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import PipelineSettings, mount_root
from tests.fakes import things_api
from tests.fakes.things_api import SIGNED_IN, Http, ThingsApi


async def test_a_crash_tells_its_number_and_nothing_else(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    answer = await http.get("/v1/crash")
    problem = await answer.json()
    assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert problem == {
        "type": "/problems/internal",
        "code": "internal",
        "title": "Something went wrong",
        "status": 500,
        "detail": f"This is our fault. Tell us this number and we can find it: {problem['request_id']}.",
        "instance": "/v1/crash",
        "request_id": answer.headers["X-Request-Id"],
    }


async def test_what_is_not_there_is_a_problem_inside_and_outside_of_v1(http: Http) -> None:
    for path in ("/v1/nothing", "/nothing"):
        answer = await http.get(path)
        assert (answer.status, answer.content_type) == (404, "application/problem+json")
        assert (await answer.json())["code"] == "not-found"


async def test_a_wrong_method_is_told_which_there_are(http: Http) -> None:
    answer = await http.delete("/v1/things")
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}


async def test_a_domains_own_problem_leaves_under_its_own_type(http: Http) -> None:
    answer = await http.post("/v1/things", json={"name": "Unobtainium"}, headers=SIGNED_IN)
    problem = await answer.json()
    assert (answer.status, problem["type"], problem["title"]) == (409, "/problems/out-of-stock", "Out of stock")
    assert problem["detail"] == "There is no Unobtainium left."


async def test_a_problem_that_its_operation_does_not_declare_is_told_and_counted(
    api: ThingsApi, aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch, undeclared: list[tuple[str, str]]
) -> None:
    declared = dataclasses.replace(things_api.MAKE, problems=frozenset())
    monkeypatch.setattr(things_api, "MAKE", declared)
    http = await aiohttp_client(api.app())
    answer = await http.post("/v1/things", json={"name": "Unobtainium"}, headers=SIGNED_IN)
    assert (answer.status, (await answer.json())["code"]) == (409, "out-of-stock")
    assert undeclared == [(declared.name, "out-of-stock")], "without this, the harness fails the test"
    undeclared.clear()
    line = f'http_problems_undeclared_total{{operation="{declared.name}",problem="out-of-stock"}} 1.0'
    assert line in await (await http.get("/metrics")).text()


async def test_a_401_says_how_to_sign_in(http: Http) -> None:
    nobody = await http.get("/v1/things/one")
    assert (nobody.status, nobody.headers["WWW-Authenticate"]) == (401, "Bearer")
    late = await http.get("/v1/things/one", headers={"Authorization": "Bearer expired"})
    assert (late.status, late.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert (await late.json())["code"] == "token-expired"


async def test_storage_away_is_a_503_that_names_no_insides(http: Http, api: ThingsApi) -> None:
    api.things.storage_is_away = True
    answer = await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN)
    problem = await answer.json()
    assert (answer.status, problem["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")
    assert problem["detail"] == "Not available now."


async def test_a_taken_key_names_no_collection(http: Http, api: ThingsApi, undeclared: list[tuple[str, str]]) -> None:
    api.things.has_duplicate = True
    answer = await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN)
    problem = await answer.json()
    assert (answer.status, problem["code"], problem["detail"]) == (409, "conflict", "Not possible now.")
    assert undeclared == [("make_thing", "conflict")]
    undeclared.clear()


async def test_a_body_that_breaks_off_is_no_crash_of_ours(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    server = http.server
    assert server.port is not None
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = "POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ada\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await http.get("/v1/things")).status == 200
    assert "request_failed" not in caplog.text


async def test_a_crash_in_the_middle_of_an_answer_adds_no_second_one(aiohttp_client: AiohttpClient) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half of")
        raise RuntimeError("the password is swordfish")

    app = web.Application()
    mount_root(app, PipelineSettings())
    app.router.add_get("/stream", stream)
    answer = await (await aiohttp_client(app)).get("/stream")
    with pytest.raises(ClientPayloadError):
        await answer.read()
    assert answer.status == 200


async def test_a_connection_that_we_lost_is_our_crash_and_not_the_clients_body(
    http: Http, api: ThingsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_: object) -> None:
        raise ConnectionRefusedError("10.0.0.7:6379 refuses connections.")

    monkeypatch.setattr(api.things.hold, "wait", lambda: refused(None))
    answer = await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN)
    assert (answer.status, (await answer.json())["code"]) == (500, "internal")
