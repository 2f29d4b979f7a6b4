import asyncio
from typing import Any

import pytest
import socketio

from guildhall.kit.sockets.events import declared_handlers
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.messages import Head
from guildhall.proctoring.model import PROCTOR_AUDIENCE, ProctorClaims
from guildhall.proctoring.service import supervising, viewing
from tests.fakes.client import SocketClient
from tests.fakes.observations import CALM, EMPTY
from tests.guildhall.proctoring.conftest import JPEG, Hall
from tests.guildhall.proctoring.namespace.conftest import Doors, until
from tests.guildhall.proctoring.service.test_strips import absence, seated


class SlowWall(SocketClient):
    """Looks at a tile only when the test says so."""

    async def emit(self, event: str, message: dict[str, Any]) -> None:
        if event != "seen":
            await super().emit(event, message)

    def tiles(self) -> list[int]:
        return [message["number"] for event, message in self.told if event == "tile"]


async def test_a_proctor_who_watches_sees_who_is_there_and_what_happened(hall: Hall, doors: Doors) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, EMPTY, 4)
    async with doors.proctor() as proctor:
        wall = await proctor.call("watch", {"after": 0})
        synced = await proctor.call("sync", {"after": 0})
    assert (wall["exam_id"], wall["exam_title"], wall["head"]) == ("exam-1", "Algebra", 1)
    assert [(card["candidate_name"], card["state"], card["faces"]) for card in wall["candidates"]] == [
        ("Ada", "live", 0)
    ]
    assert [incident["rule"] for incident in wall["open"]] == ["absent"]
    assert synced == {"entries": wall["entries"], "head": 1}


async def test_an_entry_and_a_card_reach_a_wall_that_watches(hall: Hall, doors: Doors) -> None:
    async with doors.proctor() as proctor:
        await proctor.call("watch", {"after": 0})
        seat = await hall.seat(await hall.invite())
        await hall.play(seat, EMPTY, 4)
        entry = await proctor.hear(lambda event, _: event == "entry")
        assert (entry["number"], entry["kind"], entry["incident"]["rule"]) == (1, "incident_opened", "absent")
        await hall.service.seating.leave(seat)
        await proctor.hear(lambda event, card: event == "candidate" and card["state"] == Standing.AWAY)
        await proctor.hear(lambda event, message: event == "head" and message == {"head": 0})


async def test_a_tile_arrives_with_the_very_picture(hall: Hall, doors: Doors) -> None:
    async with doors.proctor() as proctor:
        await proctor.call("watch", {"after": 0})
        seat = await hall.seat(await hall.invite())
        await hall.send(seat)
        tile = await proctor.hear(lambda event, _: event == "tile")
    assert tile["jpeg"] == JPEG
    assert (tile["session_id"], tile["number"], tile["faces"]) == (seat.session.id, 0, 1)


async def test_the_next_tile_comes_only_after_the_last_was_seen_and_is_the_newest(hall: Hall, doors: Doors) -> None:
    async with SlowWall(doors.url, "/proctor-wall", doors.proctor_token()) as proctor:
        await proctor.call("watch", {"after": 0})
        seat = await hall.seat(await hall.invite())
        await hall.send(seat)
        await until(proctor.tiles)
        for _ in range(5):
            await hall.send(seat, after_ms=hall.settings.tile_interval_ms)
        await proctor.call("sync", {"after": 0})  # whatever was sent before this answer has arrived
        assert proctor.tiles() == [0]
        await proctor.call("seen", {"session_id": seat.session.id, "number": 0})
        await until(lambda: len(proctor.tiles()) == 2)
        assert proctor.tiles() == [0, 5]


async def test_an_enlarged_candidate_comes_at_every_frame(hall: Hall, doors: Doors) -> None:
    async with doors.proctor() as proctor:
        await proctor.call("watch", {"after": 0})
        session = await hall.invite()
        assert await proctor.call("focus", {"session_id": session.id}) == {}
        seat = await hall.seat(session)
        for number in range(4):
            await hall.send(seat, CALM, after_ms=50)
            await proctor.hear(lambda event, tile, number=number: event == "tile" and tile["number"] == number)  # type: ignore[misc]


async def test_the_candidates_of_another_exam_are_neither_listed_nor_enlarged(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    async with SlowWall(doors.url, "/proctor-wall", doors.proctor_token("exam-2")) as stranger:
        wall = await stranger.call("watch", {"after": 0})
        assert (wall["candidates"], wall["entries"], wall["open"]) == ([], [], [])
        assert await stranger.call("focus", {"session_id": session.id}) == {}
        await hall.play(seat, EMPTY, 4)
        assert await stranger.call("sync", {"after": 0}) == {"entries": [], "head": 0}
        assert stranger.tiles() == []
        assert {event for event, _ in stranger.told} <= {"head"}


async def test_a_candidates_token_does_not_open_the_wall(hall: Hall, doors: Doors) -> None:
    token = doors.candidate_token((await hall.invite()).id)
    client = SocketClient(doors.url, "/proctor-wall", token)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.__aenter__()
    assert client.refusal is not None
    assert client.refusal["data"]["problem"]["status"] == 401


async def test_a_proctor_who_leaves_leaves_no_task_and_no_subscription(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.proctor() as proctor:
        await proctor.call("watch", {"after": 0})
        await proctor.call("focus", {"session_id": session.id})
        assert len(hall.bus._subscribers.topics) == 6
    await until(lambda: not hall.bus._subscribers.topics)
    await until(lambda: not [name for task in asyncio.all_tasks() if "viewer" in (name := task.get_name())])
    assert not [task for task in asyncio.all_tasks() if "wall-" in task.get_name()]
    assert (doors.wall._viewers, doors.wall._pumps) == ({}, {})


async def test_a_wall_that_does_not_keep_up_with_its_hints_is_let_go_and_can_come_back(
    hall: Hall, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "HINTS_BOUND", 3)
    async with doors.proctor() as proctor:
        await proctor.call("watch", {"after": 0})
        (viewer,) = doors.wall._viewers.values()
        for number in range(5):  # without a pause, as when the process itself is busy
            viewer.hint(Head(head=number))
        await until(lambda: not proctor.connected)
        await until(lambda: not doors.wall._pumps)
    async with doors.proctor() as proctor:
        assert (await proctor.call("watch", {"after": 0}))["head"] == 0


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("watch", {"after": -1}),
        ("watch", {}),
        ("sync", {"after": "1"}),
        ("focus", {"session_id": ""}),
        ("seen", {"session_id": "ses_1"}),
    ],
)
async def test_a_question_of_the_wrong_shape_is_refused_by_field(
    doors: Doors, event: str, message: dict[str, Any]
) -> None:
    async with doors.proctor() as proctor:
        assert (await proctor.call(event, message))["problem"]["status"] == 422


def a_proctor(doors: Doors, account_id: str = "usr_g", name: str = "Grace") -> SocketClient:
    claims = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id=account_id, name=name)
    return SocketClient(doors.url, "/proctor-wall", doors.tokens.sign(claims, PROCTOR_AUDIENCE, 3600))


def told(client: SocketClient, event: str) -> list[dict[str, Any]]:
    return [message for name, message in client.told if name == event]


def a_message(session_id: str, key: str = "m1") -> dict[str, Any]:
    return {"session_id": session_id, "key": key, "kind": "message", "text": "Please sit nearer to the camera."}


async def test_an_action_reaches_the_page_is_taken_note_of_and_every_wall_sees_it(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    tasks = TaskOwner("test")
    tasks.start("delivering", hall.service.delivering.keep_delivered())
    try:
        async with (
            a_proctor(doors) as grace,
            a_proctor(doors, "usr_a", "Alan") as alan,
            doors.candidate(session) as ada,
        ):
            for proctor in (grace, alan):
                assert (await proctor.call("cases", {}))["me"].startswith("usr_")
            assert await grace.call("act", a_message(session.id)) == {"state": "due"}
            action = await ada.hear(lambda event, _: event == "action")
            assert (action["kind"], action["by_name"]) == ("message", "Grace")
            await ada.call("action_noted", {"action_id": "m1", "state": "acknowledged"})
            for proctor in (grace, alan):
                await proctor.hear(
                    lambda event, case: event == "case" and not case["open"] and case["holder"] == "usr_g"
                )
            lines = (await alan.call("lines", {"session_id": session.id, "after": 0}))["lines"]
            assert [line["action"]["state"] for line in lines if line["action"]] == ["asked", "acknowledged"]
            said = await ada.call("say", {"key": "s1", "text": "Like this?"})
            assert [one["is_candidate"] for one in said["sayings"]] == [False, True]
            await ada.call("hand", {"key": "h1", "is_up": True})
            await alan.hear(lambda event, case: event == "case" and case["hand_raised_at_ms"] is not None)
    finally:
        await tasks.close()


async def test_a_page_whose_socket_was_cut_hears_it_when_it_is_back(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with a_proctor(doors) as grace:
        async with doors.candidate(session):
            pass  # cut before anything was asked
        await grace.call("act", a_message(session.id))
        for _ in range(2):  # and cut again before it could say that it has it
            async with doors.candidate(session) as ada:
                assert (await ada.hear(lambda event, _: event == "action"))["action_id"] == "m1"
        async with doors.candidate(session) as ada:
            await ada.hear(lambda event, _: event == "action")
            await ada.call("action_noted", {"action_id": "m1", "state": "acknowledged"})
        async with doors.candidate(session) as ada:
            await ada.hear(lambda event, _: event == "conversation")
            assert told(ada, "action") == []


async def test_a_connection_without_an_account_may_look_and_not_act(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.proctor() as nobody:
        answer = await nobody.call("act", a_message(session.id))
        assert answer["problem"]["status"] == 403
        await nobody.call("cases", {})
        await until(lambda: told(nobody, "ranking"))


async def test_a_proctor_of_another_exam_finds_nobody(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    claims = ProctorClaims(exam_id="exam-2", exam_title="Other", account_id="usr_g", name="Grace")
    token = doors.tokens.sign(claims, PROCTOR_AUDIENCE, 3600)
    async with SocketClient(doors.url, "/proctor-wall", token) as stranger:
        for event, message in (
            ("act", a_message(session.id)),
            ("lines", {"session_id": session.id, "after": 0}),
            ("attend", {"session_id": session.id, "action": "attend"}),
        ):
            assert (await stranger.call(event, message))["problem"]["status"] == 404


async def test_the_pictures_around_an_incident_reach_the_wall_of_whoever_asks(hall: Hall, doors: Doors) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    claims = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id="usr_grace")
    async with SocketClient(doors.url, "/proctor-wall", doors.tokens.sign(claims, PROCTOR_AUDIENCE, 60)) as grace:
        asked = {"session_id": seat.session.id, "incident_id": f"{seat.session.id}:absent:1"}
        strip = await grace.call("strip", asked)
        assert {picture["phase"] for picture in strip["pictures"]} == {"before", "during", "after"}
        assert strip["sentence"] == ""
        none = await grace.call("strip", {**asked, "incident_id": "nothing"})
        assert none["problem"]["status"] == 404


ASKED: dict[str, dict[str, Any]] = {
    "watch": {"after": 0},
    "sync": {"after": 0},
    "focus": {"session_id": None},
    "cases": {},
    "lines": {"session_id": "sit_1", "after": 0},
    "act": {"key": "k1", "session_id": "sit_1", "kind": "message", "text": "Hello"},
    "broadcast": {"key": "k2", "text": "Hello"},
    "decide": {"session_id": "sit_1", "action_id": "a1", "agrees": True},
    "note": {"key": "k3", "session_id": "sit_1", "text": "Hello", "is_flag": False},
    "lower_hand": {"key": "k4", "session_id": "sit_1"},
    "attend": {"session_id": "sit_1", "action": "attend"},
    "waiting": {},
    "decide_admission": {"session_id": "sit_1", "outcome": "admitted", "reason": None, "note": ""},
    "photos": {"session_id": "sit_1"},
    "photo": {"session_id": "sit_1", "photo_id": "sit_1"},
    "ask_scan": {"session_id": "sit_1", "pictures": 2},
    "strip": {"session_id": "sit_1", "incident_id": "sit_1:absent:1"},
    "renew_token": {"token": "as at the door"},
}
UNASKED = {"seen"}  # what was shown already


async def test_once_the_assignment_is_taken_back_nothing_more_is_answered_and_the_wall_closes(
    hall: Hall, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned = {("exam-1", "usr_grace")}

    async def may(delivery_id: str, account_id: str) -> bool:
        return (delivery_id, account_id) in assigned

    monkeypatch.setattr(supervising, "BELIEVED_MS", 0)
    hall.service.supervisors.may = may
    claims = ProctorClaims(exam_id="exam-1", exam_title="Algebra", delivery_id="exam-1", account_id="usr_grace")
    token = doors.tokens.sign(claims, PROCTOR_AUDIENCE, 3600)
    assert set(declared_handlers(doors.wall, {})) == ASKED.keys() | UNASKED
    async with SocketClient(doors.url, "/proctor-wall", token) as grace:
        assert "problem" not in await grace.call("watch", {"after": 0})
        assigned.clear()
        for event, body in ASKED.items():
            problem = (await grace.call(event, body))["problem"]
            assert (event, problem["status"]) == (event, 404)
            assert "not assigned" in problem["detail"]
        monkeypatch.setattr(supervising, "RECHECK_SECONDS", 0.01)
    with pytest.raises(socketio.exceptions.ConnectionError):
        async with SocketClient(doors.url, "/proctor-wall", token):
            pass
    assigned.add(("exam-1", "usr_grace"))
    async with SocketClient(doors.url, "/proctor-wall", token) as grace:
        assigned.clear()
        await until(lambda: not doors.wall._viewers)


async def test_a_wall_of_a_delivery_is_shut_where_nobody_knows_who_supervises(hall: Hall, doors: Doors) -> None:
    claims = ProctorClaims(exam_id="exam-1", exam_title="Algebra", delivery_id="exam-1", account_id="usr_grace")
    with pytest.raises(socketio.exceptions.ConnectionError):
        async with SocketClient(doors.url, "/proctor-wall", doors.tokens.sign(claims, PROCTOR_AUDIENCE, 3600)):
            pass
