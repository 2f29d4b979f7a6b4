"""Bad input against the running product: a clear error for whoever sent it, and no harm to anybody else.

A witness sends good frames all the while; at the end of each test every one of theirs has been judged.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import socketio

from guildhall.kit.clock import SystemClock
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, CandidateClaims
from tests.fakes.client import SocketClient
from tests.fakes.pictures import a_jpeg, a_jpeg_that_claims, a_scan_bomb, a_truncated_jpeg
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.scenes import film, split_film

SECRET = "a secret of the test, long enough to sign tokens with"
ROOM = "/exam-room"
GOOD = split_film(film(("one_face", 0.1)))[0]


def a_frame(number: int, jpeg: bytes = GOOD) -> dict[str, Any]:
    return {"number": number, "captured_at_ms": time.time_ns() // 1_000_000, "jpeg": jpeg}


@pytest.fixture(scope="module")
def hall_process(tmp_path_factory: pytest.TempPathFactory) -> GuildhallProcess:
    environ = {
        "GUILDHALL_ENGINE__CHILDREN": "1",
        "GUILDHALL_SECURITY__TOKEN_SECRET": SECRET,
        "GUILDHALL_PROCTORING__FRAME_INTERVAL_MS": "100",
    }
    return GuildhallProcess(tmp_path_factory.mktemp("hall"), environ)


@pytest.fixture
async def hall(hall_process: GuildhallProcess) -> GuildhallProcess:
    if hall_process.process is None:
        await start_in_thread(hall_process)
    return hall_process


@pytest.fixture(scope="module", autouse=True)
def stopped_at_the_end(hall_process: GuildhallProcess) -> Any:
    yield
    assert hall_process.stop() == 0


@pytest.fixture
async def guest(hall: GuildhallProcess) -> AsyncIterator[SocketClient]:
    async with SocketClient(hall.base_url, ROOM, hall.candidate("Guest")["token"]) as client:
        await client.agree()
        yield client


class Witness:
    """An honest candidate; `verdicts` are all they got."""

    def __init__(self, client: SocketClient) -> None:
        self._client = client
        self.verdicts: list[dict[str, Any]] = []

    async def testify(self) -> None:
        await self._client.agree()
        number = 0
        while True:
            number += 1
            self.verdicts.append(await self._client.call("frame", a_frame(number)))
            await asyncio.sleep(0.1)


@pytest.fixture
async def witness(hall: GuildhallProcess) -> AsyncIterator[Witness]:
    async with SocketClient(hall.base_url, ROOM, hall.candidate("Witness")["token"]) as client:
        honest = Witness(client)
        testimony = asyncio.create_task(honest.testify())
        yield honest
        before = len(honest.verdicts)  # the next one may have been under way before the end of the test, not the second
        async with asyncio.timeout(30):
            while len(honest.verdicts) < before + 2:
                await asyncio.sleep(0.02)
        testimony.cancel()
        assert {verdict.get("verdict") for verdict in honest.verdicts} == {"judged"}


@pytest.mark.usefixtures("witness")
@pytest.mark.parametrize(
    ("jpeg", "words"),
    [
        (b"", "not a JPEG"),
        (b"GIF89a and so on", "not a JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not a JPEG"),
        (a_truncated_jpeg(), "cut short"),
        (a_jpeg_that_claims(50_000, 50_000), "50000 x 50000"),
        (GOOD[:-2] + bytes(400_000) + GOOD[-2:], "bytes"),
        (a_scan_bomb(progressive=True), "is a progressive JPEG; send baseline ones"),
        (a_scan_bomb(progressive=False), "of several scans"),
    ],
    ids=["empty", "gif", "png", "truncated", "claims 50,000 x 50,000", "oversized", "progressive bomb", "scan bomb"],
)
async def test_a_bad_picture_is_refused_in_words_and_the_next_good_one_is_judged(
    guest: SocketClient, jpeg: bytes, words: str
) -> None:
    problem = (await guest.call("frame", a_frame(1, jpeg)))["problem"]
    assert words in problem["detail"]
    assert problem["status"] in {413, 422}
    assert (await guest.call("frame", a_frame(2)))["verdict"] == "judged"


@pytest.mark.usefixtures("witness")
async def test_a_picture_damaged_inside_is_refused_and_the_engine_lives(guest: SocketClient) -> None:
    middle = len(GOOD) // 2
    damaged = GOOD[:middle] + b"\xff\xda" + os.urandom(64) + GOOD[middle + 66 :]
    answer = await guest.call("frame", a_frame(1, damaged))
    assert "problem" in answer or answer["verdict"] == "judged"  # a decoder may read past a few damaged bytes
    assert (await guest.call("frame", a_frame(2)))["verdict"] == "judged"


@pytest.mark.usefixtures("witness")
async def test_frames_far_too_often_are_refused_with_when_to_try_again(guest: SocketClient) -> None:
    small = a_jpeg()
    answers = await asyncio.gather(*(guest.call("frame", a_frame(number, small)) for number in range(1, 121)))
    refused = [answer["problem"] for answer in answers if "problem" in answer]
    assert refused
    assert {problem["status"] for problem in refused} == {429}
    assert all(problem["retry_after_ms"] > 0 for problem in refused)
    await asyncio.sleep(max(problem["retry_after_ms"] for problem in refused) / 1000 + 0.1)
    assert (await guest.call("frame", a_frame(500)))["verdict"] == "judged"


@pytest.mark.usefixtures("witness")
async def test_a_frame_number_that_does_not_rise_is_refused(guest: SocketClient) -> None:
    await guest.call("frame", a_frame(7))
    problem = (await guest.call("frame", a_frame(7)))["problem"]
    assert "numbers must rise" in problem["detail"]


@pytest.mark.usefixtures("witness")
@pytest.mark.parametrize("event", ["grade", "on_frame", "take_frame", "admit", "part", "__class__"])
async def test_an_unknown_event_is_answered_as_unknown(guest: SocketClient, event: str) -> None:
    problem = (await guest.call(event, {}))["problem"]
    assert (problem["status"], problem["type"]) == (404, "not-found")


@pytest.mark.usefixtures("witness")
@pytest.mark.parametrize(
    "arguments",
    [
        ({"number": "one", "captured_at_ms": 5, "jpeg": GOOD},),
        ({"number": 1, "captured_at_ms": 5, "jpeg": "text"},),
        ({"number": 1, "captured_at_ms": 5},),
        ({"number": 1, "captured_at_ms": 5, "jpeg": GOOD, "admin": True},),
        ({"number": -1, "captured_at_ms": 5, "jpeg": GOOD},),
        ({"number": True, "captured_at_ms": 5, "jpeg": GOOD},),
        ([1, 2, 3],),
        ("frame",),
        (1, 2),
    ],
    ids=["text number", "text picture", "no picture", "extra field", "negative", "true", "list", "word", "two"],
)
async def test_a_payload_of_the_wrong_shape_is_refused_by_field(
    guest: SocketClient, arguments: tuple[Any, ...]
) -> None:
    problem = (await guest.call("frame", *arguments))["problem"]
    assert problem["status"] == 422
    assert (await guest.call("frame", a_frame(2)))["verdict"] == "judged"


def a_token(session_id: str, *, secret: str = SECRET, audience: str = CANDIDATE_AUDIENCE, seconds: int = 60) -> str:
    return TokenSigner(secret, SystemClock()).sign(CandidateClaims(sitting_id=session_id), audience, seconds)


@pytest.mark.usefixtures("witness")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret": "the secret of somebody else, and just as long"}, "not issued here"),
        ({"audience": "guildhall/proctor-wall"}, "something else"),
        ({"seconds": -5}, "expired"),
    ],
    ids=["foreign", "another door's", "expired"],
)
async def test_a_token_that_is_not_good_here_is_refused_in_words(
    hall: GuildhallProcess, changes: dict[str, Any], words: str
) -> None:
    token = a_token(hall.candidate("Ada")["session_id"], **changes)
    client = SocketClient(hall.base_url, ROOM, token)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.__aenter__()
    assert client.refusal is not None
    assert words in client.refusal["message"]


@pytest.mark.usefixtures("witness")
async def test_a_token_that_expires_during_the_session_ends_it(hall: GuildhallProcess) -> None:
    token = a_token(hall.candidate("Ada")["session_id"], seconds=2)
    async with SocketClient(hall.base_url, ROOM, token) as client:
        await client.hear(lambda event, _: event == "session")
        async with asyncio.timeout(6):
            while client.connected:
                await asyncio.sleep(0.1)


@pytest.mark.usefixtures("witness")
async def test_a_token_for_a_session_that_is_not_there_is_turned_away(hall: GuildhallProcess) -> None:
    client = SocketClient(hall.base_url, ROOM, a_token("ses_nowhere"))
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.__aenter__()
    assert client.refusal is not None
    assert "no session ses_nowhere" in client.refusal["message"]


async def test_a_child_killed_in_mid_frame_costs_a_frame_and_no_session(
    hall: GuildhallProcess, guest: SocketClient
) -> None:
    assert hall.process is not None
    for number in range(1, 4):
        assert (await guest.call("frame", a_frame(number)))["verdict"] == "judged"
    (child,) = psutil.Process(hall.process.pid).children()
    os.kill(child.pid, signal.SIGSTOP)  # so that the frame is surely in its hands
    lost = asyncio.create_task(guest.call("frame", a_frame(10)))
    await asyncio.sleep(0.3)
    os.kill(child.pid, signal.SIGKILL)
    answer = await lost
    assert answer["verdict"] == "unexamined"
    assert answer["reason"]
    number = 11
    async with asyncio.timeout(30):
        while (await guest.call("frame", a_frame(number)))["verdict"] != "judged":
            number += 1
            await asyncio.sleep(0.2)


async def test_the_server_stops_cleanly_tells_its_sockets_and_leaves_no_orphan(tmp_path: Path) -> None:
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "2"}))
    assert server.process is not None
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert len(children) == 2
    async with SocketClient(server.base_url, ROOM, server.candidate("Ada")["token"]) as client:
        await client.agree()
        await client.call("frame", a_frame(1))
        assert await asyncio.to_thread(server.stop) == 0
        told = await client.hear(lambda event, _: event == "session_closed")
        assert told["reason"] == "server_closes"
    assert psutil.wait_procs(children, timeout=5)[1] == []


async def test_a_server_killed_outright_leaves_no_orphan(tmp_path: Path) -> None:
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "2"}))
    assert server.process is not None
    children = psutil.Process(server.process.pid).children(recursive=True)
    server.kill()
    assert psutil.wait_procs(children, timeout=5)[1] == []
