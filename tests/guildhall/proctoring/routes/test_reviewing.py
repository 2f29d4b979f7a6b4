"""Reviewers and candidates over HTTP, behind the real pipeline; whoever calls is who their headers say."""

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
from guildhall.kit.lifecycle import MoveRefused
from guildhall.proctoring.model.admission import Admission, ProctoringPolicy
from guildhall.proctoring.model.deletions import Deletion
from guildhall.proctoring.routes.reviewing import review_routes
from guildhall.proctoring.routes.rights import rights_routes
from guildhall.proctoring.routes.trying import trial_routes
from guildhall.proctoring.service.trying import DeliveryTrials, RuleTrials
from tests.fakes.observations import CALM, CROWD
from tests.guildhall.assessments.hall import Hall as Exams
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.court import DAY_MS, Court

Http = TestClient[web.Request, web.Application]
CASE, RIGHTS = "/v1/proctoring/reviews/sit_ada", "/v1/proctoring/rights/att_ada"
WORDS = {"words": "Two people were there."}
FORBIDDEN = ("Ada", "usr_ada", "Grace", "usr_grace")


@pytest.fixture
async def court(hall: Hall, tmp_path: Path) -> Court:
    """A second person was in Ada's picture; her exam is over and her review open."""
    made = Court(hall, Exams(hall.storage, hall.clock, tmp_path))
    await made.open_exam()
    await made.sit()
    await made.pass_()
    return made


@pytest.fixture
async def http(court: Court, aiohttp_client: AiohttpClient) -> Http:
    async def authenticate(request: web.Request) -> Principal:
        name, role = request.headers["X-Who"], request.headers.get("X-Role", "proctor")
        aal = int(request.headers.get("X-Aal", "2"))
        return Principal(kind="user", id=f"usr_{name}", session_id="ses_1", roles=frozenset({role}), aal=aal)

    app, settings = web.Application(), PipelineSettings()
    mount_root(app, settings, problems=(MoveRefused,))
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(court.clock),
        idempotency=IdempotencyStore(court.hall.storage, court.clock),
        clock=court.clock,
    )
    rules = court.hall.settings.rules
    trials = DeliveryTrials(
        RuleTrials(court.store, court.hall.service.signals), court.exams.store, court.exams.audit, rules
    )
    routes = (*review_routes(court.reviewing), *rights_routes(court.rights), *trial_routes(trials))
    mount_v1(app, routes, guards, settings)
    return await aiohttp_client(app)


async def ask(http: Http, who: str, method: str, path: str, status: int = 200, body: Any = None, **more: Any) -> Any:
    response = await http.request(method, path, json=body, headers={"X-Who": who}, **more)
    answer = await response.json()
    assert response.status == status, answer
    return answer


async def judge_all(http: Http, who: str, *, is_upheld: bool) -> Any:
    case = await ask(http, who, "POST", f"{CASE}/claim")
    reason = "seen_in_evidence" if is_upheld else "false_detection"
    for flag in case["flags"]:
        verdict = {"flag_id": flag["id"], "is_upheld": is_upheld, "reason": reason, "words": "As I see it."}
        case = await ask(http, who, "POST", f"{CASE}/verdicts", body=verdict)
    return case


async def test_a_flag_is_upheld_twice_contested_and_overturned_and_the_candidate_reads_all_of_it(http: Http) -> None:
    for who in ("grace", "alan"):
        (listed,) = (await ask(http, who, "GET", "/v1/proctoring/reviews"))["items"]
        assert (listed["id"], listed["is_appeal"], listed["flags"]) == ("sit_ada", False, 1)
        await judge_all(http, who, is_upheld=True)
        await ask(http, who, "POST", f"{CASE}/penalty", body={"penalty": "void", **WORDS})
    told = await ask(http, "ada", "GET", RIGHTS)
    assert (told["state"], told["penalty"], told["may_contest"]) == ("decided", "void", True)
    assert [[one["is_upheld"] for one in flag["verdicts"]] for flag in told["flags"]] == [[True, True]]
    contested = await ask(http, "ada", "POST", f"{RIGHTS}/contest", body={"words": "My sister brought tea."})
    assert (contested["state"], contested["may_contest"]) == ("contested", False)
    await ask(http, "grace", "POST", f"{CASE}/claim", status=409)
    case = await ask(http, "katherine", "POST", f"{CASE}/claim")
    assert case["is_appeal"]
    assert case["contest"]["words"] == "My sister brought tea."
    assert [one["penalty"] for one in case["others"]] == ["void", "void"]
    await ask(http, "katherine", "POST", f"{CASE}/answer", body={"is_overturned": True, "words": "Believable."})
    told = await ask(http, "ada", "GET", RIGHTS)
    assert (told["state"], told["penalty"]) == ("overturned", None)
    assert {"Grace", "Alan", "Katherine"} <= {look["name"] for look in told["looks"]}
    (mine,) = (await ask(http, "ada", "GET", "/v1/proctoring/rights"))["items"]
    assert (mine["attempt_id"], mine["state"]) == ("att_ada", "overturned")


async def test_what_came_of_an_earlier_case_is_told_its_candidate_at_once_and_a_reviewer_once_this_one_is_decided(
    http: Http, court: Court
) -> None:
    first = (await judge_all(http, "grace", is_upheld=False))["flags"][0]["id"]
    case = await ask(http, "grace", "POST", f"{CASE}/clear", body=WORDS)
    assert (case["earlier_until_ms"], case["earlier"]) == (0, [])
    await court.sit_again((CALM, 4.0), (CROWD, 4.0), (CALM, 3.0))
    await court.pass_()
    case = await judge_all(http, "alan", is_upheld=False)
    assert first not in [flag["id"] for flag in case["flags"]]
    ended_ms = case["earlier_until_ms"]
    assert 0 < ended_ms < court.clock.now_ms()
    assert case["earlier"] == [], "nothing colours what Alan makes of it"
    told = await ask(http, "ada", "GET", RIGHTS)
    assert [flag["counts"] for flag in told["flags"]] == [True], "what was reviewed before is not what never counts"
    (earlier,) = told["earlier"]
    assert (earlier["over_at_ms"], earlier["state"], [one["words"] for one in earlier["decisions"]]) == (
        ended_ms,
        "cleared",
        [WORDS["words"]],
    )
    ((flag, verdict),) = [(flag["id"], flag["verdicts"][0]["is_upheld"]) for flag in earlier["flags"]]
    assert (flag, verdict) == (first, False)
    assert (await ask(http, "ada", "GET", f"{RIGHTS}/trace?flag={first}"))["points"]
    case = await ask(http, "alan", "POST", f"{CASE}/clear", body=WORDS)
    assert [one["state"] for one in case["earlier"]] == ["cleared"]
    assert not any(name in str(case) for name in FORBIDDEN)


async def test_between_an_exam_and_its_review_nobody_is_told_that_nothing_was_flagged(http: Http, court: Court) -> None:
    await court.sit("eve")
    told = await ask(http, "eve", "GET", "/v1/proctoring/rights/att_eve")
    assert (told["state"], told["flags"]) == ("not_known_yet", [])
    await court.exams.tidy()  # a result is made, and held for that
    assert [one["state"] for one in (await ask(http, "eve", "GET", "/v1/proctoring/rights"))["items"]] == [
        "not_known_yet"
    ]
    await court.pass_()
    told = await ask(http, "eve", "GET", "/v1/proctoring/rights/att_eve")
    assert (told["state"], [flag["counts"] for flag in told["flags"]]) == ("being_reviewed", [True])


async def test_a_second_reviewer_is_sent_nothing_of_the_first_and_nobody_a_name(http: Http) -> None:
    first = await ask(http, "alan", "GET", CASE)
    await judge_all(http, "grace", is_upheld=True)
    await ask(http, "grace", "POST", f"{CASE}/penalty", body={"penalty": "void", **WORDS})
    second = await ask(http, "alan", "GET", CASE)
    assert second == first
    for answer in (first, second, await ask(http, "alan", "GET", "/v1/proctoring/reviews")):
        assert not [name for name in FORBIDDEN if name in str(answer)]


async def test_while_it_is_reviewed_the_candidate_is_not_told_which_way_anybody_leans(http: Http) -> None:
    await judge_all(http, "grace", is_upheld=True)
    await ask(http, "grace", "POST", f"{CASE}/penalty", body={"penalty": "void", **WORDS})
    told = await ask(http, "ada", "GET", RIGHTS)
    assert (told["state"], told["decisions"], told["flags"][0]["verdicts"]) == ("being_reviewed", [], [])
    assert not [word for word in ("void", "upheld", "penal") if word in str(told["looks"]).lower()]


async def test_a_trace_is_what_was_measured_around_the_flag(http: Http) -> None:
    flag = (await ask(http, "grace", "GET", CASE))["flags"][0]
    for who, path in ("grace", CASE), ("ada", RIGHTS):
        trace = await ask(http, who, "GET", f"{path}/trace", params={"flag": flag["id"]})
        assert trace["from_ms"] < flag["opened_at_ms"] < trace["until_ms"]
        assert {point["faces"] for point in trace["points"]} == {1, 2}
    await ask(http, "grace", "GET", f"{CASE}/trace", status=404, params={"flag": "sit_ada:absent:9"})


async def test_where_no_pictures_were_kept_reviewer_and_candidate_are_told_so(http: Http) -> None:
    flag = (await ask(http, "grace", "GET", CASE))["flags"][0]
    for who, path in ("grace", CASE), ("ada", RIGHTS):
        strip = await ask(http, who, "GET", f"{path}/strip", params={"flag": flag["id"]})
        assert (strip["state"], strip["pictures"]) == ("not_kept", [])
    for who, path in ("ada", CASE), ("eve", RIGHTS):
        await ask(http, who, "GET", f"{path}/strip", status=404, params={"flag": flag["id"]})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", CASE, None),
        ("POST", f"{CASE}/claim", None),
        ("POST", f"{CASE}/clear", WORDS),
        ("POST", f"{CASE}/answer", {"is_overturned": True, **WORDS}),
    ],
)
async def test_a_case_is_for_reviewers_with_a_second_factor_and_never_for_whom_it_is_about(
    http: Http, method: str, path: str, body: Any
) -> None:
    for headers in ({"X-Who": "eve", "X-Role": "agent"}, {"X-Who": "ada"}):
        assert (await http.request(method, path, json=body, headers=headers)).status == 404
    assert (await http.request(method, path, json=body, headers={"X-Who": "grace", "X-Aal": "1"})).status in {401, 403}


async def test_a_rule_is_tried_on_a_delivery_for_those_who_see_its_reports(http: Http, court: Court) -> None:
    path, admin = "/v1/proctoring/rule-trials", {"X-Who": "root", "X-Role": "admin"}
    asked = {"delivery_id": "dlv_1", "rules": {"several_faces_after_seconds": 60}}
    response = await http.post(path, json=asked, headers=admin)
    told = await response.json()
    assert (response.status, told["before_id"]) == (200, None)
    assert [(one["session_id"], len(one["vanished"]), one["kept"]) for one in told["items"]] == [("sit_ada", 1, 0)]
    assert not [name for name in FORBIDDEN if name in str(told).replace("sit_ada", "")]
    assert "proctoring.try_rules" in await court.actions()
    for body, headers, status in (
        (asked | {"rules": {"several_faces_after_seconds": -1}}, admin, 422),
        (asked | {"rules": {"no_such_rule": 1}}, admin, 422),
        (asked | {"delivery_id": "dlv_9"}, admin, 404),
        (asked, {"X-Who": "ada", "X-Role": "agent"}, 404),
        (asked, admin | {"X-Aal": "1"}, 401),
    ):
        assert (await http.post(path, json=body, headers=headers)).status == status, (body, headers)


async def test_rights_are_nobody_elses(http: Http) -> None:
    await ask(http, "eve", "GET", RIGHTS, status=404)
    await ask(http, "eve", "POST", f"{RIGHTS}/contest", status=404, body=WORDS)
    assert (await ask(http, "eve", "GET", "/v1/proctoring/rights"))["items"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("verdicts", {"flag_id": "sit_ada:several_faces:1", "is_upheld": True, "reason": "permitted", "words": "So."}),
        ("verdicts", {"flag_id": "sit_2:absent:1", "is_upheld": True, "reason": "seen_live", "words": "So."}),
        ("verdicts", {"flag_id": "sit_ada:several_faces:1", "is_upheld": True, "reason": "seen_live", "words": " "}),
        ("penalty", {"penalty": "hanging", "words": "So."}),
        ("clear", {}),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_and_the_case_stays_as_it_was(http: Http, path: str, body: Any) -> None:
    before = await ask(http, "grace", "POST", f"{CASE}/claim")
    await ask(http, "grace", "POST", f"{CASE}/{path}", status=422, body=body)
    assert await ask(http, "grace", "GET", CASE) == before


async def test_a_candidate_sees_what_is_kept_of_them_until_when_and_that_it_is_gone(court: Court, http: Http) -> None:
    nothing = await ask(http, "ada", "GET", RIGHTS)
    assert (nothing["photos"], nothing["kept_until_ms"], nothing["destroyed_at_ms"]) == (0, 0, None)
    assert (await ask(http, "ada", "GET", f"{RIGHTS}/photos"))["photos"] == []
    await ask(http, "eve", "GET", f"{RIGHTS}/photos", 404)
    policy = ProctoringPolicy(evidence_days=30)
    admission = Admission(id="sit_ada", created_at_ms=1, exam_id="dlv_1", account_id="usr_ada", policy=policy)
    await court.store.admissions.made(admission)
    session = await court.store.session("sit_ada")
    assert session is not None
    kept = await ask(http, "ada", "GET", RIGHTS)
    assert kept["kept_until_ms"] == session.since_ms + 30 * DAY_MS
    gone = Deletion(
        id="sit_ada",
        created_at_ms=1,
        exam_id="dlv_1",
        kept_days=30,
        ended_at_ms=1,
        begun_at_ms=5,
        strips=0,
        pictures=0,
        chunks=1,
        certificate="signed",
    )
    await court.store.deletions.add(gone)
    shown = await ask(http, "ada", "GET", RIGHTS)
    assert (shown["kept_until_ms"], shown["destroyed_at_ms"]) == (0, 5)


async def test_a_flag_says_to_its_candidate_how_often_its_kind_was_right(http: Http) -> None:
    (flag,) = (await ask(http, "ada", "GET", RIGHTS))["flags"]
    assert (flag["probability"], flag["reviewed"]) == (None, 0)
