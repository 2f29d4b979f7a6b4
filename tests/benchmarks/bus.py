"""`make bench-bus`: what a message between two processes costs, ours beside redis-py's own publish and listen.

Publisher and subscriber are processes of their own over one redis-server. Both ways send the same bodies in turns, so
paced that Redis never falls behind; CPU is that of the process with all its threads. Figures are medians of rounds.
The last line on stdout is one JSON object.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time

import uvloop
from redis.asyncio import Redis

from guildhall.kit.bus import RedisBus
from tests.servers.redis import RedisServer

SIZES_BYTES = (150, 10_000, 40_000)
WAYS = ("ours", "redis_py")
BATCH = 10  # published at once, then a breath: a process with many candidates sends in bursts


async def publish(url: str, way: str, size_bytes: int, messages: int) -> float:
    """CPU microseconds a message, in the process that publishes."""
    bus, redis = RedisBus(url), Redis.from_url(url)
    await bus.start()

    async def ours(body: bytes) -> None:
        await bus.publish("bench", body)

    async def redis_py(body: bytes) -> None:
        await redis.publish("bench", body)

    send = ours if way == "ours" else redis_py
    body = bytes(size_bytes)
    await send(body)
    began = time.process_time()
    for _ in range(messages // BATCH):
        await asyncio.gather(*(send(body) for _ in range(BATCH)))
        await asyncio.sleep(0.002)
    spent = time.process_time() - began
    await bus.close()
    await redis.aclose()
    return spent / messages * 1e6


async def listen(url: str, way: str, messages: int) -> float:
    """CPU microseconds a message, in the process that listens."""
    heard, done = 0, asyncio.Event()

    def take(_: bytes) -> None:
        nonlocal heard
        heard += 1
        if heard >= messages:
            done.set()

    began = time.process_time()
    if way == "ours":
        bus = RedisBus(url)
        await bus.start()
        await bus.subscribe("bench", take)
        print("listening", flush=True)
        began = time.process_time()
        await done.wait()
        await bus.close()
    else:
        async with Redis.from_url(url) as redis, redis.pubsub() as pubsub:
            await pubsub.subscribe("bench")
            print("listening", flush=True)
            began = time.process_time()
            async for message in pubsub.listen():
                if message["type"] == "message":
                    take(message["data"])
                if done.is_set():
                    break
    return (time.process_time() - began) / messages * 1e6


def measure(url: str, way: str, size_bytes: int, messages: int) -> tuple[float, float]:
    """One turn: microseconds a message of publisher and listener."""
    common = [sys.executable, "-m", "tests.benchmarks.bus", "--url", url, "--way", way, "--messages", str(messages)]
    with subprocess.Popen([*common, "--role", "listen"], stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline().strip() == "listening"
        sent = subprocess.run(
            [*common, "--role", "publish", "--size", str(size_bytes)], stdout=subprocess.PIPE, text=True, check=True
        )
        return float(sent.stdout), float(listener.stdout.readline())


def compare(rounds: int, messages: int) -> dict[str, float]:
    redis = RedisServer()
    redis.start()
    try:
        turns: dict[tuple[str, int], list[tuple[float, float]]] = {
            (way, size): [] for size in SIZES_BYTES for way in WAYS
        }
        for _ in range(rounds):
            for (way, size), taken in turns.items():
                taken.append(measure(redis.url, way, size, messages))
    finally:
        redis.kill()
    figures: dict[str, float] = {}
    for (way, size), taken in turns.items():
        for place, half in enumerate(("publish", "listen")):
            figures[f"{way}_{half}_{size}_us"] = round(statistics.median(turn[place] for turn in taken), 1)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--role", choices=("publish", "listen"), help=argparse.SUPPRESS)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if chosen.role == "publish":
            print(runner.run(publish(chosen.url, chosen.way, chosen.size, chosen.messages)))
        elif chosen.role == "listen":
            # The publisher sends one message before those that are counted.
            print(runner.run(listen(chosen.url, chosen.way, chosen.messages + 1)))
    if chosen.role is None:
        print(json.dumps(compare(chosen.rounds, chosen.messages)))


if __name__ == "__main__":
    main()
