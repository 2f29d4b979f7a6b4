from typing import Any

import pytest

from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.written import CONTENTS


@pytest.fixture
async def bank(board: ExamBoard) -> str:
    """Six published choices, three of them tagged."""
    bank_id = str((await board.call("katherine", "POST", "/banks", {"name": "Sums"})).body["bank_id"])
    for number in range(6):
        body = {
            "name": f"CANARY {number}",
            "content": {**CONTENTS["single_choice"], "rationale": "CANARY"},
            "tags": ["hard"] if number % 2 else [],
        }
        made = await board.call("katherine", "POST", f"/banks/{bank_id}/items", body)
        await board.call("katherine", "POST", f"/items/{made.body['item_id']}/publish")
    return bank_id


def plan(bank: str, count: int = 3, **changes: Any) -> dict[str, Any]:
    source = {"kind": "draw", "bank_id": bank, "count": count, "tags": []}
    sections = [{"id": "s1", "title": "One", "sources": [source]}]
    return {"title": "An exam", "duration_seconds": 600, "sections": sections, **changes}


async def test_an_exam_is_written_published_and_drawn(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", "/exams", {"plan": plan(bank)})
    assert made.status == 201, made.body
    assert made.body["sources"] == [{"path": "sections.0.sources.0", "count": 3, "found": 6}]
    path = f"/exams/{made.body['exam_id']}"
    published = await board.call("katherine", "POST", f"{path}/publish", if_match=made.etag)
    assert (published.body["state"], published.body["is_draft_published"]) == ("published", True)
    version = (await board.call("katherine", "GET", f"{path}/versions")).body["items"][0]
    assert version["version_id"] == published.body["versions"][0]
    assert len(version["pools"][0]["version_ids"]) == 6


async def test_a_published_version_is_not_changed_by_what_comes_later(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", "/exams", {"plan": plan(bank)})
    path = f"/exams/{made.body['exam_id']}"
    published = await board.call("katherine", "POST", f"{path}/publish", if_match=made.etag)
    before = (await board.store.exam_versions.read(published.body["versions"][0])).model_dump()
    for item in await board.store.items_of(bank):
        await board.call("katherine", "POST", f"/items/{item.id}/retire")
    edited = {"plan": plan(bank, title="Another")}
    assert (await board.call("katherine", "PUT", path, edited, if_match=published.etag)).status == 200
    assert (await board.store.exam_versions.read(published.body["versions"][0])).model_dump() == before
    refused = await board.call("katherine", "POST", f"{path}/publish", if_match="*")
    assert refused.body["code"] == "flawed"
    assert "only 0 items that are published match" in refused.body["detail"]


async def test_a_preview_is_a_candidate_s_form_without_a_key_or_a_name(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", "/exams", {"plan": plan(bank)})
    path = f"/exams/{made.body['exam_id']}/previews"
    first = await board.call("katherine", "POST", path, {"seed": "one"})
    assert first.status == 200, first.body
    assert [slot["id"] for slot in first.body["slots"]] == ["q1", "q2", "q3"]
    assert (await board.call("katherine", "POST", path, {"seed": "one"})).body == first.body
    assert (await board.call("katherine", "POST", path, {})).body["seed"] != "one"
    assert b"CANARY" not in first.raw
    assert b"correct" not in first.raw


async def test_a_check_keeps_nothing_and_says_what_is_lacking(board: ExamBoard, bank: str) -> None:
    checked = await board.call("katherine", "POST", "/exam-checks", {"plan": plan(bank, count=9)})
    assert checked.body["flaws"][0]["path"] == "sections.0.sources.0.count"
    assert (await board.call("katherine", "GET", "/exams")).body["items"] == []


async def test_another_organisation_s_items_are_not_drawn_even_by_staff(board: ExamBoard, bank: str) -> None:
    theirs = await board.call("owner", "POST", "/exams", {"organisation_id": "org_1", "plan": plan(bank)})
    assert theirs.body["sources"][0]["found"] == 0
    staff = await board.call("katherine", "POST", "/exams", {"organisation_id": "org_1", "plan": plan(bank)})
    assert staff.body["sources"][0]["found"] == 0


async def test_an_edit_over_somebody_else_s_is_refused(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", "/exams", {"plan": plan(bank)})
    path = f"/exams/{made.body['exam_id']}"
    await board.call("katherine", "PUT", path, {"plan": plan(bank, title="First")}, if_match="1")
    second = await board.call("katherine", "PUT", path, {"plan": plan(bank, title="Second")}, if_match="1")
    assert second.status == 412
    late = await board.call("katherine", "POST", f"{path}/publish", if_match="1")
    assert late.status == 412


async def test_retiring_and_reviving(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", "/exams", {"plan": plan(bank)})
    path = f"/exams/{made.body['exam_id']}"
    assert (await board.call("katherine", "POST", f"{path}/retire")).body["state"] == "retired"
    assert (await board.call("katherine", "PUT", path, {"plan": plan(bank)}, if_match="*")).status == 409
    assert (await board.call("katherine", "POST", f"{path}/revive")).body["state"] == "draft"


async def test_others_exams_are_not_found(board: ExamBoard, bank: str) -> None:
    made = await board.call("owner", "POST", "/exams", {"organisation_id": "org_1", "plan": plan(bank)})
    path = f"/exams/{made.body['exam_id']}"
    for who in ("rival", "member", "ada"):
        for method, tail, body in (
            ("GET", "", None),
            ("PUT", "", {"plan": plan(bank)}),
            ("POST", "/publish", None),
            ("POST", "/previews", {}),
            ("GET", "/versions", None),
        ):
            assert (await board.call(who, method, path + tail, body, if_match="*")).status == 404, (who, tail)
    assert (await board.call("rival", "POST", "/exams", {"organisation_id": "org_1", "plan": plan(bank)})).status == 403
    assert (await board.call("rival", "POST", "/exam-checks", {"plan": plan(bank)})).status == 403
