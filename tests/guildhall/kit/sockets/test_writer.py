import asyncio
from typing import Any, cast

from guildhall.kit.sockets.writer import Bounds, Writer
from guildhall.kit.tasks import TaskOwner


class Reader:
    """A transport whose other end takes bytes when the test says so."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.unsent_bytes = 0
        self.aborted = False
        self.ready = asyncio.Event()
        transport = cast("asyncio.Transport", self)
        self.writer = Writer("ada", transport, self._drain, Bounds(100, 1_000, 500), TaskOwner("test"))

    def write(self, frames: bytes) -> None:
        self.sent.append(frames)

    def get_write_buffer_size(self) -> int:
        return self.unsent_bytes

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    async def _drain(self, *_: Any) -> None:
        await self.ready.wait()


async def test_a_slow_reader_gets_the_newest_of_each_key_and_all_that_has_none() -> None:
    reader = Reader()
    reader.unsent_bytes = 101
    for number in b"123":
        reader.writer.write(b"a%c" % number, "a")
        reader.writer.write(b"b%c" % number, "b")
    reader.writer.write(b"said")
    assert reader.sent == [b"said"]
    reader.ready.set()
    async with asyncio.timeout(5):
        while len(reader.sent) < 3:
            await asyncio.sleep(0)
    assert reader.sent == [b"said", b"a3", b"b3"]


async def test_above_the_hard_limit_a_reader_is_cut_off_and_nothing_more_is_written() -> None:
    reader = Reader()
    reader.unsent_bytes = 1_000
    reader.writer.write(b"x")
    assert reader.aborted
    reader.writer.write(b"y")
    assert reader.sent == []


async def test_waiting_keys_are_bounded_too() -> None:
    reader = Reader()
    reader.unsent_bytes = 101
    for key in range(6):
        reader.writer.write(b"x" * 100, key)
    assert reader.aborted
    await asyncio.sleep(0)
    assert reader.sent == []
