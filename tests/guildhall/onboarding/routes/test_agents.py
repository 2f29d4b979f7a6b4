"""Onboarding over HTTP: strangers get nothing, agents their own alone, reviewers decide, and every refusal says why."""

from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.routes import PROBLEMS as ACCOUNT_PROBLEMS
from guildhall.kit.http import Guards, MemoryLimiter, PipelineSettings, Principal, mount_root, mount_v1
from guildhall.notifications.routes import routes as notification_routes
from guildhall.onboarding.routes import PROBLEMS, routes
from tests.guildhall.onboarding.guild import CONTENTS, DAY_MS, PDF, Guild

MANY = {"anonymous": "100000/minute", "principal": "100000/minute"}
MINE = "/v1/onboarding/mine"


@dataclass
class Api:
    http: TestClient[web.Request, web.Application]

    async def ask(self, who: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        headers = {"Authorization": who}
        async with self.http.request(method, path, json=body, headers=headers) as response:
            answer = await response.json() if response.content_type.endswith("json") else await response.read()
            assert response.status == status, answer
            return answer

    async def put(self, who: str, path: str, body: bytes, status: int = 201) -> Any:
        headers = {"Authorization": who, "Content-Type": "application/pdf"}
        async with self.http.post(path, data=body, headers=headers) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer


@pytest.fixture
async def api(guild: Guild, aiohttp_client: AiohttpClient) -> Api:
    async def authenticate(request: web.Request) -> Principal:
        name = request.headers.get("Authorization", "")
        if not name:
            return Principal(kind="anonymous")
        role = "agent" if name in ("ada", "bob") else "admin"
        return Principal(kind="user", id=guild.accounts[name], roles=frozenset({role}))

    app, clock = web.Application(), guild.clock
    settings = PipelineSettings(rates=dict.fromkeys(("read", "write", "upload"), MANY))
    mount_root(app, settings, problems=(*PROBLEMS, *ACCOUNT_PROBLEMS))
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(clock),
        idempotency=guild.backbone.idempotency,
        clock=clock,
        is_draining=lambda: False,
    )
    served = (*routes(guild.service), *notification_routes(guild.backbone.notifications, guild.backbone.secret))
    mount_v1(app, served, guards, settings)
    return Api(await aiohttp_client(app))


async def test_an_agent_goes_the_whole_way_and_a_reviewer_lets_them_in(guild: Guild, api: Api) -> None:
    shown = await api.ask("ada", "GET", MINE)
    assert (shown["state"], shown["next"]["action"]) == ("not_started", "start")
    await api.ask("ada", "POST", MINE)
    problem = await api.ask("ada", "POST", f"{MINE}/steps/profile/submission", {"content": {"name": "A"}}, 422)
    assert (problem["type"], "headline" in problem["fields"]) == ("/problems/step-incomplete", True)
    saved = await api.ask("ada", "GET", MINE)
    assert saved["steps"][0]["content"] == {"name": "A"}
    problem = await api.ask("ada", "PUT", f"{MINE}/steps/skills", {"content": {}}, 409)
    assert problem["detail"] == "First comes Profile."
    until_ms = guild.clock.now_ms() + 300 * DAY_MS
    for step, content in CONTENTS.items():
        if step == "identity":
            query = f"kind=identity_document&name=passport.pdf&valid_until_ms={until_ms}"
            await api.put("ada", f"{MINE}/steps/identity/documents?{query}", b"no PDF at all", 422)
            await api.put("ada", f"{MINE}/steps/identity/documents?{query}", PDF)
        shown = await api.ask("ada", "POST", f"{MINE}/steps/{step}/submission", {"content": content})
    action = next(one for one in shown["allowed_actions"] if one["action"] == "submit")
    assert (action["allowed"], action["reason"]) == (False, "still to do: Exam: Guild basics")
    problem = await api.ask("ada", "POST", f"{MINE}/actions", {"action": "submit"}, 409)
    assert problem["type"] == "/problems/move-refused"
    await guild.hand_in_steps(but=("profile", "skills", "consents", "identity", "device", "agreement", "payout"))
    shown = await api.ask("ada", "POST", f"{MINE}/actions", {"action": "submit"})
    assert (shown["state"], shown["next"]["actor"]) == ("submitted", "reviewer")

    await api.ask("bob", "GET", "/v1/onboarding/reviews", status=403)
    (listed,) = (await api.ask("kate", "GET", "/v1/onboarding/reviews"))["items"]
    assert (listed["name"], listed["is_overdue"]) == ("Ada", False)
    case = f"/v1/onboarding/reviews/{listed['onboarding_id']}"
    await api.ask("kate", "POST", f"{case}/steps/identity/decisions", {"decision": "accept"}, 409)
    await api.ask("kate", "POST", f"{case}/decisions", {"decision": "claim"})
    problem = await api.ask("kate", "POST", f"{case}/steps/identity/decisions", {"decision": "return"}, 422)
    assert "reason_code" in problem["fields"]
    review = await api.ask("kate", "POST", f"{case}/steps/identity/decisions", {"decision": "accept"})
    (document,) = next(one for one in review["onboarding"]["steps"] if one["key"] == "identity")["documents"]
    assert await api.ask("kate", "GET", f"{case}/documents/{document['document_id']}") == PDF
    review = await api.ask("kate", "POST", f"{case}/decisions", {"decision": "approve"})
    assert review["listed"]["state"] == "completed"
    shown = await api.ask("ada", "GET", MINE)
    assert {one["capability"] for one in shown["capabilities"] if one["is_given"]} == {
        "take_assessments",
        "apply",
        "accept_offers",
        "be_paid",
    }


async def test_documents_are_for_their_agent_and_reviewers_alone(guild: Guild, api: Api) -> None:
    await guild.submit()
    (file,) = (await guild.read()).documents
    await api.ask("", "GET", f"{MINE}/documents/{file.id}", status=401)
    await api.ask("bob", "GET", f"{MINE}/documents/{file.id}", status=404)
    case = f"/v1/onboarding/reviews/{(await guild.read()).id}/documents/{file.id}"
    await api.ask("bob", "GET", case, status=403)


async def test_notices_are_counted_until_they_are_seen(guild: Guild, api: Api) -> None:
    await guild.complete()
    first = await api.ask("ada", "GET", "/v1/notices?limit=1")
    assert first["has_more"]
    rest = await api.ask("ada", "GET", f"/v1/notices?limit=1&cursor={first['next_cursor']}")
    assert rest["items"][0]["notice_id"] != first["items"][0]["notice_id"]
    unseen = (await api.ask("ada", "GET", "/v1/notices/unseen"))["unseen"]
    assert unseen == len(await guild.told())
    seen = await api.ask("ada", "POST", "/v1/notices/seen", {"until_ms": guild.clock.now_ms()})
    assert seen == {"unseen": 0}
    assert (await api.ask("bob", "GET", "/v1/notices/unseen"))["unseen"] == 0


async def test_a_flow_that_cannot_be_walked_is_refused_with_the_reason(guild: Guild, api: Api) -> None:
    (flow,) = (await api.ask("kate", "GET", "/v1/onboarding/flows"))["items"]
    plan = flow["plan"]
    plan["steps"][0]["requires"] = ["skills"]
    problem = await api.ask("kate", "POST", "/v1/onboarding/flows", plan, 422)
    assert "comes after it" in str(problem)
    plan["steps"][0]["requires"] = []
    assert (await api.ask("kate", "POST", "/v1/onboarding/flows", plan, 201))["version"] == 2
