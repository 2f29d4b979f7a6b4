"""Webhooks over HTTP: the secret is seen once, another's is not found, and the log says what came of each try."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.routes import PROBLEMS as ACCOUNT_PROBLEMS
from guildhall.kit.http import Guards, MemoryLimiter, PipelineSettings, Principal, mount_root, mount_v1
from guildhall.notifications.webhooks.routes import routes
from guildhall.notifications.webhooks.rules.delivering import Answered
from tests.fakes.receiver import ScriptedSender
from tests.guildhall.notifications.webhooks.hooks import URL, Hooks
from tests.guildhall.opportunities.market import ORGANISATION, Market

MANY = {"anonymous": "100000/minute", "principal": "100000/minute"}
Http = TestClient[web.Request, web.Application]


@pytest.fixture
def hooks(market: Market) -> Hooks:
    return Hooks(market, ScriptedSender())


@pytest.fixture
async def http(hooks: Hooks, aiohttp_client: AiohttpClient) -> Http:
    market = hooks.market

    async def authenticate(request: web.Request) -> Principal:
        name = request.headers.get("Authorization", "")
        if not name:
            return Principal(kind="anonymous")
        role = {"carla": "owner", "bob": "manager"}.get(name)
        return Principal(
            kind="user",
            id=market.accounts[name],
            roles=frozenset({"agent"}),
            organisations={ORGANISATION: role} if role else {},
            authenticated_at_ms=market.clock.now_ms(),
        )

    await market.backbone.idempotency.ensure()
    app = web.Application()
    mount_root(app, PipelineSettings(rates=dict.fromkeys(("read", "write"), MANY)), problems=ACCOUNT_PROBLEMS)
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(market.clock),
        idempotency=market.backbone.idempotency,
        clock=market.clock,
        is_draining=lambda: False,
    )
    mount_v1(app, routes(hooks.service, "a secret for cursors"), guards, PipelineSettings())
    return await aiohttp_client(app)


async def ask(http: Http, who: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    async with http.request(method, f"/v1/webhooks{path}", json=body, headers={"Authorization": who}) as response:
        answer = await response.json() if response.status != 204 else None
        assert response.status == status, answer
        return answer


async def test_an_owner_registers_sees_the_secret_once_tests_rolls_pauses_and_removes(http: Http, hooks: Hooks) -> None:
    wanted = {"organisation_id": ORGANISATION, "url": URL, "types": ["offer.sent"], "description": "Our board"}
    made = await ask(http, "carla", "POST", "", wanted, 201)
    assert made["secret"].startswith("whsec_")
    endpoint = made["endpoint"]
    listed = await ask(http, "carla", "GET", "")
    assert listed["items"] == [endpoint]
    assert "offer.sent" in [one["name"] for one in listed["types"]]
    path = f"/{endpoint['endpoint_id']}"
    tested = await ask(http, "carla", "POST", f"{path}/test", status=202)
    assert (tested["type"], tested["state"]) == ("webhook.test", "waiting")
    await hooks.look()
    log = await ask(http, "carla", "GET", f"{path}/deliveries")
    assert [(one["state"], one["attempts"][0]["status"]) for one in log["items"]] == [("delivered", 204)]
    again = await ask(http, "carla", "POST", f"{path}/deliveries/{tested['event_id']}/redelivery", status=202)
    assert again["state"] == "waiting"
    await ask(http, "carla", "POST", f"{path}/deliveries/{tested['event_id']}/redelivery", status=409)
    rolled = await ask(http, "carla", "POST", f"{path}/secret")
    assert rolled["secret"] != made["secret"]
    assert rolled["endpoint"]["former_secret_until_ms"] > hooks.clock.now_ms()
    changed = await ask(http, "carla", "PUT", path, {"url": f"{URL}/2", "types": []})
    assert (changed["url"], changed["types"]) == (f"{URL}/2", [])
    paused = await ask(http, "carla", "POST", f"{path}/actions", {"action": "pause"})
    assert [one["event"] for one in paused["allowed_actions"]] == ["resume"]
    await ask(http, "carla", "POST", f"{path}/test", status=409)
    await ask(http, "carla", "DELETE", path, status=204)
    await ask(http, "carla", "GET", f"{path}/deliveries", status=404)


async def test_only_an_owners_are_theirs_and_a_person_has_their_own(http: Http) -> None:
    wanted = {"organisation_id": ORGANISATION, "url": URL}
    made = await ask(http, "carla", "POST", "", wanted, 201)
    path = f"/{made['endpoint']['endpoint_id']}"
    for who in ("bob", "ada"):  # a manager of it, and a stranger
        await ask(http, who, "POST", "", wanted, 422)
        await ask(http, who, "POST", f"{path}/secret", status=404)
        await ask(http, who, "DELETE", path, status=404)
        assert (await ask(http, who, "GET", ""))["items"] == []
    own = await ask(http, "ada", "POST", "", {"url": URL}, 201)
    assert own["endpoint"]["organisation_id"] == ""
    refused = await ask(http, "ada", "POST", "", {"url": "http://10.0.0.1/"}, 422)
    assert list(refused["fields"]) == ["url"]
    await ask(http, "ada", "POST", "", {"url": URL, "types": ["offer.eaten"]}, 422)
    await ask(http, "", "GET", "", status=401)


async def test_a_log_is_read_page_by_page_and_what_failed_is_sent_again(http: Http, hooks: Hooks) -> None:
    sender = hooks.service.context.sender
    assert isinstance(sender, ScriptedSender)
    sender.answers[URL] = Answered(410, 3)
    endpoint = await hooks.register()
    for number in range(5):
        hooks.clock.advance(1)
        await hooks.emit(f"key_{number}")
    await hooks.look()
    first = await ask(http, "carla", "GET", f"/{endpoint.id}/deliveries?limit=3")
    second = await ask(http, "carla", "GET", f"/{endpoint.id}/deliveries?limit=3&cursor={first['next_cursor']}")
    seen = [one["event_id"] for one in (*first["items"], *second["items"])]
    assert (len(seen), len(set(seen)), second["has_more"]) == (5, 5, False)
    assert (await ask(http, "carla", "GET", ""))["items"][0]["state"] == "disabled"
    sender.answers.clear()
    await ask(http, "carla", "POST", f"/{endpoint.id}/actions", {"action": "resume"})
    assert (await ask(http, "carla", "POST", f"/{endpoint.id}/recovery", status=202))["count"] == 5
    await hooks.look()
    assert await hooks.states(endpoint) == ["delivered"] * 5
