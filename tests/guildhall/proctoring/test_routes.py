import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.kit.http import (
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, PROCTOR_AUDIENCE, CandidateClaims, ProctorClaims
from guildhall.proctoring.model.admission import ConsentSignal
from guildhall.proctoring.routes import DEMO_EXAM_ID, demo_routes
from guildhall.proctoring.routes.policies import policy_routes
from guildhall.proctoring.rules.consenting import TEXTS
from tests.guildhall.assessments.conftest import ExamHall
from tests.guildhall.proctoring.conftest import Hall

SEATS, WALLS = "/v1/proctoring/demo-seats", "/v1/proctoring/demo-walls"
Http = TestClient[web.Request, web.Application]


@pytest.fixture
def tokens(hall: Hall) -> TokenSigner:
    return TokenSigner("a secret of the test, long enough to sign with", hall.clock)


@pytest.fixture
async def exams(hall: Hall, tmp_path: Path) -> ExamHall:
    """A proctored exam, delivered as `dlv_1`, on the same database; `dlv_2` is another organisation's."""
    house = ExamHall(hall.storage, hall.bus, hall.clock, tmp_path)
    await house.store.ensure()
    await house.audit_log.ensure()
    await house.write_exam(is_proctored=True, needs_admission=True)
    await house.deliver("dlv_2", organisation_id="org_other")
    hall.service.admissions.audit = house.service.context.audit
    return house


@pytest.fixture
async def http(hall: Hall, exams: ExamHall, tokens: TokenSigner, aiohttp_client: AiohttpClient) -> Http:
    """The routes behind the real pipeline; whoever calls is what their X-Role header says."""

    async def authenticate(request: web.Request) -> Principal:
        role = request.headers.get("X-Role", "agent")
        aal = int(request.headers.get("X-Aal", "2"))
        return Principal(kind="user", id="usr_1", session_id="ses_1", roles=frozenset({role}), aal=aal)

    app, settings = web.Application(), PipelineSettings()
    mount_root(app, settings)
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(hall.clock),
        idempotency=IdempotencyStore(hall.storage, hall.clock),
        clock=hall.clock,
    )
    mount_v1(app, (*demo_routes(hall.service, tokens), *policy_routes(hall.service, exams.service)), guards, settings)
    return await aiohttp_client(app)


async def test_a_candidate_gets_a_seat_and_the_token_that_opens_the_exam_room(
    hall: Hall, tokens: TokenSigner, http: Http
) -> None:
    response = await http.post(SEATS, json={"name": "  Ada  "})
    door = await response.json()
    assert response.status == 201
    assert door["url"] == f"/exam-room#token={door['token']}"
    claims = tokens.verify(door["token"], CANDIDATE_AUDIENCE, CandidateClaims)
    assert (claims.sitting_id, claims.session_id) == (door["session_id"], "ses_1")
    assert claims.expires_at_ms == hall.clock.now_ms() + hall.settings.token_lifetime_seconds * 1000
    session = await hall.service.session(door["session_id"])
    assert (session.candidate_name, session.exam_id, session.standing) == ("Ada", DEMO_EXAM_ID, Standing.WAITING)


async def test_a_proctor_gets_the_token_that_opens_the_wall(tokens: TokenSigner, http: Http) -> None:
    response = await http.post(WALLS, headers={"X-Role": "proctor"})
    door = await response.json()
    assert response.status == 201
    assert door["url"] == f"/proctor-wall#token={door['token']}"
    claims = tokens.verify(door["token"], PROCTOR_AUDIENCE, ProctorClaims)
    assert (claims.exam_id, claims.session_id) == (DEMO_EXAM_ID, "ses_1")


@pytest.mark.parametrize(
    ("path", "role", "aal"), [(SEATS, "proctor", "2"), (WALLS, "agent", "2"), (WALLS, "proctor", "1")]
)
async def test_each_door_opens_for_its_own_role_and_the_wall_only_with_a_second_factor(
    http: Http, path: str, role: str, aal: str
) -> None:
    response = await http.post(
        path, json={"name": "Ada"} if path == SEATS else None, headers={"X-Role": role, "X-Aal": aal}
    )
    assert response.status in {401, 403}
    assert response.content_type == "application/problem+json"


async def test_an_answer_with_a_token_is_kept_by_no_cache(http: Http) -> None:
    assert (await http.post(SEATS, json={"name": "Ada"})).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "   "}, {"name": "x" * 81}, {"name": 5}, {"name": None}, {"name": "A", "admin": True}],
    ids=str,
)
async def test_a_wrong_field_is_refused_and_nobody_is_seated(hall: Hall, http: Http, body: Any) -> None:
    response = await http.post(SEATS, json=body)
    assert (response.status, response.content_type) == (422, "application/problem+json")
    assert await hall.store.sessions_of(DEMO_EXAM_ID, 1) == []


POLICY = "/v1/proctoring/policies/dlv_1"
ADMIN = {"X-Role": "admin"}
UNSEEN = {**ADMIN, "If-Match": '"0"'}


async def test_a_delivery_gets_a_policy_of_its_own_and_it_is_audited(hall: Hall, exams: ExamHall, http: Http) -> None:
    usual = await (await http.get(POLICY, headers=ADMIN)).json()
    assert (usual["is_own"], usual["policy"]["must_pass"]) == (False, ["camera", "light"])
    wanted = {**usual["policy"], "required": ["camera"], "claims": {"tab_hidden": "counts"}}
    response = await http.put(POLICY, json=wanted, headers=UNSEEN)
    assert (response.status, response.headers["ETag"]) == (200, '"1"')
    told = await (await http.get(POLICY, headers=ADMIN)).json()
    assert (told["is_own"], told["policy"], told["usual"]) == (True, wanted, usual["policy"])
    session = await hall.invite()
    admission = await hall.service.admissions.open(session, delivery_id="dlv_1", needs_admission=True)
    assert [one.value for one in admission.policy.required] == ["camera"]
    (entry,) = await exams.service.context.audit.read(0, 10)
    assert (entry.action, entry.actor, entry.details["rev"]) == ("proctoring.set_policy", "usr_1", 1)


async def test_of_two_who_save_at_once_the_second_is_told_that_it_has_changed(hall: Hall, http: Http) -> None:
    read = await http.get(POLICY, headers=ADMIN)
    assert read.headers["ETag"] == UNSEEN["If-Match"]
    policy = (await read.json())["policy"]
    both = [http.put(POLICY, json={**policy, "evidence_days": days}, headers=UNSEEN) for days in (10, 20)]
    first, second = sorted([response.status for response in await asyncio.gather(*both)])
    assert (first, second) == (200, 412)
    kept = await hall.store.admissions.policies.read("dlv_1")
    assert kept.rev == 1
    seen = {**ADMIN, "If-Match": f'"{kept.rev}"'}
    assert (await http.put(POLICY, json={**policy, "evidence_days": 30}, headers=seen)).status == 200
    assert (await http.put(POLICY, json={**policy, "evidence_days": 40}, headers=seen)).status == 412
    assert (await http.put(POLICY, json=policy, headers=ADMIN)).status == 428
    assert (await hall.store.admissions.policies.read("dlv_1")).policy.evidence_days == 30


async def test_its_owner_reads_what_can_be_asked_in_the_words_of_a_candidate(http: Http) -> None:
    told = await (await http.get(POLICY, headers=ADMIN)).json()
    assert (told["is_proctored"], told["needs_admission"]) == (True, True)
    offered = {one["signal"]: one for one in told["signals"]}
    assert offered["strips"]["what"] == TEXTS[ConsentSignal.STRIPS].what
    assert set(offered) == set(ConsentSignal)
    assert {one["kind"] for one in told["claims"] if not one["can_count"]} == {
        "copied", "pasted", "printed", "developer_tools",
    }  # fmt: skip
    everything = {**told["usual"], "asked": list(offered), "required": list(offered)}
    assert (await http.put(POLICY, json=everything, headers=UNSEEN)).status == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"asked": ["photos"], "required": [], "photos": ["face"]}, "nobody is asked for it"),
        ({"asked": ["room_scan"], "required": []}, "nobody is asked for it"),
        ({"asked": [], "required": ["camera"]}, "nobody is asked for it"),
        ({"claims": {"mind_read": "counts"}}, ""),
        ({"invented": True}, ""),
    ],
    ids=str,
)
async def test_a_policy_that_cannot_be_is_refused_and_the_old_one_stays(
    hall: Hall, http: Http, change: dict[str, Any], words: str
) -> None:
    response = await http.put(POLICY, json=change, headers=UNSEEN)
    assert response.status == 422
    assert words in await response.text()
    assert await hall.store.admissions.policies.get("dlv_1") is None


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_policy_is_for_who_may_edit_the_delivery(http: Http, method: str) -> None:
    path = "/v1/proctoring/policies/dlv_2"
    agent = {**UNSEEN, "X-Role": "agent"}
    response = await http.request(method, path, json={} if method == "PUT" else None, headers=agent)
    assert response.status in {403, 404}
    assert (await http.get("/v1/proctoring/policies/dlv_none", headers=ADMIN)).status == 404
