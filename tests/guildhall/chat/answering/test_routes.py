"""The four routes of answering behind the real pipeline: why, should have been, what if, and what is off."""

from typing import Any

import pytest
from pytest_aiohttp import AiohttpClient

from guildhall.chat.answering.routes import PROBLEMS, routes
from guildhall.chat.faq.service.training import TrainingFailed
from guildhall.chat.faq.training.lesson import Learned, Lesson
from tests.guildhall.chat.answering.house import Desk
from tests.guildhall.chat.serving import Http, serve_routes

ASKED = "where is my parcel please"


@pytest.fixture
async def http(desk: Desk, aiohttp_client: AiohttpClient) -> Http:
    return await serve_routes(aiohttp_client, desk.chat.storage, desk.clock, routes(desk.service), PROBLEMS)


async def ask(http: Http, method: str, path: str, body: Any = None, who: str = "usr_a") -> tuple[int, Any]:
    async with http.request(method, f"/v1{path}", json=body, headers={"X-As": who}) as answer:
        return answer.status, await answer.json()


async def asked(desk: Desk) -> str:
    conversation = await desk.visit()
    await desk.ask(conversation, ASKED)
    return f"/desk/conversations/{conversation.id}"


async def test_the_card_says_what_was_asked_what_was_matched_and_how_sure_it_was(desk: Desk, http: Http) -> None:
    status, found = await ask(http, "GET", f"{await asked(desk)}/automatic-answers")
    (card,) = found["cards"]
    assert status == 200
    assert (card["question"], card["kind"], card["asked_number"], card["number"]) == (ASKED, "answer", 1, 2)
    assert (card["why"]["rule"], card["why"]["band"]) == ("probability", "answer")
    assert card["why"]["candidates"][0]["title"] == "When will my parcel arrive?"


async def test_what_it_should_have_been_becomes_a_case_and_the_outcome(desk: Desk, http: Http) -> None:
    one, right = await asked(desk), desk.entries["refund"].id
    status, kept = await ask(http, "POST", f"{one}/corrections", {"number": 2, "entry_id": right})
    assert status == 201
    case = await desk.faq.store.cases.read(kept["case_id"])
    assert (case.text, case.entry_id, case.given, case.by) == (ASKED, right, desk.entries["delivery"].id, "usr_a")
    _, found = await ask(http, "GET", f"{one}/automatic-answers")
    assert found["cards"][0]["outcome"] == right


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"number": 1}, 404),  # the question itself
        ({"number": 2, "entry_id": "faq_none"}, 404),
        ({"number": 0}, 422),
        ({"number": 2, "why": "because"}, 422),
        ({}, 422),
    ],
)
async def test_a_correction_of_nothing_is_refused_and_keeps_nothing(
    desk: Desk, http: Http, body: dict[str, Any], status: int
) -> None:
    assert (await ask(http, "POST", f"{await asked(desk)}/corrections", body))[0] == status
    assert await desk.faq.store.cases_of("shop", "en") == []


async def test_other_thresholds_are_tried_on_what_was_asked_and_change_nothing(desk: Desk, http: Http) -> None:
    await asked(desk)
    before = await desk.faq.store.matchers.read("shop/en")
    status, found = await ask(http, "POST", "/faq/replays", {"site": "shop", "answer_at": 1.0, "ask_at": 1.0})
    assert (status, found["questions"]) == (200, 1)
    assert (found["before"]["answer"], found["after"]["hand_on"]) == (1, 1)
    (changed,) = found["changed"]
    assert (changed["question"], changed["before"], changed["after"]) == (ASKED, "answer", "hand_on")
    assert await desk.faq.store.matchers.read("shop/en") == before


async def test_a_replay_that_makes_no_sense_is_refused_by_its_field(desk: Desk, http: Http) -> None:
    status, problem = await ask(http, "POST", "/faq/replays", {"site": "shop", "answer_at": 0.2, "ask_at": 0.5})
    assert (status, list(problem["fields"])) == (422, ["ask_at"])
    assert (await ask(http, "POST", "/faq/replays", {"site": "nowhere"}))[0] == 404


async def test_a_training_that_fails_for_a_replay_is_told_as_that(desk: Desk, http: Http) -> None:
    async def fail(lesson: Lesson) -> tuple[bytes, Learned]:
        raise TrainingFailed("It ran out of memory.")

    desk.faq.service.training.learn = fail  # type: ignore[method-assign]
    body = {"site": "shop", "drafts": [desk.entries["payment"].id]}
    status, problem = await ask(http, "POST", "/faq/replays", body)
    assert (status, problem["type"].rpartition("/")[2]) == (503, "training-failed")


async def test_what_is_off_says_why(http: Http) -> None:
    status, found = await ask(http, "GET", "/desk/answering")
    assert (status, found["faq"]["state"], found["ai"]["state"]) == (200, "on", "off")
    assert "no key" in found["ai"]["reason"]


async def test_who_keeps_neither_desk_nor_faq_sees_nothing_of_it(desk: Desk, http: Http) -> None:
    one = await asked(desk)
    for method, path, body in (
        ("GET", f"{one}/automatic-answers", None),
        ("POST", f"{one}/corrections", {"number": 2}),
        ("POST", "/faq/replays", {"site": "shop"}),
        ("GET", "/desk/answering", None),
    ):
        assert (await ask(http, method, path, body, "usr_nobody"))[0] == 403, path
        assert (await ask(http, method, path, body, ""))[0] == 401, path
