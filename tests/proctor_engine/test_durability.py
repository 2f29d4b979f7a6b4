"""kill -9 in the middle of live sessions: at most one frame of each is lost, and none is stuck."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from proctor_engine.client import EngineClient, EngineSettings
from proctor_engine.contract import Observed, Outcome, Unexamined
from proctor_engine.detectors.scripted import Act
from proctor_engine.remote import RemoteEngine
from tests.proctor_engine.conftest import MakeFrame, OpenPool
from tests.proctor_engine.harness import scripted_settings, until
from tests.servers.redis import RedisServer, run_redis

SESSIONS = 4


class Sitting:
    """A session as a page drives it: the next frame when the last one was answered."""

    def __init__(self, session_id: str, engine: EngineClient, make_frame: MakeFrame) -> None:
        self.outcomes: list[Outcome] = []
        self._session_id = session_id
        self._engine = engine
        self._make_frame = make_frame

    async def run(self) -> None:
        while True:
            self.outcomes.append(await self._engine.offer(self._make_frame(self._session_id, Act.WAIT)))
            await asyncio.sleep(0)

    def lost_since(self, place: int) -> int:
        return sum(isinstance(outcome, Unexamined) for outcome in self.outcomes[place:])

    def seen_since(self, place: int) -> int:
        return sum(isinstance(outcome, Observed) for outcome in self.outcomes[place:])


@contextlib.asynccontextmanager
async def sittings(engine: EngineClient, make_frame: MakeFrame) -> AsyncIterator[list[Sitting]]:
    """Sessions in full swing: each has been looked at."""
    sat = [Sitting(f"session {number}", engine, make_frame) for number in range(SESSIONS)]
    running = [asyncio.create_task(sitting.run()) for sitting in sat]
    try:
        await until(lambda: all(sitting.seen_since(0) for sitting in sat))
        yield sat
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)


async def lose_one(sat: list[Sitting], process_id: int) -> int:
    """Kill a process, wait until everybody has been looked at again and again; the frames that it cost."""
    places = [len(sitting.outcomes) for sitting in sat]
    os.kill(process_id, signal.SIGKILL)
    await until(lambda: all(sitting.seen_since(place) >= 4 for sitting, place in zip(sat, places, strict=True)))
    lost = [sitting.lost_since(place) for sitting, place in zip(sat, places, strict=True)]
    assert max(lost) <= 1
    return sum(lost)


async def test_a_child_killed_under_load_costs_the_frames_it_held_and_no_session_more_than_one(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=2, frames_in_flight=2)
    async with sittings(pool, make_frame) as sat:
        lost = await lose_one(sat, pool.process_ids()[0])
        assert 1 <= lost <= 2  # what it was looking at, and what lay ready behind it
        await until(lambda: pool.health().ready == 2)


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
async def engines(redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[list[subprocess.Popen[bytes]]]:
    """Two engine processes with a child each."""
    config = tmp_path / "config.yaml"
    config.write_text("engine: {detector: scripted, children: 1, niceness: 0, stale_frame_ms: 60000}\n")
    command = [sys.executable, "-m", "proctor_engine", str(config)]
    environment = os.environ | {"REDIS_URL": redis_server.url}
    started = [subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]
    yield started
    for process in started:
        process.kill()
        await asyncio.to_thread(process.wait)


@pytest.mark.servers
async def test_an_engine_process_killed_under_load_costs_no_session_more_than_one_frame_and_the_other_goes_on_with_all(
    redis_server: RedisServer, engines: list[subprocess.Popen[bytes]], make_frame: MakeFrame
) -> None:
    # A deadline that a busy machine keeps; the default one is held by the test below.
    engine = RemoteEngine(scripted_settings(remote=True, redis_url=redis_server.url, remote_deadline_seconds=8))
    await engine.start()
    try:
        await until(lambda: engine.health().ready == 2, seconds=60)
        async with sittings(engine, make_frame) as sat:
            assert 1 <= await lose_one(sat, engines[0].pid) <= SESSIONS
            await until(lambda: engine.health().ready == 1)  # the dead one is counted out
    finally:
        await engine.close()


def test_the_sessions_of_a_dead_engine_go_on_within_two_seconds_and_no_live_one_is_given_up_by_mistake() -> None:
    settings = EngineSettings()
    sweep_and_travel_seconds = 0.25
    assert settings.remote_deadline_seconds + sweep_and_travel_seconds < 2
    # The latest answer of a live engine: a frame that was just not stale, behind all that its child may hold.
    behind_seconds = 2 * settings.frames_in_flight * 0.05
    assert (
        settings.stale_frame_ms / 1_000 + behind_seconds + sweep_and_travel_seconds < settings.remote_deadline_seconds
    )
