"""How often is too often."""

import math

from guildhall.kit.clock import Clock
from guildhall.kit.sockets.events import Limit

_NS = 1_000_000  # in a millisecond


class TokenBucket:
    """One connection's allowance for one event: `burst` at once, then `per_second` on average.

    Kept as the moment when the bucket will be full again, in whole nanoseconds (the generic cell rate algorithm, ITU-T
    I.371): one number, one comparison an event, and whoever waits as long as told cannot fail by a rounding error.
    """

    __slots__ = ("_burst_ns", "_clock", "_full_at_ns", "_token_ns")

    def __init__(self, limit: Limit, clock: Clock) -> None:
        self._clock = clock
        self._token_ns = math.ceil(1e9 / limit.per_second)  # upwards: never more than the limit says
        self._burst_ns = (limit.burst - 1) * self._token_ns
        self._full_at_ns = 0

    def take(self) -> int:
        """Spend one token: 0 when there was one, else the milliseconds until there will be."""
        now_ns = self._clock.monotonic_ms() * _NS
        full_at_ns = self._full_at_ns
        if full_at_ns <= now_ns:
            self._full_at_ns = now_ns + self._token_ns
            return 0
        early_ns = full_at_ns - now_ns - self._burst_ns
        if early_ns <= 0:
            self._full_at_ns = full_at_ns + self._token_ns
            return 0
        return -(-early_ns // _NS)
