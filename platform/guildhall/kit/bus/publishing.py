"""The publishing half of the Redis bus: messages in a pipeline on one connection, and what happens when it is slow.

A keyed message (a candidate's tile) is newest-wins: above the soft limit it waits here, one for each key, and the next
with its key takes its place. One without a key is a hint that something was stored: above the hard limit it is dropped,
and whoever it was meant for finds the thing by its number.
"""

import asyncio

from guildhall.kit.bus.redis_line import Line, LineLost, open_line

SOFT_BYTES = 256_000  # unanswered by Redis; 6 pictures of 40 KB
HARD_BYTES = 8_000_000
HELD_MOST = 2_048  # keys that may wait; the newcomer above it is dropped
# After a failed publish the next ones are dropped this long, so that a Redis that swallows packets (no refusal, only
# silence) costs its callers one time-out and not one a message.
PAUSE_SECONDS = 0.25


class Publisher:
    """Connects when first needed, and again after a loss."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._line: Line | None = None
        self._opening = asyncio.Lock()
        self._paused_until_seconds = 0.0
        self._held: dict[bytes, tuple[bytes, bytes]] = {}  # by key: topic and body

    async def publish(self, topic: bytes, body: bytes, key: bytes | None) -> int:
        """How many Redis handed it to; 1 for a keyed message that waits. Raise `LineLost`.

        A connection that Redis has closed is found out by writing to it: so a message is tried once more on a new one.
        """
        if asyncio.get_running_loop().time() < self._paused_until_seconds:
            return 0
        if (held := self._hold(topic, body, key)) is not None:
            return held
        try:
            return await self._attempt(topic, body)
        except LineLost:
            try:
                return await self._attempt(topic, body)
            except LineLost:
                self._paused_until_seconds = asyncio.get_running_loop().time() + PAUSE_SECONDS
                raise

    def resume(self) -> None:
        """Redis is there again: the pause after a failure is over."""
        self._paused_until_seconds = 0.0

    def end_if_silent(self) -> None:
        """End a connection whose oldest message has had no reply for too long; called every now and then."""
        if self._line is not None and self._line.waited_seconds() > self._timeout_seconds:
            self._line.close()

    async def close(self) -> None:
        self._held.clear()
        if self._line is not None:
            await self._line.end()

    async def _attempt(self, topic: bytes, body: bytes) -> int:
        line = await self._open()
        reply = await line.call(b"PUBLISH", topic, body)
        self._release(line)
        if isinstance(reply, Exception):
            raise LineLost(str(reply))
        return int(reply)

    async def _open(self) -> Line:
        async with self._opening:
            if self._line is None or self._line.lost.done():
                self._line = await open_line(self._url, self._timeout_seconds)
            return self._line

    def _hold(self, topic: bytes, body: bytes, key: bytes | None) -> int | None:
        """None when the message may go out now."""
        unanswered = self._line.unanswered_bytes if self._line is not None and not self._line.lost.done() else 0
        if key is None:
            return 0 if unanswered > HARD_BYTES else None
        if key not in self._held and (unanswered <= SOFT_BYTES or len(self._held) >= HELD_MOST):
            return None if unanswered <= SOFT_BYTES else 0
        self._held[key] = (topic, body)
        return 1

    def _release(self, line: Line) -> None:
        """Send what has waited, the longest first, as far as Redis keeps up."""
        while self._held and line.unanswered_bytes <= SOFT_BYTES and not line.lost.done():
            key = next(iter(self._held))
            topic, body = self._held.pop(key)
            line.call(b"PUBLISH", topic, body).add_done_callback(lambda answered: self._released(answered, line))

    def _released(self, answered: "asyncio.Future[object]", line: Line) -> None:
        if not answered.cancelled() and answered.exception() is None:
            self._release(line)
