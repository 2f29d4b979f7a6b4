"""A connection to Redis that says so when it is lost, and comes back by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from proctor_engine.tasks import run_together

log = logging.getLogger(__name__)

READ_BLOCK_MS = 1_000
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 1.0  # sessions stand still meanwhile, and are to go on within 3 s


def open_redis(url: str) -> Redis:
    """A client that reports a lost connection at once: frames go stale while a client retries."""
    return Redis.from_url(
        url,
        protocol=2,  # RESP3 would answer XREAD with another shape
        decode_responses=False,
        socket_connect_timeout=2,
        socket_timeout=3 * READ_BLOCK_MS / 1_000,
        retry=Retry(NoBackoff(), 0),
    )


async def keep_linked(
    url: str,
    work: Callable[[Redis], Awaitable[None]],
    on_lost: Callable[[], None],
) -> None:
    """Run `work` over a working connection, for ever: when it fails on Redis, tell `on_lost`, wait, begin again.

    The outage is logged once and so is its end. Ends only by cancellation; any other error of `work` is raised.
    """
    pause, is_out = FIRST_PAUSE_SECONDS, False

    async def link(client: Redis) -> None:
        nonlocal pause, is_out
        await client.ping()
        if is_out:
            log.warning("Redis is back")
        pause, is_out = FIRST_PAUSE_SECONDS, False
        await work(client)

    while True:
        client = open_redis(url)
        try:
            await run_together(link(client))
        except (RedisError, OSError) as failure:
            if not is_out:
                log.error("Redis is lost (%s); trying again until it is back", failure)  # noqa: TRY400
            is_out = True
        finally:
            on_lost()
            await close_quietly(client)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def close_quietly(client: Redis) -> None:
    """Hang up; a connection that is gone already is no error."""
    try:
        await client.aclose()
    except (RedisError, OSError):
        log.debug("a lost connection could not be closed in order")


def entries_of(read: object) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """The entries in an answer to XREAD or XREADGROUP of one stream; none when it timed out."""
    answer = cast("list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]", read or [])
    return [entry for _, entries in answer for entry in entries]


async def read_hash(client: Redis, key: str) -> dict[bytes, bytes]:
    """HGETALL."""
    return cast("dict[bytes, bytes]", await client.hgetall(key))


async def redis_time_ms(client: Redis) -> int:
    """The clock of Redis, which engines and web processes share."""
    seconds, micros = cast("tuple[int, int]", await cast("Awaitable[Any]", client.time()))
    return seconds * 1_000 + micros // 1_000
