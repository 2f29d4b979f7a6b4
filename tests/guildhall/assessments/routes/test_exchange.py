import json
from typing import Any

import pytest

from tests.fakes.exam_board import Answered, ExamBoard
from tests.guildhall.assessments.routes.test_banks import png, with_picture
from tests.guildhall.assessments.written import CONTENTS


@pytest.fixture
async def bank(board: ExamBoard) -> str:
    """One item of each kind, and one with a picture."""
    bank_id = str((await board.call("katherine", "POST", "/banks", {"name": "Sums / terms"})).body["bank_id"])
    for kind in CONTENTS:
        body = {"name": kind, "content": CONTENTS[kind], "tags": ["t"], "difficulty": 4}
        await board.call("katherine", "POST", f"/banks/{bank_id}/items", body)
    put = await board.call("katherine", "POST", f"/banks/{bank_id}/pictures", png(), content_type="image/png")
    await board.call("katherine", "POST", f"/banks/{bank_id}/items", with_picture(put.body["blob_id"]))
    return bank_id


async def another(board: ExamBoard) -> str:
    return str((await board.call("katherine", "POST", "/banks", {"name": "Another"})).body["bank_id"])


async def take(
    board: ExamBoard, bank_id: str, body: bytes, kind: str = "application/json", mode: str = "whole"
) -> Answered:
    return await board.call("katherine", "POST", f"/banks/{bank_id}/imports?mode={mode}", body, content_type=kind)


async def contents(board: ExamBoard, bank_id: str) -> list[dict[str, Any]]:
    told = [one.model_dump(mode="json") for one in await board.store.items_of(bank_id)]
    return sorted(
        ({k: one[k] for k in ("name", "draft", "tags", "difficulty")} for one in told), key=lambda o: o["name"]
    )


async def test_a_bank_goes_out_as_json_and_comes_in_as_the_same(board: ExamBoard, bank: str) -> None:
    out = await board.call("katherine", "GET", f"/banks/{bank}/export.json")
    assert "attachment; filename*=UTF-8''Sums%20%20terms.json" in out.headers["Content-Disposition"]
    other = await another(board)
    report = await take(board, other, out.raw)
    assert (report.status, report.body["is_kept"], report.body["problems"]) == (200, True, [])
    assert await contents(board, other) == await contents(board, bank)
    again = await take(board, other, out.raw)
    assert again.body["already"] == len(CONTENTS) + 1
    assert len(await board.store.items_of(other)) == len(CONTENTS) + 1


async def test_a_bank_goes_out_as_qti_and_comes_in_with_its_pictures(board: ExamBoard, bank: str) -> None:
    out = await board.call("katherine", "GET", f"/banks/{bank}/export.zip")
    other = await another(board)
    report = await take(board, other, out.raw, "application/zip")
    assert report.body["problems"] == []
    kept = await contents(board, other)
    left_out = {"code", "file_upload"}
    assert kept == [one for one in await contents(board, bank) if one["name"] not in left_out]


async def test_one_bad_row_keeps_all_out_unless_the_good_ones_are_asked_for(board: ExamBoard, bank: str) -> None:
    out = json.loads((await board.call("katherine", "GET", f"/banks/{bank}/export.json")).raw)
    out["items"][2]["content"]["question"]["prompt"]["text"] = ""
    out["pictures"] = {}
    body, other = json.dumps(out, indent=1).encode(), await another(board)
    whole = await take(board, other, body)
    assert whole.body["is_kept"] is False
    assert {one["where"] for one in whole.body["problems"]} == {"items[2]", f"items[{len(out['items']) - 1}]"}
    assert all(one["line"] for one in whole.body["problems"])
    assert await board.store.items_of(other) == []
    good = await take(board, other, body, mode="good")
    assert good.body["is_kept"] is True
    assert len(await board.store.items_of(other)) == len(out["items"]) - 2


async def test_a_check_keeps_nothing(board: ExamBoard, bank: str) -> None:
    out = await board.call("katherine", "GET", f"/banks/{bank}/export.zip")
    other = await another(board)
    report = await take(board, other, out.raw, "application/zip", mode="check")
    assert (report.body["is_kept"], len(report.body["items"]) > 3) == (False, True)
    assert await board.store.items_of(other) == []
    assert await board.store.pictures.find({"bank_id": other}, limit=9) == []


async def test_what_cannot_be_read_says_why(board: ExamBoard, bank: str) -> None:
    refused = await take(board, bank, b"{")
    assert (refused.status, refused.body["code"]) == (422, "unreadable-import")
    assert "line 1" in refused.body["detail"]
    assert (await take(board, bank, b"x", "text/html")).status == 415


async def test_others_banks_are_neither_read_nor_written(board: ExamBoard, bank: str) -> None:
    for who in ("rival", "ada"):
        assert (await board.call(who, "GET", f"/banks/{bank}/export.json")).status == 404
        assert (await board.call(who, "GET", f"/banks/{bank}/export.zip")).status == 404
        sent = await board.call(who, "POST", f"/banks/{bank}/imports", b"{}", content_type="application/json")
        assert sent.status == 404
