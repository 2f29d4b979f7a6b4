"""Time as the platform tells it: UTC milliseconds, from a clock that tests can hold still."""

import time
from typing import Protocol


class Clock(Protocol):
    """What every service asks for the time; only entry points choose which one it is."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC; may be corrected by the operating system."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds since an unknown moment; never goes backwards, for durations and limits."""
        ...


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


class ManualClock:
    """A clock that moves when a test says so; both readings advance together."""

    def __init__(self, now_ms: int = 1_800_000_000_000) -> None:
        self._now_ms = now_ms
        self._monotonic_ms = 1_000_000

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_ms(self) -> int:
        return self._monotonic_ms

    def advance(self, milliseconds: int) -> None:
        self._now_ms += milliseconds
        self._monotonic_ms += milliseconds
