"""Opportunities over HTTP: strangers get nothing, each side its own, and every answer says what may be done next."""

from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.routes import PROBLEMS as ACCOUNT_PROBLEMS
from guildhall.kit.http import Guards, MemoryLimiter, PipelineSettings, Principal, mount_root, mount_v1
from guildhall.opportunities.routes import PROBLEMS, routes
from tests.guildhall.opportunities.market import ORGANISATION, WORK, Market, posting

MANY = {"anonymous": "100000/minute", "principal": "100000/minute"}
HIRING = "/v1/hiring/opportunities"


@dataclass
class Api:
    http: TestClient[web.Request, web.Application]

    async def ask(self, who: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        async with self.http.request(method, path, json=body, headers={"Authorization": who}) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer


@pytest.fixture
async def api(market: Market, aiohttp_client: AiohttpClient) -> Api:
    async def authenticate(request: web.Request) -> Principal:
        name = request.headers.get("Authorization", "")
        if not name:
            return Principal(kind="anonymous")
        if name == "root":
            return Principal(kind="user", id="usr_root", roles=frozenset({"admin"}))
        organisations = {ORGANISATION: "owner"} if name == "carla" else {}
        roles = frozenset({"agent"})
        return Principal(kind="user", id=market.accounts[name], roles=roles, organisations=organisations)

    await market.backbone.idempotency.ensure()
    app = web.Application()
    mount_root(
        app, PipelineSettings(rates=dict.fromkeys(("read", "write"), MANY)), problems=(*PROBLEMS, *ACCOUNT_PROBLEMS)
    )
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(market.clock),
        idempotency=market.backbone.idempotency,
        clock=market.clock,
        is_draining=lambda: False,
    )
    mount_v1(app, routes(market.service), guards, PipelineSettings())
    return Api(await aiohttp_client(app))


def _allowed(shown: Any) -> set[str]:
    return {one["action"] for one in shown["allowed_actions"] if one["allowed"]}


async def _published(api: Api, **changes: Any) -> str:
    body = {"organisation_id": ORGANISATION, "posting": posting(**changes).model_dump(mode="json")}
    made = await api.ask("carla", "POST", HIRING, body, 201)
    assert (made["state"], _allowed(made)) == ("draft", {"edit", "publish"})
    path = f"{HIRING}/{made['opportunity_id']}"
    shown = await api.ask("carla", "POST", f"{path}/actions", {"action": "publish"})
    assert _allowed(shown) == {"edit", "pause", "close"}
    return str(made["opportunity_id"])


async def _applied(api: Api, opportunity_id: str, who: str = "ada") -> Any:
    body = {"cover": "I have drawn many.", "bid_minor": 120_000, "answers": ["Twelve."], "terms_version": 1}
    return await api.ask(who, "POST", f"/v1/opportunities/{opportunity_id}/applications", body, 201)


async def test_from_the_posting_to_the_contract_each_side_sees_what_it_may_do_next(api: Api) -> None:
    opportunity_id = await _published(api)
    found = await api.ask("ada", "GET", "/v1/opportunities?text=harbour&skill=python&kind=fixed&currency=EUR")
    assert [one["opportunity_id"] for one in found["items"]] == [opportunity_id]
    seen = await api.ask("ada", "GET", f"/v1/opportunities/{opportunity_id}")
    assert (seen["application"], _allowed(seen)) == (None, {"apply"})
    mine = await _applied(api, opportunity_id)
    assert (mine["state"], mine["next"]["actor"], _allowed(mine)) == ("submitted", "client", {"withdraw"})
    listed = await api.ask("carla", "GET", f"{HIRING}/{opportunity_id}/applicants")
    applicant = listed["items"][0]
    assert (applicant["name"], _allowed(applicant)) == ("Ada", {"shortlist", "invite", "offer", "reject"})
    path = f"/v1/hiring/applicants/{applicant['application_id']}"
    await api.ask("carla", "POST", f"{path}/decisions", {"decision": "shortlist"})
    offer = await api.ask("carla", "POST", f"{path}/offers", {"terms": WORK.model_dump(mode="json")}, 201)
    assert (offer["next"]["actor"], _allowed(offer)) == ("agent", {"withdraw_offer"})
    first = offer["offers"][0]["offer_id"]
    answers = f"/v1/applications/{mine['application_id']}/offers/{first}/answers"
    refused = await api.ask("ada", "POST", answers, {"answer": "counter"}, 422)
    assert refused["fields"] == {"terms": "Terms are asked for."}
    more = WORK.model_copy(update={"revisions": 4}).model_dump(mode="json")
    countered = await api.ask("ada", "POST", answers, {"answer": "counter", "terms": more})
    assert (countered["next"]["actor"], _allowed(countered)) == ("client", {"withdraw_offer", "withdraw"})
    second = countered["offers"][1]["offer_id"]
    stale = await api.ask("carla", "POST", f"{path}/offers/{first}/answers", {"answer": "accept"}, 409)
    assert stale["type"].endswith("offer-changed")
    hired = await api.ask("carla", "POST", f"{path}/offers/{second}/answers", {"answer": "accept"})
    assert (hired["state"], hired["contract_id"] is not None, _allowed(hired)) == ("hired", True, set())
    posted = await api.ask("carla", "GET", f"{HIRING}/{opportunity_id}")
    assert (posted["state"], posted["positions_filled"], posted["applications"]) == ("filled", 1, {"hired": 1})


async def test_blind_screening_names_nobody_before_the_shortlist(api: Api) -> None:
    opportunity_id = await _published(api, is_blind=True)
    mine = await _applied(api, opportunity_id)
    listed = await api.ask("carla", "GET", f"{HIRING}/{opportunity_id}/applicants")
    assert (listed["items"][0]["is_blind"], "Ada" in str(listed)) == (True, False)
    path = f"/v1/hiring/applicants/{mine['application_id']}/decisions"
    assert (await api.ask("carla", "POST", path, {"decision": "shortlist"}))["name"] == "Ada"


async def test_client_and_applicant_talk_once_the_client_has_looked_closer_and_nobody_else_does(
    market: Market, api: Api
) -> None:
    opportunity_id = await _published(api, is_blind=True)
    mine = await _applied(api, opportunity_id)
    own = f"/v1/applications/{mine['application_id']}/conversation"
    path = f"/v1/hiring/applicants/{mine['application_id']}"
    await api.ask("ada", "POST", own, status=409)
    await api.ask("carla", "POST", f"{path}/conversation", status=409)
    too_late = {"decision": "interview", "at_ms": market.clock.now_ms()}
    refused = await api.ask("carla", "POST", f"{path}/decisions", too_late, 422)
    assert list(refused["fields"]) == ["at_ms"]
    at_ms = market.clock.now_ms() + 86_400_000
    invited = {"decision": "interview", "at_ms": at_ms, "text": "Bring a chart."}
    applicant = await api.ask("carla", "POST", f"{path}/decisions", invited)
    assert (applicant["name"], applicant["state"], applicant["may_talk"]) == ("Ada", "interview", True)
    seen = (await api.ask("ada", "GET", "/v1/applications"))["items"][0]
    assert (seen["interview"]["at_ms"], seen["interview"]["text"]) == (at_ms, "Bring a chart.")
    assert "application_interview" in await market.told()
    opened = [await api.ask(who, "POST", where) for who, where in (("ada", own), ("carla", f"{path}/conversation"))]
    assert opened[0] == opened[1]
    await api.ask("bob", "POST", own, status=404)
    talk = await market.backbone.chat.context.store.conversations.read(opened[0]["conversation_id"])
    assert [(one.name, one.path) for one in talk.parties] == [
        ("Ada", f"/opportunities#{opportunity_id}"),
        ("Carla", f"/hiring#{opportunity_id}"),
    ]
    await api.ask("carla", "POST", f"{path}/decisions", {"decision": "reject", "reason_code": "pay"})
    assert await api.ask("ada", "POST", own) == opened[0]


async def test_strangers_and_other_sides_find_nothing(api: Api) -> None:
    opportunity_id = await _published(api)
    mine = await _applied(api, opportunity_id)
    await api.ask("", "GET", "/v1/opportunities", status=401)
    await api.ask("ada", "GET", f"{HIRING}/{opportunity_id}", status=404)
    await api.ask("ada", "GET", f"{HIRING}/{opportunity_id}/applicants", status=404)
    assert await api.ask("ada", "GET", HIRING) == {"items": []}
    body = {"organisation_id": ORGANISATION, "posting": posting().model_dump(mode="json")}
    await api.ask("bob", "POST", HIRING, body, 404)
    action = f"/v1/applications/{mine['application_id']}/actions"
    await api.ask("bob", "POST", action, {"action": "withdraw"}, 404)
    assert (await api.ask("bob", "GET", "/v1/applications"))["items"] == []
    assert len((await api.ask("ada", "GET", "/v1/applications"))["items"]) == 1
    removal = f"/v1/opportunities/{opportunity_id}/removal"
    await api.ask("carla", "POST", removal, {"reason": "No reason."}, 403)
    removed = await api.ask("root", "POST", removal, {"reason": "It asks for money in advance."})
    assert removed["state"] == "removed"
    assert (await api.ask("ada", "GET", "/v1/opportunities"))["items"] == []
    assert (await api.ask("ada", "GET", f"/v1/opportunities/{opportunity_id}"))["application"]["state"] == "rejected"
