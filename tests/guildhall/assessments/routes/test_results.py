import csv
import io
import json
from typing import Any

import pytest

from tests.guildhall.assessments.hall import Hall, chosen, items, written
from tests.guildhall.assessments.routes.conftest import Http, ask

ESSAY = {"q0": chosen("b"), "q1": written("Because.")}
OWN = "/attempts/att_ada/result"


def without_request(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name not in {"instance", "request_id"}}


async def test_before_release_a_result_is_answered_like_one_that_is_not_there(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice"), release="by_hand")
    await hall.hand_in("ada", {"q0": chosen("b")})
    nothing = await ask(http, "GET", "/attempts/att_nowhere/result", "usr_ada")
    ungraded = await ask(http, "GET", OWN, "usr_ada")
    await hall.tidy()
    marked = await ask(http, "GET", OWN, "usr_ada")
    others = await ask(http, "GET", OWN, "usr_bob")
    told = {json.dumps([status, without_request(body)]) for status, body in (nothing, ungraded, marked, others)}
    assert len(told) == 1
    assert nothing[0] == 404
    assert (await ask(http, "GET", "/results/mine", "usr_ada"))[1] == {"items": []}


@pytest.mark.parametrize(
    ("feedback", "shows_items", "shows_keys"), [("total", 0, False), ("items", 2, False), ("keys", 2, True)]
)
async def test_a_released_result_shows_exactly_what_its_exam_allows(
    hall: Hall, http: Http, feedback: str, shows_items: int, shows_keys: bool
) -> None:
    await hall.open_exam(items("single_choice", "numeric"), feedback=feedback)
    await hall.hand_in("ada", {"q0": chosen("a"), "q1": written("12.5")})
    await hall.tidy()
    status, shown = await ask(http, "GET", OWN, "usr_ada")
    assert (status, shown["earned_centipoints"], shown["summary"]["is_pass"]) == (200, 100, True)
    assert len(shown["items"]) == shows_items
    assert ('"correct"' in json.dumps(shown)) is shows_keys
    assert all((item["key"] is not None) is shows_keys for item in shown["items"])
    assert (await ask(http, "GET", OWN, "usr_bob"))[0] == 404


async def test_a_withheld_result_says_why_and_nothing_else(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice"), feedback="keys")
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    status, _ = await ask(http, "POST", "/results/att_ada/withhold", "usr_boss", {"reason": "We look at it again."})
    assert status == 200
    _, shown = await ask(http, "GET", OWN, "usr_ada")
    assert shown["summary"]["reason"] == "We look at it again."
    assert (shown["items"], shown["earned_centipoints"], shown["summary"]["is_pass"]) == ([], None, None)


async def test_staff_reads_releases_and_never_across_organisations(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice"), release="by_hand")
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    _, listed = await ask(http, "GET", "/deliveries/dlv_1/results", "usr_boss")
    assert [(one["candidate_name"], one["state"], one["actions"]) for one in listed["items"]] == [
        ("Ada", "marked", ["release", "withhold"])
    ]
    for who in ("usr_spy", "usr_mary", "usr_ada"):
        for method, path in (
            ("GET", "/deliveries/dlv_1/results"),
            ("GET", "/deliveries/dlv_1/results.csv"),
            ("GET", "/deliveries/dlv_1/analysis"),
            ("POST", "/deliveries/dlv_1/results/release"),
            ("GET", "/results/att_ada"),
            ("POST", "/results/att_ada/release"),
        ):
            assert (await ask(http, method, path, who))[0] == 404, (who, path)
    status, shown = await ask(http, "POST", "/results/att_ada/release", "usr_boss")
    assert (status, shown["summary"]["state"]) == (200, "released")
    assert shown["decided_by"] == "usr_boss"
    status, problem = await ask(http, "POST", "/results/att_ada/release", "usr_boss")
    assert (status, problem["type"].rsplit("/", 1)[-1]) == (409, "move-refused")


async def test_a_table_for_spreadsheets_runs_nothing(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice"))
    await hall.hand_in("ada", {"q0": chosen("b")})
    evil = '=HYPERLINK("http://x")'
    await hall.store.attempts.change("att_ada", 0, lambda seen: seen.model_copy(update={"candidate_name": evil}))
    await hall.tidy()
    async with http.get("/v1/deliveries/dlv_1/results.csv", headers={"X-As": "usr_boss"}) as answer:
        assert "attachment" in answer.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert rows[1][0] == f"'{evil}"
    assert rows[1][2:7] == ["released", "1.00", "1.00", "100.00", "pass"]


async def test_an_analysis_counts_what_people_chose(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice", "numeric"))
    for number, answer in enumerate("bbac"):
        await hall.hand_in(f"c{number}", {"q0": chosen(answer), "q1": written("12.5" if answer == "b" else "no idea")})
    await hall.tidy()
    _, shown = await ask(http, "GET", "/deliveries/dlv_1/analysis", "usr_boss")
    assert (shown["n"], shown["pass_rate"], sum(shown["distribution"])) == (4, 0.5, 4)
    first = shown["items"][0]
    assert first["difficulty"] == 0.5
    assert first["discrimination"] == pytest.approx(1)
    counts = {one["choice"]: one["upper"] + one["middle"] + one["lower"] for one in first["choices"]}
    assert counts == {"one": 1, "two": 2, "three": 1}
    assert shown["words"][0].startswith("4 people: too few")


async def test_an_analysis_says_how_long_a_question_stood_on_the_screens_of_those_whose_page_said_so(
    hall: Hall, http: Http
) -> None:
    await hall.open_exam(items("single_choice"))
    for number, spent_ms in enumerate((10_000, 20_000, 90_000, None)):
        await hall.hand_in(f"c{number}", {"q0": chosen("b")}, spent_ms=spent_ms)
    await hall.tidy()
    _, shown = await ask(http, "GET", "/deliveries/dlv_1/analysis", "usr_boss")
    item = shown["items"][0]
    assert (item["timed"], item["mean_seconds"], item["median_seconds"]) == (3, 40.0, 20.0)


async def test_a_candidate_of_an_essay_reads_the_markers_comment(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice", "long_text"))
    await hall.hand_in("ada", ESSAY)
    await hall.tidy()
    claim = {"delivery_id": "dlv_1", "version_id": "itm_0001@1"}
    _, answered = await ask(http, "POST", "/marking/claims", "usr_mary", claim)
    mark = answered["mark"]
    draft = {"points": {"c1": 60}, "comment": "Say which heat."}
    path = f"/marking/marks/{mark['mark_id']}"
    _, saved = await ask(http, "PUT", path, "usr_mary", draft, str(mark["rev"]))
    await ask(http, "POST", f"{path}/final", "usr_mary", None, str(saved["rev"]))
    _, shown = await ask(http, "GET", OWN, "usr_ada")
    assert [item["comments"] for item in shown["items"]] == [[], ["Say which heat."]]


async def test_an_auditor_reads_everything_and_decides_nothing(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice"), release="by_hand", credential_title="Welder")
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    for path in ("release", "withhold"):
        assert (await ask(http, "POST", f"/results/att_ada/{path}", "usr_audrey", {"reason": "Why not."}))[0] == 404
    assert (await ask(http, "POST", "/deliveries/dlv_1/results/release", "usr_audrey"))[0] == 404
    status, listed = await ask(http, "GET", "/deliveries/dlv_1/results", "usr_audrey")
    assert (status, listed["may_release"], listed["items"][0]["actions"]) == (200, False, [])
    assert (await ask(http, "GET", "/results/att_ada", "usr_audrey"))[0] == 200
    status, listed = await ask(http, "GET", "/deliveries/dlv_1/results", "usr_boss")
    assert (status, listed["may_release"], listed["items"][0]["actions"]) == (200, True, ["release", "withhold"])
    assert (await ask(http, "POST", "/results/att_ada/release", "usr_boss"))[0] == 200
    credential = (await hall.result("ada")).credential_id
    revoked = await ask(http, "POST", f"/credentials/{credential}/revocation", "usr_audrey", {"reason": "Why not."})
    assert revoked[0] == 404
