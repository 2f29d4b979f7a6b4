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


async def test_while_it_drains_a_server_is_alive_and_not_ready(aiohttp_client: AiohttpClient) -> None:
    drain = Drain()
    drain.begin()
    assert (await ask(aiohttp_client, "/readyz", drain, storage=well))[0] == 503
    assert (await ask(aiohttp_client, "/healthz", drain))[0] == 200
