"""No answer key reaches a candidate before its release: every route and socket event is walked, and looked through.

Whatever a candidate must not see carries a canary: keys, rationales, rubrics, model answers, names of items and tags.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pytest_aiohttp import AiohttpClient

from guildhall.assessments.lifecycle import OVER, AttemptState
from guildhall.assessments.model.attempts import Attempt, AttemptClock
from guildhall.assessments.model.exams import Delivery, Invitation
from guildhall.assessments.namespace import ExamNamespace
from guildhall.assessments.routes import routes
from guildhall.assessments.rules.drawing import draw_form
from guildhall.kit.http import Operation
from guildhall.kit.sockets import SocketServer, SocketSettings
from guildhall.kit.sockets.events import declared_handlers
from guildhall.kit.storage import StorageSettings, open_storage
from tests.fakes.client import SocketClient
from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.written import CONTENTS
from tests.guildhall.chat.house import ChatHouse

CANARY = "CANARY"
NUMBER = "424242.42"
KINDS = tuple(CONTENTS)


def guarded(kind: str) -> dict[str, Any]:
    """An item of this kind whose key, and all that only authors see, can be told from everything else."""
    raw: dict[str, Any] = json.loads(json.dumps(CONTENTS[kind]))
    raw["rationale"] = f"{CANARY} rationale"
    match raw["key"]["kind"]:
        case "numeric":
            raw["key"]["value"] = NUMBER
        case "text":
            raw["key"]["accepted"] = [f"{CANARY} accepted"]
        case "rubric":
            raw["key"]["criteria"][0] |= {"title": f"{CANARY} title", "description": f"{CANARY} description"}
            raw["key"]["model_answer"] = f"{CANARY} model answer"
    return {"name": f"{CANARY} name of {kind}", "content": raw, "tags": [f"{CANARY.lower()}-tag"]}


@pytest.fixture
async def board(tmp_path: Path, aiohttp_client: AiohttpClient) -> AsyncIterator[ExamBoard]:
    """An exam with one item of each kind, published, delivered, and Ada sitting it."""
    storage = open_storage(StorageSettings(sqlite_path=tmp_path / "board.sqlite3"))
    await storage.start()
    opened = ExamBoard(storage, tmp_path / "blobs")
    await opened.start()
    chat = ChatHouse(storage, opened.clock, assignments=opened.service.assigning)
    await chat.store.ensure()
    opened.service.asking.talks = chat.service.talks
    opened.http = await aiohttp_client(await opened.app())
    yield opened
    await opened.http.close()
    await opened.blobs.close()
    await storage.close()


async def set_out(board: ExamBoard) -> dict[str, str]:
    """Everything there is to ask for, by the names that paths use."""
    bank = str((await board.call("katherine", "POST", "/banks", {"name": "A bank"})).body["bank_id"])
    item = ""
    for kind in KINDS:
        made = await board.call("katherine", "POST", f"/banks/{bank}/items", guarded(kind))
        item = str(made.body["item_id"])
        assert (await board.call("katherine", "POST", f"/items/{item}/publish")).status == 200
    source = {"kind": "draw", "bank_id": bank, "count": len(KINDS)}
    plan = {
        "title": "An exam",
        "duration_seconds": 3600,
        "feedback": "keys",
        "release": "by_hand",
        "sections": [{"id": "s1", "title": "One", "sources": [source]}],
    }
    exam = await board.call("katherine", "POST", "/exams", {"plan": plan})
    exam_path = f"/exams/{exam.body['exam_id']}/publish"
    version = (await board.call("katherine", "POST", exam_path, if_match=exam.etag)).body["versions"][0]
    await _sit(board, version)
    return {
        "bank_id": bank,
        "item_id": item,
        "exam_id": exam.body["exam_id"],
        "version_id": f"{item}@1",
        "delivery_id": "dlv_1",
        "invitation_id": "inv_1",
        "attempt_id": "att_1",
        "result_id": "att_1",
        "blob_id": "pic_1",
        "slot_id": "q1",
    }


async def _sit(board: ExamBoard, version_id: str) -> None:
    now_ms = board.clock.now_ms()
    version = await board.store.exam_versions.read(version_id)
    items = await board.store.versions_named([one for pool in version.pools for one in pool.version_ids])
    window = {"opens_at_ms": now_ms - 1000, "closes_at_ms": now_ms + 10_000_000}
    common = {"created_at_ms": now_ms, "organisation_id": ""}
    await board.store.deliveries.add(
        Delivery.model_validate(
            {
                "_id": "dlv_1",
                "exam_version_id": version_id,
                "title": "Spring",
                "attempts_allowed": 5,
                **common,
                **window,
            }
        )
    )
    await board.store.invitations.add(
        Invitation.model_validate(
            {
                "_id": "inv_1",
                "delivery_id": "dlv_1",
                "email": "ada@example.org",
                "email_key": "ada@example.org",
                "name": "Ada",
                "account_id": "usr_ada",
                "attempts": ("att_1",),
                **common,
            }
        )
    )
    await board.store.attempts.add(
        Attempt(
            id="att_1",
            created_at_ms=now_ms,
            invitation_id="inv_1",
            delivery_id="dlv_1",
            exam_version_id=version_id,
            organisation_id="",
            account_id="usr_ada",
            candidate_name="Ada",
            exam_title="An exam",
            number=1,
            closes_at_ms=now_ms + 10_000_000,
            form=draw_form(version, items, "seed"),
            state=AttemptState.RUNNING,
            state_since_ms=now_ms,
            due_at_ms=now_ms + 3_600_000,
            clock=AttemptClock(budget_ms=3_600_000, started_at_ms=now_ms),
        )
    )


BODIES: dict[str, Any] = {
    "give_answers": {"answers": [{"key": "k1", "slot_id": "q1", "response": None, "client_at_ms": 1}]},
    "check_item": CONTENTS["numeric"],
    "create_bank": {"name": "Mine"},
    "create_item": {"name": "x", "content": CONTENTS["numeric"]},
    "edit_item": {"name": "x", "content": CONTENTS["numeric"]},
    "edit_bank": {"name": "x"},
    "preview_exam": {},
}


async def walk(board: ExamBoard, names: dict[str, str], who: str) -> dict[str, int]:
    """Call every route there is; the statuses, by operation. Raises where an answer tells a canary."""
    walked: dict[str, int] = {}
    for operation in _operations(board):
        body: Any = None
        if operation.body is not None:
            body = BODIES.get(operation.name, {"attempt_id": "att_1", "invitation_id": "inv_1"})
        headers = {"if_match": "*"} if operation.if_match != "none" else {}
        if operation.takes:
            body, headers = b"x", {**headers, "content_type": operation.takes[0]}
        path = operation.path.format_map({**dict.fromkeys(operation.path_names, "x"), **names})
        answer = await board.call(who, operation.method, path, body, **headers)
        text = answer.raw.decode(errors="replace") + json.dumps(dict(answer.headers))
        assert CANARY.casefold() not in text.casefold(), (operation.name, text[:2000])
        assert NUMBER not in text, (operation.name, text[:2000])
        assert '"correct"' not in text, (operation.name, text[:2000])
        assert answer.status < 500, (operation.name, answer.body)
        walked[operation.name] = answer.status
    return walked


def _operations(board: ExamBoard) -> list[Operation]:
    return [route.operation for route in routes(board.service)]


@pytest.mark.parametrize("who", ["ada", "rival", "member", "grace", ""])
async def test_no_route_tells_a_key_to_a_candidate_who_is_sitting(board: ExamBoard, who: str) -> None:
    walked = await walk(board, await set_out(board), who)
    assert len(walked) == len(_operations(board))
    if who == "ada":
        assert walked["read_own_attempt"] == 200, "the walk has seen the exam itself"


async def test_no_route_tells_a_key_after_the_end_before_the_release(board: ExamBoard) -> None:
    names = await set_out(board)
    submitted = {"state": AttemptState.SUBMITTED, "over_at_ms": board.clock.now_ms(), "unsettled": True}
    assert AttemptState.SUBMITTED in OVER
    await board.store.attempts.change("att_1", 0, lambda seen: seen.model_copy(update=submitted))
    await board.service.grading.settle_attempt(await board.store.attempts.read("att_1"))
    assert await board.store.results.get("att_1") is not None
    await walk(board, names, "ada")


async def test_the_walk_would_notice(board: ExamBoard) -> None:
    """An author sees it all: so what candidates are spared is there to be seen."""
    with pytest.raises(AssertionError):
        await walk(board, await set_out(board), "katherine")


EVENTS: dict[str, tuple[dict[str, Any], ...]] = {
    "time": ({"sent_at_ms": 1},),
    "renew_token": ({"token": "x.y.z"},),
    "check_in": ({},),
    "begin": ({},),
    "answers": (
        {"answers": [{"key": "k1", "slot_id": "q1", "response": None, "client_at_ms": 1}]},
        {"answers": [{"key": "k2", "slot_id": "q2", "response": {"kind": "written", "text": "?"}, "client_at_ms": 1}]},
        {
            "answers": [
                {"key": "k3", "slot_id": "zz", "response": {"kind": "chosen", "chosen": ["a"]}, "client_at_ms": 1}
            ]
        },
    ),
    "leave_section": ({"section_id": "nowhere"},),
    "take_break": ({},),
    "end_break": ({},),
    "submit": ({},),
}
"""What a page may send, in the order of an exam; what does not fit is answered too, and looked through."""


async def test_no_event_tells_a_key_to_a_candidate_from_the_door_to_the_end(board: ExamBoard) -> None:
    await set_out(board)
    namespace = ExamNamespace(board.service)
    assert set(declared_handlers(namespace, {})) == set(EVENTS), "every event there is"
    sockets = SocketServer(SocketSettings(), board.clock)
    sockets.add(namespace)
    app = web.Application()
    sockets.attach(app)
    server = TestServer(app)
    await server.start_server()
    try:
        token = board.service.sitting.exam_token(await board.store.attempts.read("att_1"), "ses_1")
        async with SocketClient(str(server.make_url("/")), "/exam", token) as page:
            await page.hear(lambda event, message: event == "attempt" and len(message["slots"]) == len(KINDS))
            answers = [await page.call(event, message) for event, sent in EVENTS.items() for message in sent]
            assert answers[-1]["attempt"]["state"] == "submitted"  # a page's own action is told by its answer alone
            told = json.dumps([answers, page.told])
        assert CANARY.casefold() not in told.casefold()
        assert NUMBER not in told
        assert '"correct"' not in told
    finally:
        await board.service.seating.close()
        await server.close()
