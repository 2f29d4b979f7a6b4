"""What a client sends over one transport, taken packet by packet: the half that websockets and polling share.

An upgrade hands it on, so that an attachment may come over the websocket whose packet was posted.
"""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Protocol

from guildhall.kit.clock import Clock
from guildhall.kit.sockets.events import Limit
from guildhall.kit.sockets.limits import TokenBucket
from guildhall.kit.sockets.packets import Kind, Malformed, Packet, attach, encode, parse

SPARE = Limit(per_second=5, burst=200)
"""Packets of one link that are no events anybody hears. An honest page sends one every ping interval, and a few for
each namespace that it joins; 10,000 in one breath held everybody else up for 1.4 s."""


class Inbox(Protocol):
    """What a link needs of the wire."""

    def link_opened(self, link: "Intake") -> None: ...

    def link_closed(self, link: "Intake") -> None: ...

    def take(self, link: "Intake", packet: Packet, text_bytes: int, total_bytes: int) -> Awaitable[None] | None:
        """Take a whole packet; what this returns is awaited before the next one is read. Raises Malformed.

        `total_bytes` are those of its text and of its attachments.
        """
        ...


class Intake:
    """The base of `Link` and `Polling`, which the wire keeps by their transport."""

    __slots__ = (
        "_attachments",
        "_inbox",
        "_packet",
        "_socket",
        "_spare",
        "_text_bytes",
        "_total_bytes",
        "peers",
        "transport_id",
        "write",
    )

    def __init__(self, inbox: Inbox, clock: Clock, socket: Any) -> None:
        self._inbox = inbox
        self._spare = TokenBucket(SPARE, clock)
        self._socket = socket
        self.transport_id = str(socket.sid)
        self.peers: dict[str, str] = {}
        """Who was admitted over this link, by namespace; kept by the wire."""
        self._packet: Packet | None = None  # waits for its attachments
        self._attachments: list[bytes] = []
        self._text_bytes = self._total_bytes = 0
        self.write: Callable[[bytes, Hashable | None], None]
        """Sends finished frames; see `Writer.write` for what a key does."""

    @property
    def is_flushed(self) -> bool:
        """Whether all has left this process."""
        raise NotImplementedError

    def abort(self) -> None:
        """End the connection at once, whether or not its other end is reading."""
        raise NotImplementedError

    def acknowledge(self, path: str, packet_id: bytes, fields: dict[str, Any]) -> None:
        """Answer an event of this link's client; nothing happens when it has left."""
        self.write(encode(Kind.ACK, [fields], path, packet_id), None)

    def spend(self) -> None:
        """Take a packet that is no event anybody hears; raises Malformed when there are too many of them."""
        if self._spare.take():
            raise Malformed("too many packets that say nothing")

    def go_on_from(self, other: "Intake") -> None:
        """Take the place of `other`, also in the middle of a message."""
        for name in ("peers", "_spare", "_packet", "_attachments", "_text_bytes", "_total_bytes"):
            setattr(self, name, getattr(other, name))

    def _take_text(self, text: bytes) -> Awaitable[None] | None:
        if text[:1] != b"4":
            return self._take_engine_packet(text)
        if self._packet is not None:
            raise Malformed("an attachment was expected")
        packet = parse(text)
        size_bytes = len(text)
        if not packet.missing:
            return self._inbox.take(self, packet, size_bytes, size_bytes)
        self._packet, self._text_bytes, self._total_bytes = packet, size_bytes, size_bytes
        return None

    def _take_attachment(self, attachment: bytes) -> Awaitable[None] | None:
        packet, attachments = self._packet, self._attachments
        if packet is None:
            raise Malformed("no attachment was expected")
        attachments.append(attachment)
        self._total_bytes += len(attachment)
        if self._total_bytes > self._socket.server.max_http_buffer_size:
            raise Malformed("message is too large")
        if len(attachments) < packet.missing:
            return None
        attach(packet, attachments)
        self._packet, self._attachments = None, []
        return self._inbox.take(self, packet, self._text_bytes, self._total_bytes)

    def _take_engine_packet(self, text: bytes) -> Awaitable[None] | None:
        """What a client may send beside messages: pong, close and noop, and nothing with them."""
        self.spend()
        match text:
            case b"3":
                self._socket.schedule_ping()
                return None
            case b"1":
                return self._close(self._socket.server.reason.CLIENT_DISCONNECT)
            case b"6":
                return None
        raise Malformed("not a packet that a client may send")

    async def _close(self, reason: str) -> None:
        await self._socket.close(wait=False, abort=True, reason=reason)
