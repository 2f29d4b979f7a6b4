"""Contracts over HTTP: strangers find nothing, each side its own, and every answer says what may be done next."""

from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.routes import PROBLEMS as ACCOUNT_PROBLEMS
from guildhall.gigs.routes import PROBLEMS, routes
from guildhall.kit.http import Guards, MemoryLimiter, PipelineSettings, Principal, mount_root, mount_v1
from tests.guildhall.gigs.contracts import DAY_MS, MONDAY_MS, fixed, hourly
from tests.guildhall.gigs.workshop import TEXT, Workshop
from tests.guildhall.opportunities.market import ORGANISATION

MANY = {"anonymous": "100000/minute", "principal": "100000/minute"}


@dataclass
class Api:
    http: TestClient[web.Request, web.Application]

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, status: int = 200, data: bytes | None = None
    ) -> Any:
        headers = {"Authorization": who} | ({"Content-Type": "text/plain"} if data else {})
        async with self.http.request(method, f"/v1{path}", json=body, data=data, headers=headers) as response:
            is_json = "json" in response.content_type
            answer = await response.json() if is_json else await response.read()
            assert response.status == status, answer
            return answer


@pytest.fixture
async def api(workshop: Workshop, aiohttp_client: AiohttpClient) -> Api:
    async def authenticate(request: web.Request) -> Principal:
        name = request.headers.get("Authorization", "")
        if name in {"sam", "sue"}:
            return Principal(kind="user", id=f"acc_{name}", roles=frozenset({"admin"}))
        organisations = {ORGANISATION: "owner"} if name == "carla" else {}
        return Principal(
            kind="user",
            id=workshop.market.accounts[name],
            roles=frozenset({"agent"}),
            organisations=organisations,
        )

    await workshop.backbone.idempotency.ensure()
    app = web.Application()
    settings = PipelineSettings(rates=dict.fromkeys(("read", "write", "upload"), MANY))
    mount_root(app, settings, problems=(*PROBLEMS, *ACCOUNT_PROBLEMS))
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(workshop.clock),
        idempotency=workshop.backbone.idempotency,
        clock=workshop.clock,
        is_draining=lambda: False,
    )
    mount_v1(app, routes(workshop.service, "s" * 40), guards, PipelineSettings())
    return Api(await aiohttp_client(app))


def may(shown: Any) -> set[str]:
    return {one["action"] for one in shown["allowed_actions"] if one["allowed"]}


async def test_each_side_is_told_what_next_and_does_it(workshop: Workshop, api: Api) -> None:
    contract = await workshop.open(fixed(40_000))
    room, first = f"/contracts/{contract.id}", f"/contracts/{contract.id}/milestones/m1"
    seen = await api.ask("carla", "GET", room)
    assert (seen["side"], seen["next"]["actor"], seen["is_paid_outside"]) == ("client", "client", True)
    assert may(seen["milestone_list"][0]) == {"fund", "cancel"}
    agent = await api.ask("ada", "GET", room)
    assert may(agent["milestone_list"][0]) == set()
    await api.ask("carla", "POST", f"{first}/actions", {"action": "fund"})
    refused = await api.ask("carla", "POST", f"{first}/actions", {"action": "submit"}, status=409)
    assert "not for the client" in refused["detail"]
    await api.ask("ada", "POST", f"{first}/files?name=draft.txt", data=TEXT, status=201)
    handed_in = await api.ask("ada", "POST", f"{first}/actions", {"action": "submit", "words": "Done."})
    version = handed_in["milestone_list"][0]["deliverables"][0]
    assert await api.ask("carla", "GET", f"{room}/files/{version['files'][0]['sha256']}") == TEXT
    await api.ask("carla", "POST", f"{first}/actions", {"action": "request_changes"}, status=422)
    await api.ask("carla", "POST", f"{room}/disputes", {"milestone": "m1", "agent_minor": 1, "reason": "No."})
    shown = await api.ask("ada", "GET", room)
    assert {"concede", "say", "propose"} <= may(shown["disputes"][0])
    listed = await api.ask("sam", "GET", "/contracts/disputed")
    assert [one["contract_id"] for one in listed["items"]] == [contract.id]


async def test_strangers_find_no_contract_and_lists_hold_ones_own(workshop: Workshop, api: Api) -> None:
    contracts = [(await workshop.open()).id for _ in range(3)]
    await api.ask("bob", "GET", f"/contracts/{contracts[0]}", status=404)
    await api.ask("bob", "POST", f"/contracts/{contracts[0]}/actions", {"action": "end", "words": "Mine."}, status=404)
    disputed = await workshop.handed_in()
    room = f"/contracts/{disputed.id}/disputes"
    await api.ask("carla", "POST", room, {"milestone": "m1", "agent_minor": 1, "reason": "No."})
    assert (await api.ask("ada", "GET", "/contracts/disputed"))["items"] == []
    assert (await api.ask("bob", "GET", "/contracts"))["items"] == []
    page = await api.ask("ada", "GET", "/contracts?limit=2")
    rest = await api.ask("ada", "GET", f"/contracts?limit=2&cursor={page['next_cursor']}")
    assert {one["contract_id"] for one in (*page["items"], *rest["items"])} == {*contracts, disputed.id}
    of_client = await api.ask("carla", "GET", "/contracts/of-organisations")
    assert {one["side"] for one in of_client["items"]} == {"client"}


async def test_both_sides_have_one_conversation_and_the_staff_none(workshop: Workshop, api: Api) -> None:
    talk = f"/contracts/{(await workshop.open()).id}/conversation"
    opened = [await api.ask(who, "POST", talk) for who in ("ada", "carla")]
    assert opened[0] == opened[1]
    for stranger in ("bob", "sam"):
        await api.ask(stranger, "POST", talk, status=404)
    found = await workshop.backbone.chat.context.store.conversations.read(opened[0]["conversation_id"])
    assert {one.name for one in found.parties} == {"Ada", "Carla"}


async def test_what_the_staff_have_not_decided_yet_is_told_to_neither_side(workshop: Workshop, api: Api) -> None:
    contract = await workshop.handed_in(fixed(90_000))
    room = f"/contracts/{contract.id}"
    opened = await api.ask(
        "carla", "POST", f"{room}/disputes", {"milestone": "m1", "agent_minor": 0, "reason": "Empty."}
    )
    dispute = f"{room}/disputes/{opened['disputes'][0]['dispute_id']}/actions"
    await api.ask("ada", "POST", dispute, {"action": "say", "words": "It is not."})
    await api.ask("ada", "POST", dispute, {"action": "escalate"})
    decided = {"action": "decide", "agent_minor": 90_000, "words": "All is there."}
    staff = await api.ask("sam", "POST", dispute, decided)
    assert (staff["disputes"][0]["state"], staff["disputes"][0]["decision"]["is_mine"]) == ("decision_proposed", True)
    agent = await api.ask("ada", "GET", room)
    assert (agent["disputes"][0]["state"], agent["disputes"][0]["decision"]) == ("escalated", None)
    assert "dispute.decide" not in {one["event"] for one in agent["history"]}
    await api.ask("sue", "POST", dispute, {"action": "confirm"})
    agent = await api.ask("ada", "GET", room)
    assert agent["disputes"][0]["decision"]["division"] == {"agent_minor": 90_000, "client_minor": 0}


async def test_hours_are_disputed_and_this_house_finds_them_and_decides(workshop: Workshop, api: Api) -> None:
    contract = await workshop.open(hourly())
    room = f"/contracts/{contract.id}"
    await api.ask("carla", "POST", f"{room}/actions", {"action": "begin"})
    workshop.clock.advance(2 * DAY_MS)
    hours = {"started_at_ms": MONDAY_MS, "minutes": 90, "memo": "Chapter one"}
    (week,) = (await api.ask("ada", "POST", f"{room}/hours", hours))["weeks"]
    at = f"{room}/weeks/{week['monday']}"
    await api.ask("ada", "POST", f"{at}/actions", {"action": "submit"})
    wanted = {"entries": [week["entries"][0]["entry_id"]], "agent_minor": 0, "reason": "Nothing came of it."}
    await api.ask("ada", "POST", f"{at}/dispute", wanted, status=409)
    await api.ask("carla", "POST", f"{at}/dispute", {**wanted, "agent_minor": 9_001}, status=422)
    (disputed,) = (await api.ask("carla", "POST", f"{at}/dispute", wanted))["weeks"]
    assert (disputed["state"], disputed["dispute"]["entries"]) == ("disputed", wanted["entries"])
    (listed,) = (await api.ask("sam", "GET", "/contracts/disputed"))["items"]
    assert (listed["contract_id"], listed["next"]["actor"]) == (contract.id, "agent")
    await api.ask("ada", "POST", f"{at}/dispute/actions", {"action": "say"}, status=422)
    await api.ask("ada", "POST", f"{at}/dispute/actions", {"action": "say", "words": "It was translated."})
    await api.ask("ada", "POST", f"{at}/dispute/actions", {"action": "escalate"})
    decided = {"action": "decide", "agent_minor": 4_500, "words": "Half of it was."}
    await api.ask("sam", "POST", f"{at}/dispute/actions", decided)
    for who in ("ada", "carla"):
        (ended,) = (await api.ask(who, "POST", f"{at}/dispute/actions", {"action": "accept_decision"}))["weeks"]
    assert (ended["state"], ended["agent_minor"]) == ("paid", 4_500)
    assert (await api.ask("sam", "GET", "/contracts/disputed"))["items"] == []
