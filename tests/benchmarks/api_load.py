"""Load on one of `api_servers`: keep-alive clients as cheap as can be, and what a request cost the server."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.benchmarks import api_servers

CONNECTIONS = 8
HEADERS = (
    "Host: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0\r\n"
    "Accept: application/json\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\nCache-Control: no-cache\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
)
BODY = b'{"name": "Hammer", "count": 3}'


class Connection:
    """A keep-alive client as cheap as can be; what it costs is not measured, but it shares the machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


@dataclass(slots=True)
class Server:
    process: asyncio.subprocess.Process
    connections: list[Connection]
    asked: int = 0

    async def cpu_seconds(self) -> float:
        return float(json.loads((await self.connections[0].ask(get("/cpu")))[1]))

    async def load(self, make: Callable[[int], bytes], requests: int, status: int) -> float:
        """CPU microseconds a request of this round."""
        before = await self.cpu_seconds()
        each = requests // len(self.connections)

        async def drive(connection: Connection) -> None:
            for _ in range(each):
                self.asked += 1
                got, body = await connection.ask(make(self.asked))
                assert got == status, (got, body)

        await asyncio.gather(*(drive(connection) for connection in self.connections))
        return (await self.cpu_seconds() - before) / (each * len(self.connections)) * 1e6

    async def stages(self, make: Callable[[int], bytes], requests: int) -> dict[str, float]:
        """Microseconds a request by stage; one connection, for the stopwatch nests."""
        await self.connections[0].ask(get("/stages"))
        for _ in range(requests):
            self.asked += 1
            await self.connections[0].ask(make(self.asked))
        taken = json.loads((await self.connections[0].ask(get("/stages")))[1])
        return {name: round(seconds / requests * 1e6, 1) for name, seconds in taken.items()}


@asynccontextmanager
async def running(name: str) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        api_servers.__name__,
        name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        port = int(await process.stdout.readline())
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
        server = Server(process, [Connection(*pair) for pair in opened])
        yield server
        for connection in server.connections:
            connection.close()
    finally:
        process.stdin.close()
        await process.wait()


def get(path: str, extra: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\n{HEADERS}{extra}\r\n".encode()


def requests_of(token: str) -> tuple[Callable[[int], bytes], Callable[[int], bytes]]:
    signed = f"Authorization: Bearer {token}\r\n"
    read = get("/v1/things/one", signed)
    head = f"POST /v1/things HTTP/1.1\r\n{HEADERS}{signed}Content-Type: application/json\r\n"

    def write(number: int) -> bytes:
        return f"{head}Content-Length: {len(BODY)}\r\nIdempotency-Key: key-{number:012}\r\n\r\n".encode() + BODY

    return lambda _: read, write
