"""A socket server in a process of its own, which clients of any language and the hostile meet over real TCP.

Run as `python -m tests.guildhall.kit.sockets.yard LOG [SETTINGS]`: it says its port, and ends with its input. Its log
is JSON lines. GET /figures tells what there is in it.
"""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
import zlib
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import uvloop
from aiohttp import web

from guildhall.kit.clock import SystemClock
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.logs import LogSettings, configure_logs
from guildhall.kit.sockets import Handshake, Limit, Message, Namespace, Peer, SocketServer, SocketSettings, on

ROOT = Path(__file__).parents[4]
AMPLE = Limit(per_second=100_000, burst=100_000, max_bytes=200_000)


class Claims(Message):
    name: str
    expires_at_ms: int = 4_000_000_000_000


class Frame(Message):
    number: int
    jpeg: bytes


class Taken(Message):
    number: int
    crc: int
    path: str


class Anything(Message):
    data: Any


class Many(Message):
    count: int


class Numbered(Message):
    """One of many: every second one is binary."""

    event: ClassVar[str] = "numbered"

    number: int
    text: str | None = None
    jpeg: bytes | None = None


class Flood(Message):
    tiles: int
    rounds: int
    size_bytes: int
    keyed: bool


class Tile(Message):
    event: ClassVar[str] = "tile"
    newest_of: ClassVar[str] = "tile"

    tile: int
    number: int
    jpeg: bytes


class Line(Message):
    """As a tile, but all of them count."""

    event: ClassVar[str] = "line"

    tile: int
    number: int
    jpeg: bytes


class Yard(Namespace[Claims]):
    """Admits anybody who is not called "bad"; `path` is that of the instance."""

    path = "/"

    def __init__(self, sockets: SocketServer) -> None:
        self._sockets = sockets
        self._never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def admit(self, handshake: Handshake) -> Claims:
        if handshake.token == "bad":
            raise Unauthenticated("Not with that token.")
        return Claims(name=handshake.token)

    async def welcome(self, peer: Peer[Claims]) -> None:
        peer.join("all")

    @on("frame", Frame, AMPLE)
    def take_frame(self, _peer: Peer[Claims], message: Frame) -> Taken:
        return Taken(number=message.number, crc=zlib.crc32(message.jpeg), path=self.path)

    @on("later", Frame, AMPLE)
    def take_frame_for_later(self, peer: Peer[Claims], message: Frame) -> Awaitable[Taken]:
        async def follow() -> Taken:
            await asyncio.sleep(0.001)
            return self.take_frame(peer, message)

        return follow()

    @on("never", Message, AMPLE)
    def never(self, _peer: Peer[Claims], _message: Message) -> Awaitable[Message]:
        return self._never

    @on("echo", Anything, AMPLE)
    async def echo(self, _peer: Peer[Claims], message: Anything) -> Anything:
        await asyncio.sleep(0)
        return message

    @on("fail", Message, AMPLE)
    async def fail(self, _peer: Peer[Claims], _message: Message) -> None:
        raise Unauthenticated("It is not to be.")

    @on("burst", Many, AMPLE)
    async def burst(self, _peer: Peer[Claims], message: Many) -> None:
        for number in range(message.count):
            if number % 2:
                jpeg = bytes([number % 256]) * (number % 3 * 40_000)
                self._sockets.announce(self.path, "all", Numbered(number=number, jpeg=jpeg))
            else:
                self._sockets.announce(self.path, "all", Numbered(number=number, text=f"é{number}"))
            await asyncio.sleep(0.001)

    @on("flood", Flood, AMPLE)
    async def flood(self, _peer: Peer[Claims], message: Flood) -> None:
        kind: type[Tile | Line] = Tile if message.keyed else Line
        jpeg = os.urandom(message.size_bytes)
        for number in range(message.rounds):
            for tile in range(message.tiles):
                self._sockets.announce(self.path, "all", kind(tile=tile, number=number, jpeg=jpeg))
            await asyncio.sleep(0.008)  # 12 MB/s: whoever reads keeps up

    @on("bye", Message, AMPLE)
    async def bye(self, peer: Peer[Claims], _message: Message) -> None:
        await peer.disconnect("it asked to")


class Exam(Yard):
    path = "/exam"


def figures(sockets: SocketServer) -> dict[str, int]:
    """What is in this process; all but `rss_kb` go back to what they were when everybody has left."""
    wire = sockets._connections._wire
    status = Path("/proc/self/status").read_text()
    rss_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return {
        "peers": sockets.peers,
        "links": len(wire._links),
        "transports": len(wire.eio.sockets),
        "places": len(sockets._connections._addresses._places),
        "tasks": len(asyncio.all_tasks()),
        "rss_kb": rss_kb,
    }


async def serve(log_path: str, settings: Mapping[str, Any]) -> None:
    configure_logs(LogSettings(format="json"), open(log_path, "a", buffering=1))  # noqa: PTH123, SIM115, ASYNC230
    sockets = SocketServer(SocketSettings.model_validate(settings), SystemClock())
    for kind in (Yard, Exam):
        sockets.add(kind(sockets))
    app = web.Application()
    sockets.attach(app)

    async def tell(_: web.Request) -> web.Response:
        return web.json_response(figures(sockets))

    app.router.add_get("/figures", tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


class YardProcess:
    """The server as others see it."""

    def __init__(self, process: subprocess.Popen[str], port: int, log_path: Path) -> None:
        self._process = process
        self._log_path = log_path
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def figures(self) -> dict[str, int]:
        with urllib.request.urlopen(f"{self.url}/figures", timeout=20) as answer:
            told: dict[str, int] = json.load(answer)
            return told

    def errors(self) -> list[str]:
        """What it logged as an error, and whatever is no log line at all."""
        lines = self._log_path.read_text().splitlines()
        return [
            line for line in lines if not line.startswith("{") or json.loads(line)["level"] in ("error", "critical")
        ]


@contextmanager
def yard(folder: Path, **settings: Any) -> Iterator[YardProcess]:
    log_path = folder / "yard.log"
    command = [sys.executable, "-m", "tests.guildhall.kit.sockets.yard", str(log_path), json.dumps(settings)]
    with log_path.open("a") as stderr:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            line = process.stdout.readline()
            assert line, log_path.read_text()
            yield YardProcess(process, int(line), log_path)
            process.stdin.close()
            process.wait(20)
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], json.loads(sys.argv[2])))
