import hashlib
from typing import Any

import pytest

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.model.attempts import Attempt
from tests.guildhall.assessments.conftest import ExamHall, Http, given

PDF = b"%PDF-1.7 a drawing"
OCTETS = {"Content-Type": "application/octet-stream"}


async def enter(exam_http: Http, invitation_id: str) -> dict[str, Any]:
    response = await exam_http.post("/v1/attempts", json={"invitation_id": invitation_id})
    assert response.status == 201
    door: dict[str, Any] = await response.json()
    return door


async def test_an_invitation_is_a_door_whose_token_opens_the_exam(house: ExamHall, exam_http: Http) -> None:
    invitation = await house.invite()
    door = await enter(exam_http, invitation.id)
    assert door["url"] == f"/exam-room#exam={door['exam_token']}"
    claims = house.service.sitting.read_token(door["exam_token"])
    assert (claims.attempt_id, claims.account_id, claims.session_id) == (door["attempt_id"], "usr_ada", "ses_1")
    assert (await enter(exam_http, invitation.id))["attempt_id"] == door["attempt_id"]
    again = await (await exam_http.post(f"/v1/attempts/{door['attempt_id']}/doors")).json()
    assert again["attempt_id"] == door["attempt_id"]


async def test_a_proctored_attempt_has_a_second_door_to_the_seat_before_the_camera(
    house: ExamHall, exam_http: Http
) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    proctored = attempt.model_copy(update={"is_proctored": True})
    await house.store.attempts.replace(attempt, proctored, 1)

    async def seat(seated: Attempt, session_id: str) -> str:
        return f"seat-of-{seated.id}-for-{session_id}"

    house.service.proctored_seat = seat
    door = await enter(exam_http, invitation.id)
    assert door["url"] == f"/exam-room#token=seat-of-{attempt.id}-for-ses_1&exam={door['exam_token']}"


async def test_a_candidate_finds_their_exams_with_windows_reasons_states_and_receipts(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin(extra_time_percent=25)
    await house.service.sitting.submit(attempt.id, "usr_ada")
    await house.deliver("dlv_later", opens_at_ms=4_000_000_000_000, closes_at_ms=4_000_000_000_001)
    await house.invite("ada", "dlv_later")
    await house.invite("bob")
    told = await (await exam_http.get("/v1/exams/mine")).json()
    later, done = told["invitations"]
    assert (later["may_begin"], later["reason"]) == (False, "This exam is not open yet.")
    assert (done["may_begin"], done["extra_time_percent"]) == (False, 25)
    (shown,) = done["attempts"]
    assert (shown["state"], shown["receipt"]["number"]) == ("submitted", 1)


async def test_answers_over_http_are_the_same_as_over_the_socket(house: ExamHall, exam_http: Http) -> None:
    attempt = await house.begin()
    batch = {"answers": [given("k1").model_dump(mode="json"), given("k2", slot_id="q99").model_dump(mode="json")]}
    taken = await (await exam_http.post(f"/v1/attempts/{attempt.id}/answers", json=batch)).json()
    assert taken["outcomes"][0]["number"] == 1
    assert taken["outcomes"][1]["problem"]["type"] == "does-not-fit"
    shown = await (await exam_http.get(f"/v1/attempts/{attempt.id}")).json()
    assert [(one["slot_id"], one["number"]) for one in shown["answers"]] == [("q3", 1)]


async def test_before_the_beginning_answers_are_refused_in_words(house: ExamHall, exam_http: Http) -> None:
    door = await enter(exam_http, (await house.invite()).id)
    batch = {"answers": [given("k1").model_dump(mode="json")]}
    response = await exam_http.post(f"/v1/attempts/{door['attempt_id']}/answers", json=batch)
    assert (response.status, (await response.json())["type"].rpartition("/")[2]) == (409, "not-begun")


@pytest.mark.parametrize("path", ["", "/receipt", "/files/abc"])
async def test_another_s_attempt_is_not_there(house: ExamHall, exam_http: Http, path: str) -> None:
    attempt = await house.begin()
    response = await exam_http.get(f"/v1/attempts/{attempt.id}{path}", headers={"X-Account": "usr_eve"})
    assert response.status == 404


async def test_the_receipt_is_the_document_that_the_command_takes(house: ExamHall, exam_http: Http) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    over = await house.service.sitting.submit(attempt.id, "usr_ada")
    document = await (await exam_http.get(f"/v1/attempts/{attempt.id}/receipt")).json()
    assert (document["format"], document["hash"], len(document["entries"])) == (
        "guildhall.receipt/1",
        over.head_hash,
        2,
    )


async def test_no_answer_key_is_in_anything_that_a_candidate_can_read(house: ExamHall, exam_http: Http) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    for state in ("running", "submitted"):
        for path in ("/v1/exams/mine", f"/v1/attempts/{attempt.id}", f"/v1/attempts/{attempt.id}/receipt"):
            told = await (await exam_http.get(path)).text()
            for part in ("correct", "tolerance", "accepted", "criteria", "rationale", "Lovelace", "12.50"):
                assert part not in told, (state, path, part)
        await house.service.sitting.submit(attempt.id, "usr_ada")


async def put_up(exam_http: Http, attempt_id: str, body: bytes, slot_id: str = "q8") -> tuple[int, dict[str, Any]]:
    path = f"/v1/attempts/{attempt_id}/slots/{slot_id}/files"
    response = await exam_http.post(path, params={"name": "drawing.pdf"}, data=body, headers=OCTETS)
    return response.status, await response.json()


async def test_a_file_is_put_up_answered_with_and_read_by_its_owner_and_markers_alone(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    status, file = await put_up(exam_http, attempt.id, PDF)
    assert (status, file["content_type"], file["sha256"]) == (
        201,
        "application/pdf",
        hashlib.sha256(PDF).hexdigest(),
    )
    answer = {"key": "k1", "slot_id": "q8", "response": {"kind": "filed", "files": [file]}, "client_at_ms": 1}
    taken = await (await exam_http.post(f"/v1/attempts/{attempt.id}/answers", json={"answers": [answer]})).json()
    assert taken["outcomes"][0]["in_force"]
    own = await exam_http.get(f"/v1/attempts/{attempt.id}/files/{file['sha256']}")
    assert (own.status, await own.read(), own.headers["Content-Type"]) == (200, PDF, "application/pdf")
    marking = f"/v1/marking/attempts/{attempt.id}/files/{file['sha256']}"
    assert (await exam_http.get(marking)).status == 404
    assert await (await exam_http.get(marking, headers={"X-Role": "admin"})).read() == PDF


async def test_a_file_is_what_its_bytes_say_and_an_answer_names_only_what_was_put_up(
    house: ExamHall, exam_http: Http
) -> None:
    attempt = await house.begin()
    assert (await put_up(exam_http, attempt.id, b"MZ\x90\x00 a program"))[1]["detail"].startswith("drawing.pdf is app")
    assert (await put_up(exam_http, attempt.id, PDF, "q1"))[0] == 404
    never = {"file_id": "a" * 64, "name": "x", "content_type": "application/pdf", "size_bytes": 3, "sha256": "a" * 64}
    answer = {"key": "k1", "slot_id": "q8", "response": {"kind": "filed", "files": [never]}, "client_at_ms": 1}
    taken = await (await exam_http.post(f"/v1/attempts/{attempt.id}/answers", json={"answers": [answer]})).json()
    assert "has not been put up" in taken["outcomes"][0]["problem"]["detail"]
    await house.service.sitting.submit(attempt.id, "usr_ada")
    assert (await put_up(exam_http, attempt.id, PDF))[0] == 409


async def test_an_invitation_whose_window_has_closed_is_refused_in_words(house: ExamHall, exam_http: Http) -> None:
    await house.deliver("dlv_past", opens_at_ms=1, closes_at_ms=2)
    response = await exam_http.post("/v1/attempts", json={"invitation_id": (await house.invite("ada", "dlv_past")).id})
    assert response.status == 409
    assert (await response.json())["detail"] == "This exam has closed."


async def test_the_clock_is_told_over_http_too(house: ExamHall, exam_http: Http) -> None:
    attempt = await house.begin(break_seconds=60)
    await house.act(attempt, AttemptEvent.TAKE_BREAK)
    shown = await (await exam_http.get(f"/v1/attempts/{attempt.id}")).json()
    assert (shown["clock"]["deadline_ms"], shown["clock"]["is_running"], shown["slots"]) == (None, False, [])
