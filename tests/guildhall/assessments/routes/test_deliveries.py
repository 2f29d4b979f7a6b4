import asyncio
from typing import Any

import pytest

from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.written import CONTENTS

HOUR_MS = 3_600_000


@pytest.fixture
async def version(board: ExamBoard) -> str:
    return await published(board, "katherine")


async def published(board: ExamBoard, who: str, organisation_id: str = "", **changes: Any) -> str:
    bank = await board.call(who, "POST", "/banks", {"name": "Sums", "organisation_id": organisation_id})
    bank_id = bank.body["bank_id"]
    item = await board.call(who, "POST", f"/banks/{bank_id}/items", {"name": "x", "content": CONTENTS["numeric"]})
    await board.call(who, "POST", f"/items/{item.body['item_id']}/publish")
    sections = [{"id": "s1", "title": "One", "sources": [{"kind": "draw", "bank_id": bank_id, "count": 1}]}]
    plan = {"title": "An exam", "duration_seconds": 600, "sections": sections, **changes}
    exam = await board.call(who, "POST", "/exams", {"organisation_id": organisation_id, "plan": plan})
    done = await board.call(who, "POST", f"/exams/{exam.body['exam_id']}/publish", if_match=exam.etag)
    return str(done.body["versions"][-1])


def wanted(board: ExamBoard, version: str, **changes: Any) -> dict[str, Any]:
    now_ms = board.clock.now_ms()
    return {
        "exam_version_id": version,
        "title": "Spring",
        "opens_at_ms": now_ms,
        "closes_at_ms": now_ms + HOUR_MS,
        **changes,
    }


async def deliver(board: ExamBoard, version: str, **changes: Any) -> str:
    made = await board.call("katherine", "POST", "/deliveries", wanted(board, version, **changes))
    assert made.status == 201, made.body
    return str(made.body["delivery_id"])


async def mails(board: ExamBoard, to: str) -> list[str]:
    await board.outbox.deliver_due()
    return [kept.mail.text for kept in await board.mailbox.newest(to, 50)]


async def test_a_delivery_has_a_window_and_people(board: ExamBoard, version: str) -> None:
    delivery = await deliver(board, version)
    person = {"name": "Ada Lovelace", "email": "Ada@Example.org"}
    invited = await board.call("katherine", "POST", f"/deliveries/{delivery}/invitations", person)
    assert (invited.status, invited.body["email"]) == (201, "Ada@example.org")
    assert [one.email_key for one in await board.store.invitations_for("ada@example.org")] == ["ada@example.org"]
    [text] = await mails(board, "Ada@example.org")
    assert "“Spring”" in text
    assert "/exams" in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_at_ms": 10, "closes_at_ms": 5}, "closes_at_ms"),
        ({"opens_at_ms": 5, "closes_at_ms": 10}, "closes_at_ms"),
    ],
)
async def test_a_window_that_cannot_be_is_refused(
    board: ExamBoard, version: str, changes: dict[str, int], field: str
) -> None:
    refused = await board.call("katherine", "POST", "/deliveries", wanted(board, version, **changes))
    assert (refused.status, list(refused.body["fields"])) == (422, [field])


async def test_a_pasted_list_invites_the_good_lines_and_tells_the_bad_ones(board: ExamBoard, version: str) -> None:
    delivery = await deliver(board, version)
    text = "Name,E-mail\nAda,ada@example.org\nnobody\nGrace;grace@example.org\n"
    taken = await board.call("katherine", "POST", f"/deliveries/{delivery}/rosters", {"text": text})
    assert [one["email"] for one in taken.body["invited"]] == ["ada@example.org", "grace@example.org"]
    assert taken.body["refused"] == [{"line": 3, "text": "nobody", "reason": "There is no e-mail address in it."}]
    again = await board.call("katherine", "POST", f"/deliveries/{delivery}/rosters", {"text": text})
    assert (again.body["invited"], len(again.body["already"])) == ([], 2)
    assert len(await mails(board, "ada@example.org")) == 1, "nobody is mailed twice"
    listed = await board.call("katherine", "GET", f"/deliveries/{delivery}/invitations?limit=1")
    assert (len(listed.body["items"]), listed.body["has_more"]) == (1, True)


async def test_two_lists_at_once_invite_everybody_once(board: ExamBoard, version: str) -> None:
    delivery = await deliver(board, version)
    text = "\n".join(f"p{n}@example.org" for n in range(30))
    both = await asyncio.gather(
        *(board.call("katherine", "POST", f"/deliveries/{delivery}/rosters", {"text": text}) for _ in range(2))
    )
    assert sum(len(one.body["invited"]) for one in both) == 30
    assert sum(len(one.body["already"]) for one in both) == 30


async def test_a_process_killed_before_the_mail_is_finished_by_the_same_list(
    board: ExamBoard, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = await deliver(board, version)

    async def die(*_: Any) -> None:
        raise RuntimeError("killed")

    path, body = f"/deliveries/{delivery}/rosters", {"text": "ada@example.org"}
    with monkeypatch.context() as patched:
        patched.setattr(board.outbox, "enqueue", die)
        assert (await board.call("katherine", "POST", path, body)).status == 500
    await board.call("katherine", "POST", path, body)
    assert len(await mails(board, "ada@example.org")) == 1


async def test_accommodations_are_seen_as_exceptions_and_never_as_reasons(board: ExamBoard, version: str) -> None:
    delivery = await deliver(board, version)
    path = f"/deliveries/{delivery}/invitations"
    invited = await board.call("katherine", "POST", path, {"name": "Ada", "email": "ada@example.org"})
    own = f"/invitations/{invited.body['invitation_id']}"
    edited = {"name": "Ada", "accommodation": {"extra_time_percent": 50, "note": "see letter"}}
    assert (await board.call("katherine", "PUT", own, edited)).status == 428
    done = await board.call("katherine", "PUT", own, edited, if_match="1")
    assert done.body["exceptions"] == ["50 % more time"]
    assert (await board.call("katherine", "PUT", own, edited, if_match="1")).status == 412
    entries = await board.audit.read(0, 100)
    assert "see letter" not in "".join(entry.model_dump_json() for entry in entries)


async def test_withdrawing_inviting_again_and_sending_once_more(board: ExamBoard, version: str) -> None:
    delivery = await deliver(board, version)
    path, person = f"/deliveries/{delivery}/invitations", {"name": "Ada", "email": "ada@example.org"}
    own = f"/invitations/{(await board.call('katherine', 'POST', path, person)).body['invitation_id']}"
    assert (await board.call("katherine", "POST", f"{own}/withdraw")).body["is_withdrawn"] is True
    assert (await board.call("katherine", "POST", f"{own}/resend")).status == 409
    assert (await board.call("katherine", "POST", path, person)).body["is_withdrawn"] is False
    for _ in range(2):
        assert (await board.call("katherine", "POST", f"{own}/resend")).status == 200
    assert len(await mails(board, "ada@example.org")) == 2, "once more within a minute is once more"


async def test_nobody_is_invited_to_what_is_cancelled_or_over(board: ExamBoard, version: str) -> None:
    delivery = await deliver(board, version)
    person = {"name": "Ada", "email": "ada@example.org"}
    board.clock.advance(2 * HOUR_MS)
    over = await board.call("katherine", "POST", f"/deliveries/{delivery}/invitations", person)
    assert "window has closed" in over.body["detail"]
    other = await deliver(board, version)
    assert (await board.call("katherine", "POST", f"/deliveries/{other}/cancel")).body["is_cancelled"] is True
    cancelled = await board.call("katherine", "POST", f"/deliveries/{other}/invitations", person)
    assert "is cancelled" in cancelled.body["detail"]


async def test_keys_shown_to_early_sitters_are_warned_about(board: ExamBoard) -> None:
    version = await published(board, "katherine", feedback="keys", release="at_once")
    made = await board.call("katherine", "POST", "/deliveries", wanted(board, version))
    assert "who sits early can tell others" in made.body["warnings"][0]
    practice = await board.call("katherine", "POST", "/deliveries", wanted(board, version, is_practice=True))
    assert practice.body["warnings"] == []


async def test_others_deliveries_are_not_found(board: ExamBoard) -> None:
    version = await published(board, "owner", "org_1")
    made = await board.call("owner", "POST", "/deliveries", wanted(board, version))
    path = f"/deliveries/{made.body['delivery_id']}"
    person = {"name": "Ada", "email": "ada@example.org"}
    invited = await board.call("owner", "POST", f"{path}/invitations", person)
    own = f"/invitations/{invited.body['invitation_id']}"
    for who in ("rival", "member", "ada"):
        assert (await board.call(who, "GET", "/deliveries")).body["items"] == []
        for method, at, body in (
            ("GET", path, None),
            ("POST", f"{path}/cancel", None),
            ("GET", f"{path}/invitations", None),
            ("POST", f"{path}/invitations", person),
            ("POST", f"{path}/rosters", {"text": "x@example.org"}),
            ("POST", f"{own}/withdraw", None),
            ("POST", f"{own}/resend", None),
            ("PUT", own, {"name": "x", "accommodation": {}}),
        ):
            assert (await board.call(who, method, at, body, if_match="*")).status == 404, (who, at)
        assert (await board.call(who, "POST", "/deliveries", wanted(board, version))).status == 404
