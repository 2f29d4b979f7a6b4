"""Operations that take or give bytes: pictures, packages."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route, openapi_document
from guildhall.kit.http.openapi import ApiInfo
from tests.fakes.things_api import SIGNED_IN, Http, Serve, Things, ThingsApi

ECHO = Operation(
    name="echo_picture",
    method="POST",
    path="/pictures",
    summary="Give a picture back",
    permission="things.write",
    takes=("image/png", "image/jpeg"),
    gives=("image/png",),
    max_body_bytes=100,
    answers={200: None},
)


async def echo(call: Call[NoBody, NoQuery]) -> Answer:
    return Answer(content=Content(call.content, "image/png", file_name="a b.png"))


@pytest.fixture
async def http(api: ThingsApi, aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch) -> Http:
    monkeypatch.setattr(Things, "routes", lambda _: (Route(ECHO, echo),))
    return await aiohttp_client(api.app())


async def test_bytes_come_in_and_go_out_as_what_they_are(http: Http) -> None:
    sent = {**SIGNED_IN, "Content-Type": "image/png"}
    answer = await http.post("/v1/pictures", data=b"\x89PNG", headers=sent)
    assert await answer.read() == b"\x89PNG"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%20b.png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_another_type_or_too_many_bytes_are_refused_before_they_are_read(http: Http) -> None:
    sent = {**SIGNED_IN, "Content-Type": "text/html"}
    answer = await http.post("/v1/pictures", data=b"<p>", headers=sent)
    assert answer.status == 415
    assert "image/png, image/jpeg" in (await answer.json())["detail"]
    sent = {**SIGNED_IN, "Content-Type": "image/png"}
    assert (await http.post("/v1/pictures", data=b"x" * 101, headers=sent)).status == 413


async def test_bytes_that_are_not_declared_never_leave(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lie(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(content=Content(b"<script>", "text/html"))

    monkeypatch.setattr(Things, "routes", lambda _: (Route(ECHO, lie),))
    _, http = await serve()
    sent = {**SIGNED_IN, "Content-Type": "image/png"}
    assert (await http.post("/v1/pictures", data=b"x", headers=sent)).status == 500


def test_the_document_says_which_bytes() -> None:
    document = openapi_document([Route(ECHO, echo)], ApiInfo())
    operation: dict[str, Any] = document["paths"]["/pictures"]["post"]
    assert set(operation["requestBody"]["content"]) == {"image/png", "image/jpeg"}
    assert set(operation["responses"]["200"]["content"]) == {"image/png"}


def test_a_declaration_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="no GET"):
        replace(ECHO, method="GET")
    with pytest.raises(ValueError, match="never replayed"):
        replace(ECHO, idempotency="optional")
