"""Counting how often: a sliding window counter, in this process or in Redis.

In Redis it is `limits`' own. In memory it is ours: `limits` 5.8 starts a sweep over every key at each hit of its
asyncio memory storage, which was measured at 1.5 ms of CPU a hit with 10,000 keys, and nobody owns the sweep's task.
"""

import asyncio
import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from guildhall.kit.clock import Clock
from guildhall.kit.http.problems import LimiterAway

_PAUSE_MS = 1000
_CONNECTIONS = 16
_LOST = (RedisError, StorageError, OSError, TimeoutError)
_KEYS_MAX = 100_000  # about 20 MB; each is one address or principal in one window


class Count(NamedTuple):
    """How one attempt stands against one quota."""

    is_within: bool
    remaining: int
    reset_seconds: int
    """Until the present window ends."""
    retry_after_ms: int = 0


class Limiter(Protocol):
    """What the limits of A3 and A5 count with; domains may use it for limits of their own."""

    async def take(self, quota: RateLimitItem, key: str) -> Count:
        """Count one attempt, unless that would exceed the quota. Raises LimiterAway."""
        ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class _Window:
    index: int
    current: int
    previous: int


class MemoryLimiter:
    """For one process. Holds at most `keys_max` keys a quota; the one whose window began first is forgotten."""

    def __init__(self, clock: Clock, keys_max: int = _KEYS_MAX) -> None:
        self._clock = clock
        self._keys_max = keys_max
        self._windows: dict[RateLimitItem, OrderedDict[str, _Window]] = {}

    async def take(self, quota: RateLimitItem, key: str) -> Count:
        return self.count(quota, key)

    async def close(self) -> None:
        """Nothing is held open."""

    def count(self, quota: RateLimitItem, key: str) -> Count:
        """`take`, for callers that cannot wait."""
        length_ms = quota.get_expiry() * 1000
        index, elapsed_ms = divmod(self._clock.monotonic_ms(), length_ms)
        windows = self._windows.get(quota)
        if windows is None:
            windows = self._windows[quota] = OrderedDict()
        window = windows.get(key)
        if window is None or window.index != index:
            window = self._turn(windows, key, window, index)
        # The previous window counts by the part of it that the sliding window still covers. In whole numbers, so that
        # whoever waits as long as told never fails by a rounding error.
        weighted = window.previous * (length_ms - elapsed_ms) + window.current * length_ms
        reset_seconds = -(-(length_ms - elapsed_ms) // 1000)
        if weighted + length_ms > quota.amount * length_ms:
            return Count(False, 0, reset_seconds, _wait_ms(window, quota.amount, length_ms, elapsed_ms))
        window.current += 1
        return Count(True, (quota.amount - 1) - -(-weighted // length_ms), reset_seconds)

    def _turn(self, windows: OrderedDict[str, _Window], key: str, old: _Window | None, index: int) -> _Window:
        follows = old is not None and old.index == index - 1
        window = windows[key] = _Window(index, 0, old.current if old is not None and follows else 0)
        windows.move_to_end(key)
        # In order of their windows, so what no longer counts stands first; two a turn keep pace with one new.
        for _ in range(2):
            first = next(iter(windows))
            if windows[first].index >= index - 1 and len(windows) <= self._keys_max:
                break
            del windows[first]
        return window


def _wait_ms(window: _Window, amount: int, length_ms: int, elapsed_ms: int) -> int:
    """After how many milliseconds the same attempt is within its quota, if nothing else is counted meanwhile."""
    room = amount - 1 - window.current
    if room >= 0:  # some of the previous window must fade
        return -(-length_ms * (window.previous - room) // window.previous) - elapsed_ms
    # Nothing is left of this window, and some of it must fade in the next.
    return length_ms - elapsed_ms + -(length_ms * room // window.current)


class RedisLimiter:
    """For many processes, which share every count. After a failure Redis is left alone for a second."""

    def __init__(self, url: str, clock: Clock, timeout_seconds: float) -> None:
        retry = Retry(NoBackoff(), 0)
        timeouts: dict[str, Any] = {"socket_connect_timeout": timeout_seconds, "socket_timeout": timeout_seconds}
        self._pool = BlockingConnectionPool.from_url(
            url, max_connections=_CONNECTIONS, timeout=timeout_seconds, retry=retry, **timeouts
        )
        options: dict[str, Any] = {"connection_pool": self._pool}
        self._windows = SlidingWindowCounterRateLimiter(
            RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", **options)
        )
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._ask_from_ms = 0

    async def take(self, quota: RateLimitItem, key: str) -> Count:
        if self._clock.monotonic_ms() < self._ask_from_ms:
            raise LimiterAway
        try:
            async with asyncio.timeout(self._timeout_seconds):
                is_within = await self._windows.hit(quota, key)
                stats = await self._windows.get_window_stats(quota, key)
        except _LOST as error:
            self._ask_from_ms = self._clock.monotonic_ms() + _PAUSE_MS
            raise LimiterAway from error
        reset_seconds = max(1, math.ceil(stats.reset_time - self._clock.now_ms() / 1000))
        return Count(is_within, stats.remaining, reset_seconds, 0 if is_within else reset_seconds * 1000)

    async def close(self) -> None:
        await self._pool.disconnect()


def open_limiter(redis_url: str | None, clock: Clock, timeout_seconds: float = 0.25) -> Limiter:
    """The limiter the settings ask for: Redis where processes share one, else memory."""
    return MemoryLimiter(clock) if redis_url is None else RedisLimiter(redis_url, clock, timeout_seconds)
