from typing import Any

import pytest

from guildhall.assessments.lifecycle import AttemptState, ResultState
from guildhall.assessments.messages.assigning import ProctorNamed
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.rules.clock import left_ms
from guildhall.assessments.rules.scope import Scope
from guildhall.kit.errors import Conflict
from tests.guildhall.assessments.conftest import DURATION_SECONDS, ExamHall, Http, given

GRACE = {"X-Account": "usr_grace", "X-Role": "proctor"}
WHY = {"reason": "the fire alarm went off"}


@pytest.fixture(autouse=True)
async def _grace_is_assigned(house: ExamHall) -> None:
    author = Scope("usr_author", is_everywhere=True)
    await house.service.assigning.assign(author, "dlv_1", ProctorNamed(email="grace@example.org"))


async def act(exam_http: Http, attempt: Attempt, verb: str, **body: Any) -> tuple[int, dict[str, Any]]:
    response = await exam_http.post(f"/v1/attempts/{attempt.id}/{verb}", json={**WHY, **body}, headers=GRACE)
    return response.status, await response.json()


async def test_the_live_list_shows_state_time_left_and_what_was_answered(house: ExamHall, exam_http: Http) -> None:
    ada, bob = await house.begin("ada"), await house.begin("bob")
    await house.answer(ada, given("k1"), given("k2", slot_id="q4"))
    await house.serve(5_000)
    told = await (await exam_http.get("/v1/deliveries/dlv_1/attempts", headers=GRACE)).json()
    first, second = told["attempts"]
    assert (first["id"], first["answered"], first["questions"], first["state"]) == (ada.id, 2, 9, "running")
    assert (second["id"], second["answered"]) == (bob.id, 0)
    assert first["left_ms"] == DURATION_SECONDS * 1000 - 5_000
    assert first["last_answer_at_ms"] == told["server_time_ms"] - 5_000
    assert "pause" in {action["action"] for action in first["actions"] if action["allowed"]}


async def test_a_pause_is_given_back_and_everything_is_audited_with_its_reason(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    status, told = await act(exam_http, attempt, "pause")
    assert (status, told["attempt"]["state"]) == (200, "paused")
    await house.serve(30_000)
    await act(exam_http, attempt, "resume")
    status, told = await act(exam_http, attempt, "extend", extra_seconds=60)
    assert told["clock"]["left_ms"] == DURATION_SECONDS * 1000 + 60_000
    assert [(move["event"], move["by"]) for move in told["history"]][-3:] == [
        ("pause", "usr_grace"),
        ("resume", "usr_grace"),
        ("extend", "usr_grace"),
    ]
    status, problem = await act(exam_http, attempt, "admit")
    assert (status, "another state" in problem["detail"]) == (409, True)
    _, *audited = await house.service.context.audit.read(0, 10)  # after Grace was assigned
    assert [(entry.action, entry.decision) for entry in audited] == [
        ("assessments.pause", "allowed"),
        ("assessments.resume", "allowed"),
        ("assessments.extend", "allowed"),
        ("assessments.admit", "refused"),
    ]
    assert audited[0].details["reason"] == WHY["reason"]


async def test_who_needs_admission_waits_for_it_and_may_be_turned_away(house: ExamHall, exam_http: Http) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    kept = attempt.model_copy(update={"needs_admission": True})
    await house.store.attempts.replace(attempt, kept, 1)
    waiting = await house.service.sitting.check_in(attempt.id, "usr_ada")
    assert waiting.state is AttemptState.AWAITING
    assert (await act(exam_http, attempt, "admit"))[1]["attempt"]["state"] == "authorised"
    assert (await act(exam_http, attempt, "turn-away"))[1]["attempt"]["state"] == "checked_in"


async def test_the_exams_own_door_is_no_way_around_what_comes_before_admission(house: ExamHall) -> None:
    async def not_yet(attempt: Attempt) -> None:
        raise Conflict(f"{attempt.id} has not passed the checks.")

    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    kept = attempt.model_copy(update={"needs_admission": True})
    await house.store.attempts.replace(attempt, kept, 1)
    house.service.sitting.expect_asked = not_yet
    with pytest.raises(Conflict, match="has not passed the checks"):
        await house.service.sitting.check_in(attempt.id, "usr_ada")
    assert (await house.read(attempt)).state is AttemptState.CREATED


async def test_late_answers_are_shown_and_admitted_after_a_reopening_that_then_expires(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1", "1"))
    await house.service.sitting.submit(attempt.id, "usr_ada")
    for key, text in (("k2", "2"), ("k3", "3")):
        assert (await house.receipt(attempt, given(key, text, based_on=1))).is_late
    seen = await (await exam_http.get(f"/v1/attempts/{attempt.id}/supervision", headers=GRACE)).json()
    assert [late["key"] for late in seen["late_answers"]] == ["k2", "k3"]
    status, problem = await act(exam_http, attempt, "admit-late", keys=["k2"])
    assert (status, "handed in" in problem["detail"]) == (409, True)
    await house.serve(3_600_000)
    assert (await act(exam_http, attempt, "reopen"))[1]["attempt"]["state"] == "running"
    assert left_ms((await house.read(attempt)).clock, house.clock.now_ms()) == DURATION_SECONDS * 1000
    assert (await act(exam_http, attempt, "admit-late", keys=["k3", "k2"]))[0] == 200
    assert (await act(exam_http, attempt, "admit-late", keys=["k3", "k2"]))[0] == 200  # again: nothing more
    await house.service.sitting.submit(attempt.id, "usr_ada")
    final = await house.service.sitting.final_answers(attempt.id)
    answer = final["q3"].answer
    assert answer is not None
    assert answer.response is not None
    assert (answer.response.model_dump()["text"], final["q3"].by) == ("3", "usr_grace")
    assert len(await house.service.desk.entries(attempt.id)) == 6


async def test_late_answers_are_deleted_with_a_reason_and_deleting_them_again_changes_nothing(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    assert (await act(exam_http, attempt, "delete-late"))[0] == 404
    await house.service.sitting.submit(attempt.id, "usr_ada")
    await house.receipt(attempt, given("k2"))
    for _ in range(2):
        status, told = await act(exam_http, attempt, "delete-late")
        assert (status, told["late_answers"], told["late_kept_until_ms"]) == (200, [], None)
        assert [(one["count"], one["by"], one["reason"]) for one in told["late_deletions"]] == [
            (1, "usr_grace", "the fire alarm went off")
        ]


async def test_a_voided_attempt_is_over_for_good(house: ExamHall, exam_http: Http) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    assert (await act(exam_http, attempt, "void"))[1]["attempt"]["state"] == "voided"
    assert (await act(exam_http, attempt, "reopen"))[0] == 409
    stored = await house.read(attempt)
    assert (stored.state, stored.unsettled, stored.head) == (AttemptState.VOIDED, True, 2)


async def test_what_is_declared_void_after_its_result_was_released_is_withheld(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    await house.service.sitting.submit(attempt.id, "usr_ada")
    await house.service.grading.settle_attempt(await house.read(attempt))
    assert (await act(exam_http, attempt, "void"))[0] == 200
    voided = await house.read(attempt)
    assert voided.unsettled, "a follower sees to its result"
    await house.service.grading.settle_attempt(voided)
    result = await house.store.results.read(attempt.id)
    assert (result.state, result.reason) == (ResultState.WITHHELD, "The attempt was declared void.")


async def test_the_result_of_whoever_was_sent_out_waits_for_a_person(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    await house.service.supervision.end(attempt.id, "usr_grace", "Somebody else answered", key="a1")
    for _ in range(2):  # a follower may be killed, and begins again
        await house.service.grading.settle_attempt(await house.read(attempt))
    result = await house.store.results.read(attempt.id)
    assert result.state is ResultState.WITHHELD
    assert result.reason.startswith("A proctor ended this exam (Somebody else answered).")
    assert result.grade.is_pass is None or result.released_at_ms is None
    staff = Scope("usr_k", is_everywhere=True)
    assert await house.service.results.release_all(staff, attempt.delivery_id) == 0


@pytest.mark.parametrize("verb", ["pause", "resume", "extend", "void", "reopen", "admit", "turn-away", "admit-late"])
async def test_no_candidate_supervises_and_no_verb_goes_without_a_reason(
    house: ExamHall, exam_http: Http, verb: str
) -> None:
    attempt = await house.begin()
    assert (await exam_http.post(f"/v1/attempts/{attempt.id}/{verb}", json=WHY)).status == 403
    assert (await exam_http.post(f"/v1/attempts/{attempt.id}/{verb}", json={}, headers=GRACE)).status == 422
