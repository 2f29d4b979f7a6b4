"""The web process's side, against a real Redis; the engine is played by the test where its answers matter."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from proctor_engine import streams
from proctor_engine.contract import (
    EngineHealth,
    Frame,
    Observation,
    Observed,
    Outcome,
    Superseded,
    Unexamined,
    Unreadable,
)
from proctor_engine.redis_link import entries_of, open_redis, redis_time_ms
from proctor_engine.remote import UNDER_WAY_A_CHILD, RemoteEngine
from tests.proctor_engine.conftest import MakeFrame
from tests.proctor_engine.harness import pretend_ready, scripted_settings, until
from tests.servers.redis import RedisServer, run_redis

pytestmark = pytest.mark.servers
SEEN = Observed(Observation(640, 480, 0.5, 0.25, 0.5, 4_000, ()))
FRAMES = streams.frames_key("test")


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = open_redis(redis_server.url)
    yield client
    await client.aclose()


async def open_remote(server: RedisServer, redis: Redis, ready: int = 5, **changes: object) -> RemoteEngine:
    """One that believes in an engine process: the test."""
    await pretend_ready(redis)
    engine = RemoteEngine(scripted_settings(remote=True, redis_url=server.url, stream_prefix="test", **changes))
    await engine.start()
    await until(lambda: engine.health().ready == ready)
    return engine


@pytest.fixture
async def engine(redis_server: RedisServer, redis: Redis) -> AsyncIterator[RemoteEngine]:
    remote = await open_remote(redis_server, redis, remote_deadline_seconds=30)
    yield remote
    await remote.close()


async def read_frames(redis: Redis, count: int) -> list[tuple[Frame, int, str, bytes]]:
    """What engine processes would find, once that many have been sent."""
    async with asyncio.timeout(30):
        while await redis.xlen(FRAMES) < count:
            await asyncio.sleep(0.01)
    entries = entries_of([(FRAMES, await redis.xrange(FRAMES))])
    return [streams.unpack_frame(fields) for _, fields in entries]


async def answer(redis: Redis, asker: str, job: int, outcome: Outcome) -> None:
    await redis.xadd(streams.replies_key("test", asker), streams.pack_outcome(outcome, job))  # type: ignore[arg-type]


async def test_a_frame_travels_and_its_outcome_returns(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    frame = make_frame()
    outcome = engine.offer(frame)
    ((travelled, job, asker, _),) = await read_frames(redis, 1)
    assert travelled == frame
    await answer(redis, asker, job, SEEN)
    assert await outcome == SEEN


async def test_one_frame_a_session_travels_at_a_time_and_the_newest_is_next(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    first = engine.offer(make_frame())
    ((_, job, asker, _),) = await read_frames(redis, 1)
    middle, newest_frame = engine.offer(make_frame()), make_frame()
    newest = engine.offer(newest_frame)
    assert await middle == Superseded()
    assert engine.health().in_flight == 1
    await answer(redis, asker, job, SEEN)
    assert await first == SEEN
    _, (travelled, job, asker, _) = await read_frames(redis, 2)
    assert travelled == newest_frame
    await answer(redis, asker, job, Unreadable("No."))
    assert await newest == Unreadable("No.")


async def test_what_a_frame_left_travels_with_the_sessions_next_and_no_other(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    first = engine.offer(make_frame("a"))
    ((_, job, asker, memory),) = await read_frames(redis, 1)
    assert memory == b""
    await answer(redis, asker, job, Observed(SEEN.observation, b"left by a"))
    await first
    engine.offer(make_frame("a"))
    await read_frames(redis, 2)
    engine.offer(make_frame("b"))
    assert [memory for *_, memory in await read_frames(redis, 3)] == [b"", b"left by a", b""]


async def test_answers_that_nobody_can_place_are_passed_over(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    outcome = engine.offer(make_frame())
    ((_, job, asker, _),) = await read_frames(redis, 1)
    await answer(redis, asker, job + 5, SEEN)
    await redis.xadd(streams.replies_key("test", asker), {"nonsense": "1"})
    await answer(redis, asker, job, SEEN)
    assert await outcome == SEEN


async def test_what_engines_cannot_take_yet_waits_here_where_newer_frames_replace_it(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    outcomes = [engine.offer(make_frame(f"s{n}")) for n in range(60)]
    room = UNDER_WAY_A_CHILD * 2 * 5  # frames a child holds, children that are ready
    await until(lambda: engine.health().in_flight == room)
    await asyncio.sleep(0.1)
    assert (engine.health().in_flight, engine.health().waiting) == (room, 60 - room)
    newer = engine.offer(make_frame("s59"))
    assert await outcomes[59] == Superseded()
    travelling = await read_frames(redis, room)
    for _, job, asker, _ in travelling:
        await answer(redis, asker, job, SEEN)
    await until(lambda: engine.health().waiting == 0)
    travelled = [frame.session_id for frame, *_ in (await read_frames(redis, 60))[room:]]
    assert sorted(travelled) == sorted(f"s{n}" for n in range(room, 60))
    assert not newer.done()


async def test_silence_ends_in_unexamined_and_the_next_frame_travels(
    redis_server: RedisServer, redis: Redis, make_frame: MakeFrame
) -> None:
    engine = await open_remote(redis_server, redis, remote_deadline_seconds=0.1)
    assert await engine.offer(make_frame()) == Unexamined("No engine process answered in time.")
    assert engine.health().in_flight == 0
    engine.offer(make_frame())
    await read_frames(redis, 2)
    await engine.close()


async def test_redis_gone_is_told_at_once_and_redis_back_is_used_again(
    engine: RemoteEngine, redis_server: RedisServer, redis: Redis, make_frame: MakeFrame
) -> None:
    travelling = engine.offer(make_frame())
    await read_frames(redis, 1)
    waiting = engine.offer(make_frame())
    redis_server.kill()
    for outcome in (travelling, waiting):
        assert await outcome == Unexamined("The engine cannot be reached.")
    assert await engine.offer(make_frame()) == Unexamined("The engine cannot be reached.")
    redis_server.start()
    returned = open_redis(redis_server.url)
    await pretend_ready(returned)
    await until(lambda: engine.health().ready == 5)
    again = engine.offer(make_frame("ses_b"))
    ((_, job, asker, _),) = await read_frames(returned, 1)
    await answer(returned, asker, job, SEEN)
    assert await again == SEEN
    await returned.aclose()


async def test_while_no_engine_is_ready_pictures_are_not_sent(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    await pretend_ready(redis, 0)
    await until(lambda: engine.health().ready == 0)
    assert await engine.offer(make_frame()) == Unexamined("No engine process is ready.")
    assert engine.health().in_flight == engine.health().waiting == 0
    assert not await redis.exists(FRAMES)


async def test_pictures_that_nobody_takes_leave_redis_by_themselves(
    engine: RemoteEngine, redis: Redis, make_frame: MakeFrame
) -> None:
    engine.offer(make_frame())
    await read_frames(redis, 1)
    async with asyncio.timeout(30):
        while await redis.ttl(FRAMES) < 0:  # set by the command after
            await asyncio.sleep(0.01)
    assert await redis.ttl(FRAMES) <= streams.FRAME_EXPIRES_SECONDS


async def test_a_redis_that_was_never_there_is_no_error(make_frame: MakeFrame) -> None:
    engine = RemoteEngine(scripted_settings(remote=True, redis_url="redis://127.0.0.1:1"))
    await engine.start()
    assert await engine.offer(make_frame()) == Unexamined("The engine cannot be reached.")
    assert engine.health().ready == 0
    await engine.close()


async def test_a_frame_beyond_the_limit_does_not_travel(engine: RemoteEngine, make_frame: MakeFrame) -> None:
    refused = await engine.offer(make_frame(jpeg=bytes(400_001)))
    assert isinstance(refused, Unreadable)
    assert engine.health().in_flight == 0


async def test_health_is_that_of_the_engine_processes(redis_server: RedisServer, redis: Redis) -> None:
    now_ms = await redis_time_ms(redis)
    line = streams.pack_health(EngineHealth(4, 3, 2, 1, 0), now_ms)
    await redis.hset(streams.health_key("test"), "an engine", line)
    engine = await open_remote(redis_server, redis, ready=8)
    assert engine.health() == EngineHealth(children=9, ready=8, restarts=2, waiting=0, in_flight=0)
    await engine.close()


async def test_closing_answers_what_is_open(engine: RemoteEngine, make_frame: MakeFrame) -> None:
    outcome = engine.offer(make_frame())
    await engine.close()
    assert await outcome == Unexamined("The engine cannot be reached.")


async def test_the_stream_is_bounded_and_so_is_what_is_in_flight(
    redis_server: RedisServer, redis: Redis, make_frame: MakeFrame
) -> None:
    engine = await open_remote(redis_server, redis, stream_max_frames=5, remote_deadline_seconds=30)
    outcomes = [engine.offer(make_frame(f"session {number}")) for number in range(9)]
    await read_frames(redis, 5)
    assert (engine.health().in_flight, engine.health().waiting) == (5, 4)
    await engine.close()
    assert all([isinstance(await outcome, Unexamined) for outcome in outcomes])
