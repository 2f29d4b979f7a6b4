import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

import pytest
import uvloop
from redis.asyncio import Redis

from guildhall.kit.bus import BusSettings, RedisBus, open_bus
from tests.servers.redis import RedisServer, run_redis

pytestmark = pytest.mark.servers
Join = Callable[[], Awaitable[RedisBus]]


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.01)


@pytest.fixture
def server() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.fixture
async def join(server: RedisServer) -> AsyncIterator[Join]:
    """Makes the bus of one more process."""
    joined: list[RedisBus] = []

    async def join() -> RedisBus:
        bus = RedisBus(server.url)
        joined.append(bus)
        await bus.start()
        return bus

    yield join
    for bus in joined:
        await bus.close()


async def publish_until(bus: RedisBus, topic: str, body: bytes, is_heard: bool) -> None:
    async with asyncio.timeout(10):
        while bool(await bus.publish(topic, body)) is not is_heard:
            await asyncio.sleep(0.01)


def ignore(_: bytes) -> None:
    pass


async def test_a_message_crosses_from_one_process_to_another_as_soon_as_subscribe_returns(join: Join) -> None:
    here, there = await join(), await join()
    heard: list[bytes] = []
    await there.subscribe("exam:1", heard.append)
    assert await here.publish("exam:1", b"\x00\xff") == 1
    assert await here.publish("exam:2", b"other") == 0
    await until(lambda: heard)
    assert heard == [b"\x00\xff"]


async def test_a_process_hears_itself_and_messages_keep_their_order(join: Join) -> None:
    bus = await join()
    heard: list[bytes] = []
    await bus.subscribe("a", heard.append)
    sent = [str(number).encode() for number in range(300)]
    for body in sent:
        await bus.publish("a", body)
    await until(lambda: len(heard) == len(sent))
    assert heard == sent


async def test_the_last_subscriber_that_closes_ends_the_topic_at_redis(join: Join) -> None:
    bus = await join()
    heard: list[bytes] = []
    first = await bus.subscribe("a", heard.append)
    second = await bus.subscribe("a", heard.append)
    await first.close()
    assert await bus.publish("a", b"1") == 1
    await until(lambda: heard)
    await second.close()
    await publish_until(bus, "a", b"2", is_heard=False)
    again: list[bytes] = []
    await bus.subscribe("a", again.append)
    assert await bus.publish("a", b"3") == 1
    await until(lambda: again)
    assert (heard, again) == ([b"1"], [b"3"])


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_redis_gone_and_back_resubscribes_everything_and_tells_of_the_gap(
    server: RedisServer, join: Join, end: str
) -> None:
    here, there = await join(), await join()
    heard: list[bytes] = []
    gaps: list[str] = []
    for topic in ("a", "b", "c"):
        await there.subscribe(topic, heard.append, partial(gaps.append, topic))
    assert gaps == []
    await asyncio.to_thread(getattr(server, end))
    assert await here.publish("a", b"lost") == 0
    await asyncio.to_thread(server.start)
    await until(lambda: gaps == ["a", "b", "c"])
    for topic in ("a", "b", "c"):
        await publish_until(here, topic, topic.encode(), is_heard=True)
    await until(lambda: len(heard) == 3)
    assert heard == [b"a", b"b", b"c"]
    assert gaps == ["a", "b", "c"]


async def test_subscribing_while_redis_is_away_takes_effect_when_it_is_back(server: RedisServer, join: Join) -> None:
    bus = await join()
    await asyncio.to_thread(server.kill)
    heard: list[bytes] = []
    gaps: list[None] = []
    await bus.subscribe("a", heard.append, lambda: gaps.append(None))
    left = await bus.subscribe("b", heard.append)
    await left.close()
    await asyncio.to_thread(server.start)
    await until(lambda: gaps)
    assert await bus.publish("b", b"nobody") == 0
    assert await bus.publish("a", b"1") == 1
    await until(lambda: heard)


async def test_the_first_publish_after_a_restart_succeeds_though_its_connection_is_dead(
    server: RedisServer, join: Join
) -> None:
    here = await join()
    gaps: list[None] = []
    await here.subscribe("a", ignore, lambda: gaps.append(None))
    assert await here.publish("a", b"1") == 1
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    await until(lambda: gaps)
    assert await here.publish("a", b"2") == 1


async def test_a_bus_starts_without_redis_and_finds_it_later(server: RedisServer, join: Join) -> None:
    await asyncio.to_thread(server.kill)
    bus = await join()
    heard: list[bytes] = []
    await bus.subscribe("a", heard.append)
    assert await bus.publish("a", b"0") == 0
    await asyncio.to_thread(server.start)
    await publish_until(bus, "a", b"1", is_heard=True)
    await until(lambda: heard)


async def test_a_listener_that_redis_throws_out_comes_back_and_tells_of_the_gap(
    server: RedisServer, join: Join
) -> None:
    bus = await join()
    heard: list[bytes] = []
    gaps: list[None] = []
    await bus.subscribe("a", heard.append, lambda: gaps.append(None))
    async with Redis.from_url(server.url) as admin:
        await admin.client_kill_filter(_type="pubsub")
    await until(lambda: gaps)
    assert await bus.publish("a", b"1") == 1
    await until(lambda: heard)


async def test_a_subscriber_that_crashes_harms_neither_the_others_nor_the_bus(join: Join) -> None:
    bus = await join()
    heard: list[bytes] = []

    def crash(*_: object) -> None:
        raise RuntimeError("subscriber")

    await bus.subscribe("a", crash, crash)
    await bus.subscribe("a", heard.append)
    await bus.publish("a", b"1")
    await bus.publish("a", b"2")
    await until(lambda: len(heard) == 2)


async def test_many_publishers_and_subscribers_at_once_lose_nothing(join: Join) -> None:
    here, there = await join(), await join()
    heard: dict[str, list[bytes]] = {f"topic:{number}": [] for number in range(20)}
    await asyncio.gather(*(there.subscribe(topic, bodies.append) for topic, bodies in heard.items()))
    sends = [(topic, str(number).encode()) for topic in heard for number in range(20)]
    random.shuffle(sends)
    assert await asyncio.gather(*(here.publish(topic, body) for topic, body in sends)) == [1] * len(sends)
    await until(lambda: sum(map(len, heard.values())) == len(sends))


async def test_a_closed_bus_leaves_no_task_behind(server: RedisServer) -> None:
    before = asyncio.all_tasks()
    bus = open_bus(BusSettings(redis_url=server.url))
    await bus.start()
    await bus.subscribe("a", ignore)
    await bus.publish("a", b"1")
    await bus.close()
    assert asyncio.all_tasks() == before


def test_a_bus_works_on_the_loop_that_the_product_runs_on(server: RedisServer) -> None:
    """uvloop's transports are asyncio's in all but their class; a line that asked for the class never connected."""

    async def converse() -> list[bytes]:
        bus = RedisBus(server.url)
        await bus.start()
        heard: list[bytes] = []
        await bus.subscribe("a", heard.append)
        assert await bus.publish("a", b"1") == 1
        await until(lambda: heard)
        await bus.close()
        return heard

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(converse()) == [b"1"]
