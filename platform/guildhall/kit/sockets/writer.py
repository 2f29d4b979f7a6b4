"""The sending half of one websocket: finished frames, on the socket at once, and a bound on what a slow reader leaves.

Above `slow_reader_bytes` unsent, a message with a key waits, and the newest of that key replaces it: NEWEST_WINS. What
has no key is always sent; above `max_unsent_bytes` the connection is ended instead: CUT_OFF. The client comes back and
catches up. The keyed are bounded too: above `max_keyed_bytes` waiting, CUT_OFF.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.settings import SocketSettings
from guildhall.kit.tasks import TaskOwner

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """In bytes, of one connection; see `SocketSettings`."""

    slow_reader: int
    unsent: int
    keyed: int

    @classmethod
    def of(cls, settings: SocketSettings) -> "Bounds":
        return cls(settings.slow_reader_bytes, settings.max_unsent_bytes, settings.max_keyed_bytes)


class Writer:
    """Made by a link; `drain` waits until the transport takes more, and raises when it is gone."""

    __slots__ = ("_bounds", "_drain", "_drainer", "_keyed", "_keyed_bytes", "_name", "_owner", "_transport")

    def __init__(
        self,
        name: str,
        transport: asyncio.Transport,
        drain: Callable[[], Awaitable[None]],
        bounds: Bounds,
        owner: TaskOwner,
    ) -> None:
        self._name = name
        self._transport = transport
        self._drain = drain
        self._bounds = bounds
        self._owner = owner
        self._keyed: dict[Hashable, bytes] = {}
        self._keyed_bytes = 0
        self._drainer: asyncio.Task[None] | None = None

    @property
    def is_flushed(self) -> bool:
        """Whether all has left this process."""
        return self._transport.is_closing() or not (self._keyed or self._transport.get_write_buffer_size())

    def write(self, frames: bytes, key: Hashable | None = None) -> None:
        """Send frames, whole and in order; those with a key may wait and be replaced by newer ones of that key."""
        transport = self._transport
        if transport.is_closing():
            return
        unsent_bytes = transport.get_write_buffer_size()
        if key is not None and (self._drainer is not None or unsent_bytes > self._bounds.slow_reader):
            self._wait(frames, key)
        elif unsent_bytes + len(frames) > self._bounds.unsent:
            self._cut_off(unsent_bytes)
        else:
            transport.write(frames)

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()
        self.close()

    def end(self, seconds: float) -> asyncio.TimerHandle:
        """End the connection when all is sent, or after this time."""
        self._transport.close()
        return asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def close(self) -> None:
        """Forget what waits and stop waiting for it."""
        self._keyed.clear()
        self._keyed_bytes = 0
        if self._drainer is not None:
            self._drainer.cancel()

    def _wait(self, frames: bytes, key: Hashable) -> None:
        self._keyed_bytes += len(frames) - len(self._keyed.get(key, b""))
        self._keyed[key] = frames  # in the place of the one it replaces, so that no key keeps another from its turn
        if self._keyed_bytes > self._bounds.keyed:
            self._cut_off(self._transport.get_write_buffer_size())
        elif self._drainer is None:
            self._drainer = self._owner.start(f"catch up {self._name}", self._catch_up())

    def _cut_off(self, unsent_bytes: int) -> None:
        log.warning("slow_reader_cut_off", transport=self._name, unsent_bytes=unsent_bytes, keyed=len(self._keyed))
        self.abort()

    async def _catch_up(self) -> None:
        try:
            while self._keyed:
                await self._drain()
                if self._transport.is_closing():
                    return
                frames = self._keyed.pop(next(iter(self._keyed)))  # only now: a newer one may have come meanwhile
                self._keyed_bytes -= len(frames)
                self._transport.write(frames)
        except ConnectionError:  # it went away; its reader notices
            return
        finally:
            self._drainer = None
