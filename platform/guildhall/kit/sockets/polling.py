"""One session that polls: what waits for its next GET, what its POSTs bring, and its upgrade to a websocket.

For those behind a proxy that breaks websockets, and for clients with the library's default options, which poll first.
engine.io's own polling waits in a queue without a bound, reads half of a long body, answers OK to what it could not
parse, and stops serving while a websocket is tried that may never open. Here the bounds are those of a websocket (see
`writer`), a payload is taken as a websocket's messages are (see `intake`), and polling goes on until the upgrade is
done. What waits is kept as frames of a websocket, which an upgrade writes as they are.
"""

import asyncio
from binascii import Error as NoBase64
from binascii import a2b_base64
from collections import deque
from collections.abc import Awaitable, Hashable
from typing import Any

from aiohttp import web

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.arrivals import Websocket
from guildhall.kit.sockets.intake import Inbox, Intake
from guildhall.kit.sockets.packets import Malformed, frame, polled, split_frames, text_frame
from guildhall.kit.sockets.payloads import Encoded, asks_for_websocket, read_body, split_payload
from guildhall.kit.sockets.writer import Bounds
from guildhall.kit.tasks import TaskOwner

ENGINE_CLOSE, ENGINE_PING = 1, 2
"""engine.io's packets that end a connection, and that ask whether it is alive."""
PACKETS_SENT_MAX = 16
"""In the answer to one GET: python-engineio's client ends a session that sends it more."""
PAYLOAD_BYTES = 1_000_000
"""An answer is full with these; a message that is larger goes by itself."""
UPGRADE_SECONDS = 10.0
"""From a websocket's handshake to the packet that moves the session to it; the same as in Node's socket.io."""
_PROBED_SECONDS = 0.1  # how long a GET waits meanwhile: a client moves over between two of them
_NOOP, _CLOSE = text_frame("6"), text_frame("1")
log = get_logger(__name__)


class Polling(Intake):
    """Made by the wire for a connection of engine.io that polls, in the place of that one's own steps and queue.

    `ending` is the error that engine.io ends a session for.
    """

    __slots__ = (
        "_bounds",
        "_closed",
        "_ending",
        "_has_unread_ping",
        "_is_posting",
        "_is_probed",
        "_keyed",
        "_keyed_bytes",
        "_last_answered",
        "_owner",
        "_pending",
        "_pending_bytes",
        "_poll",
        "_poller",
        "_probe",
    )

    def __init__(
        self,
        inbox: Inbox,
        bounds: Bounds,
        owner: TaskOwner,
        clock: Clock,
        ending: type[Exception],
        socket: Any,
        request: web.Request,
    ) -> None:
        super().__init__(inbox, clock, socket)
        self._bounds = bounds
        self._owner = owner
        self._ending = ending
        self._pending: deque[bytes] = deque()
        self._pending_bytes = 0
        self._keyed: dict[Hashable, bytes] = {}
        self._keyed_bytes = 0
        self._closed = self._is_posting = self._is_probed = self._has_unread_ping = False
        self._poll: asyncio.Future[None] | None = None
        self._poller = request
        self._last_answered: asyncio.Transport | None = None
        self._probe: asyncio.Transport | None = None
        self.write = self._write
        while not socket.queue.empty():
            self.put_nowait(socket.queue.get_nowait())
        socket.queue = self
        socket.poll, socket.handle_get_request, socket.handle_post_request = self.poll, self.get, self.post

    @property
    def is_flushed(self) -> bool:
        return self._closed or not (self._pending or self._keyed)

    def abort(self) -> None:
        if not self._closed:
            self.close()
            reason = self._socket.server.reason.TRANSPORT_CLOSE
            self._owner.start(f"end polling {self.transport_id}", self._close(reason))

    def close(self) -> None:
        """Forget what waits, and tell a client that polls; the wire calls this whyever the session has ended."""
        if self._closed:
            return
        self._forget()
        if self._probe is not None:
            self._probe.abort()
        self._wake()

    def hand_over(self) -> list[tuple[bytes, Hashable | None]]:
        """All that waits, in its order; from here on nothing is polled."""
        waiting: list[tuple[bytes, Hashable | None]] = [(frames, None) for frames in self._pending]
        waiting += [(frames, key) for key, frames in self._keyed.items()]
        self._forget()
        self._wake()
        return waiting

    # A client's requests, in the place of engine.io's steps.

    async def get(self, environ: dict[str, Any]) -> Any:
        """Answer a GET: a poll with a list of packets, or a websocket that takes the session over."""
        server = self._socket.server
        if not asks_for_websocket(environ):
            return await self.poll(environ["aiohttp.request"])
        if self._probe is not None or not server.allow_upgrades or "websocket" not in server.transports:
            return server._bad_request()  # noqa: SLF001  as it answers whatever is out of turn
        return await self._socket._upgrade_websocket(environ)  # noqa: SLF001  makes a `Link`

    async def poll(self, request: web.Request | None = None) -> list[Encoded]:
        """What waits, or what comes while this does. Raises what ends the session out of turn."""
        request = request or self._poller
        if self._poll is not None:
            if not _is_gone(self._poller):
                raise self._out_of_turn("it polls twice at once")
            self._wake()  # nobody waits for that one: a browser asks again when a kept connection has broken
        if self._has_not_read(request):
            raise self._out_of_turn("it polls before it has read")
        self._poller = request
        if not (self._pending or self._keyed or self._closed):
            await self._wait()
        if self._closed:
            return [Encoded(polled(_NOOP if self._socket.upgraded else _CLOSE))]
        if self._poller is not request or _is_gone(request):  # to nobody: what waits is for the next one
            return [Encoded(polled(_NOOP))]
        self._last_answered = request.transport
        self._has_unread_ping = False
        return self._next_payload() or [Encoded(polled(_NOOP))]

    async def post(self, environ: dict[str, Any]) -> None:
        """Take a payload, in order. Raises what ends the session when it is malformed."""
        if self._is_posting:
            raise self._out_of_turn("it posts twice at once")
        self._is_posting = True
        try:
            body = await read_body(environ["aiohttp.request"], self._socket.server)
            for packet in split_payload(body):
                if self._socket.closed or self._closed:
                    return
                if (rest := self._take(packet)) is not None:
                    await rest
        except Malformed as error:
            log.info("malformed_packet", transport=self.transport_id, reason=str(error)[:200])
        except Exception:  # ends this client alone, whatever it is
            log.exception("link_crashed", transport=self.transport_id)
        except BaseException:  # cancelled, because its client has gone: what was not taken is lost
            self.abort()
            raise
        else:
            return
        finally:
            self._is_posting = False
        if not self._closed:
            raise self._ending

    async def probe(self, websocket: Websocket, transport: asyncio.Transport) -> bool:
        """Whether a websocket takes over: it has to ask, to be answered, and to say so, while polling goes on."""
        self._probe = transport
        try:
            async with asyncio.timeout(UPGRADE_SECONDS):
                if (await websocket.receive()).data != b"2probe" or self._closed:
                    return False
                transport.write(text_frame("3probe"))
                self._is_probed = True
                self._wake()
                if (await websocket.receive()).data != b"5" or self._closed:
                    return False
        except (TimeoutError, ConnectionError):
            return False
        finally:
            self._is_probed, self._probe = False, None
        if self._is_posting:  # then nobody knows what comes first
            self.abort()
        return not self._closed

    # The part of asyncio.Queue that engine.io's connections use.

    def put_nowait(self, packet: Any) -> None:
        if packet is None:
            return
        if packet.packet_type == ENGINE_PING:
            if self._has_unread_ping:
                log.info("stopped_polling", transport=self.transport_id)
                self.abort()
                return
            self._has_unread_ping = True
        encoded = packet.encode()
        self.write(frame(encoded) if isinstance(encoded, bytes) else text_frame(encoded), None)

    async def put(self, packet: Any) -> None:
        self.put_nowait(packet)

    async def join(self) -> None:
        """Nothing waits here."""

    def _write(self, frames: bytes, key: Hashable | None = None) -> None:
        if self._closed:
            return
        if key is not None and (self._keyed or self._pending_bytes > self._bounds.slow_reader):
            self._keyed_bytes += len(frames) - len(self._keyed.get(key, b""))
            self._keyed[key] = frames
        else:
            self._pending.append(frames)
            self._pending_bytes += len(frames)
        if self._pending_bytes > self._bounds.unsent or self._keyed_bytes > self._bounds.keyed:
            unsent, keyed = self._pending_bytes, len(self._keyed)
            log.warning("slow_reader_cut_off", transport=self.transport_id, unsent_bytes=unsent, keyed=keyed)
            self.abort()
        else:
            self._wake()

    def _next_payload(self) -> list[Encoded]:
        packets: list[Encoded] = []
        size_bytes = 0
        while (room := PACKETS_SENT_MAX - len(packets)) and size_bytes < PAYLOAD_BYTES:
            if self._pending:
                message = self._pending.popleft()
                self._pending_bytes -= len(message)
            elif self._keyed:
                message = self._keyed.pop(next(iter(self._keyed)))
                self._keyed_bytes -= len(message)
            else:
                break
            frames = split_frames(message)
            packets += [Encoded(polled(each)) for each in frames[:room]]
            size_bytes += len(message)
            if rest := b"".join(frames[room:]):
                self._pending.appendleft(rest)
                self._pending_bytes += len(rest)
        return packets

    async def _wait(self) -> None:
        server = self._socket.server
        seconds = _PROBED_SECONDS if self._is_probed else server.ping_interval + server.ping_timeout
        self._poll = waiting = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait([waiting], timeout=seconds)
        finally:
            if self._poll is waiting:
                self._poll = None

    def _wake(self) -> None:
        if self._poll is not None:
            if not self._poll.done():
                self._poll.set_result(None)
            self._poll = None

    def _forget(self) -> None:
        self._closed = True
        self._pending.clear()
        self._keyed.clear()
        self._pending_bytes = self._keyed_bytes = 0

    def _has_not_read(self, request: web.Request) -> bool:
        """Whether it polls over a further connection while it leaves an answer on another: that would be no bound."""
        last = self._last_answered
        if last is None or last is request.transport or last.is_closing():
            return False
        return last.get_write_buffer_size() > 0

    def _out_of_turn(self, reason: str) -> Exception:
        log.info("polled_out_of_turn", transport=self.transport_id, reason=reason)
        return self._ending(reason)

    def _take(self, packet: bytes) -> Awaitable[None] | None:
        if packet[:1] != b"b":
            if len(packet) > self._socket.server.max_http_buffer_size:
                raise Malformed("message is too large")
            return self._take_text(packet)
        try:
            attachment = a2b_base64(packet[1:], strict_mode=True)
        except NoBase64 as error:
            raise Malformed("an attachment that is no base64") from error
        return self._take_attachment(attachment)


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
