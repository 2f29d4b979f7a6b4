"""`make fuzz-sockets [SECONDS=60] [SEED=1]`: malformed, fragmented and hostile connections over raw TCP.

Batches of sessions (see `hostile`) meet a real server process, all at once. During and after each batch an unmodified
client on the same server gets its echo within `ECHO_SECONDS`; after it the server is alive, whatever is open or runs
in it goes back to what it was, its memory is within bounds, and it has logged no error. A batch is made again by
`--seed N --first BATCH`. The last line on stdout is one JSON object; what is found is told above it, and the exit code
is 1.
"""

import argparse
import asyncio
import contextlib
import json
import random
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.client import SocketClient
from tests.guildhall.kit.sockets.hostile import SID, Session, session
from tests.guildhall.kit.sockets.yard import YardProcess, yard

BATCH = 40
ECHO_SECONDS = 5.0
BASELINE_SECONDS = 20.0
RSS_GROWTH_KB = 60_000  # 40 messages of at most 1 MB in the making, and what malloc keeps of them
SETTINGS: dict[str, Any] = {"admission_seconds": 1, "ping_interval_seconds": 5, "ping_timeout_seconds": 5}
COUNTED = ("peers", "links", "transports", "places", "tasks")


class Found(AssertionError):
    """What must not be."""


@dataclass
class Report:
    batches: int = 0
    sent_bytes: int = 0
    echo_ms_max: float = 0.0
    rss_kb_start: int = 0
    rss_kb_max: int = 0
    sessions: Counter[str] = field(default_factory=Counter)


async def play(port: int, hostile: Session, over: asyncio.Event) -> int:
    """Send all of a session that the server lets one send; returns how many bytes that was."""
    sent_bytes = 0
    pieces = hostile.pieces
    if any(SID in piece for piece in pieces):
        sid = await _polling_session(port)
        pieces = tuple(piece.replace(SID, sid) for piece in pieces)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    swallowing = asyncio.create_task(_swallow(reader))
    try:
        for piece in pieces:
            writer.write(piece)
            sent_bytes += len(piece)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):  # it may have stopped reading: that is its right
                    await writer.drain()
            await asyncio.sleep(0.002)
        if hostile.ending == "hold":
            await over.wait()
    except (ConnectionError, OSError):
        pass
    finally:
        swallowing.cancel()
        if hostile.ending == "reset":
            with contextlib.suppress(OSError):
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort() if hostile.ending != "close" else writer.close()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(2):
                await writer.wait_closed()
        writer.transport.abort()
    return sent_bytes


async def _polling_session(port: int) -> bytes:
    """The id of a session that was just opened."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: yard\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.partition(b'"sid":"')[2].partition(b'"')[0]


async def _swallow(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionError):
        while await reader.read(65_536):
            pass


async def echo(client: SocketClient, report: Report) -> None:
    began = time.monotonic()
    data = {"n": report.batches, "blob": b"\x00\xff"}
    try:
        answer = await client.call("echo", {"data": data}, seconds=ECHO_SECONDS)
    except Exception as error:
        raise Found(f"the well-behaved client got no echo: {error!r}") from error
    if answer != {"data": data}:
        raise Found(f"the well-behaved client got {answer!r}")
    report.echo_ms_max = max(report.echo_ms_max, (time.monotonic() - began) * 1000)


async def play_batch(server: YardProcess, client: SocketClient, batch: Iterable[Session], report: Report) -> None:
    """All sessions at once, and what has to hold meanwhile and afterwards; raises Found."""
    before = await asyncio.to_thread(server.figures)
    report.rss_kb_start = report.rss_kb_start or before["rss_kb"]
    over = asyncio.Event()
    sessions = list(batch)
    report.sessions.update(each.family for each in sessions)
    playing = [asyncio.create_task(play(server.port, each, over)) for each in sessions]
    held = sum(each.ending == "hold" for each in sessions)
    while sum(not each.done() for each in playing) > held:
        await echo(client, report)
        await asyncio.sleep(0.05)
    await echo(client, report)
    over.set()
    report.sent_bytes += sum(await asyncio.gather(*playing))
    report.batches += 1
    deadline = time.monotonic() + BASELINE_SECONDS
    while True:
        now = await asyncio.to_thread(server.figures)
        if all(now[name] <= before[name] for name in COUNTED):
            break
        if time.monotonic() > deadline:
            raise Found(f"what was open has not gone: {before} before, {now} now")
        await asyncio.sleep(0.05)
    await echo(client, report)
    report.rss_kb_max = max(report.rss_kb_max, now["rss_kb"])
    if report.rss_kb_max > report.rss_kb_start + RSS_GROWTH_KB:
        raise Found(f"memory grew from {report.rss_kb_start} to {report.rss_kb_max} KB")
    if errors := server.errors():
        raise Found("it logged " + "\n".join(errors[:3])[:4_000])
    if not server.is_alive:
        raise Found("the server has ended")


@contextlib.asynccontextmanager
async def besieged(folder: Path) -> AsyncIterator[tuple[YardProcess, SocketClient]]:
    """A server, and a well-behaved client of it that has settled."""
    with yard(folder, **SETTINGS) as server:
        async with SocketClient(server.url, "/", "ada") as client:
            await echo(client, Report())
            await asyncio.sleep(0.2)
            yield server, client


def batch_of(seed: int, number: int, size: int = BATCH) -> list[Session]:
    chance = random.Random(f"{seed}/{number}")
    return [session(chance) for _ in range(size)]


async def fuzz(seconds: float, seed: int, first: int) -> int:
    report, found = Report(), ""
    with tempfile.TemporaryDirectory() as folder:
        async with besieged(Path(folder)) as (server, client):
            until = time.monotonic() + seconds
            number = first
            while time.monotonic() < until and not found:
                try:
                    await play_batch(server, client, batch_of(seed, number), report)
                except Found as error:
                    found = f"seed {seed}, batch {number}: {error}"
                number += 1
    if found:
        print(found)
    told = {name: getattr(report, name) for name in ("batches", "sent_bytes", "rss_kb_start", "rss_kb_max")}
    total = {"sessions": report.sessions.total(), "echo_ms_max": round(report.echo_ms_max), "seed": seed}
    print(json.dumps({**told, **total, "found": found[:200]}))
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    return asyncio.run(fuzz(chosen.seconds, chosen.seed, chosen.first))


if __name__ == "__main__":
    sys.exit(main())
