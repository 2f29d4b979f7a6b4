"""One proctor's screen: what is on its way to it, and in which order.

A viewer gets the newest tile of a candidate once it has shown the last one, never a queue of old ones, and so many
tiles at once as its line carries within a moment: whatever happens must not wait behind pictures. Entries and cards are
hints in a bounded queue: one that overflows closes the viewer, who comes back and catches up by number.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.sockets import Message
from guildhall.proctoring.messages import Tile, unpack_tile
from guildhall.proctoring.service.tiles import closeup_topic

HINTS_BOUND = 1000  # hints waiting for one viewer; overflow policy: close the viewer
# Tiles under way, in bytes. 150 candidates at 640 x 480 are 12 MB a second: with 100 ms to the page and back, 1.2 MB.
LEAST_BYTES, FIRST_BYTES, MOST_BYTES = 16_000, 64_000, 4_000_000
SLOW_SECONDS = 0.4  # from sending a tile until the page has shown it; above it, fewer are sent at once
SHRINK = 0.9  # for every tile that took longer


class Flight:
    """The tiles under way to one page, and how many of them its line takes at once.

    As congestion control by delay does it (LEDBAT, RFC 6817): what is shown quickly lets more fly, what is not, less.
    """

    def __init__(self) -> None:
        self._sent: dict[str, tuple[float, int]] = {}  # when, and bytes, by session
        self._bytes = 0
        self.window_bytes = float(FIRST_BYTES)

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._sent

    @property
    def has_room(self) -> bool:
        return self._bytes < self.window_bytes

    def begin(self, session_id: str, size_bytes: int, at: float) -> None:
        self._sent[session_id] = at, size_bytes
        self._bytes += size_bytes

    def end(self, session_id: str, at: float) -> None:
        """The page has shown it; nothing for one that is not under way."""
        sent = self._sent.pop(session_id, None)
        if sent is None:
            return
        sent_at, size_bytes = sent
        is_filled = 2 * self._bytes >= self.window_bytes
        self._bytes -= size_bytes
        if at - sent_at > SLOW_SECONDS:
            self.window_bytes = max(LEAST_BYTES, self.window_bytes * SHRINK)
        elif is_filled:
            self.window_bytes = min(MOST_BYTES, self.window_bytes + size_bytes)


class Viewer:
    """One proctor's screen. `pump` is run by whoever owns the connection and ends by being cancelled."""

    def __init__(
        self,
        send: Callable[[Message], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._close = close
        self._now = now
        self._hints: deque[Message] = deque()
        self._newest: dict[str, Tile] = {}  # by session: one slot each, newest wins; in the order of their first wait
        self._on_screen: dict[str, int] = {}  # received_at_ms of the newest tile sent, by session
        self._flight = Flight()
        self._wake = asyncio.Event()
        self._overflowed = False
        self.focus: str | None = None
        self._focus_subscription: Subscription | None = None

    def hint(self, message: Message) -> None:
        if len(self._hints) >= HINTS_BOUND:
            self._overflowed = True
        else:
            self._hints.append(message)
        self._wake.set()

    def offer_tile(self, tile: Tile) -> None:
        waiting = self._newest.get(tile.session_id)
        newest_ms = waiting.received_at_ms if waiting else self._on_screen.get(tile.session_id, 0)
        if tile.received_at_ms <= newest_ms:
            return
        self._newest[tile.session_id] = tile
        if tile.session_id not in self._flight:
            self._wake.set()

    async def enlarge(self, bus: Bus, session_id: str | None) -> None:
        """See one candidate at full rate; None ends it."""
        if self._focus_subscription is not None:
            await self._focus_subscription.close()
            self._focus_subscription = None
        self.focus = session_id
        if session_id is not None:
            self._focus_subscription = await bus.subscribe(
                closeup_topic(session_id), lambda body: self.offer_tile(unpack_tile(body))
            )

    def tile_seen(self, session_id: str) -> None:
        self._flight.end(session_id, self._now())
        if self._newest:
            self._wake.set()

    async def pump(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while not self._overflowed and (message := self.take_next()) is not None:
                await self._send(message)
            if self._overflowed:
                await self._close()
                return

    def take_next(self) -> Message | None:
        """What goes next: hints before pictures, the enlarged candidate before the others, who take turns."""
        if self._hints:
            return self._hints.popleft()
        if not self._flight.has_room:
            return None
        waiting = (one for one in self._newest if one not in self._flight)
        is_focus_due = self.focus in self._newest and self.focus not in self._flight
        session_id = self.focus if is_focus_due else next(waiting, None)
        if session_id is None:
            return None
        tile = self._newest.pop(session_id)
        self._flight.begin(session_id, len(tile.jpeg), self._now())
        self._on_screen[session_id] = tile.received_at_ms
        return tile
