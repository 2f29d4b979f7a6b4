"""Banks' pictures: what they are is told by their bytes, and they are seen by whoever may see the question."""

import cv2
import numpy as np
import pytest

from guildhall.assessments.lifecycle import AttemptState
from guildhall.assessments.model.attempts import Attempt, AttemptClock, Form, Slot
from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.written import CONTENTS


def png(width: int = 40, height: int = 30) -> bytes:
    return bytes(cv2.imencode(".png", np.full((height, width, 3), 200, np.uint8))[1].tobytes())


def jpeg() -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((30, 40, 3), 200, np.uint8))[1].tobytes())


@pytest.fixture
async def bank(board: ExamBoard) -> str:
    return str((await board.call("katherine", "POST", "/banks", {"name": "Pictures"})).body["bank_id"])


async def test_a_picture_is_known_by_its_bytes_and_written_anew(board: ExamBoard, bank: str) -> None:
    hidden = b"\xff\xfe\x00\x16<script>GPS</script>"
    body = jpeg()[:2] + hidden + jpeg()[2:] + b"PK\x03\x04 a second file"
    put = await board.call("katherine", "POST", f"/banks/{bank}/pictures", body, content_type="image/png")
    assert put.status == 201, put.body
    assert (put.body["content_type"], put.body["width_px"], put.body["height_px"]) == ("image/jpeg", 40, 30)
    shown = await board.call("katherine", "GET", f"/banks/{bank}/pictures/{put.body['blob_id']}")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert b"script" not in shown.raw
    assert b"second file" not in shown.raw
    again = await board.call("katherine", "POST", f"/banks/{bank}/pictures", body, content_type="image/png")
    assert again.body == put.body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<svg onload=alert(1)>", "no PNG or JPEG"),
        (b"", "no PNG or JPEG"),
        (png()[:30], "cannot be read"),
        (png()[:20], "damaged"),
        (jpeg()[:20], "damaged"),
        (png()[:16] + (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big") + png()[24:], "60000 x 60000"),
    ],
)
async def test_what_is_no_picture_is_refused_with_a_reason(
    board: ExamBoard, bank: str, body: bytes, words: str
) -> None:
    put = await board.call("katherine", "POST", f"/banks/{bank}/pictures", body, content_type="image/png")
    assert (put.status, put.body["code"]) == (422, "no-picture")
    assert words in put.body["detail"]


async def test_too_many_bytes_are_refused_unread(board: ExamBoard, bank: str) -> None:
    body = b"\x89PNG\r\n\x1a\n" + b"x" * (5 * 1024 * 1024)
    put = await board.call("katherine", "POST", f"/banks/{bank}/pictures", body, content_type="image/png")
    assert put.status == 413


async def test_a_question_shows_pictures_of_its_own_bank_only(board: ExamBoard, bank: str) -> None:
    put = await board.call("katherine", "POST", f"/banks/{bank}/pictures", png(), content_type="image/png")
    other = (await board.call("katherine", "POST", "/banks", {"name": "Other"})).body["bank_id"]
    wanted = with_picture(put.body["blob_id"])
    assert (await board.call("katherine", "POST", f"/banks/{bank}/items", wanted)).status == 201
    refused = await board.call("katherine", "POST", f"/banks/{other}/items", wanted)
    assert "is not in its bank" in refused.body["detail"]


async def test_a_candidate_sees_the_pictures_of_their_form_once_it_is_open(board: ExamBoard, bank: str) -> None:
    put = await board.call("katherine", "POST", f"/banks/{bank}/pictures", png(), content_type="image/png")
    unused = await board.call("katherine", "POST", f"/banks/{bank}/pictures", png(9, 9), content_type="image/png")
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", with_picture(put.body["blob_id"]))
    await board.call("katherine", "POST", f"/items/{made.body['item_id']}/publish")
    await board.store.attempts.add(attempt(f"{made.body['item_id']}@1", AttemptState.CREATED, None))
    path = f"/attempts/att_1/pictures/{put.body['blob_id']}"
    assert (await board.call("ada", "GET", path)).status == 404, "before the clock has started"
    await board.store.attempts.change(
        "att_1", 0, lambda _: attempt(f"{made.body['item_id']}@1", AttemptState.RUNNING, 1_000)
    )
    assert (await board.call("ada", "GET", path)).raw.startswith(b"\x89PNG")
    assert (await board.call("ada", "GET", f"/attempts/att_1/pictures/{unused.body['blob_id']}")).status == 404
    assert (await board.call("rival", "GET", path)).status == 404
    assert (await board.call("ada", "GET", f"/banks/{bank}/pictures/{put.body['blob_id']}")).status == 404
    await board.store.attempts.change(
        "att_1", 0, lambda _: attempt(f"{made.body['item_id']}@1", AttemptState.SUBMITTED, 1_000)
    )
    assert (await board.call("ada", "GET", path)).status == 404, "after the end, until the result shows it"


async def test_marking_members_see_pictures_and_strangers_do_not(board: ExamBoard) -> None:
    bank = (await board.call("owner", "POST", "/banks", {"name": "Ours", "organisation_id": "org_1"})).body["bank_id"]
    put = await board.call("owner", "POST", f"/banks/{bank}/pictures", png(), content_type="image/png")
    path = f"/banks/{bank}/pictures/{put.body['blob_id']}"
    assert (await board.call("member", "GET", path)).status == 200
    assert (await board.call("rival", "GET", path)).status == 404
    assert (
        await board.call("member", "POST", f"/banks/{bank}/pictures", png(), content_type="image/png")
    ).status == 404


def with_picture(blob_id: str) -> dict[str, object]:
    picture = {"blob_id": blob_id, "alt": "a grey field", "width_px": 40, "height_px": 30}
    raw = CONTENTS["single_choice"]
    question = {**raw["question"], "prompt": {"text": "What is this?", "pictures": [picture]}}
    return {"name": "With a picture", "content": {**raw, "question": question}}


def attempt(version_id: str, state: AttemptState, started_at_ms: int | None) -> Attempt:
    return Attempt(
        id="att_1",
        created_at_ms=0,
        invitation_id="inv_1",
        delivery_id="dlv_1",
        exam_version_id="exm_1@1",
        organisation_id="",
        account_id="usr_ada",
        candidate_name="Ada",
        exam_title="An exam",
        number=1,
        closes_at_ms=1,
        form=Form(seed="x", slots=(Slot(id="q1", section_id="s1", version_id=version_id, centipoints=100),)),
        state=state,
        state_since_ms=0,
        clock=AttemptClock(budget_ms=1, started_at_ms=started_at_ms),
    )
