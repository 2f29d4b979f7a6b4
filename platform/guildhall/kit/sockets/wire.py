"""The seam to python-socketio: the only module of the platform that knows the library and touches its inside.

It carries decoded packets to a `Listener` and packets back; whatever is ours (who may come in, order, limits, answers)
lies behind that protocol. What the library leaves open is closed here:

* its event dispatch (any `on_*` method, "connect" as an event, an un-awaited task an event) is never reached;
* permessage-deflate is not negotiated: it cost 90 KB a connection and 40 % of the CPU for JPEGs it cannot shrink;
* its driver, its queues and its parser are ours (`link`, `polling`, `writer`, `packets`): no task or timer a packet, a
  packet that cannot be parsed closes its connection, and what waits for a slow reader is bounded;
* its background tasks have an owner.

Its versions are pinned; test_contract.py beside this module's tests names every internal that is touched here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import engineio
import orjson
import socketio
from aiohttp import web
from engineio.async_socket import AsyncSocket
from engineio.exceptions import EngineIOError

from guildhall.kit.addresses import origin_is_allowed
from guildhall.kit.clock import Clock
from guildhall.kit.errors import DomainError, Invalid, Unavailable
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.intake import Intake
from guildhall.kit.sockets.link import Link
from guildhall.kit.sockets.listener import Caller, Listener
from guildhall.kit.sockets.packets import Kind, Malformed, Packet
from guildhall.kit.sockets.payloads import asks_for_websocket
from guildhall.kit.sockets.polling import Polling
from guildhall.kit.sockets.settings import SocketSettings
from guildhall.kit.sockets.writer import Bounds
from guildhall.kit.tasks import TaskOwner

ROUTE = "socket.io"
log = get_logger(__name__)


class _OwnedEngine(engineio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    """The library's transports, with an owner for their ping and service tasks."""

    owner: TaskOwner
    pings: dict[str, asyncio.Task[Any]]
    """The task of each transport that sleeps until its next ping."""

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        task = self.owner.start(getattr(target, "__name__", "library"), target(*args, **kwargs))
        if isinstance(socket := getattr(target, "__self__", None), AsyncSocket):
            self.pings[socket.sid] = task
        return task

    def ping_no_more(self, transport_id: str) -> None:
        """Or a connection that has gone would be kept for a whole ping interval: come and go, and it is thousands."""
        task = self.pings.pop(transport_id, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def _ok(self, packets: Any = None, headers: Any = None, jsonp_index: int | None = None) -> dict[str, Any]:
        """An answer to a poll, which no cache may keep."""
        response: dict[str, Any] = super()._ok(packets, headers, jsonp_index)
        response["headers"].append(("Cache-Control", "no-store"))
        return response

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
    """A Socket.IO server that hands every packet to its listener."""

    def __init__(self, settings: SocketSettings, owner: TaskOwner, clock: Clock) -> None:
        quiet = logging.getLogger("guildhall.socketio")
        quiet.setLevel(logging.ERROR)  # it would write a line a packet
        quiet.addFilter(_is_ours)
        super().__init__(
            async_mode="aiohttp",
            logger=quiet,
            engineio_logger=quiet,
            transports=list(settings.transports),
            allow_upgrades="websocket" in settings.transports,
            http_compression=False,
            max_http_buffer_size=settings.max_message_bytes,
            ping_interval=settings.ping_interval_seconds,
            ping_timeout=settings.ping_timeout_seconds,
            cors_allowed_origins=self._is_allowed,
        )
        self.namespaces: list[str] = []  # the library would admit anybody to "/"
        self.eio.owner, self.eio.pings = owner, {}
        driver = partial(Link, self, Bounds.of(settings), owner, clock)
        self.eio._async = {**self.eio._async, "websocket": driver}  # noqa: SLF001  no option for it
        self._settings = settings
        self._listener: Listener
        self._links: dict[str, Intake] = {}
        self._poller = partial(Polling, self, Bounds.of(settings), owner, clock, EngineIOError)

    def listen(self, listener: Listener) -> None:
        self._listener = listener

    def serve(self, path: str) -> None:
        self.on("connect", self._admit_to(path), namespace=path)
        self.on("disconnect", partial(self._parted, path), namespace=path)

    def write(self, transport_id: str, frames: bytes, key: Hashable | None = None) -> None:
        """Send finished frames over a transport, if it is still open; see `Writer` for what a key does."""
        if (link := self._links.get(transport_id)) is not None:
            link.write(frames, key)

    def write_to_all(self, transport_ids: Iterable[str], frames: bytes, key: Hashable | None = None) -> None:
        """As `write`, the same bytes to many."""
        links = self._links
        for transport_id in transport_ids:
            if (link := links.get(transport_id)) is not None:
                link.write(frames, key)

    async def part_with(self, peer_id: str, path: str) -> None:
        """Tell a peer that it is disconnected from its namespace; the listener hears `parted` before this returns."""
        self._hear_no_more(peer_id, path)
        await self.disconnect(peer_id, namespace=path)

    def cut_off(self, transport_id: str) -> None:
        """End a connection at once, whether or not its other end is reading; its link notices and cleans up."""
        if (link := self._links.get(transport_id)) is not None:
            link.abort()

    async def drop(self, transport_id: str) -> None:
        """Cut off a transport and forget it, also where its handshake failed and the library waits for its pings."""
        self.cut_off(transport_id)
        if (transport := self.eio.sockets.get(transport_id)) is not None:
            await transport.close(wait=False, abort=True, reason=self.reason.TRANSPORT_CLOSE)
            self.eio.sockets.pop(transport_id, None)

    async def close(self, flush_seconds: float) -> None:
        """Let what is queued go out for at most `flush_seconds`, then end every connection."""
        deadline = asyncio.get_running_loop().time() + flush_seconds
        # Polled: a transport's buffer does not tell when it is empty.
        while asyncio.get_running_loop().time() < deadline and not self._is_flushed():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for link in list(self._links.values()):
            link.abort()
            if isinstance(link, Polling):  # no reader of its own that would notice
                await self.drop(link.transport_id)
        self.eio.start_service_task = False  # the first connection would, and there is nobody left to own it
        await self.shutdown()

    def _is_flushed(self) -> bool:
        return all(link.is_flushed for link in self._links.values())

    # What links tell.

    def link_opened(self, link: Intake) -> None:
        self._links[link.transport_id] = link

    def link_closed(self, link: Intake) -> None:
        if self._links.get(link.transport_id) is link:
            del self._links[link.transport_id]

    def take(self, link: Intake, packet: Packet, text_bytes: int, total_bytes: int) -> Awaitable[None] | None:
        path = packet.path
        if packet.kind is Kind.EVENT:
            if (peer_id := link.peers.get(path)) is None:
                link.spend()
                return None
            acknowledge = _unheard if packet.id is None else partial(link.acknowledge, path, packet.id)
            return self._listener.received(peer_id, packet.data, text_bytes, total_bytes, acknowledge)
        link.spend()
        transport_id = link.transport_id
        if packet.kind is Kind.CONNECT:
            return self._handle_connect(transport_id, path, packet.data)
        if packet.kind is Kind.DISCONNECT:
            step: Awaitable[None] = self._handle_disconnect(transport_id, path, self.reason.CLIENT_DISCONNECT)
            return step
        if packet.kind is Kind.ACK:
            return None  # the platform asks clients for no acknowledgements
        raise Malformed("clients refuse nobody")

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

    def _parted(self, path: str, peer_id: str, reason: str) -> None:
        self._hear_no_more(peer_id, path)
        self._listener.parted(peer_id, reason)

    def _hear_no_more(self, peer_id: str, path: str) -> None:
        link = self._links.get(self.manager.eio_sid_from_sid(peer_id, path))
        if link is not None and link.peers.get(path) == peer_id:  # or it is a newer one's
            del link.peers[path]

    def _is_allowed(self, origin: str, environ: dict[str, Any]) -> bool:
        return origin_is_allowed(origin, environ.get("HTTP_HOST", ""), self._settings.allowed_origins)

    # From here on: the library's own steps, overridden. Their names and arguments are those of python-socketio 5.18.

    def _engineio_server_class(self) -> type[_OwnedEngine]:
        return _OwnedEngine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> DomainError | None:
        """Anything but None becomes the HTTP answer, and the library forgets the transport."""
        request: web.Request = environ["aiohttp.request"]
        asked = parse_qs(environ["QUERY_STRING"])  # as the library reads it
        is_polling = asked.get("transport", ["polling"])[0] == "polling"
        # The library would have it poll for 45 seconds, and then crash.
        if not is_polling and not asks_for_websocket(environ):
            return Invalid("This request asks for a websocket and is not the handshake of one.")
        if "j" in asked:
            return Invalid("JSONP is not spoken here.")
        if (refusal := self._listener.opened(eio_sid, request)) is not None:
            return refusal
        await super()._handle_eio_connect(eio_sid, environ)
        if is_polling:
            self.link_opened(self._poller(self.eio.sockets[eio_sid], request))
        return None

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        self.eio.ping_no_more(eio_sid)
        self._listener.closed(eio_sid)
        self.eio.sockets.pop(eio_sid, None)  # or it would crash at the next request for it
        if isinstance(link := self._links.get(eio_sid), Polling):
            link.close()
            self.link_closed(link)
        if reason == self.reason.PING_TIMEOUT:  # the stock driver gives up reading by itself; a link reads on
            self.cut_off(eio_sid)

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: object) -> None:
        await super()._handle_connect(eio_sid, namespace, data)
        path = namespace or "/"
        peer_id = self.manager.sid_from_eio_sid(eio_sid, path)
        if not self.manager.is_connected(peer_id, path):
            return
        if eio_sid in self.environ:
            if (link := self._links.get(eio_sid)) is not None:
                link.peers[path] = peer_id
            self._listener.admitted(peer_id)
        else:  # the transport went while it was being admitted, and the library has not noticed
            await self._handle_disconnect(eio_sid, path, self.reason.TRANSPORT_CLOSE)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether an error is the server's: the library also says so of the first handshake that is wrong, of each kind."""
    return "further occurrences of this error" not in record.getMessage()


def _unheard(_: dict[str, Any]) -> None:
    """The acknowledgement that a client did not ask for."""
