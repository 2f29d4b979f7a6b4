"""The exam's socket on a real server and a real port, over the house of the other tests."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.messages.sitting import AttemptShown
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.namespace import ExamNamespace
from guildhall.assessments.service.turns import attempt_topic
from guildhall.kit.sockets import SocketServer, SocketSettings
from guildhall.kit.storage import StorageUnavailable
from tests.fakes.client import SocketClient
from tests.guildhall.assessments.conftest import ExamHall, given


class ExamDoors:
    def __init__(self, house: ExamHall) -> None:
        self.house = house
        sockets = SocketServer(SocketSettings(), house.clock)
        sockets.add(ExamNamespace(house.service))
        app = web.Application()
        sockets.attach(app)
        self.http = TestServer(app)

    def page(self, attempt: Attempt, token: str = "", **page: Any) -> SocketClient:
        token = token or self.house.service.sitting.exam_token(attempt, "ses_1")
        return SocketClient(str(self.http.make_url("/")), "/exam", token, **page)


@pytest.fixture
async def doors(house: ExamHall) -> AsyncIterator[ExamDoors]:
    doors = ExamDoors(house)
    await doors.http.start_server()
    yield doors
    await doors.http.close()


@pytest.fixture
async def elsewhere(house: ExamHall) -> AsyncIterator[ExamDoors]:
    """A second web process on the same database and bus."""
    doors = ExamDoors(house.another())
    await doors.http.start_server()
    yield doors
    await doors.house.service.seating.close()
    await doors.http.close()


def batch(*answers: Any) -> dict[str, Any]:
    return {"answers": [answer.model_dump(mode="json") for answer in answers]}


async def shown(page: SocketClient, state: str) -> dict[str, Any]:
    return await page.hear(lambda event, message: event == "attempt" and message["state"] == state)


async def test_a_page_is_shown_its_attempt_begins_answers_and_hands_in(house: ExamHall, doors: ExamDoors) -> None:
    attempt = await house.service.sitting.enter((await house.invite()).id, "usr_ada")
    async with doors.page(attempt) as page:
        welcome = await shown(page, "created")
        assert (welcome["slots"], welcome["questions"], welcome["epoch"]) == ([], 9, 1)
        begun = (await page.call("begin", {}))["attempt"]
        assert (begun["state"], len(begun["slots"])) == ("running", 9)
        taken = await page.call("answers", batch(given("k1"), given("k2", "13", follows="k1")))
        assert [outcome["in_force"] for outcome in taken["outcomes"]] == [True, True]
        over = (await page.call("submit", {}))["attempt"]
        assert (over["state"], over["receipt"]["number"]) == ("submitted", 3)
        late = await page.call("answers", batch(given("k3", "14", based_on=2)))
        assert late["outcomes"][0]["is_late"]


async def test_responses_of_every_kind_cross_the_socket(house: ExamHall, doors: ExamDoors) -> None:
    attempt = await house.begin()
    responses = [
        ("q1", {"kind": "chosen", "chosen": ["a"]}),
        ("q2", {"kind": "chosen", "chosen": ["a", "c"]}),
        ("q5", {"kind": "written", "text": "ä" * 20_000}),
        ("q6", {"kind": "ordered", "order": ["c", "a"]}),
        ("q7", {"kind": "matched", "pairs": {"x": "a"}}),
        ("q9", None),
    ]
    answers = [
        {"key": f"k{n}", "slot_id": slot, "response": response, "client_at_ms": 1}
        for n, (slot, response) in enumerate(responses)
    ]
    async with doors.page(attempt) as page:
        taken = await page.call("answers", {"answers": answers})
        assert all(outcome.get("in_force") for outcome in taken["outcomes"]), taken
    async with doors.page(attempt) as again:
        told = await shown(again, "running")
        assert {one["slot_id"]: one["response"] for one in told["answers"]} == dict(responses)


async def test_a_second_tab_takes_over_and_the_first_is_told(house: ExamHall, doors: ExamDoors) -> None:
    attempt = await house.begin()
    async with doors.page(attempt) as first:
        await shown(first, "running")
        async with doors.page(attempt) as second:
            assert (await shown(second, "running"))["epoch"] == 2
            await first.hear(lambda event, _: event == "taken_over")
            assert (await second.call("answers", batch(given("k1"))))["outcomes"][0]["in_force"]


async def test_a_page_that_took_over_is_shown_what_the_one_before_still_had_to_send(
    house: ExamHall, doors: ExamDoors, elsewhere: ExamDoors
) -> None:
    attempt = await house.begin()
    async with doors.page(attempt) as first:
        await shown(first, "running")
        async with elsewhere.page(attempt) as second:
            assert (await shown(second, "running"))["answers"] == []
            await first.hear(lambda event, _: event == "taken_over")
            await house.answer(attempt, given("k1"))  # over HTTP, as a page does that was taken over
            told = await second.hear(lambda event, message: event == "attempt" and message["answers"])
            assert [one["slot_id"] for one in told["answers"]] == ["q3"]


async def test_what_could_not_be_read_to_be_told_is_told_when_the_database_is_back(
    house: ExamHall, doors: ExamDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await house.begin()
    async with doors.page(attempt) as page:
        await shown(page, "running")
        sitting = house.service.sitting
        show, failed = sitting.show, asyncio.Event()

        async def fail_once(told: Attempt) -> AttemptShown:
            if not failed.is_set():
                failed.set()
                raise StorageUnavailable("away")
            return await show(told)

        monkeypatch.setattr(sitting, "show", fail_once)
        await house.answer(attempt, given("k1"))  # over HTTP
        told = await page.hear(lambda event, message: event == "attempt" and message["answers"])
        assert failed.is_set()
        assert [one["slot_id"] for one in told["answers"]] == ["q3"]


async def test_an_answer_on_its_way_while_another_page_took_over_is_told_to_that_one(
    house: ExamHall, doors: ExamDoors
) -> None:
    attempt = await house.begin()
    hints: list[bytes] = []
    await house.service.context.bus.subscribe(attempt_topic(attempt.id), hints.append)
    async with doors.page(attempt) as first:
        await shown(first, "running")
        await first.call("answers", batch(given("k1")))
        assert not [hint for hint in hints if b"answered" in hint]
        (seat,) = house.service.seating.seats
        seat.is_lost = True
        await first.call("answers", batch(given("k2", "13", follows="k1")))
        assert [hint for hint in hints if b"answered" in hint]


async def test_a_page_that_only_comes_back_takes_the_seat_from_no_newer_one(house: ExamHall, doors: ExamDoors) -> None:
    attempt = await house.begin()
    async with doors.page(attempt, page="the-first") as first:
        await shown(first, "running")
    async with doors.page(attempt, page="the-first", returning=True) as back:
        await shown(back, "running")  # nobody came between
        async with doors.page(attempt, page="the-second") as second:
            await back.hear(lambda event, _: event == "taken_over")
            async with doors.page(attempt, page="the-first", returning=True) as again:
                await again.hear(lambda event, _: event == "taken_over")
                assert not [event for event, _ in again.told if event == "attempt"]
            assert (await second.call("answers", batch(given("k1"))))["outcomes"][0]["in_force"]
            assert second.connected
            assert (await house.read(attempt)).page_id == "the-second"
    async with doors.page(attempt, page="the-first") as asked:  # the candidate said: use it here
        await shown(asked, "running")
        assert (await house.read(attempt)).page_id == "the-first"


async def test_a_tab_at_another_process_takes_over_too_and_turns_are_told_across(
    house: ExamHall, doors: ExamDoors, elsewhere: ExamDoors
) -> None:
    attempt = await house.begin(break_seconds=60)
    async with doors.page(attempt) as first:
        await shown(first, "running")
        async with elsewhere.page(attempt) as second:
            await shown(second, "running")
            await first.hear(lambda event, _: event == "taken_over")
            await house.service.supervision.turn(attempt.id, AttemptEvent.PAUSE, "usr_grace", "fire alarm")
            paused = await shown(second, "paused")
            assert not paused["clock"]["is_running"]
            await house.service.supervision.turn(
                attempt.id, AttemptEvent.EXTEND, "usr_grace", "it took long", extra_ms=60_000
            )
            clock = await second.hear(lambda event, _: event == "clock")
            assert clock["reason"] == "it took long"
            assert clock["clock"]["credits"][-1]["credited_ms"] == 60_000


async def test_an_outage_that_is_given_back_is_told_with_its_reason(house: ExamHall, doors: ExamDoors) -> None:
    attempt = await house.begin()
    async with doors.page(attempt) as page:
        left = (await shown(page, "running"))["clock"]["left_ms"]
        house.clock.advance(10_000)
        await house.service.time_keeping.beat()
        await house.service.time_keeping.give_back()
        told = await page.hear(lambda event, _: event == "clock")
        assert told["clock"]["left_ms"] == left
        assert "could not be reached" in told["reason"]


async def test_the_pages_clock_is_measured(house: ExamHall, doors: ExamDoors) -> None:
    async with doors.page(await house.begin()) as page:
        assert await page.call("time", {"sent_at_ms": 17}) == {
            "sent_at_ms": 17,
            "server_time_ms": house.clock.now_ms(),
        }


async def test_a_token_that_is_for_something_else_opens_nothing(house: ExamHall, doors: ExamDoors) -> None:
    page = doors.page(await house.begin(), token="none")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await page.__aenter__()
    assert page.refusal is not None


async def test_thousands_of_values_are_refused_before_they_are_read(house: ExamHall, doors: ExamDoors) -> None:
    async with doors.page(await house.begin()) as page:
        flood = {"answers": [{f"f{n}": n for n in range(5_000)}]}
        assert (await page.call("answers", flood))["problem"]["status"] == 413
        await asyncio.sleep(0)
        assert (await page.call("answers", batch(given("k1"))))["outcomes"][0]["number"] == 1


async def test_no_answer_key_is_in_anything_a_page_is_told(house: ExamHall, doors: ExamDoors) -> None:
    attempt = await house.begin()
    async with doors.page(attempt) as page:
        await shown(page, "running")
        await page.call("answers", batch(given("k1")))
        await page.call("submit", {})
        told = str(page.told)
    for part in ("correct", "tolerance", "accepted", "rubric", "criteria", "rationale", "Lovelace", "12.50"):
        assert part not in told
