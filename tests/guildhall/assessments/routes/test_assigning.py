"""Who supervises what: proctors see the deliveries that they are assigned to, and nothing of any other."""

from typing import Any

import pytest

from tests.guildhall.assessments.conftest import ExamHall, Http

ADMIN = {"X-Account": "usr_admin", "X-Role": "admin"}
GRACE = {"X-Account": "usr_grace", "X-Role": "proctor"}
HEDY = {"X-Account": "usr_hedy", "X-Role": "proctor"}
PROCTORS = "/v1/deliveries/dlv_1/proctors"


async def assign(exam_http: Http, name: str, delivery_id: str = "dlv_1", **headers: str) -> tuple[int, Any]:
    path, body = f"/v1/deliveries/{delivery_id}/proctors", {"email": f"{name}@example.org"}
    response = await exam_http.post(path, json=body, headers=headers or ADMIN)
    return response.status, await response.json()


@pytest.fixture
async def house(house: ExamHall) -> ExamHall:
    """Of which dlv_2 is another delivery, of another organisation."""
    await house.deliver("dlv_2", organisation_id="org_other")
    return house


async def test_a_proctor_sees_and_does_nothing_of_a_delivery_before_being_assigned_to_it(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    paths = ("/v1/deliveries/dlv_1/attempts", f"/v1/attempts/{attempt.id}/supervision")
    pause = f"/v1/attempts/{attempt.id}/pause"
    assert [(await exam_http.get(path, headers=GRACE)).status for path in paths] == [404, 404]
    assert (await exam_http.post(pause, json={"reason": "a fire alarm"}, headers=GRACE)).status == 404
    assert (await assign(exam_http, "grace"))[0] == 201
    assert [(await exam_http.get(path, headers=GRACE)).status for path in paths] == [200, 200]
    assert (await exam_http.post(pause, json={"reason": "a fire alarm"}, headers=GRACE)).status == 200
    assert [(await exam_http.get(path, headers=HEDY)).status for path in paths] == [404, 404]
    assert (await exam_http.get("/v1/deliveries/dlv_2/attempts", headers=GRACE)).status == 404


async def test_an_assignment_that_is_taken_back_ends_at_once_and_may_be_given_again(
    house: ExamHall, exam_http: Http
) -> None:
    await assign(exam_http, "grace")
    withdrawn = [(await exam_http.delete(f"{PROCTORS}/usr_grace", headers=ADMIN)).status for _ in range(2)]
    assert withdrawn == [204, 204]
    assert (await exam_http.get("/v1/deliveries/dlv_1/attempts", headers=GRACE)).status == 404
    assert not await house.service.assigning.may_supervise("dlv_1", "usr_grace")
    house.clock.advance(1)
    await assign(exam_http, "grace")
    assert (await exam_http.get("/v1/deliveries/dlv_1/attempts", headers=GRACE)).status == 200
    audited = [entry.action for entry in await house.service.context.audit.read(0, 10)]
    assert [name.removeprefix("assessments.") for name in audited] == [
        "assign_proctor",
        "withdraw_proctor",
        "assign_proctor",
    ]


async def test_one_proctor_is_assigned_once_and_listed_by_name(house: ExamHall, exam_http: Http) -> None:
    for name in ("grace", "grace", "hedy"):
        await assign(exam_http, name)
    listed = (await (await exam_http.get(PROCTORS, headers=ADMIN)).json())["items"]
    assert [(one["account_id"], one["name"]) for one in listed] == [("usr_grace", "Grace"), ("usr_hedy", "Hedy")]


@pytest.mark.parametrize("name", ["ada", "nobody.at.all"])
async def test_whoever_is_no_proctor_is_refused_in_the_same_words(house: ExamHall, exam_http: Http, name: str) -> None:
    status, problem = await assign(exam_http, name)
    assert (status, problem["detail"]) == (422, "There is no proctor with this address.")


async def test_proctors_assign_nobody_and_authors_only_within_their_organisations(
    house: ExamHall, exam_http: Http
) -> None:
    assert (await assign(exam_http, "hedy", **GRACE))[0] in (403, 404)
    assert (await exam_http.get(PROCTORS, headers=GRACE)).status in (403, 404)
    assert (await assign(exam_http, "grace", "dlv_2", **{"X-Account": "usr_ada", "X-Role": "agent"}))[0] == 404


async def test_proctors_are_shown_what_is_theirs_and_administrators_everything(
    house: ExamHall, exam_http: Http
) -> None:
    version = await house.store.exam_versions.read("exm_1@1")
    proctored = version.model_copy(
        update={"id": "exm_2@1", "exam_id": "exm_2", "plan": version.plan.model_copy(update={"is_proctored": True})}
    )
    await house.store.exam_versions.add(proctored)
    for delivery_id in ("dlv_8", "dlv_9"):
        await house.deliver(delivery_id, exam_version_id="exm_2@1")
    await assign(exam_http, "grace", "dlv_8")
    await assign(exam_http, "grace", "dlv_1")  # before no camera: there is nothing to watch
    told = {}
    for name, who in (("grace", GRACE), ("hedy", HEDY), ("admin", ADMIN)):
        listed = await (await exam_http.get("/v1/supervised-deliveries", headers=who)).json()
        told[name] = [one["delivery_id"] for one in listed["items"]]
    assert told == {"grace": ["dlv_8"], "hedy": [], "admin": ["dlv_9", "dlv_8"]}
