"""A line that carries so many bits a second towards whoever connects through it, keeps next to nothing, may drop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

KEPT_BYTES = 8_192  # on the way: a router that kept seconds of traffic would hide what the sender does about it


@contextlib.asynccontextmanager
async def slow_line(
    port: int, kbit_per_second: float | None = None, passes: asyncio.Event | None = None
) -> AsyncIterator[int]:
    """A port of this machine that leads to `port`; what goes there is as fast as ever, what comes back is not.

    While `passes` is not set neither end hears anything of the other, not even that the line is gone; what was sent
    meanwhile arrives afterwards, as TCP repeats it.
    """
    lines: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if passes is not None:
            await passes.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port, limit=KEPT_BYTES)
        writer.transport.set_write_buffer_limits(high=KEPT_BYTES)
        up = asyncio.create_task(_carry(reader, far_writer, None, passes))
        down = asyncio.create_task(_carry(far_reader, writer, kbit_per_second and kbit_per_second * 1000 / 8, passes))
        lines.update((up, down))
        await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        if passes is not None:
            await passes.wait()  # the other end has gone, and nobody is told before the line is back
        for task in (up, down):
            task.cancel()
        for end in (writer, far_writer):
            end.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    bytes_per_second: float | None,
    passes: asyncio.Event | None,
) -> None:
    loop = asyncio.get_running_loop()
    free_at = loop.time()
    while piece := await reader.read(2048 if bytes_per_second else 65_536):
        if bytes_per_second:
            free_at = max(free_at, loop.time()) + len(piece) / bytes_per_second
            await asyncio.sleep(free_at - loop.time())
        if passes is not None:
            await passes.wait()
        writer.write(piece)
        await writer.drain()
