from typing import Any

import pytest
from pytest_aiohttp import AiohttpClient

from guildhall.chat.routes import PROBLEMS, accept_chat_tokens, routes
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.chat.house import ChatHouse
from tests.guildhall.chat.serving import Http, authenticate, serve_routes

__all__ = ["Http"]


async def nobody_has_left(_: Any) -> list[str]:
    return []


@pytest.fixture
async def http(house: ChatHouse, aiohttp_client: AiohttpClient) -> Http:
    authenticating = accept_chat_tokens(authenticate, house.service.visitors.read, nobody_has_left)
    return await serve_routes(
        aiohttp_client, house.storage, house.clock, routes(house.service), (*PROBLEMS, MoveRefused), authenticating
    )


async def ask(
    http: Http, method: str, path: str, who: str = "", body: Any = None
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    """`who` is a chat token, or the account of somebody signed in."""
    headers = {"X-As": who} if who.startswith("usr_") else {"Authorization": f"Bearer {who}"} if who else {}
    async with http.request(method, f"/v1{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.status != 204 else {}


async def admit(http: Http, site: str = "demo", **given: str) -> dict[str, Any]:
    status, admitted = await ask(http, "POST", "/chat/visitors", body={"site": site, **given})
    assert status == 200, admitted
    return admitted


async def begin(http: Http, token: str, key: str = "first-opening") -> str:
    status, opened = await ask(http, "POST", "/chat/conversations", token, {"init_key": key})
    assert status == 200, opened
    return str(opened["conversation_id"])
