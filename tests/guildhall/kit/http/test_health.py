import asyncio
from typing import Any

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import Drain, add_health, health


async def well() -> None: ...


async def broken() -> str:
    return "no engine child is ready yet"


async def crashing() -> None:
    raise RuntimeError("mongo-7.internal")


async def hanging() -> None:
    await asyncio.sleep(30)


async def ask(aiohttp_client: AiohttpClient, path: str, drain: Drain, **checks: Any) -> tuple[int, Any]:
    app = web.Application()
    add_health(app.router, checks, drain)
    answer = await (await aiohttp_client(app)).get(path)
    return answer.status, await answer.json()


async def test_ready_is_when_every_check_is_well(aiohttp_client: AiohttpClient) -> None:
    assert await ask(aiohttp_client, "/readyz", Drain(), storage=well) == (
        200,
        {"status": "ready", "checks": {"storage": "ok"}},
    )


async def test_whatever_is_wrong_is_named_without_insides(
    aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_CHECK_SECONDS", 0.05)
    checks = {"storage": well, "engine": broken, "bus": crashing, "mail": hanging}
    status, told = await ask(aiohttp_client, "/readyz", Drain(), **checks)
    assert status == 503
    assert told == {
        "status": "not ready",
        "checks": {
            "storage": "ok",
            "engine": "no engine child is ready yet",
            "bus": "failed",
            "mail": "did not answer within 0.05 s",
        },
    }


async def test_however_many_ask_a_check_that_hangs_is_asked_once_at_a_time_and_not_again_at_once(
    aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_CHECK_SECONDS", 0.05)
    monkeypatch.setattr(health, "_FRESH_SECONDS", 60.0)
    asked = 0

    async def counted() -> str | None:
        nonlocal asked
        asked += 1
        return await asyncio.sleep(30, None)

    app = web.Application()
    add_health(app.router, {"storage": counted}, Drain())
    client = await aiohttp_client(app)
    answers = await asyncio.gather(*(client.get("/readyz") for _ in range(20)))
    assert ({answer.status for answer in answers}, asked) == ({503}, 1)


async def test_what_was_wrong_is_asked_again_when_the_answer_is_old(
    aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_FRESH_SECONDS", 0.0)
    answers = iter(["away", None])

    async def coming_back() -> str | None:
        return next(answers)

    app = web.Application()
    add_health(app.router, {"storage": coming_back}, Drain())
    client = await aiohttp_client(app)
    assert [(await client.get("/readyz")).status for _ in range(2)] == [503, 200]


async def test_liveness_asks_nobody(aiohttp_client: AiohttpClient) -> None:
    checks = {"storage": crashing, "engine": broken}
    assert (await ask(aiohttp_client, "/healthz", Drain(), **checks)) == (200, {"status": "ok"})


async def test_while_it_drains_a_server_is_alive_and_not_ready(aiohttp_client: AiohttpClient) -> None:
    drain = Drain()
    drain.begin()
    assert (await ask(aiohttp_client, "/readyz", drain, storage=well))[0] == 503
    assert (await ask(aiohttp_client, "/healthz", drain))[0] == 200
