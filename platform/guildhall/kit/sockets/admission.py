"""Which connections have nobody on them: Socket.IO leaves a refused client's transport open for ever."""

from guildhall.kit.clock import Clock
from guildhall.kit.sockets.events import Limit
from guildhall.kit.sockets.limits import TokenBucket

TRYING = Limit(per_second=1, burst=20)
"""How often one transport may ask to be admitted: a page asks once for each namespace, and again after 1.5 s."""


class Admission:
    """Counts the peers on each transport; the server's sweep cuts off those that stay bare too long.

    Coming and going over one transport, or guessing tokens, costs an `admit` each time: that is limited here.
    """

    def __init__(self, clock: Clock, admission_seconds: float) -> None:
        self._clock = clock
        self._admission_ms = admission_seconds * 1000
        self._peers: dict[str, int] = {}
        self._bare_since_ms: dict[str, int] = {}
        self._tries: dict[str, TokenBucket] = {}

    def opened(self, transport_id: str) -> None:
        self._peers[transport_id] = 0
        self._bare_since_ms[transport_id] = self._clock.monotonic_ms()
        self._tries[transport_id] = TokenBucket(TRYING, self._clock)

    def tries(self, transport_id: str) -> int:
        """Spend a try: 0 when there was one, else the milliseconds until there will be."""
        bucket = self._tries.get(transport_id)
        return 0 if bucket is None else bucket.take()

    def joined(self, transport_id: str) -> None:
        if transport_id in self._peers:
            self._peers[transport_id] += 1
            self._bare_since_ms.pop(transport_id, None)

    def left(self, transport_id: str) -> None:
        if transport_id in self._peers:
            self._peers[transport_id] -= 1
            if self._peers[transport_id] == 0:
                self._bare_since_ms[transport_id] = self._clock.monotonic_ms()

    def closed(self, transport_id: str) -> None:
        self._peers.pop(transport_id, None)
        self._tries.pop(transport_id, None)
        self._bare_since_ms.pop(transport_id, None)

    def overdue(self) -> list[str]:
        """The transports that have been without a peer for longer than they may."""
        latest_ms = self._clock.monotonic_ms() - self._admission_ms
        return [transport_id for transport_id, since_ms in self._bare_since_ms.items() if since_ms <= latest_ms]
