"""Small things that the process tests share."""

import asyncio
from collections.abc import Callable

from redis.asyncio import Redis

from proctor_engine import streams
from proctor_engine.contract import EngineHealth
from proctor_engine.redis_link import redis_time_ms
from proctor_engine.settings import EngineSettings


def scripted_settings(**changes: object) -> EngineSettings:
    """One scripted child that does not linger."""
    quick: dict[str, object] = {"detector": "scripted", "children": 1, "frame_deadline_seconds": 10, "niceness": 0}
    return EngineSettings.model_validate(quick | changes)


async def until(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that must come; the limit is for a test that fails, not a measurement."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


async def pretend_ready(redis: Redis, children: int = 5) -> None:
    """Make remote engines believe, for a few minutes, in an engine process that is none."""
    line = streams.pack_health(EngineHealth(children, children, 0, 0, 0), await redis_time_ms(redis) + 300_000)
    await redis.hset(streams.health_key("test"), "an engine that is none", line)
