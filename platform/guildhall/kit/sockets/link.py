"""One websocket, from both sides: engine.io's driver for it, and the queue of its connection.

The stock driver costs a task and a timer for each packet read, and a queue, a task and a timer for each packet sent.
Here a packet is taken as it is read, and what is put on the queue is on the socket already. What engine.io needs of
both is all there is: its own steps (open, ping, close) work unchanged.
"""

import asyncio
from collections.abc import Awaitable, Hashable
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.packets import Malformed, Packet, attach, frame, parse, text_frame
from guildhall.kit.sockets.writer import Bounds, Writer
from guildhall.kit.tasks import TaskOwner

ENGINE_CLOSE = 1
"""engine.io's packet that ends a connection."""
_CLOSING_SECONDS = 5.0  # for a reader to take its last bytes
log = get_logger(__name__)


class Inbox(Protocol):
    """What a link needs of the wire."""

    def link_opened(self, link: "Link") -> None: ...

    def link_closed(self, link: "Link") -> None: ...

    def take(self, link: "Link", packet: Packet, size_bytes: int) -> Awaitable[None] | None:
        """Take a whole packet; what this returns is awaited before the next one is read. Raises Malformed."""
        ...


class Link:
    """Made by engine.io for each websocket handshake, by way of `Wire`; `handler` belongs to its connection."""

    __slots__ = ("_attachments", "_bounds", "_inbox", "_last", "_owner", "_packet", "_size_bytes", "_socket", "_writer")

    def __init__(self, inbox: Inbox, bounds: Bounds, owner: TaskOwner, handler: Any, _server: Any) -> None:
        self._inbox = inbox
        self._bounds = bounds
        self._owner = owner
        self._socket = handler.__self__
        self._packet: Packet | None = None  # waits for its attachments
        self._attachments: list[bytes] = []
        self._size_bytes = 0
        self._last: asyncio.TimerHandle | None = None
        self._writer: Writer

    @property
    def transport_id(self) -> str:
        return str(self._socket.sid)

    @property
    def is_flushed(self) -> bool:
        return self._writer.is_flushed

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """The websocket from its handshake to its end."""
        request, socket = environ["aiohttp.request"], self._socket
        websocket = web.WebSocketResponse(max_msg_size=socket.server.max_http_buffer_size, compress=False)
        stream = await websocket.prepare(request)
        if request.transport is None:  # it went during the handshake
            await self._close(socket.server.reason.TRANSPORT_CLOSE)
            return websocket
        self._writer = Writer(socket.sid, request.transport, stream.drain, self._bounds, self._owner)
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

    def write(self, frames: bytes, key: Hashable | None = None) -> None:
        """Send finished frames; see `Writer` for what a key does."""
        self._writer.write(frames, key)

    def abort(self) -> None:
        """End the connection at once, whether or not its other end is reading."""
        self._writer.abort()

    async def _read(self, websocket: web.WebSocketResponse) -> None:
        async for message in websocket:
            later = None
            if message.type is WSMsgType.BINARY:
                later = self._take_attachment(message.data)
            elif message.type is WSMsgType.TEXT:
                later = self._take_text(message.data)
            else:  # an error of the websocket protocol: aiohttp has closed it already
                return
            if later is not None:
                await later
            if self._socket.closed:
                return

    def _take_text(self, text: str) -> Awaitable[None] | None:
        if not text.startswith("4"):
            return self._take_engine_packet(text)
        if self._packet is not None:
            raise Malformed("an attachment was expected")
        packet = parse(text)
        size_bytes = len(text) if text.isascii() else len(text.encode())
        if not packet.missing:
            return self._inbox.take(self, packet, size_bytes)
        self._packet, self._size_bytes = packet, size_bytes
        return None

    def _take_attachment(self, attachment: bytes) -> Awaitable[None] | None:
        packet, attachments = self._packet, self._attachments
        if packet is None:
            raise Malformed("no attachment was expected")
        attachments.append(attachment)
        self._size_bytes += len(attachment)
        if self._size_bytes > self._socket.server.max_http_buffer_size:
            raise Malformed("message is too large")
        if len(attachments) < packet.missing:
            return None
        attach(packet, attachments)
        self._packet, self._attachments = None, []
        return self._inbox.take(self, packet, self._size_bytes)

    def _take_engine_packet(self, text: str) -> Awaitable[None] | None:
        """What a client may send beside messages: pong, close and noop, and nothing with them."""
        match text:
            case "3":
                self._socket.schedule_ping()
                return None
            case "1":
                return self._close(self._socket.server.reason.CLIENT_DISCONNECT)
            case "6":
                return None
        raise Malformed("not a packet that a client may send")

    async def _close(self, reason: str) -> None:
        await self._socket.close(wait=False, abort=True, reason=reason)

    # The part of asyncio.Queue that engine.io's connections use once they are open.

    def put_nowait(self, packet: Any) -> None:
        if packet is None:  # it would wake the writer that there is not
            return
        encoded = packet.encode()
        self.write(frame(encoded) if isinstance(encoded, bytes) else text_frame(encoded))
        if packet.packet_type == ENGINE_CLOSE:
            self._last = self._writer.end(_CLOSING_SECONDS)

    async def put(self, packet: Any) -> None:
        self.put_nowait(packet)

    async def join(self) -> None:
        """Nothing waits here."""
