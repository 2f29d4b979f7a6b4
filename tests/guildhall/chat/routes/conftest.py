from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.chat.routes import PROBLEMS, accept_chat_tokens, routes
from guildhall.kit.http import (
    ANONYMOUS,
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.http.settings import DEFAULT_RATES
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.chat.house import ChatHouse

MANY = "100000/minute"
Http = TestClient[web.Request, web.Application]
ROLES = {"usr_a": {"support"}, "usr_b": {"support"}, "usr_boss": {"admin"}, "usr_p": {"proctor"}}


async def authenticate(request: web.Request) -> Principal:
    name = request.headers.get("X-As", "")
    if not name:
        return ANONYMOUS
    return Principal(kind="user", id=name, roles=frozenset(ROLES.get(name, {"agent"})), aal=2)


async def nobody_has_left(_: Any) -> list[str]:
    return []


@pytest.fixture
async def http(house: ChatHouse, aiohttp_client: AiohttpClient) -> Http:
    idempotency = IdempotencyStore(house.storage, house.clock)
    await idempotency.ensure()
    guards = Guards(
        authenticate=accept_chat_tokens(authenticate, house.service.visitors.read, nobody_has_left),
        is_allowed=is_allowed,
        limiter=MemoryLimiter(house.clock),
        idempotency=idempotency,
        clock=house.clock,
    )
    rates = {name: {"anonymous": MANY, "principal": MANY} for name in DEFAULT_RATES}
    app = web.Application()
    settings = PipelineSettings.model_validate({"rates": rates, "address_rate": MANY})
    mount_root(app, settings, problems=(*PROBLEMS, MoveRefused))
    mount_v1(app, routes(house.service), guards, settings)
    client: Any = await aiohttp_client(app)
    return client  # type: ignore[no-any-return]


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
