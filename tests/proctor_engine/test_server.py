"""Engine processes against a real Redis, asked by a real remote engine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from redis.asyncio import Redis

from proctor_engine import streams
from proctor_engine.contract import Observed, Unexamined, Unreadable
from proctor_engine.detectors.scripted import Act
from proctor_engine.redis_link import open_redis
from proctor_engine.remote import RemoteEngine
from proctor_engine.seeing import split_memory
from proctor_engine.server import EngineServer
from proctor_engine.settings import EngineSettings
from tests.proctor_engine.conftest import MakeFrame
from tests.proctor_engine.harness import pretend_ready, scripted_settings, until
from tests.servers.redis import RedisServer, run_redis

pytestmark = pytest.mark.servers
Serve = Callable[..., Awaitable[asyncio.Task[None]]]


def settings_for(server: RedisServer, **changes: object) -> EngineSettings:
    return scripted_settings(remote=True, redis_url=server.url, stream_prefix="test", **changes)


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = open_redis(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def engine(redis_server: RedisServer) -> AsyncIterator[RemoteEngine]:
    remote = RemoteEngine(settings_for(redis_server, remote_deadline_seconds=20))
    await remote.start()
    await until(lambda: remote._linked)
    yield remote
    await remote.close()


@pytest.fixture
async def serve(redis_server: RedisServer) -> AsyncIterator[Serve]:
    """Starts engine processes (inside this one); all have ended when the test has."""
    serving: list[asyncio.Task[None]] = []

    async def begin(**changes: object) -> asyncio.Task[None]:
        task = asyncio.create_task(EngineServer(settings_for(redis_server, **changes)).run())
        serving.append(task)
        return task

    yield begin
    for task in serving:
        task.cancel()
    await asyncio.wait(serving)


async def test_frames_of_another_process_are_examined(
    serve: Serve, engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    await serve()
    await until(lambda: engine.health().ready == 1)
    seen = await engine.offer(make_frame(faces=2))
    assert isinstance(seen, Observed)
    assert len(seen.observation.faces) == 2
    assert await engine.offer(make_frame(jpeg=b"text")) == Unreadable("The frame is not a JPEG picture.")
    assert await redis.xlen(streams.frames_key("test")) == 0  # no picture stays behind
    assert 0 < await redis.ttl(streams.replies_key("test", engine._asker)) <= streams.REPLY_EXPIRES_SECONDS


async def test_a_frame_that_waited_too_long_is_dropped_unseen(
    serve: Serve, engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    starting = await serve()
    await until(lambda: engine.health().ready == 1)
    starting.cancel()
    await asyncio.wait((starting,))
    await pretend_ready(redis)
    await until(lambda: engine.health().ready == 5)
    late = engine.offer(make_frame())  # nobody reads; the group remembers where it was
    await asyncio.sleep(0.3)
    await serve(stale_frame_ms=200)
    assert await late == Unexamined("The frame waited too long for an engine.")


async def test_two_engine_processes_share_the_frames(serve: Serve, engine: RemoteEngine, make_frame: MakeFrame) -> None:
    for _ in range(2):
        await serve(frames_in_flight=1)
    await until(lambda: engine.health().ready == 2)
    outcomes = [engine.offer(make_frame(f"session {number}", Act.WAIT)) for number in range(8)]
    assert all([isinstance(await outcome, Observed) for outcome in outcomes])


async def test_a_session_goes_on_at_whichever_engine_process_takes_its_frame(
    serve: Serve, engine: RemoteEngine, make_frame: MakeFrame
) -> None:
    for _ in range(2):
        await serve(frames_in_flight=1)
    await until(lambda: engine.health().ready == 2)
    for frames in range(1, 9):
        outcome = await engine.offer(make_frame("a"))
        assert isinstance(outcome, Observed)
        assert len(split_memory(outcome.memory)[1]) == frames  # the scripted detector adds one for every frame


async def test_an_engine_that_signs_off_is_no_longer_counted(serve: Serve, engine: RemoteEngine, redis: Redis) -> None:
    task = await serve()
    await until(lambda: engine.health().children == 1)
    task.cancel()
    await asyncio.wait((task,))
    assert await redis.hlen(streams.health_key("test")) == 0
    assert await redis.xinfo_consumers(streams.frames_key("test"), streams.GROUP) == []


async def test_redis_gone_and_back_finds_the_engine_at_work_again(
    serve: Serve, engine: RemoteEngine, redis_server: RedisServer, make_frame: MakeFrame
) -> None:
    await serve()
    await until(lambda: engine.health().ready == 1)
    redis_server.kill()
    await until(lambda: not engine._linked)
    redis_server.start()
    await until(lambda: engine.health().ready == 1)
    assert isinstance(await engine.offer(make_frame()), Observed)


async def test_a_malformed_entry_harms_nobody(
    serve: Serve, engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    await serve()
    await until(lambda: engine.health().ready == 1)
    await redis.xadd(streams.frames_key("test"), {"nonsense": "1"})
    assert isinstance(await engine.offer(make_frame()), Observed)
    async with asyncio.timeout(30):
        while await redis.xlen(streams.frames_key("test")):
            await asyncio.sleep(0.01)


async def test_pictures_that_a_dead_engine_left_behind_are_cleared_away_and_the_group_is_kept(
    serve: Serve, engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    key = streams.frames_key("test")
    await redis.xadd(key, {"frame": "read by an engine that died"}, id="1-1")
    await serve()
    await until(lambda: engine.health().ready == 1)
    assert await redis.xlen(key) == 0
    assert 0 < await redis.ttl(key) <= streams.FRAME_EXPIRES_SECONDS
    await redis.persist(key)
    async with asyncio.timeout(30):
        while await redis.ttl(key) < 0:  # renewed with every beat, or an idle night would end the group
            await asyncio.sleep(0.01)
    assert isinstance(await engine.offer(make_frame()), Observed)


def test_an_engine_process_without_redis_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"needs engine\.redis_url"):
        EngineServer(EngineSettings())
