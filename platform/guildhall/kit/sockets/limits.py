"""How often is too often."""

import math

from guildhall.kit.clock import Clock
from guildhall.kit.sockets.events import Limit

_EPSILON = 1e-9  # whoever waits as long as told must not fail by a rounding error


class TokenBucket:
    """One connection's allowance for one event: `burst` at once, then `per_second` on average."""

    __slots__ = ("_at_ms", "_clock", "_limit", "_tokens")

    def __init__(self, limit: Limit, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._tokens = float(limit.burst)
        self._at_ms = clock.monotonic_ms()

    def take(self) -> int:
        """Spend one token: 0 when there was one, else the milliseconds until there will be."""
        now_ms = self._clock.monotonic_ms()
        gained = (now_ms - self._at_ms) * self._limit.per_second / 1000
        self._tokens = min(float(self._limit.burst), self._tokens + gained)
        self._at_ms = now_ms
        if self._tokens >= 1 - _EPSILON:
            self._tokens -= 1
            return 0
        # Rounded first, or 1.0000000000000009 ms of floating point would become 2.
        return max(1, math.ceil(round((1 - self._tokens) * 1000 / self._limit.per_second, 6)))
