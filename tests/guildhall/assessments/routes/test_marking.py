import hashlib
import json
from typing import Any

from guildhall.assessments.lifecycle import AttemptState
from tests.guildhall.assessments.hall import Hall, chosen, items, written
from tests.guildhall.assessments.routes.conftest import Http, ask

CLAIM = {"delivery_id": "dlv_1", "version_id": "itm_0001@1"}
FILED: dict[str, Any] = {
    "kind": "filed",
    "files": [
        {
            "file_id": "f",
            "name": "ada-lovelace.pdf",
            "content_type": "application/pdf",
            "size_bytes": 3,
            "sha256": "0" * 64,
        }
    ],
}


async def two_markers(hall: Hall) -> None:
    await hall.open_exam(items("single_choice", "long_text"), marking={"markers": 2})
    await hall.hand_in("ada", {"q0": chosen("b"), "q1": written("Because.")})
    await hall.tidy()


async def test_nothing_that_a_marker_is_told_says_whose_it_is_or_what_the_other_gave(hall: Hall, http: Http) -> None:
    await two_markers(hall)
    _, first = await ask(http, "POST", "/marking/claims", "usr_mary", CLAIM)
    path = f"/marking/marks/{first['mark']['mark_id']}"
    _, saved = await ask(http, "PUT", path, "usr_mary", {"points": {"c1": 77}}, str(first["mark"]["rev"]))
    await ask(http, "POST", f"{path}/final", "usr_mary", None, str(saved["rev"]))
    _, second = await ask(http, "POST", "/marking/claims", "usr_max", CLAIM)
    _, queue = await ask(http, "GET", "/marking", "usr_max")
    _, mine = await ask(http, "GET", "/marking/mine?delivery_id=dlv_1&version_id=itm_0001@1", "usr_max")
    for told in (second, queue, mine):
        said = json.dumps(told).casefold()
        assert not [word for word in ("ada", "att_", "usr_", "77") if word in said]
    assert second["mark"]["mark_id"] != first["mark"]["mark_id"]


async def test_a_file_does_not_tell_its_writers_name(hall: Hall, http: Http) -> None:
    await hall.open_exam(items("single_choice", "file_upload"))
    await hall.hand_in("ada", {"q1": FILED})
    await hall.tidy()
    _, answered = await ask(http, "POST", "/marking/claims", "usr_mary", CLAIM)
    assert answered["mark"]["response"]["files"][0]["name"] == "File 1"


async def test_a_marker_reads_the_file_they_mark_under_a_name_of_ours_and_nobody_else_does(
    hall: Hall, http: Http
) -> None:
    body = b"%PDF-1.7 a drawing"
    digest = hashlib.sha256(body).hexdigest()
    file = {**FILED["files"][0], "file_id": digest, "sha256": digest}
    await hall.open_exam(items("single_choice", "file_upload"))
    attempt = await hall.hand_in("ada", {"q1": {"kind": "filed", "files": [file]}})
    sitting = attempt.model_copy(update={"state": AttemptState.RUNNING})
    await hall.service.files.put(sitting, "q1", "ada-lovelace.pdf", body)
    await hall.tidy()
    _, answered = await ask(http, "POST", "/marking/claims", "usr_mary", CLAIM)
    path = f"/v1/marking/marks/{answered['mark']['mark_id']}/files"
    async with http.get(f"{path}/{digest}", headers={"X-As": "usr_mary"}) as answer:
        assert (answer.status, await answer.read()) == (200, body)
        assert "ada" not in answer.headers["Content-Disposition"]
    for who, name in (("usr_max", digest), ("usr_mary", "0" * 64)):
        async with http.get(f"{path}/{name}", headers={"X-As": who}) as answer:
            assert answer.status == 404


async def test_a_draft_over_one_that_was_not_seen_is_refused_and_nothing_lost(hall: Hall, http: Http) -> None:
    await two_markers(hall)
    _, answered = await ask(http, "POST", "/marking/claims", "usr_mary", CLAIM)
    mark = answered["mark"]
    path = f"/marking/marks/{mark['mark_id']}"
    status, _ = await ask(http, "PUT", path, "usr_mary", {"points": {"c1": 10}}, str(mark["rev"]))
    assert status == 200
    status, problem = await ask(http, "PUT", path, "usr_mary", {"points": {"c1": 20}}, str(mark["rev"]))
    assert (status, "read it again" in problem["detail"]) == (412, True)
    assert (await ask(http, "GET", path, "usr_mary"))[1]["points"] == {"c1": 10}
    assert (await ask(http, "PUT", path, "usr_mary", {"points": {"c1": 10}}))[0] == 428


async def test_a_mark_is_only_its_markers(hall: Hall, http: Http) -> None:
    await two_markers(hall)
    _, answered = await ask(http, "POST", "/marking/claims", "usr_mary", CLAIM)
    path = f"/marking/marks/{answered['mark']['mark_id']}"
    for who in ("usr_max", "usr_spy", "usr_ada"):
        assert (await ask(http, "GET", path, who))[0] == 404
        assert (await ask(http, "DELETE", f"{path}/claim", who))[0] == 404
        assert (await ask(http, "POST", f"{path}/reopenings", who, {"reason": "because"}))[0] == 404
    assert (await ask(http, "POST", "/marking/claims", "usr_spy", CLAIM))[0] == 404
    assert (await ask(http, "GET", "/marking"))[0] == 401
    assert (await ask(http, "DELETE", f"{path}/claim", "usr_mary"))[0] == 204


async def test_points_beyond_the_rubric_are_refused_by_name(hall: Hall, http: Http) -> None:
    await two_markers(hall)
    _, answered = await ask(http, "POST", "/marking/claims", "usr_mary", CLAIM)
    mark = answered["mark"]
    path = f"/marking/marks/{mark['mark_id']}"
    status, problem = await ask(http, "PUT", path, "usr_mary", {"points": {"c1": 101}}, str(mark["rev"]))
    assert (status, problem["fields"]) == (422, {"points.c1": "is 1.01, and 1 is the most"})
    status, problem = await ask(http, "POST", f"{path}/final", "usr_mary", None, str(mark["rev"]))
    assert (status, "Reasons has none yet" in problem["detail"]) == (422, True)
