"""An engine process: frames from a Redis Stream into its own pool, outcomes back to whoever asked."""

import asyncio
import contextlib
import functools
import logging
import os
import socket
import uuid
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from proctor_engine import streams
from proctor_engine.contract import Outcome, Unexamined
from proctor_engine.pool import Pool
from proctor_engine.redis_link import (
    READ_BLOCK_MS,
    close_quietly,
    entries_of,
    keep_linked,
    open_redis,
    read_hash,
    redis_time_ms,
)
from proctor_engine.settings import EngineSettings
from proctor_engine.tasks import run_together

log = logging.getLogger(__name__)

# A consumer that has not read for this long belongs to a process that died; the group forgets it.
DEAD_CONSUMER_MS = 60_000
NO_CHILD_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Reply:
    entry_id: bytes
    asker: str
    job: int
    outcome: Outcome


class EngineServer:
    """Reads no more frames than its pool has work for, so that waiting frames are shared by all engine processes.

    Reading is at most once (NOACK): a frame lost with its engine is unexamined by its asker's deadline, and a second
    look at an old picture would be worth nothing. Answered frames are deleted, and what was lost is cleared away after
    `FRAME_EXPIRES_SECONDS`, so pictures do not stay in Redis.
    """

    def __init__(self, settings: EngineSettings) -> None:
        if settings.redis_url is None:
            raise ValueError("An engine process needs engine.redis_url (or REDIS_URL): frames reach it through Redis.")
        self._url = settings.redis_url
        self._settings = settings
        self._pool = Pool(settings)
        self._name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._capacity = 2 * settings.child_count() * settings.frames_in_flight
        self._held = 0  # frames read and not yet answered
        self._replies: list[_Reply] = []  # never more than are held
        self._freed = asyncio.Event()
        self._answered = asyncio.Event()
        self._clock_ahead_ms = 0  # of Redis, against this loop's clock

    async def run(self) -> None:
        """Serve until cancelled, then end the children and sign off."""
        await self._pool.start()
        try:
            await keep_linked(self._url, self._work, self._lose)
        finally:
            await self._pool.close()
            await self._sign_off()

    async def _work(self, redis: Redis) -> None:
        await self._join_group(redis)
        await self._beat_once(redis)
        log.info("engine process %s takes frames", self._name)
        await run_together(self._read(redis), self._reply(redis), self._beat(redis))

    async def _join_group(self, redis: Redis) -> None:
        key = streams.frames_key(self._settings.stream_prefix)
        try:
            await redis.xgroup_create(key, streams.GROUP, id="$", mkstream=True)
        except ResponseError as exists:
            if "BUSYGROUP" not in str(exists):
                raise
        for consumer in await redis.xinfo_consumers(key, streams.GROUP):
            if consumer["idle"] > DEAD_CONSUMER_MS:
                await redis.xgroup_delconsumer(key, streams.GROUP, consumer["name"])

    async def _read(self, redis: Redis) -> None:
        key = streams.frames_key(self._settings.stream_prefix)
        while True:
            if not self._pool.health().ready:
                await asyncio.sleep(NO_CHILD_PAUSE_SECONDS)  # leave the frames to processes that can look at them
                continue
            if self._held >= self._capacity:
                self._freed.clear()
                await self._freed.wait()
                continue
            read = await redis.xreadgroup(
                streams.GROUP,
                self._name,
                {key: ">"},
                count=self._capacity - self._held,
                block=READ_BLOCK_MS,
                noack=True,
            )
            malformed = [entry_id for entry_id, fields in entries_of(read) if not self._take(entry_id, fields)]
            if malformed:
                await redis.xdel(key, *malformed)

    def _take(self, entry_id: bytes, fields: dict[bytes, bytes]) -> bool:
        """Have a frame examined; false where the entry holds none."""
        try:
            frame, job, asker, memory = streams.unpack_frame(fields)
        except streams.MalformedEntry:
            log.warning("entry %s of the frame stream is malformed and dropped", entry_id.decode())
            return False
        self._held += 1
        waited_ms = self._now_ms() - streams.entry_at_ms(entry_id)
        answer = functools.partial(self._answer, entry_id, asker, job)
        if waited_ms > self._settings.stale_frame_ms:
            answer(Unexamined("The frame waited too long for an engine."))
        else:
            self._pool.offer(frame, memory).add_done_callback(lambda outcome: answer(outcome.result()))
        return True

    def _answer(self, entry_id: bytes, asker: str, job: int, outcome: Outcome) -> None:
        self._replies.append(_Reply(entry_id, asker, job, outcome))
        self._answered.set()

    async def _reply(self, redis: Redis) -> None:
        settings = self._settings
        while True:
            await self._answered.wait()
            self._answered.clear()
            replies, self._replies = self._replies, []
            try:
                async with redis.pipeline(transaction=False) as pipe:
                    for reply in replies:
                        pipe.xadd(
                            streams.replies_key(settings.stream_prefix, reply.asker),
                            streams.pack_outcome(reply.outcome, reply.job),  # type: ignore[arg-type]
                            maxlen=settings.reply_max_entries,
                            approximate=True,
                        )
                    for asker in {reply.asker for reply in replies}:
                        key = streams.replies_key(settings.stream_prefix, asker)
                        pipe.expire(key, streams.REPLY_EXPIRES_SECONDS)
                    pipe.xdel(streams.frames_key(settings.stream_prefix), *(reply.entry_id for reply in replies))
                    await pipe.execute()
            finally:
                self._held -= len(replies)
                self._freed.set()

    async def _beat(self, redis: Redis) -> None:
        while True:
            await asyncio.sleep(streams.BEAT_SECONDS)
            await self._beat_once(redis)

    async def _beat_once(self, redis: Redis) -> None:
        """Read the clock of Redis, say how this process is, strike those that went silent."""
        key = streams.health_key(self._settings.stream_prefix)
        now_ms = await redis_time_ms(redis)
        self._clock_ahead_ms = now_ms - self._loop_ms()
        await redis.hset(key, self._name, streams.pack_health(self._pool.health(), now_ms))
        silent = streams.silent_names(await read_hash(redis, key), now_ms)
        if silent:
            await redis.hdel(key, *silent)
        await self._clear_old_frames(redis, now_ms)

    async def _clear_old_frames(self, redis: Redis, now_ms: int) -> None:
        """What engines read and died with is in the stream still. The stream itself, with its group, lives on."""
        key = streams.frames_key(self._settings.stream_prefix)
        oldest = str(now_ms - streams.FRAME_EXPIRES_SECONDS * 1_000)
        await redis.xtrim(key, minid=oldest, approximate=False)
        await redis.expire(key, streams.FRAME_EXPIRES_SECONDS)

    def _lose(self) -> None:
        """Redis is away: answers to what is held will find nobody, and their askers have given up already."""
        self._held -= len(self._replies)
        self._replies.clear()
        self._freed.set()

    async def _sign_off(self) -> None:
        """Strike this process at once, so that web processes need not wait for its silence."""
        prefix = self._settings.stream_prefix
        client = open_redis(self._url)
        with contextlib.suppress(RedisError, OSError):
            await client.hdel(streams.health_key(prefix), self._name)
            await client.xgroup_delconsumer(streams.frames_key(prefix), streams.GROUP, self._name)
        await close_quietly(client)

    def _now_ms(self) -> int:
        return self._loop_ms() + self._clock_ahead_ms

    def _loop_ms(self) -> int:
        return int(asyncio.get_running_loop().time() * 1_000)
