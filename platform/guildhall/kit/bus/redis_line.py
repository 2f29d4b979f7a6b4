"""One connection to Redis, spoken raw: commands go out in one write, replies come back in their order.

redis-py spends 91-131 us of CPU on a published message of 10 KB and 94-106 us on one received; this spends 30 and 13
(the sockets study, section 5). Only what a bus says is spoken: AUTH, SELECT, PING, PUBLISH, SUBSCRIBE, UNSUBSCRIBE.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from ssl import SSLContext, create_default_context
from typing import Any, TypeAlias, cast

import hiredis
from redis.asyncio.connection import parse_url

Reply: TypeAlias = Any  # what hiredis makes of one: bytes, an int, a list of these, or an exception
Push: TypeAlias = Callable[[list[Any]], None]


class LineLost(Exception):
    """The connection cannot be made, has ended, or was refused what it asked for; the message says which."""


class Line(asyncio.Protocol):
    """Made by `open_line`; ends by `close`, or by itself, which `lost` tells.

    With `push`, the connection listens: whatever comes that no command waits for is handed there as it is read.
    """

    def __init__(self, push: Push | None = None) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.unanswered_bytes = 0  # of commands that Redis has not answered: our buffer, the kernel's and its own
        self._push = push
        self._reader = hiredis.Reader()
        self._waiting: deque[tuple[asyncio.Future[Reply], int, float]] = deque()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not False:
                self._take(reply)
        except hiredis.ProtocolError:
            self.close()  # not Redis, or not in step any more

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)
        for answered, _, _ in self._waiting:
            if not answered.done():
                answered.set_exception(LineLost(f"the connection to Redis was lost ({exc or 'closed'})"))
                answered.exception()  # nobody may wait any more, and that is no error
        self._waiting.clear()

    def call(self, *words: bytes) -> "asyncio.Future[Reply]":
        """Send a command; its reply is the future's result. A line that is lost answers with `LineLost`."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Reply] = loop.create_future()
        if self._transport is None or self.lost.done():
            answered.set_exception(LineLost("the connection to Redis was lost"))
            return answered
        command = encode(*words)
        self._waiting.append((answered, len(command), loop.time()))
        self.unanswered_bytes += len(command)
        self._transport.write(command)
        return answered

    def say(self, *words: bytes) -> None:
        """Send a command of a listening connection, whose reply comes as a push."""
        if self._transport is not None and not self.lost.done():
            self._transport.write(encode(*words))

    def waited_seconds(self) -> float:
        """For how long the oldest command has had no reply; 0 when none waits."""
        return asyncio.get_running_loop().time() - self._waiting[0][2] if self._waiting else 0.0

    def close(self) -> None:
        """End the connection now; commands without a reply fail with `LineLost`."""
        if self._transport is not None:
            self._transport.abort()

    async def end(self) -> None:
        """The same, and wait until the socket is closed."""
        self.close()
        if self._transport is not None:
            await self.lost

    def _take(self, reply: Reply) -> None:
        if self._waiting:
            answered, size, _ = self._waiting.popleft()
            self.unanswered_bytes -= size
            if not answered.done():
                answered.set_result(reply)
        elif self._push is not None and isinstance(reply, list):
            self._push(reply)
        else:
            self.close()  # a reply that nobody asked for, or an error to a subscription: not in step any more


def encode(*words: bytes) -> bytes:
    """A command as Redis reads it: its words with their lengths (RESP2)."""
    return b"".join((b"*%d\r\n" % len(words), *(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)))


async def open_line(url: str, timeout_seconds: float, push: Push | None = None) -> Line:
    """Connect to redis://, rediss:// (with TLS) or unix://, with the URL's user, password and database.

    Raise `LineLost` when that does not succeed in time.
    """
    place = parse_url(url)
    loop = asyncio.get_running_loop()
    line: Line | None = None
    try:
        async with asyncio.timeout(timeout_seconds):
            if path := place.get("path"):
                _, line = await loop.create_unix_connection(lambda: Line(push), path)
            else:
                host, port = place.get("host", "localhost"), place.get("port", 6379)
                _, line = await loop.create_connection(lambda: Line(push), host, port, ssl=_tls_of(url))
            await _introduce(line, place.get("username"), place.get("password"), place.get("db", 0))
    except (OSError, TimeoutError, LineLost) as failure:
        if line is not None:
            line.close()
        raise LineLost(f"{type(failure).__name__}: {failure}") from failure
    return line


async def _introduce(line: Line, username: str | None, password: str | None, database: int) -> None:
    if password:
        words = (username, password) if username else (password,)
        _expect_ok(await line.call(b"AUTH", *(word.encode() for word in words)))
    if database:
        _expect_ok(await line.call(b"SELECT", b"%d" % database))


def _expect_ok(reply: Reply) -> None:
    if isinstance(reply, Exception):
        raise LineLost(str(reply))


def _tls_of(url: str) -> SSLContext | None:
    return create_default_context() if url.startswith("rediss:") else None
