"""The seam to python-socketio: the only module of the platform that knows the library and touches its inside.

It carries decoded packets to a `Listener` and packets back; whatever is ours (who may come in, order, limits, answers)
lies behind that protocol. What the library leaves open is closed here:

* its event dispatch (any `on_*` method, "connect" as an event, an un-awaited task an event) is never reached;
* permessage-deflate is not negotiated: it cost 90 KB a connection and 40 % of the CPU for JPEGs it cannot shrink;
* a packet that cannot be parsed closes its connection, instead of leaking the writer task or filling the log;
* the attachments of one packet count against the size of a message;
* packets waiting for a slow reader are bounded: CUT_OFF above `max_outgoing`;
* its background tasks have an owner.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import engineio
import orjson
import socketio
from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket as LibraryWebSocket
from engineio.packet import MESSAGE as ENGINE_MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio.packet import ACK, EVENT
from socketio.packet import Packet as LibraryPacket

from guildhall.kit.addresses import origin_is_allowed
from guildhall.kit.errors import DomainError, Unavailable
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.settings import SocketSettings
from guildhall.kit.tasks import TaskOwner

ROUTE = "socket.io"
_ATTACHMENTS_MAX = 16
# What an Engine.IO 4 client may write as text on a websocket: pong, close, noop, or a message that is a Socket.IO
# packet. The library parses anything else outside its own error handling, which leaks the connection's writer.
_CLIENT_TEXT = re.compile(r"[136]\Z|4[0-6]")
log = get_logger(__name__)
Encoded: TypeAlias = "tuple[Any, ...]"
Acknowledge: TypeAlias = "Callable[[dict[str, Any]], None]"


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that asks to be admitted to the namespace `path` over its transport."""

    peer_id: str
    transport_id: str
    path: str
    request: web.Request


class Listener(Protocol):
    """What the wire tells; none of these may raise but `admit`, with a DomainError to refuse."""

    def opened(self, transport_id: str, request: web.Request) -> DomainError | None:
        """The reason why this transport may not be opened, if there is one."""
        ...

    def closed(self, transport_id: str) -> None: ...

    async def admit(self, caller: Caller, auth: object) -> None: ...

    def admitted(self, peer_id: str) -> None: ...

    def parted(self, peer_id: str, reason: str) -> None: ...

    async def received(self, peer_id: str, packet: object, size_bytes: int, acknowledge: Acknowledge) -> None: ...


def encode(path: str, event: str, payload: dict[str, Any]) -> Encoded:
    """An event in wire format, once for any number of receivers; bytes anywhere in `payload` become attachments."""
    return _engine_packets(LibraryPacket(EVENT, data=[event, payload], namespace=path))


def _engine_packets(packet: Any) -> Encoded:
    encoded = packet.encode()
    return tuple(EnginePacket(ENGINE_MESSAGE, part) for part in (encoded if isinstance(encoded, list) else [encoded]))


def _abort(environ: dict[str, Any]) -> None:
    connection = environ["aiohttp.request"].transport
    if connection is not None:
        connection.abort()


class _BoundedPacket(LibraryPacket):  # type: ignore[misc]  # the library is untyped
    """A client's packet may announce attachments without end; the library would wait for them all."""

    def decode(self, encoded_packet: str) -> int:
        count: int = super().decode(encoded_packet)
        if count > _ATTACHMENTS_MAX:
            raise ValueError("too many attachments")
        return count


class _PlainWebSocket(LibraryWebSocket):  # type: ignore[misc]  # the library is untyped
    """The library's driver without compression, and deaf to what it cannot parse."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        self._sock = web.WebSocketResponse(max_msg_size=self.server.max_http_buffer_size, compress=False)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        message: str | bytes = await super().wait()
        if isinstance(message, str) and not _CLIENT_TEXT.match(message):
            log.info("malformed_packet", reason="not a packet a client may send")
            _abort(self.environ)  # or the closing handshake would wait for an answer that need not come
            raise OSError("not a packet a client may send")  # what the driver raises for a closed connection
        return message


class _OwnedEngine(engineio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    """The library's transports, with an owner for their ping and service tasks."""

    owner: TaskOwner

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.owner.start(getattr(target, "__name__", "library"), target(*args, **kwargs))

    def _unauthorized(self, message: DomainError | None = None) -> dict[str, Any]:
        """The HTTP answer of a transport that may not be opened; the library would say 401 whatever the reason."""
        if message is None:
            response: dict[str, Any] = super()._unauthorized()
            return response
        problem = message.as_problem()
        seconds = -(-(problem.retry_after_ms or 0) // 1000)
        return {
            "status": f"{problem.status} {problem.title}",
            "headers": [("Content-Type", "application/problem+json"), ("Retry-After", str(seconds))],
            "response": orjson.dumps(problem.as_document()),
        }


class Wire(socketio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    """A websocket-only Socket.IO server that hands every packet to its listener."""

    def __init__(self, settings: SocketSettings, owner: TaskOwner) -> None:
        quiet = logging.getLogger("guildhall.socketio")
        quiet.setLevel(logging.ERROR)  # it would write a line a packet
        super().__init__(
            async_mode="aiohttp",
            serializer=_BoundedPacket,
            logger=quiet,
            engineio_logger=quiet,
            transports=["websocket"],
            max_http_buffer_size=settings.max_message_bytes,
            ping_interval=settings.ping_interval_seconds,
            ping_timeout=settings.ping_timeout_seconds,
            cors_allowed_origins=self._is_allowed,
        )
        self.namespaces: list[str] = []  # the library would admit anybody to "/"
        self.eio.owner = owner
        self.eio._async = {**self.eio._async, "websocket": _PlainWebSocket}  # noqa: SLF001  no option for it
        self._settings = settings
        self._listener: Listener
        self._incoming_bytes: dict[str, int] = {}

    def listen(self, listener: Listener) -> None:
        self._listener = listener

    def serve(self, path: str) -> None:
        self.on("connect", self._admit_to(path), namespace=path)
        self.on("disconnect", self._parted, namespace=path)

    def write(self, transport_id: str, encoded: Encoded) -> None:
        """Queue packets for a transport, all of them in a row; a reader too slow for that is cut off."""
        transport = self.eio.sockets.get(transport_id)
        if transport is None or transport.closed:
            return
        if transport.queue.qsize() + len(encoded) > self._settings.max_outgoing:
            log.warning("slow_reader_cut_off", transport=transport_id, waiting=transport.queue.qsize())
            self.cut_off(transport_id)
            return
        for packet in encoded:
            transport.queue.put_nowait(packet)

    async def part_with(self, peer_id: str, path: str) -> None:
        """Tell a peer that it is disconnected from its namespace; the listener hears `parted` before this returns."""
        await self.disconnect(peer_id, namespace=path)

    def cut_off(self, transport_id: str) -> None:
        """End a connection at once, whether or not its other end is reading; the library notices and cleans up."""
        if (environ := self.environ.get(transport_id)) is not None:
            _abort(environ)

    async def drop(self, transport_id: str) -> None:
        """Cut off a transport and forget it, also where its handshake failed and the library waits for its pings."""
        self.cut_off(transport_id)
        if (transport := self.eio.sockets.get(transport_id)) is not None:
            await transport.close(wait=False, abort=True, reason=self.reason.TRANSPORT_CLOSE)

    async def close(self, flush_seconds: float) -> None:
        """Let what is queued go out for at most `flush_seconds`, then end every connection."""
        deadline = asyncio.get_running_loop().time() + flush_seconds
        # Polled: neither the library's queues nor a transport's buffer tell when they are empty.
        while asyncio.get_running_loop().time() < deadline and not self._is_flushed():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for transport_id in list(self.environ):
            self.cut_off(transport_id)
        await self.shutdown()

    def _is_flushed(self) -> bool:
        requests = [environ["aiohttp.request"] for environ in self.environ.values()]
        unsent = any(request.transport and request.transport.get_write_buffer_size() for request in requests)
        return not unsent and all(transport.queue.empty() for transport in self.eio.sockets.values())

    def _admit_to(self, path: str) -> Callable[..., Any]:
        async def connect(peer_id: str, environ: dict[str, Any], auth: object = None) -> None:
            transport_id = self.manager.eio_sid_from_sid(peer_id, path)
            caller = Caller(peer_id, transport_id, path, environ["aiohttp.request"])
            try:
                async with asyncio.timeout(self._settings.admission_seconds):
                    await self._listener.admit(caller, auth)
            except TimeoutError:
                refusal: DomainError = Unavailable("Signing in took too long; try again.")
            except DomainError as error:
                refusal = error
            else:
                return
            problem = refusal.as_problem().as_document()
            raise socketio.exceptions.ConnectionRefusedError(refusal.detail, {"problem": problem})

        return connect

    def _parted(self, peer_id: str, reason: str) -> None:
        self._listener.parted(peer_id, reason)

    def _is_allowed(self, origin: str, environ: dict[str, Any]) -> bool:
        return origin_is_allowed(origin, environ.get("HTTP_HOST", ""), self._settings.allowed_origins)

    # From here on: the library's own steps, overridden. Their names and arguments are those of python-socketio 5.18.

    def _engineio_server_class(self) -> type[_OwnedEngine]:
        return _OwnedEngine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> DomainError | None:
        """Anything but None becomes the HTTP answer, and the library forgets the transport."""
        if (refusal := self._listener.opened(eio_sid, environ["aiohttp.request"])) is not None:
            return refusal
        await super()._handle_eio_connect(eio_sid, environ)
        return None

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        self._incoming_bytes.pop(eio_sid, None)
        self._listener.closed(eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        size_bytes = len(data.encode()) if isinstance(data, str) and not data.isascii() else len(data)
        if eio_sid in self._binary_packet:
            size_bytes += self._incoming_bytes.get(eio_sid, 0)
        self._incoming_bytes[eio_sid] = size_bytes
        try:
            if size_bytes > self._settings.max_message_bytes:
                raise ValueError("message is too large")  # noqa: TRY301  as the library does for each of its parts
            await super()._handle_eio_message(eio_sid, data)
        except Exception as error:  # noqa: BLE001  whatever a client can provoke in a parser ends that client alone
            log.info("malformed_packet", reason=f"{type(error).__name__}: {error}"[:200])
            self.cut_off(eio_sid)

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: object) -> None:
        await super()._handle_connect(eio_sid, namespace, data)
        path = namespace or "/"
        peer_id = self.manager.sid_from_eio_sid(eio_sid, path)
        if not self.manager.is_connected(peer_id, path):
            return
        if eio_sid in self.environ:
            self._listener.admitted(peer_id)
        else:  # the transport went while it was being admitted, and the library has not noticed
            await self._handle_disconnect(eio_sid, path, self.reason.TRANSPORT_CLOSE)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: object) -> None:  # noqa: A002
        path = namespace or "/"
        peer_id = self.manager.sid_from_eio_sid(eio_sid, path)
        if not self.manager.is_connected(peer_id, path):
            return

        def acknowledge(payload: dict[str, Any]) -> None:
            if id is not None:
                self.write(eio_sid, _engine_packets(LibraryPacket(ACK, namespace=path, id=id, data=[payload])))

        await self._listener.received(peer_id, data, self._incoming_bytes[eio_sid], acknowledge)

    async def _handle_ack(self, eio_sid: str, namespace: str | None, id: int, data: object) -> None:  # noqa: A002
        """Nothing: the platform asks clients for no acknowledgements."""
