"""One websocket, from both sides: engine.io's driver for it, and the queue of its connection.

The stock driver costs a task and a timer for each packet read, and a queue, a task and a timer for each packet sent.
Here a packet is taken inside the read that brought it (see `arrivals`), and what is put on the queue is on the socket
already. What engine.io needs of both is all there is: its own steps (open, ping, close) work unchanged.
"""

import asyncio
from collections.abc import Awaitable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import WSMsgType, web

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.arrivals import Websocket
from guildhall.kit.sockets.intake import Inbox, Intake
from guildhall.kit.sockets.packets import Malformed, frame, text_frame
from guildhall.kit.sockets.polling import ENGINE_CLOSE, Polling
from guildhall.kit.sockets.writer import Bounds, Writer
from guildhall.kit.tasks import TaskOwner

_CLOSING_SECONDS = 5.0  # for a reader to take its last bytes
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Failed:
    """Of taking a message: raised where the websocket is read."""

    error: Exception


_OVER = _Failed(ConnectionResetError("this connection is closed already"))


class Link(Intake):
    """Made by engine.io for each websocket handshake, by way of `Wire`; `handler` belongs to its connection.

    When that connection polls so far, this takes its place once the upgrade is done.
    """

    __slots__ = ("_bounds", "_context", "_last", "_owner", "_writer")

    def __init__(
        self, inbox: Inbox, bounds: Bounds, owner: TaskOwner, clock: Clock, handler: Any, _server: Any
    ) -> None:
        super().__init__(inbox, clock, handler.__self__)
        self._bounds = bounds
        self._owner = owner
        self._last: asyncio.TimerHandle | None = None
        self._writer: Writer

    @property
    def is_flushed(self) -> bool:
        return self._writer.is_flushed

    async def __call__(self, environ: dict[str, Any]) -> web.StreamResponse:
        """The websocket from its handshake to its end."""
        socket = self._socket
        self._context = copy_context()  # so that what a packet leads to is logged with the request it came over
        websocket = Websocket(socket.server.max_http_buffer_size)
        before = socket.queue if isinstance(socket.queue, Polling) else None
        opened = await self._open(websocket, environ["aiohttp.request"], before)
        if not isinstance(opened, Writer):
            return opened
        self._writer = opened
        self.write = self._writer.write
        waiting, socket.queue = socket.queue, self
        socket.connected = socket.upgraded = True
        if before is not None:
            self._replace(before)
        else:
            while not waiting.empty():
                self.put_nowait(waiting.get_nowait())
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

    async def _open(
        self, websocket: Websocket, request: web.Request, before: Polling | None
    ) -> Writer | web.StreamResponse:
        """The handshake, and the upgrade of a session that polls; the answer alone when there is no more to it."""
        try:
            stream = await websocket.prepare(request)
            transport = request.transport
        except ConnectionError:
            transport = None
        if transport is None:  # it went during the handshake
            if before is None:
                await self._close(self._socket.server.reason.TRANSPORT_CLOSE)
            return web.Response()  # to nobody; a websocket that has not begun cannot be ended
        if before is not None and not await before.probe(websocket, transport):
            transport.abort()  # it was tried, and the session goes on without it
            return websocket
        return Writer(self.transport_id, transport, stream.drain, self._bounds, self._owner)

    def _replace(self, before: Polling) -> None:
        """From here on all goes this way, also the answers to what was posted."""
        self.go_on_from(before)
        for frames, key in before.hand_over():
            self.write(frames, key)
        before.write = self.write

    def abort(self) -> None:
        self._writer.abort()

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
