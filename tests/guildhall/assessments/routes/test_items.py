from typing import Any

import pytest

from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.written import CONTENTS


@pytest.fixture
async def bank(board: ExamBoard) -> str:
    made = await board.call("katherine", "POST", "/banks", {"name": "Sums"})
    return str(made.body["bank_id"])


def wanted(kind: str = "single_choice", **changes: Any) -> dict[str, Any]:
    return {"name": f"A {kind}", "content": CONTENTS[kind], **changes}


@pytest.mark.parametrize("kind", list(CONTENTS))
async def test_an_item_of_each_kind_is_written_read_and_published(board: ExamBoard, bank: str, kind: str) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted(kind, tags=["b", "a", "b"]))
    assert made.status == 201, made.body
    assert made.body["tags"] == ["a", "b"]
    assert made.body["flaws"] == []
    item_id = made.body["item_id"]
    read = await board.call("katherine", "GET", f"/items/{item_id}")
    assert read.body == made.body
    published = await board.call("katherine", "POST", f"/items/{item_id}/publish", if_match=read.etag)
    assert (published.body["state"], published.body["is_draft_published"]) == ("published", True)
    assert published.body["versions"] == [f"{item_id}@1"]
    again = await board.call("katherine", "POST", f"/items/{item_id}/publish")
    assert again.body["versions"] == published.body["versions"], "a second click makes no second version"


async def test_an_edit_needs_the_revision_that_was_read_and_leaves_the_version_alone(
    board: ExamBoard, bank: str
) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    path = f"/items/{made.body['item_id']}"
    await board.call("katherine", "POST", f"{path}/publish")
    assert (await board.call("katherine", "PUT", path, wanted())).status == 428
    assert (await board.call("katherine", "PUT", path, wanted("numeric"), if_match="1")).status == 412
    edited = await board.call("katherine", "PUT", path, wanted("numeric"), if_match="2")
    assert edited.body["is_draft_published"] is False
    versions = (await board.call("katherine", "GET", f"{path}/versions")).body["items"]
    assert [one["content"]["question"]["kind"] for one in versions] == ["single_choice"]


async def test_tags_may_change_without_a_new_version(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    path = f"/items/{made.body['item_id']}"
    await board.call("katherine", "POST", f"{path}/publish")
    edited = await board.call("katherine", "PUT", path, wanted(tags=["new"]), if_match="2")
    assert (edited.body["is_draft_published"], edited.body["tags"]) == (True, ["new"])


async def test_versions_say_what_changed(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    path = f"/items/{made.body['item_id']}"
    await board.call("katherine", "POST", f"{path}/publish")
    changed = {**CONTENTS["single_choice"], "rationale": "because"}
    changed["key"] = {"kind": "choice", "correct": ["c"]}
    await board.call("katherine", "PUT", path, wanted(content=changed), if_match="2")
    await board.call("katherine", "POST", f"{path}/publish")
    newest, oldest = (await board.call("katherine", "GET", f"{path}/versions")).body["items"]
    assert newest["differences"] == [
        {"path": "content.key.correct.0", "before": "b", "after": "c"},
        {"path": "content.rationale", "before": "", "after": "because"},
    ]
    assert oldest["differences"] == []


async def test_what_is_not_ready_is_kept_as_a_draft_and_says_what_to_mend(board: ExamBoard, bank: str) -> None:
    flawed = {**CONTENTS["single_choice"], "key": {"kind": "choice", "correct": ["a", "b"]}}
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted(content=flawed))
    assert made.status == 201
    assert [flaw["path"] for flaw in made.body["flaws"]] == ["key.correct"]
    refused = await board.call("katherine", "POST", f"/items/{made.body['item_id']}/publish")
    assert (refused.status, refused.body["code"]) == (422, "flawed")
    assert "exactly one choice" in refused.body["fields"]["key.correct"]
    checked = await board.call("katherine", "POST", "/item-checks", flawed)
    assert checked.body["flaws"] == made.body["flaws"]


async def test_retired_items_are_not_changed_until_they_are_revived(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    path = f"/items/{made.body['item_id']}"
    await board.call("katherine", "POST", f"{path}/publish")
    retired = await board.call("katherine", "POST", f"{path}/retire")
    assert retired.body["state"] == "retired"
    assert [one["action"] for one in retired.body["actions"]] == ["revive"]
    assert (await board.call("katherine", "PUT", path, wanted(), if_match=retired.etag)).status == 409
    assert (await board.call("katherine", "POST", f"{path}/publish")).body["code"] == "move-refused"
    revived = await board.call("katherine", "POST", f"{path}/revive")
    assert revived.body["state"] == "draft"
    published = await board.call("katherine", "POST", f"{path}/publish")
    assert (published.body["state"], len(published.body["versions"])) == ("published", 1)


async def test_a_copy_is_a_draft_of_its_own(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted(tags=["t"]))
    copy = await board.call("katherine", "POST", f"/items/{made.body['item_id']}/duplicates")
    assert copy.body["item_id"] != made.body["item_id"]
    assert (copy.body["name"], copy.body["tags"]) == ("Copy of A single_choice", ["t"])


async def test_items_are_found_by_tag_difficulty_state_kind_and_words(board: ExamBoard, bank: str) -> None:
    ids = {}
    for number, (kind, tags) in enumerate((("numeric", ["sums"]), ("ordering", ["sums", "hard"]), ("code", []))):
        body = wanted(kind, tags=tags, difficulty=number + 1)
        ids[kind] = (await board.call("katherine", "POST", f"/banks/{bank}/items", body)).body["item_id"]
    await board.call("katherine", "POST", f"/items/{ids['code']}/publish")

    async def found(query: str) -> list[str]:
        answer = await board.call("katherine", "GET", f"/banks/{bank}/items?{query}")
        assert answer.status == 200, answer.body
        return [one["kind"] for one in answer.body["items"]]

    assert await found("") == ["code", "ordering", "numeric"]
    assert await found("tag=sums") == ["ordering", "numeric"]
    assert await found("tag=sums&tag=hard") == ["ordering"]
    assert await found("least_difficulty=2&most_difficulty=2") == ["ordering"]
    assert await found("state=published") == ["code"]
    assert await found("kind=numeric") == ["numeric"]
    assert await found("text=HOW%20many") == ["numeric"]
    assert await found("text=three") == ["ordering"]
    tags = (await board.call("katherine", "GET", f"/banks/{bank}/tags")).body["items"]
    assert tags == [{"tag": "sums", "items": 2}, {"tag": "hard", "items": 1}]


async def test_a_long_bank_is_paged_without_gaps_or_doubles(board: ExamBoard, bank: str) -> None:
    made = [(await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())).body["item_id"] for _ in range(7)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await board.call("katherine", "GET", f"/banks/{bank}/items?limit=3{cursor}")).body
        seen += [one["item_id"] for one in page["items"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]
    other = await board.call("katherine", "GET", f"/banks/{bank}/items?limit=3&text=x{cursor}")
    assert other.body["code"] == "cursor-mismatch"


async def test_a_create_that_is_sent_twice_is_done_once(board: ExamBoard, bank: str) -> None:
    first = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted(), idempotency_key="key-12345")
    second = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted(), idempotency_key="key-12345")
    assert first.body == second.body
    assert (await board.call("katherine", "GET", f"/banks/{bank}")).body["items"] == {"draft": 1}


async def test_others_banks_and_items_are_not_found(board: ExamBoard) -> None:
    own = {"name": "Ours", "organisation_id": "org_1"}
    bank = (await board.call("owner", "POST", "/banks", own)).body["bank_id"]
    item = (await board.call("owner", "POST", f"/banks/{bank}/items", wanted())).body["item_id"]
    await board.call("owner", "POST", f"/items/{item}/publish")
    for who in ("rival", "member", "ada", "grace"):
        for method, path, body in (
            ("GET", f"/banks/{bank}", None),
            ("GET", f"/banks/{bank}/items", None),
            ("GET", f"/banks/{bank}/tags", None),
            ("POST", f"/banks/{bank}/items", wanted()),
            ("GET", f"/items/{item}", None),
            ("GET", f"/items/{item}/versions", None),
            ("POST", f"/items/{item}/publish", None),
            ("POST", f"/items/{item}/duplicates", None),
        ):
            answer = await board.call(who, method, path, body)
            assert answer.status == 404, (who, method, path, answer.body)
        assert (await board.call(who, "GET", "/banks")).body["items"] == []
    assert (await board.call("rival", "POST", "/banks", own)).status == 403
    assert (await board.call("ada", "POST", "/banks", {"name": "Mine"})).status == 403
    assert (await board.call("katherine", "GET", f"/items/{item}")).status == 200, "platform staff look everywhere"


async def test_an_archived_bank_takes_nothing_new(board: ExamBoard, bank: str) -> None:
    read = await board.call("katherine", "GET", f"/banks/{bank}")
    edited = {"name": "Sums", "is_archived": True}
    assert (await board.call("katherine", "PUT", f"/banks/{bank}", edited, if_match=read.etag)).status == 200
    refused = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    assert "is archived" in refused.body["detail"]


async def test_what_authors_do_is_in_the_audit_log(board: ExamBoard, bank: str) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    await board.call("katherine", "POST", f"/items/{made.body['item_id']}/publish")
    assert await board.actions() == ["assessments.create_bank", "assessments.create_item", "assessments.publish_item"]


async def test_a_process_killed_between_version_and_item_is_finished_by_the_next_click(
    board: ExamBoard, bank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await board.call("katherine", "POST", f"/banks/{bank}/items", wanted())
    item_id = made.body["item_id"]

    async def die(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(board.store.items, "change", die)
        assert (await board.call("katherine", "POST", f"/items/{item_id}/publish")).status == 500
    assert await board.store.item_versions.get(f"{item_id}@1") is not None
    published = await board.call("katherine", "POST", f"/items/{item_id}/publish")
    assert published.body["versions"] == [f"{item_id}@1"]
