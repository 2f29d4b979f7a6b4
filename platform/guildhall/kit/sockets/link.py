"""One websocket, from both sides: engine.io's driver for it, and the queue of its connection.

The stock driver costs a task and a timer for each packet read, and a queue, a task and a timer for each packet sent.
Here a packet is taken inside the read that brought it (see `arrivals`), and what is put on the queue is on the socket
already. What engine.io needs of both is all there is: its own steps (open, ping, close) work unchanged.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Protocol, cast

from aiohttp import WSMsgType, web

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.arrivals import Websocket
from guildhall.kit.sockets.events import Limit
from guildhall.kit.sockets.limits import TokenBucket
from guildhall.kit.sockets.packets import Kind, Malformed, Packet, attach, encode, frame, parse, text_frame
from guildhall.kit.sockets.writer import Bounds, Writer
from guildhall.kit.tasks import TaskOwner

ENGINE_CLOSE = 1
"""engine.io's packet that ends a connection."""
SPARE = Limit(per_second=5, burst=200)
"""Packets of one link that are no events anybody hears. An honest page sends one every ping interval, and a few for
each namespace that it joins; 10,000 in one breath held everybody else up for 1.4 s."""
_CLOSING_SECONDS = 5.0  # for a reader to take its last bytes
log = get_logger(__name__)


class Inbox(Protocol):
    """What a link needs of the wire."""

    def link_opened(self, link: "Link") -> None: ...

    def link_closed(self, link: "Link") -> None: ...

    def take(self, link: "Link", packet: Packet, text_bytes: int, total_bytes: int) -> Awaitable[None] | None:
        """Take a whole packet; what this returns is awaited before the next one is read. Raises Malformed.

        `total_bytes` are those of its text and of its attachments.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Failed:
    """Of taking a message: raised where the websocket is read."""

    error: Exception


_OVER = _Failed(ConnectionResetError("this connection is closed already"))


class Link:
    """Made by engine.io for each websocket handshake, by way of `Wire`; `handler` belongs to its connection."""

    __slots__ = (
        "_attachments",
        "_bounds",
        "_context",
        "_inbox",
        "_last",
        "_owner",
        "_packet",
        "_socket",
        "_spare",
        "_text_bytes",
        "_total_bytes",
        "_writer",
        "peers",
        "transport_id",
        "write",
    )

    def __init__(
        self, inbox: Inbox, bounds: Bounds, owner: TaskOwner, clock: Clock, handler: Any, _server: Any
    ) -> None:
        self._inbox = inbox
        self._bounds = bounds
        self._owner = owner
        self._spare = TokenBucket(SPARE, clock)
        self._socket = handler.__self__
        self.transport_id = str(self._socket.sid)
        self.peers: dict[str, str] = {}
        """Who was admitted over this link, by namespace; kept by the wire."""
        self._packet: Packet | None = None  # waits for its attachments
        self._attachments: list[bytes] = []
        self._text_bytes = self._total_bytes = 0
        self._last: asyncio.TimerHandle | None = None
        self._writer: Writer
        self.write: Callable[[bytes, Hashable | None], None]
        """Sends finished frames; see `Writer.write`, which it is, for what a key does."""

    @property
    def is_flushed(self) -> bool:
        return self._writer.is_flushed

    async def __call__(self, environ: dict[str, Any]) -> web.StreamResponse:
        """The websocket from its handshake to its end."""
        request, socket = environ["aiohttp.request"], self._socket
        self._context = copy_context()  # so that what a packet leads to is logged with the request it came over
        websocket = Websocket(socket.server.max_http_buffer_size)
        try:
            stream = await websocket.prepare(request)
            transport = request.transport
        except ConnectionError:
            transport = None
        if transport is None:  # it went during the handshake
            await self._close(socket.server.reason.TRANSPORT_CLOSE)
            return web.Response()  # to nobody; a websocket that has not begun cannot be ended
        self._writer = Writer(socket.sid, transport, stream.drain, self._bounds, self._owner)
        self.write = self._writer.write
        waiting, socket.queue = socket.queue, self
        while not waiting.empty():
            self.put_nowait(waiting.get_nowait())
        socket.connected = socket.upgraded = True
        self._inbox.link_opened(self)
        try:
            await self._read(websocket)
        except Malformed as error:
            log.info("malformed_packet", transport=self.transport_id, reason=str(error)[:200])
            self.abort()  # or the closing handshake would wait for an answer that need not come
        except ConnectionError:  # it went while it was answered
            pass
        except Exception:  # ends this client alone, whatever it is
            log.exception("link_crashed", transport=self.transport_id)
            self.abort()
        finally:
            self._inbox.link_closed(self)
            self._writer.close()
            if self._last is not None:
                self._last.cancel()
            await self._close(socket.server.reason.TRANSPORT_CLOSE)
        return websocket

    def acknowledge(self, path: str, packet_id: bytes, fields: dict[str, Any]) -> None:
        """Answer an event of this link's client; nothing happens when it has left."""
        self.write(encode(Kind.ACK, [fields], path, packet_id), None)

    def abort(self) -> None:
        """End the connection at once, whether or not its other end is reading."""
        self._writer.abort()

    def spend(self) -> None:
        """Take a packet that is no event anybody hears; raises Malformed when there are too many of them."""
        if self._spare.take():
            raise Malformed("too many packets that say nothing")

    async def _read(self, websocket: Websocket) -> None:
        """While this waits, messages are taken as they arrive; it wakes for what must be waited for, and at the end."""
        arrivals = websocket.arrivals
        try:
            while not self._socket.closed:
                arrivals.take = self._take if arrivals.is_empty else None
                message = await websocket.receive()
                arrivals.take = None
                if message.type is not WSMsgType.TEXT and message.type is not WSMsgType.BINARY:
                    return  # it ends; after an error of the websocket protocol aiohttp has closed it already
                rest: object = message.data
                if isinstance(rest, bytes):
                    rest = self._take(message.type is WSMsgType.TEXT, rest)
                if isinstance(rest, _Failed):
                    raise rest.error
                if rest is not None:
                    await cast("Awaitable[None]", rest)
        finally:
            arrivals.take = None

    def _take(self, is_text: bool, data: bytes) -> Awaitable[None] | _Failed | None:
        if self._socket.closed:
            return _OVER
        try:
            return self._context.run(self._take_text if is_text else self._take_attachment, data)
        except Exception as error:  # noqa: BLE001  told apart where it is raised again
            return _Failed(error)

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

    # The part of asyncio.Queue that engine.io's connections use once they are open.

    def put_nowait(self, packet: Any) -> None:
        if packet is None:  # it would wake the writer that there is not
            return
        encoded = packet.encode()
        self.write(frame(encoded) if isinstance(encoded, bytes) else text_frame(encoded), None)
        if packet.packet_type == ENGINE_CLOSE:
            self._last = self._writer.end(_CLOSING_SECONDS)

    async def put(self, packet: Any) -> None:
        self.put_nowait(packet)

    async def join(self) -> None:
        """Nothing waits here."""
