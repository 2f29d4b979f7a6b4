"""A namespace that does what its events say, a real server on a real port, and the stock client of python-socketio."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import Field

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.sockets import Handshake, Limit, Message, Namespace, Peer, SocketServer, SocketSettings, on

LIFETIME_MS = 60_000
AMPLE = Limit(per_second=1000, burst=1000)


class Claims(Message):
    name: str
    expires_at_ms: int


class Said(Message):
    event = "said"

    text: str
    picture: bytes | None = None


class Say(Message):
    text: str


class Number(Message):
    number: int


class Picture(Message):
    number: int
    jpeg: bytes
    parts: dict[str, bytes] = Field(default_factory=dict)


class Room(Namespace[Claims]):
    """Admits anybody with a token, and does what the events say; keeps what happened."""

    path = "/room"

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.happened: list[str] = []
        self.handshakes: list[Handshake] = []
        self.peers: list[Peer[Claims]] = []
        self.gates: dict[int, asyncio.Future[Number]] = {}
        self.doors: dict[int, asyncio.Event] = {}
        self.running = 0
        self.most_running = 0

    async def admit(self, handshake: Handshake) -> Claims:
        self.handshakes.append(handshake)
        if handshake.token == "crash":
            raise RuntimeError("the secret is in this text")
        if handshake.token == "slow":
            await asyncio.sleep(60)
        if handshake.token == "held":
            await self.doors[0].wait()
        if not handshake.token:
            raise Unauthenticated("No token was sent.")
        return Claims(name=handshake.token, expires_at_ms=self.clock.now_ms() + LIFETIME_MS)

    async def welcome(self, peer: Peer[Claims]) -> None:
        self.peers.append(peer)
        peer.join("everybody")
        await peer.send(Said(text=f"welcome {peer.claims.name}"))

    async def part(self, peer: Peer[Claims], reason: str) -> None:
        self.happened.append(f"part {peer.claims.name}: {reason}")

    @on("say", Say, Limit(per_second=1000, burst=1000, max_bytes=2_000))
    async def repeat(self, _peer: Peer[Claims], message: Say) -> Say:
        self.happened.append(f"say {message.text}")
        return message

    @on("wait", Number, AMPLE)
    async def wait(self, _peer: Peer[Claims], message: Number) -> Number:
        """Runs until the test opens the door of that number (those without a door take a moment)."""
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.happened.append(f"begin {message.number}")
        door = self.doors.get(message.number)
        await (door.wait() if door else asyncio.sleep(0.001))
        self.happened.append(f"end {message.number}")
        self.running -= 1
        return message

    @on("later", Number, AMPLE)
    async def later(self, _peer: Peer[Claims], message: Number) -> Awaitable[Number]:
        self.happened.append(f"take {message.number}")
        gate = self.gates[message.number] = asyncio.get_running_loop().create_future()
        return gate

    @on("in_background", Number, AMPLE)
    async def in_background(self, _peer: Peer[Claims], message: Number) -> Awaitable[Number]:
        async def work() -> Number:
            await self.doors[message.number].wait()
            if message.number < 0:
                raise RuntimeError("the secret is in this text")
            self.happened.append(f"done {message.number}")
            return message

        return work()

    @on("picture", Picture, Limit(per_second=1000, burst=1000, max_bytes=100_000))
    async def take_picture(self, _peer: Peer[Claims], message: Picture) -> Number:
        return Number(number=len(message.jpeg) + sum(map(len, message.parts.values())))

    @on("seldom", Number, Limit(per_second=2, burst=2))
    async def seldom(self, _peer: Peer[Claims], _message: Number) -> None:
        pass

    @on("crash", Number, AMPLE)
    async def crash(self, _peer: Peer[Claims], _message: Number) -> None:
        raise RuntimeError("the secret is in this text")

    @on("leave", Number, AMPLE)
    async def leave(self, peer: Peer[Claims], message: Number) -> Number:
        await peer.disconnect("it asked to")
        return message

    async def on_say(self, *_: Any) -> str:
        """Named as the library's dispatch likes it; must not be reachable."""
        return "reached"

    on_secret = on_delete_everything = on_say


class Serve(Protocol):
    async def __call__(self, settings: SocketSettings | None = None) -> "Served": ...


class Served:
    """A server with one room, and the clients that came."""

    def __init__(self, clock: ManualClock, settings: SocketSettings) -> None:
        self.clock = clock
        self.room = Room(clock)
        self.sockets = SocketServer(settings, clock)
        self.sockets.add(self.room)
        self.clients: list[socketio.AsyncClient] = []
        app = web.Application()
        self.sockets.attach(app)
        self.http = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.http.make_url("/"))

    async def connect(self, token: str = "ada", **options: Any) -> "Client":
        """A client that has been welcomed; ConnectionError when it is refused."""
        client = self.client()
        await client.join(self.url, {"token": token}, **options)
        await until(lambda: client.told)
        return client

    def client(self) -> "Client":
        client = Client()
        self.clients.append(client.io)
        return client

    async def close(self) -> None:
        for client in self.clients:
            await client.disconnect()
        await self.http.close()


class Client:
    def __init__(self) -> None:
        self.io = socketio.AsyncClient(reconnection=False)
        self.told: list[dict[str, Any]] = []
        self.refusals: list[Any] = []
        self.disconnects: list[str] = []
        self.io.on("said", self.told.append, namespace="/room")
        self.io.on("connect_error", self.refusals.append, namespace="/room")
        self.io.on("disconnect", self.disconnects.append, namespace="/room")

    async def join(self, url: str, auth: Any, **options: Any) -> None:
        await self.io.connect(url, auth=auth, namespaces=["/room"], transports=["websocket"], **options)

    async def call(self, event: str, *arguments: Any) -> dict[str, Any]:
        """The acknowledgement of an event with any number of arguments."""
        answer = await self.io.call(event, arguments, namespace="/room", timeout=5)
        assert isinstance(answer, dict)
        return answer

    async def problem(self, event: str, *arguments: Any) -> dict[str, Any]:
        problem = (await self.call(event, *arguments))["problem"]
        assert isinstance(problem, dict)
        return problem

    async def emit(self, event: str, *arguments: Any) -> None:
        await self.io.emit(event, arguments, namespace="/room")


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not happened():
            await asyncio.sleep(0.005)
