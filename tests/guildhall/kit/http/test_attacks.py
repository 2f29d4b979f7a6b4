"""What somebody would try first, each with its refusal. The tests of single stages hold more of them."""

import asyncio
import io
import json

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import PipelineSettings, mount_root, open_access_log
from guildhall.kit.logs import LogSettings
from tests.fakes.things_api import SIGNED_IN, Http, Serve, ThingsApi

FEW = {"anonymous": "2/minute", "principal": "2/minute"}


async def raw(http: Http, request: bytes) -> tuple[int, bytes]:
    """Bytes that no well-behaved client would send."""
    assert http.server.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", http.server.port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split(b" ", 2)[1]), head


async def test_a_made_up_client_address_does_not_escape_a_limit(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW})
    statuses = []
    for number in range(3):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        headers |= {"X-Real-IP": f"198.51.100.{number}"}
        statuses.append((await http.get("/v1/things", headers=headers)).status)
    assert statuses == [200, 200, 429]


async def test_behind_a_proxy_only_its_own_entry_counts(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW}, trusted_proxies=["127.0.0.0/8"])
    statuses = []
    for number in range(3):
        # The proxy appends the true address; whatever stands before it was sent by the client.
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        statuses.append((await http.get("/v1/things", headers=headers)).status)
    assert statuses == [200, 200, 429]


async def test_a_header_cannot_make_somebody_an_administrator(http: Http) -> None:
    claimed = {"X-User-Id": "acc_ada", "X-User-Roles": "admin", "X-Forwarded-User": "acc_ada"}
    assert (await http.get("/v1/things/one", headers=claimed)).status == 401


@pytest.mark.parametrize("field", ["role", "roles", "permission", "principal", "account_id"])
async def test_a_body_cannot_carry_what_was_not_asked(http: Http, field: str) -> None:
    answer = await http.post("/v1/things", json={"name": "Anvil", field: "admin"}, headers=SIGNED_IN)
    assert (await answer.json())["fields"] == {field: "is not expected here"}


async def test_two_tokens_are_not_one(http: Http) -> None:
    for pair in (("Bearer ada", "Bearer junk"), ("Bearer junk", "Bearer ada")):
        headers = [("Authorization", value) for value in pair]
        assert (await http.get("/v1/things/one", headers=headers)).status == 400


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 2\r\nContent-Length: 20\r\n",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Content-Length: +2\r\n",
        b"Content-Length: 2\r\nX-Fold: a\r\n b\r\n",
    ],
)
async def test_a_request_that_two_parsers_could_read_differently_is_refused(http: Http, framing: bytes) -> None:
    head = b"POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ada\r\nContent-Type: application/json\r\n"
    status, _ = await raw(http, head + framing + b"\r\n{}")
    assert status in {400, 411}


async def test_a_request_id_cannot_write_into_the_log_or_the_answer(http: Http) -> None:
    status, head = await raw(http, b"GET /v1/things HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\x0bSet-Cookie: x=1\r\n\r\n")
    assert status in {200, 400}
    assert b"Set-Cookie" not in head


async def test_nothing_a_client_sends_can_begin_a_line_of_the_log(aiohttp_client: AiohttpClient) -> None:
    stream = io.StringIO()
    app = web.Application()
    mount_root(app, PipelineSettings(), access_log=open_access_log(LogSettings(format="json"), stream))
    http = await aiohttp_client(app)
    forged = "%0A%7B%22event%22%3A%22forged%22%7D"
    for path in (f"/{forged}", f"/?q={forged}", f"/metrics?{forged}"):
        headers = {"User-Agent": '\t{"event":"forged"}', "X-Request-Id": "forged-forged", "traceparent": "00-forged"}
        await http.get(path, headers=headers)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request_answered"] * 3
    assert "forged" not in "".join(f"{line['request_id']}{line.get('trace_id')}" for line in lines)


async def test_a_key_cannot_be_used_to_read_what_another_did(http: Http, api: ThingsApi) -> None:
    keyed = {"Idempotency-Key": "key-00000001"}
    await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN | keyed)
    bob = {"Authorization": "Bearer bob"} | keyed
    answer = await http.post("/v1/things", json={"name": "Anvil"}, headers=bob)
    assert (await answer.json())["thing_id"] == "thing-2"
    assert (await http.post("/v1/things", json={"name": "Anvil"}, headers=keyed)).status == 401


async def test_a_path_cannot_walk_out_of_the_api(http: Http) -> None:
    for path in ("/v1/..%2f..%2fetc%2fpasswd", "/v1/things/..%2F..%2Fmetrics", "/v1//metrics"):
        answer = await http.get(path, headers=SIGNED_IN)
        assert (answer.status, answer.content_type) == (404, "application/problem+json")


async def test_a_method_cannot_be_overridden(http: Http, api: ThingsApi) -> None:
    answer = await http.get("/v1/things", headers=SIGNED_IN | {"X-HTTP-Method-Override": "POST"})
    assert (answer.status, api.things.ran) == (200, 0)
