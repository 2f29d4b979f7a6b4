"""Messages between the pool and a child, over a unix stream socket pair.

A message is a header (kind, job, length) and a body of at most `max_body_bytes`; a longer one breaks the channel.
At 42 KB a frame the wake-up costs more than the copy, so shared memory would gain nothing (37 us a round trip).
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

HEADER = struct.Struct("<BII")


class Kind(IntEnum):
    """Who says it, and what its body is."""

    START = 1  # pool: settings as JSON; the first message of a channel
    READY = 2  # child: models are loaded and warm
    FRAME = 3  # pool: a packed question
    OBSERVED = 4  # child: a packed answer
    UNREADABLE = 5  # child: why the bytes are not a picture, for the sender
    FAILED = 6  # child: the detector raised; the sentence is for the log
    PING = 7  # pool
    PONG = 8  # child
    STOP = 9  # pool: end when what came before is done


KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Message:
    kind: Kind
    job: int = 0
    body: bytes = b""


class ChannelBroken(Exception):
    """What arrived is not a message: unknown kind or an impossible length."""


def pack_message(message: Message) -> bytes:
    """Bytes of one message."""
    return HEADER.pack(message.kind, message.job, len(message.body)) + message.body


class MessageDecoder:
    """Cuts a stream of bytes into messages, however they were split on the way."""

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._pending = bytearray()

    def feed(self, received: bytes) -> Iterator[Message]:
        """Every message complete so far. Raise `ChannelBroken`."""
        self._pending += received
        while len(self._pending) >= HEADER.size:
            kind, job, length = HEADER.unpack_from(self._pending)
            if kind not in KINDS or length > self._max_body_bytes:
                raise ChannelBroken(f"A message of kind {kind} and {length} bytes cannot be.")
            end = HEADER.size + length
            if len(self._pending) < end:
                return
            body = bytes(self._pending[HEADER.size : end])
            del self._pending[:end]
            yield Message(Kind(kind), job, body)


class BlockingChannel:
    """The child's end: one thread that reads, works and answers."""

    def __init__(self, connected: socket.socket, max_body_bytes: int) -> None:
        self._socket = connected
        self._decoder = MessageDecoder(max_body_bytes)
        self._arrived: list[Message] = []

    def receive(self) -> Message | None:
        """Wait for the next message; None when the other end is gone."""
        while not self._arrived:
            received = self._socket.recv(1 << 20)
            if not received:
                return None
            self._arrived = list(self._decoder.feed(received))
        return self._arrived.pop(0)

    def send(self, message: Message) -> None:
        """Raise `OSError` when the other end is gone."""
        self._socket.sendall(pack_message(message))


class PoolChannel(asyncio.Protocol):
    """The pool's end, on its event loop. `lost` becomes true, and `on_lost` is called once, when the child is gone."""

    def __init__(self, max_body_bytes: int, on_message: Callable[[Message], None], on_lost: Callable[[], None]) -> None:
        self._decoder = MessageDecoder(max_body_bytes)
        self._on_message = on_message
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._decoder.feed(data):
                self._on_message(message)
        except ChannelBroken:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # reset or closed: the child is gone either way
        self.lost = True
        self._on_lost()

    def send(self, message: Message) -> None:
        """Hand a message over; what is unsent is bounded by the frames in flight. Nothing happens once lost."""
        if self._transport is not None and not self.lost:
            self._transport.write(pack_message(message))

    def close(self) -> None:
        """Hang up; a child that reads this ends itself."""
        if self._transport is not None:
            self._transport.abort()


async def open_channel(
    own_end: socket.socket,
    max_body_bytes: int,
    on_message: Callable[[Message], None],
    on_lost: Callable[[], None],
) -> PoolChannel:
    """Put one end of a socket pair on the running loop."""
    # A frame must fit whole: the default 208 KB would leave half of a large one in the transport's own buffer.
    own_end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * max_body_bytes)
    _, channel = await asyncio.get_running_loop().create_unix_connection(
        lambda: PoolChannel(max_body_bytes, on_message, on_lost), sock=own_end
    )
    return channel
