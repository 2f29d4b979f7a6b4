"""The practice room tells what an exam's check would tell, and leaves nothing behind."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.kit.sockets import SocketServer, SocketSettings
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, PRACTICE_AUDIENCE, CandidateClaims, PracticeClaims
from guildhall.proctoring.namespace import PracticeRoomNamespace
from guildhall.proctoring.service import practising
from guildhall.proctoring.service.practising import PracticeRoom
from tests.fakes.client import SocketClient
from tests.fakes.observations import DARK, EMPTY
from tests.guildhall.proctoring.conftest import JPEG, Hall
from tests.guildhall.proctoring.namespace.conftest import until

MEASURED = {"camera_trouble": None, "frames_per_second": 15.0, "upload_kbit_s": 5000.0, "clock_offset_ms": 10.0}


class Practice:
    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.tokens = TokenSigner("a secret of the test, long enough to sign with", hall.clock)
        self.room = PracticeRoom(hall.engine, hall.clock, hall.settings)
        sockets = SocketServer(SocketSettings(), hall.clock)
        sockets.add(PracticeRoomNamespace(self.room, self.tokens))
        app = web.Application()
        sockets.attach(app)
        self.http = TestServer(app)

    def enter(self, token: str | None = None) -> SocketClient:
        token = token or self.tokens.sign(PracticeClaims(session_id="ses_1"), PRACTICE_AUDIENCE, 60)
        return SocketClient(str(self.http.make_url("/")), "/practice-room", token)

    async def send(self, client: SocketClient, number: int) -> dict[str, Any]:
        self.hall.clock.advance(200)
        return await client.call("frame", {"number": number, "captured_at_ms": self.hall.clock.now_ms(), "jpeg": JPEG})


@pytest.fixture
async def practice(hall: Hall) -> AsyncIterator[Practice]:
    made = Practice(hall)
    await made.http.start_server()
    yield made
    await made.http.close()


def all_that_is_stored(folder: Path) -> dict[str, list[Any]]:
    """Every row of every table, and every blob's name."""
    with sqlite3.connect(folder / "hall.sqlite3") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"'))) for name in tables}
    return {**rows, "blobs": sorted(map(str, (folder / "blobs").rglob("*")))}


async def test_a_machine_is_looked_at_as_in_an_exam_and_nothing_of_it_is_stored_or_told(
    practice: Practice, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    publish = hall.bus.publish

    async def listen(topic: str, body: bytes) -> None:
        told.append(topic)
        await publish(topic, body)

    monkeypatch.setattr(hall.bus, "publish", listen)
    await hall.invite()
    assert told, "what is told is heard here"
    told.clear()
    before = all_that_is_stored(tmp_path)
    async with practice.enter() as ada:
        admission = await ada.hear(lambda event, _: event == "admission")
        assert (admission["is_practice"], admission["stage"], admission["consents"]) == (True, "checks", [])
        assert (await practice.send(ada, 0))["faces"] == 1
        checks = {one["name"]: one["passed"] for one in (await ada.call("checks", MEASURED))["checks"]}
        assert len(checks) == 7
        assert all(checks.values())
        hall.engine.shows = DARK
        assert (await practice.send(ada, 1))["coaching"]["code"] == "dark"
        failed = {one["name"]: one for one in (await ada.call("checks", MEASURED))["checks"] if not one["passed"]}
        assert failed["light"]["advice"], "it says what to do"
        assert (await ada.call("check_in", {"action": "start"}))["step"] == "centre"
        assert (await practice.send(ada, 2))["check_in"]["state"] == "running"
        hall.engine.shows = EMPTY
        for number in range(3, 60):  # long enough for an exam to note that nobody is there
            await practice.send(ada, number)
    assert told == []
    assert all_that_is_stored(tmp_path) == before


async def test_what_the_engine_remembers_of_a_face_is_forgotten_when_they_leave(
    practice: Practice, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(hall.engine, "forget", forgotten.append)
    async with practice.enter() as ada:
        await practice.send(ada, 0)
    await until(lambda: forgotten)
    assert forgotten == [hall.engine.offered[0].session_id]


async def test_a_seat_in_an_exam_does_not_open_the_practice_room(practice: Practice) -> None:
    token = practice.tokens.sign(CandidateClaims(sitting_id="sit_1"), CANDIDATE_AUDIENCE, 60)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await practice.enter(token).__aenter__()


async def test_a_room_that_is_full_asks_to_come_back_and_has_room_once_somebody_leaves(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practising, "PRACTISING_MAX", 1)
    async with practice.enter() as ada:
        await ada.hear(lambda event, _: event == "session")
        grace = practice.enter()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await grace.__aenter__()
        assert grace.refusal is not None
        assert grace.refusal["data"]["problem"]["status"] == 503
    await until(lambda: not practice.room.is_full)
    async with practice.enter() as grace:
        await grace.hear(lambda event, _: event == "session")
