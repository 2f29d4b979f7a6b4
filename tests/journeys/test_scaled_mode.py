"""Many processes: the Procfile as it stands, over Redis and a MongoDB-compatible server."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.client import SocketClient
from tests.fakes.server import ROOT, GuildhallProcess, free_port, start_in_thread
from tests.journeys.scenes import film, split_film
from tests.servers.mongo import wire_server
from tests.servers.redis import RedisServer, run_redis

pytestmark = pytest.mark.servers
HONCHO_INTERRUPTED = 130  # 128 + SIGINT, as a shell says it, however its processes ended
FACE, ROOM = (split_film(film((name, 0.1)))[0] for name in ("one_face", "empty_room"))


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
def environ(redis: RedisServer) -> Iterator[dict[str, str]]:
    mongo = wire_server()
    mongo.start()
    yield {
        "MONGO_URL": mongo.url,
        "REDIS_URL": redis.url,
        "TOKEN_SECRET": "the secret that all processes of this test share",
        "GUILDHALL_ENGINE__CHILDREN": "1",
        "GUILDHALL_PROCTORING__LEASE_SECONDS": "2",
    }
    mongo.kill()


class Camera:
    """Sends frames of a scene at five a second until told otherwise; keeps the verdicts."""

    def __init__(self, client: SocketClient) -> None:
        self._client = client
        self.shows = FACE
        self.answers: list[dict[str, Any]] = []

    async def roll(self) -> None:
        await self._client.agree()
        number = time.time_ns() // 1_000_000
        while True:
            number += 1
            frame = {"number": number, "captured_at_ms": time.time_ns() // 1_000_000, "jpeg": self.shows}
            self.answers.append(await self._client.call("frame", frame))
            await asyncio.sleep(0.2)

    async def until(self, verdict: str, seconds: float = 40) -> None:
        """Wait for a new answer with this verdict."""
        seen = len(self.answers)
        async with asyncio.timeout(seconds):
            while not any(answer.get("verdict") == verdict for answer in self.answers[seen:]):
                await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def rolling(client: SocketClient) -> AsyncIterator[Camera]:
    camera = Camera(client)
    task = asyncio.create_task(camera.roll())
    try:
        yield camera
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def is_incident(state: str) -> Any:
    return lambda event, message: event == "entry" and message["kind"] == f"incident_{state}"


@pytest.fixture
async def webs(environ: dict[str, str], tmp_path: Path) -> AsyncIterator[list[GuildhallProcess]]:
    """`honcho start`: two web processes, an engine and a worker."""
    port = free_port()
    log = tmp_path / "honcho.log"
    command = [sys.executable, "-m", "honcho", "start", "-p", str(port), "-c", "web=2,engine=1,worker=1"]
    with log.open("wb") as out:
        honcho = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=out, stderr=out)
    try:
        served = [GuildhallProcess(tmp_path), GuildhallProcess(tmp_path)]
        for offset, web in enumerate(served):
            web.base_url = f"http://127.0.0.1:{port + offset}"
            await asyncio.to_thread(wait_until_ready, web.base_url, log)
        yield served
    finally:
        honcho.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(honcho.wait, 30) == HONCHO_INTERRUPTED
    told = log.read_text()
    for name in ("web.1", "web.2", "engine.1", "worker.1"):
        assert f"{name} stopped (rc=0)" in told
    assert "SIGKILL" not in told


def wait_until_ready(base_url: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base_url}/readyz", timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError(f"{base_url} did not get ready:\n{log.read_text()[-4000:]}")


async def test_a_candidate_on_one_web_process_is_watched_from_the_other_and_redis_may_go_and_come_back(
    webs: list[GuildhallProcess], redis: RedisServer
) -> None:
    here, there = webs
    candidate = SocketClient(here.base_url, "/exam-room", here.candidate("Ada")["token"])
    proctor = SocketClient(there.base_url, "/proctor-wall", there.proctor()["token"])
    async with candidate, proctor, rolling(candidate) as camera:
        await proctor.call("watch", {"after": 0})
        await camera.until("judged")
        tile = await proctor.hear(lambda event, message: event == "tile" and message["faces"] == 1)
        assert tile["jpeg"] == FACE
        camera.shows = ROOM
        opened = await proctor.hear(is_incident("opened"), 20)
        assert opened["incident"]["rule"] == "absent"

        redis.kill()
        await camera.until("unexamined")
        redis.start()
        await camera.until("judged")
        camera.shows = FACE
        proctor.told.clear()
        await proctor.hear(lambda event, message: event == "tile" and message["faces"] == 1, 20)
        # The closing may have been announced while nobody could hear: the numbered log has it all the same.
        async with asyncio.timeout(30):
            while True:
                entries = (await proctor.call("sync", {"after": opened["number"]}))["entries"]
                if any(entry["incident"]["incident_id"] == opened["incident"]["incident_id"] for entry in entries):
                    break
                await asyncio.sleep(0.5)


async def test_a_web_process_killed_outright_hands_its_candidate_to_another_with_the_incident_still_open(
    environ: dict[str, str], tmp_path: Path
) -> None:
    doomed, heir = GuildhallProcess(tmp_path, environ, "web"), GuildhallProcess(tmp_path, environ, "web")
    worker = subprocess.Popen([sys.executable, "-m", "workers"], cwd=ROOT, env={**os.environ, **environ})
    try:
        await asyncio.gather(start_in_thread(doomed), start_in_thread(heir))
        token = doomed.candidate("Ada")["token"]
        proctor = SocketClient(heir.base_url, "/proctor-wall", heir.proctor()["token"])
        async with proctor:
            await proctor.call("watch", {"after": 0})
            async with SocketClient(doomed.base_url, "/exam-room", token) as first, rolling(first) as camera:
                camera.shows = ROOM
                opened = await proctor.hear(is_incident("opened"), 20)
                await asyncio.to_thread(doomed.kill)
            # Nobody has come back yet: a worker notices that the owner is dead.
            await proctor.hear(lambda event, message: event == "candidate" and message["state"] == "away", 20)
            async with SocketClient(heir.base_url, "/exam-room", token) as second, rolling(second) as camera:
                closed = await proctor.hear(is_incident("closed"), 20)
                assert closed["incident"]["incident_id"] == opened["incident"]["incident_id"]
                assert closed["number"] == opened["number"] + 1
        worker.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(worker.wait, 20) == 0
    finally:
        worker.kill()
        await asyncio.to_thread(worker.wait)
        heir.stop()


def stands(**wanted: Any) -> Any:
    """Whether a case is told that stands like this."""
    return lambda event, case: event == "case" and all(case[name] == value for name, value in wanted.items())


async def test_what_proctors_do_on_one_web_process_reaches_the_candidate_and_the_proctors_of_the_other(
    webs: list[GuildhallProcess],
) -> None:
    here, there = webs
    seat = here.candidate("Ada")
    ada_id, walls = seat["session_id"], "/v1/proctoring/demo-walls"
    grace_token, katherine_token = (
        web.post(walls, {}, web.bearer(role))["token"] for web, role in ((there, "proctor"), (here, "admin"))
    )
    async with (
        SocketClient(here.base_url, "/exam-room", seat["token"]) as ada,
        SocketClient(there.base_url, "/proctor-wall", grace_token) as grace,
        SocketClient(here.base_url, "/proctor-wall", katherine_token) as katherine,
    ):
        await ada.agree()
        for proctor in (grace, katherine):
            await proctor.call("watch", {"after": 0})
            assert (await proctor.call("cases", {}))["me"]

        # An action goes to the candidate's process, and what they say to it comes back to both walls.
        asked = {"key": "w1", "session_id": ada_id, "kind": "warn", "reason": "talking", "text": "Please be quiet."}
        assert (await grace.call("act", asked))["state"] == "due"
        action = await ada.hear(lambda event, told: event == "action" and told["text"] == "Please be quiet.", 20)
        for state in ("delivered", "acknowledged"):
            await ada.call("action_noted", {"action_id": action["action_id"], "state": state})
        for proctor in (grace, katherine):
            await proctor.hear(stands(session_id=ada_id, supervision="attending", open=[]), 20)

        # A hand that goes up here is first in both rankings.
        await ada.call("hand", {"key": "h1", "is_up": True})
        for proctor in (grace, katherine):
            order = await proctor.hear(
                lambda event, told: event == "ranking" and bool(told["order"]) and not told["order"][0]["is_quiet"], 20
            )
            assert order["order"][0]["session_id"] == ada_id

        # Who has the candidate is one truth: the other is refused until help is asked for, and then takes over.
        told = await katherine.call("act", asked | {"key": "w2"})
        assert told["problem"]["status"] == 409
        await grace.call("attend", {"session_id": ada_id, "action": "escalate"})
        await katherine.hear(stands(session_id=ada_id, supervision="escalated"), 20)
        holder = (await katherine.call("attend", {"session_id": ada_id, "action": "attend"}))["holder"]
        await grace.hear(stands(session_id=ada_id, supervision="attending", holder=holder), 20)
        told = await grace.call("act", asked | {"key": "w3"})
        assert told["problem"]["status"] == 409
