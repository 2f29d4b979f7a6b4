import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from guildhall.kit.bus.publishing import SOFT_BYTES, Publisher
from guildhall.kit.bus.redis_line import LineLost, open_line
from tests.servers.redis import RedisServer, run_redis

pytestmark = pytest.mark.servers
TIMEOUT_SECONDS = 0.5
PICTURE_BYTES = 40_000


@pytest.fixture
def server() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
async def publisher(server: RedisServer) -> AsyncIterator[Publisher]:
    publisher = Publisher(server.url, TIMEOUT_SECONDS)
    yield publisher
    await publisher.close()


@pytest.fixture
async def tiles(server: RedisServer) -> AsyncIterator[list[bytes]]:
    """What arrives on the topic `tiles`."""
    heard: list[bytes] = []
    subscribed = asyncio.Event()

    def take(push: list[bytes]) -> None:
        if push[0] == b"message":
            heard.append(push[2])
        subscribed.set()

    line = await open_line(server.url, TIMEOUT_SECONDS, take)
    line.say(b"SUBSCRIBE", b"tiles")
    await subscribed.wait()
    yield heard
    await line.end()


def picture(number: int) -> bytes:
    return b"%08d" % number + bytes(PICTURE_BYTES)


async def test_while_redis_is_slow_only_the_newest_picture_of_each_candidate_waits(
    server: RedisServer, publisher: Publisher, tiles: list[bytes]
) -> None:
    assert await publisher.publish(b"tiles", b"warm", None) == 1
    server.freeze()
    at_once = SOFT_BYTES // PICTURE_BYTES + 1
    sent = [
        asyncio.create_task(publisher.publish(b"tiles", picture(number), b"ada" if number % 2 else b"bob"))
        for number in range(100)
    ]
    await asyncio.sleep(0)  # each runs until it waits for Redis, or was put aside
    assert sum(task.done() for task in sent) == len(sent) - at_once
    server.thaw()
    assert set(await asyncio.gather(*sent)) == {1}
    async with asyncio.timeout(10):
        while len(tiles) < at_once + 3:
            await asyncio.sleep(0.01)
    numbers = [int(body[:8]) for body in tiles[1:]]
    assert numbers == [*range(at_once), 99, 98]


async def test_a_redis_that_swallows_everything_costs_one_time_out_and_then_nothing(
    server: RedisServer, publisher: Publisher
) -> None:
    await publisher.publish(b"hints", b"warm", None)
    server.freeze()
    waiting = asyncio.create_task(publisher.publish(b"hints", b"1", None))
    async with asyncio.timeout(10):
        while not waiting.done():
            await asyncio.sleep(0.05)
            publisher.end_if_silent()
    with pytest.raises(LineLost):
        await waiting
    began = asyncio.get_running_loop().time()
    assert await publisher.publish(b"hints", b"2", None) == 0
    assert asyncio.get_running_loop().time() - began < TIMEOUT_SECONDS
    server.thaw()
    publisher.resume()
    assert await publisher.publish(b"hints", b"3", None) == 0  # nobody listens, and Redis says so


async def test_a_password_a_database_and_a_wrong_port_are_told_apart(server: RedisServer) -> None:
    admin = await open_line(server.url, TIMEOUT_SECONDS)
    assert await admin.call(b"CONFIG", b"SET", b"requirepass", b"open sesame") == b"OK"
    address = server.url.removeprefix("redis://").removesuffix("/0")
    line = await open_line(f"redis://:open%20sesame@{address}/3", TIMEOUT_SECONDS)
    assert await line.call(b"PING") == b"PONG"
    with pytest.raises(LineLost, match="WRONGPASS"):
        await open_line(f"redis://:wrong@{address}", TIMEOUT_SECONDS)
    with pytest.raises(LineLost):
        await open_line("redis://127.0.0.1:1", TIMEOUT_SECONDS)
    for one in (admin, line):
        await one.end()
