import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from guildhall.kit.errors import NotFound
from guildhall.kit.sockets import SocketSettings
from tests.guildhall.kit.sockets.room import LIFETIME_MS, Number, Serve, Served, until

SECRET = "the secret is in this text"


def logged_events(logged: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


async def test_an_event_is_answered_with_the_fields_of_its_reply(serve: Serve) -> None:
    ada = await (await serve()).connect()
    assert await ada.call("say", {"text": "hello"}) == {"text": "hello"}
    assert await ada.call("seldom", {"number": 1}) == {}


@pytest.mark.parametrize(
    "event",
    [
        "nothing",
        "on_say",
        "secret",
        "on_secret",
        "repeat",
        "admit",
        "welcome",
        "part",
        "say ",
        "__init__",
        "*",
        "x" * 200,
    ],
)
async def test_an_event_that_is_not_declared_is_not_found_whatever_methods_there_are(serve: Serve, event: str) -> None:
    served = await serve()
    ada = await served.connect()
    problem = await ada.problem(event, {"text": "x"})
    assert (problem["status"], problem["type"]) == (404, "not-found")
    assert len(problem["detail"]) < 100
    assert served.room.happened == []


@pytest.mark.parametrize("event", ["connect", "disconnect"])
async def test_the_librarys_own_events_cannot_be_sent(serve: Serve, event: str) -> None:
    served = await serve()
    ada = await served.connect()
    assert (await ada.problem(event, {}))["status"] == 404
    assert served.room.happened == []
    assert len(served.room.handshakes) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "takes one argument"),
        (({"text": "x"}, {"text": "y"}), "takes one argument"),
        (("text",), "its argument must be an object with fields"),
        ((None,), "its argument must be an object with fields"),
        (([{"text": "x"}],), "its argument must be an object with fields"),
        ((b"text",), "its argument must be an object with fields"),
        (({},), "`text` is missing"),
        (({"text": 5},), "`text` must be text"),
        (({"text": b"binary"},), "`text` must be text"),
        (({"text": "x", "more": 1},), "`more` is not expected here"),
    ],
)
async def test_a_payload_of_the_wrong_shape_is_told_what_is_wrong(
    serve: Serve, arguments: tuple[Any, ...], words: str
) -> None:
    served = await serve()
    ada = await served.connect()
    problem = await ada.problem("say", *arguments)
    assert problem["status"] == 422
    assert words in problem["detail"]
    assert served.room.happened == []


async def test_a_wrong_field_is_named_by_its_path(serve: Serve) -> None:
    ada = await (await serve()).connect()
    problem = await ada.problem("picture", {"number": "1", "jpeg": "text", "parts": {"left": "text"}})
    assert problem["fields"] == {
        "number": "must be a whole number",
        "jpeg": "must be binary",
        "parts.left": "must be binary",
    }


async def test_a_thousand_wrong_fields_with_long_names_make_a_short_answer(serve: Serve) -> None:
    ada = await (await serve()).connect()
    problem = await ada.problem("picture", {f"{number}" + "x" * 90: 1 for number in range(900)})
    assert len(json.dumps(problem)) < 3000


async def test_binary_parts_arrive_wherever_they_are_nested(serve: Serve) -> None:
    ada = await (await serve()).connect()
    message = {"number": 1, "parts": {"left": b"\x00" * 10, "right": b"\xff" * 20}, "jpeg": b"\xff\xd8" * 500}
    assert await ada.call("picture", message) == {"number": 1030}


async def test_the_size_of_an_event_counts_its_binary_parts(serve: Serve) -> None:
    ada = await (await serve()).connect()
    within = {"number": 1, "parts": {"left": b"x" * 40_000}, "jpeg": b"x" * 59_000}
    assert await ada.call("picture", within) == {"number": 99_000}
    problem = await ada.problem("picture", {**within, "parts": {"left": b"x" * 42_000}})
    assert problem["status"] == 413
    assert "100000 bytes" in problem["detail"]
    assert (await ada.problem("say", {"text": "é" * 1001}))["status"] == 413
    assert await ada.call("say", {"text": "still here"}) == {"text": "still here"}


async def test_too_often_is_refused_until_the_time_it_says(serve: Serve) -> None:
    served = await serve()
    ada, bob = await served.connect("ada"), await served.connect("bob")
    for _ in range(2):
        assert await ada.call("seldom", {"number": 1}) == {}
    problem = await ada.problem("seldom", {"number": 1})
    assert (problem["status"], problem["retry_after_ms"]) == (429, 500)
    assert await bob.call("seldom", {"number": 1}) == {}
    assert await ada.call("say", {"text": "x"}) == {"text": "x"}
    served.clock.advance(problem["retry_after_ms"])
    assert await ada.call("seldom", {"number": 1}) == {}


async def test_a_crash_is_logged_under_the_id_it_is_answered_with_and_says_nothing_else(
    serve: Serve, logged: io.StringIO
) -> None:
    served = await serve()
    served.room.doors[-1] = asyncio.Event()
    served.room.doors[-1].set()
    ada = await served.connect()
    for problem in (await ada.problem("crash", {"number": 1}), await ada.problem("in_background", {"number": -1})):
        assert problem["status"] == 500
        assert SECRET not in json.dumps(problem)
        (crash,) = (line for line in logged_events(logged) if line.get("error_id", "?") in problem["detail"])
        assert SECRET in crash["exception"]
    assert await ada.call("say", {"text": "still here"}) == {"text": "still here"}


async def test_events_of_one_connection_run_one_at_a_time_in_their_order(serve: Serve) -> None:
    served = await serve(SocketSettings(max_waiting=100))
    ada = await served.connect()
    numbers = list(range(30))
    replies = await asyncio.gather(*(ada.call("wait", {"number": number}) for number in numbers))
    assert [reply["number"] for reply in replies] == numbers
    assert served.room.most_running == 1
    assert served.room.happened == [word for number in numbers for word in (f"begin {number}", f"end {number}")]


async def test_connections_do_not_wait_for_each_other(serve: Serve) -> None:
    served = await serve()
    served.room.doors[1] = asyncio.Event()
    ada, bob = await served.connect("ada"), await served.connect("bob")
    await ada.emit("wait", {"number": 1})
    assert await bob.call("wait", {"number": 2}) == {"number": 2}
    served.room.doors[1].set()


async def test_the_newest_event_is_refused_when_too_many_wait(serve: Serve) -> None:
    served = await serve(SocketSettings(max_waiting=3))
    served.room.doors[0] = asyncio.Event()
    ada = await served.connect()
    await ada.emit("wait", {"number": 0})
    await until(lambda: served.room.happened == ["begin 0"])
    waiting = [asyncio.create_task(ada.call("wait", {"number": number})) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    problem = await ada.problem("wait", {"number": 4})
    assert problem["status"] == 429
    assert problem["retry_after_ms"] > 0
    served.room.doors[0].set()
    assert [await each for each in waiting] == [{"number": 1}, {"number": 2}, {"number": 3}]
    assert "begin 4" not in served.room.happened


async def test_answers_that_come_later_overlap_while_what_is_taken_stays_in_order(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect()
    first, second = (asyncio.create_task(ada.call("later", {"number": number})) for number in (1, 2))
    await until(lambda: served.room.happened == ["take 1", "take 2"])
    assert await ada.call("say", {"text": "between"}) == {"text": "between"}
    served.room.gates[2].set_result(Number(number=20))
    assert await second == {"number": 20}
    assert not first.done()
    served.room.gates[1].set_result(Number(number=10))
    assert await first == {"number": 10}


async def test_answers_that_come_later_keep_their_place_among_those_waiting(serve: Serve) -> None:
    served = await serve(SocketSettings(max_waiting=2))
    ada = await served.connect()
    for number in (1, 2):
        await ada.emit("later", {"number": number})
    await until(lambda: len(served.room.gates) == 2)
    assert (await ada.problem("say", {"text": "x"}))["status"] == 429
    served.room.gates[1].set_result(Number(number=1))
    await asyncio.sleep(0)
    assert await ada.call("say", {"text": "x"}) == {"text": "x"}


async def test_an_answer_that_is_given_up_or_fails_is_a_problem(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect()
    given_up, failed = (asyncio.create_task(ada.problem("later", {"number": number})) for number in (1, 2))
    await until(lambda: len(served.room.gates) == 2)
    served.room.gates[1].cancel()
    served.room.gates[2].set_exception(NotFound("No such thing."))
    assert ((await given_up)["status"], (await failed)["status"]) == (503, 404)


async def test_an_event_that_wants_no_acknowledgement_gets_none(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect()
    for event, message in (("say", {"text": "quiet"}), ("say", {"text": 1}), ("nothing", {}), ("crash", {"number": 1})):
        await ada.emit(event, message)
    assert await ada.call("say", {"text": "x"}) == {"text": "x"}
    assert served.room.happened == ["say quiet", "say x"]


async def test_an_event_after_its_token_expired_is_refused_and_ends_the_connection(serve: Serve) -> None:
    served = await serve(SocketSettings(sweep_seconds=60))
    ada = await served.connect()
    served.clock.advance(LIFETIME_MS - 1)
    assert await ada.call("say", {"text": "in time"}) == {"text": "in time"}
    served.clock.advance(1)
    problem = await ada.problem("say", {"text": "late"})
    assert problem["status"] == 401
    assert "expired" in problem["detail"]
    await until(lambda: ada.disconnects)
    await until(lambda: served.room.happened == ["say in time", "part ada: token expired"])


async def test_an_event_that_takes_too_long_is_given_up_and_those_behind_it_run(serve: Serve) -> None:
    served = await serve(SocketSettings(handler_seconds=0.05))
    served.room.doors[1] = asyncio.Event()
    ada = await served.connect()
    problem = await ada.problem("wait", {"number": 1})
    assert problem["status"] == 503
    assert "took too long" in problem["detail"]
    assert await ada.call("say", {"text": "next"}) == {"text": "next"}


async def test_whoever_leaves_in_the_middle_lets_what_runs_end_and_leaves_no_task(serve: Serve) -> None:
    served = await serve()
    served.room.doors = {1: asyncio.Event(), 2: asyncio.Event()}
    ada = await served.connect()
    await ada.emit("in_background", {"number": 2})
    for number in (1, 3, 4):
        await ada.emit("wait", {"number": number})
    await until(lambda: "begin 1" in served.room.happened)
    await ada.io.disconnect()
    await until(lambda: served.sockets.peers == 0)
    for door in served.room.doors.values():
        door.set()
    await until(lambda: len(served.room.happened) == 4)
    in_order = [word.partition(":")[0] for word in served.room.happened if word != "done 2"]
    assert in_order == ["begin 1", "end 1", "part ada"]
    assert "done 2" in served.room.happened
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name().startswith("events:")])


async def test_a_handler_may_disconnect_its_own_peer(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect()
    await ada.emit("leave", {"number": 1})
    await until(lambda: ada.disconnects)
    await until(lambda: served.room.happened == ["part ada: it asked to"])


async def closing_words(served: Served, packets: list[str]) -> list[str]:
    """What a client that sends these packets hears before its namespace is closed."""
    heard: list[str] = []
    async with aiohttp.ClientSession() as http, asyncio.timeout(5):
        socket = await http.ws_connect(f"{served.url}socket.io/?EIO=4&transport=websocket")
        await socket.send_str('40/room,{"token":"ada"}')
        for packet in packets:
            await socket.send_str(packet)
        while not heard or heard[-1] != "41/room,":
            heard.append(await socket.receive_str())
    return heard


@pytest.mark.parametrize("event", ['["nothing",{}]', '["say",{"text":5}]', "[]", '["say"]'])
async def test_who_keeps_on_sending_what_is_refused_is_told_so_and_disconnected(serve: Serve, event: str) -> None:
    served = await serve(SocketSettings(max_refusals=10))
    heard = await closing_words(served, [f"42/room,{number}{event}" for number in range(50)])
    assert sum(word.startswith("43") for word in heard) == 11
    assert heard[-2] == '42/room,["session_closed",{"reason":"too_many_refusals"}]'
    await until(lambda: served.room.happened == ["part ada: too many refusals"])


async def test_who_sends_too_often_for_too_long_is_disconnected(serve: Serve) -> None:
    served = await serve(SocketSettings(max_refusals=10))
    heard = await closing_words(served, [f'42/room,{number}["seldom",{{"number":1}}]' for number in range(50)])
    assert sum('"status":429' in word for word in heard) == 11


async def test_a_refusal_now_and_then_is_forgiven(serve: Serve) -> None:
    served = await serve(SocketSettings(max_refusals=2))
    ada = await served.connect()
    for _ in range(10):
        assert (await ada.problem("nothing", {}))["status"] == 404
        served.clock.advance(1000)
    assert ada.disconnects == []


async def test_events_refused_because_too_many_wait_are_not_held_against_the_client(serve: Serve) -> None:
    served = await serve(SocketSettings(max_waiting=1, max_refusals=1))
    served.room.doors[0] = asyncio.Event()
    ada = await served.connect()
    await ada.emit("wait", {"number": 0})
    await until(lambda: served.room.happened == ["begin 0"])
    await ada.emit("wait", {"number": 1})
    for _ in range(5):
        assert (await ada.problem("wait", {"number": 2}))["status"] == 429
    served.room.doors[0].set()
    await until(lambda: "end 1" in served.room.happened)
    assert ada.disconnects == []
