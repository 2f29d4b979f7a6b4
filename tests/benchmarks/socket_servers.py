"""The Python servers of `make bench-sockets`, each a process of its own: ours, stock python-socketio, bare aiohttp.

All do the same for the same client: tell a room what one of it said, take a frame, show a tile to a room. It says its
port and its process, and ends with its input.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import socketio
import uvloop
from aiohttp import WSMsgType, web

from guildhall.kit.clock import SystemClock
from guildhall.kit.logs import LogSettings, configure_logs
from guildhall.kit.sockets import Handshake, Limit, Message, Namespace, Peer, SocketServer, SocketSettings, on

PATH = "/bench"
TILE = os.urandom(10_000)  # as a JPEG: nothing to compress
MESSAGE_BYTES_MAX = 10_000_000
PING_SECONDS = 60
AMPLE = Limit(per_second=1e6, burst=1_000_000, max_bytes=100_000)


class Claims(Message):
    expires_at_ms: int = 4_000_000_000_000


class Said(Message):
    event: ClassVar[str] = "said"

    id: str
    text: str
    n: int


class Tile(Message):
    event: ClassVar[str] = "tile"
    newest_of: ClassVar[str] = "session_id"

    session_id: str
    number: int
    jpeg: bytes


class Frame(Message):
    number: int
    jpeg: bytes


class Taken(Message):
    size_bytes: int


class Room(Namespace[Claims]):
    """As the platform's namespaces are written: typed, limited, in order."""

    path = PATH

    def __init__(self, sockets: SocketServer) -> None:
        self._sockets = sockets
        self._numbers = itertools.count()

    async def admit(self, handshake: Handshake) -> Claims:  # noqa: ARG002  part of the port
        return Claims()

    async def welcome(self, peer: Peer[Claims]) -> None:
        peer.join("all")

    @on("say", Said, AMPLE)
    def say(self, _peer: Peer[Claims], message: Said) -> None:
        self._sockets.announce(PATH, "all", message)

    @on("frame", Frame, AMPLE)
    def take_frame(self, _peer: Peer[Claims], message: Frame) -> Taken:
        return Taken(size_bytes=len(message.jpeg))

    @on("later", Frame, AMPLE)
    def take_frame_for_later(self, _peer: Peer[Claims], message: Frame) -> Awaitable[Taken]:
        """As a frame whose verdict comes from an engine: a task follows it."""

        async def follow() -> Taken:
            await asyncio.sleep(0)
            return Taken(size_bytes=len(message.jpeg))

        return follow()

    @on("show", Message, AMPLE)
    def show(self, _peer: Peer[Claims], _message: Message) -> None:
        tile = Tile(session_id="ses_one", number=next(self._numbers), jpeg=TILE)
        self._sockets.announce(PATH, "all", tile)


def ours() -> web.Application:
    settings = SocketSettings(max_message_bytes=MESSAGE_BYTES_MAX, ping_interval_seconds=PING_SECONDS)
    sockets = SocketServer(settings, SystemClock())
    sockets.add(Room(sockets))
    app = web.Application()
    sockets.attach(app)
    return app


def stock() -> web.Application:
    """python-socketio as its documentation has it."""
    server = socketio.AsyncServer(
        async_mode="aiohttp", max_http_buffer_size=MESSAGE_BYTES_MAX, ping_interval=PING_SECONDS
    )
    numbers = itertools.count()

    async def connect(sid: str, _environ: Any, _auth: Any) -> None:
        await server.enter_room(sid, "all", namespace=PATH)

    async def say(_sid: str, message: Any) -> None:
        await server.emit("said", message, room="all", namespace=PATH)

    async def take_frame(_sid: str, message: Any) -> dict[str, int]:
        return {"size_bytes": len(message["jpeg"])}

    async def show(_sid: str, _message: Any) -> None:
        tile = {"session_id": "ses_one", "number": next(numbers), "jpeg": TILE}
        await server.emit("tile", tile, room="all", namespace=PATH)

    for event, handler in {"connect": connect, "say": say, "frame": take_frame, "show": show}.items():
        server.on(event, handler, namespace=PATH)
    app = web.Application()
    server.attach(app)
    return app


def bare() -> web.Application:
    """The floor: websockets of aiohttp without Socket.IO, compression or types."""
    room: set[web.WebSocketResponse] = set()

    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=MESSAGE_BYTES_MAX)
        await socket.prepare(request)
        room.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    await socket.send_str(str(len(message.data)))
                elif message.data == "show":
                    for each in list(room):
                        await each.send_bytes(TILE)
                else:
                    for each in list(room):
                        await each.send_str(message.data)
        finally:
            room.discard(socket)
        return socket

    app = web.Application()
    app.router.add_get("/bare", talk)
    return app


SERVERS: dict[str, Callable[[], web.Application]] = {"ours": ours, "stock": stock, "bare": bare}


async def serve(name: str) -> None:
    configure_logs(LogSettings(format="json"), open(os.devnull, "w"))  # noqa: PTH123, SIM115, ASYNC230
    runner = web.AppRunner(SERVERS[name](), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], os.getpid(), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
