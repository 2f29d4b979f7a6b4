"""`make bench-chat`: how many conversations one machine carries, each side writing every 10 s.

The product as it starts by default (one process tree, SQLite with every message on disk before it is acknowledged), a
visitor and an agent to each conversation as real websockets, each of whom also tells how far they have read. Each step:
everybody joins, then writes every 10 seconds. `ack` runs from a message sent to its acknowledgement read, `seen` from
sent to shown on the other side. The number carried is the largest step at which the 99th percentile of both is below
the limit. Server and load share this machine.

The last line on stdout is one JSON object.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import uvloop

from guildhall.config import Config, load_config
from tests.fakes.chat_page import ChatPage
from tests.fakes.server import GuildhallProcess
from tests.journeys.chaos_chat import Talk, hold_against, open_talks
from tests.journeys.chaos_houses import environ_of

EVERY_SECONDS = 10.0
OPEN_PER_SECOND = 60
SETTLE_SECONDS = 60.0


class QuietHouse:
    """What `open_talks` asks of a house."""

    def __init__(self, config: Config) -> None:
        self.config = config


async def write(talk: Talk, side: str, end: float, chance: random.Random, sent: dict[tuple[str, str], float]) -> None:
    page = talk.visitor if side == "visitor" else talk.agent
    loop = asyncio.get_running_loop()
    due = loop.time() + chance.uniform(0, EVERY_SECONDS)
    while due < end:
        await asyncio.sleep(due - loop.time())
        number = len(talk.written[side])
        talk.written[side].append(f"{side} {number}")
        client_id = f"{side}-message-{number:06}"
        sent[talk.id, client_id] = time.perf_counter()
        await page.say(client_id, f"{side} {number}")
        due += EVERY_SECONDS


async def measure(conversations: int, seconds: float, folder: Path) -> dict[str, Any]:
    environ = {
        **environ_of(folder),
        "GUILDHALL_CHAT__AUTO_ASSIGN": "false",
        "GUILDHALL_CHAT__AGENT_LIMIT": "50",
        "GUILDHALL_CHAT__LEASE_SECONDS": "600",
        "GUILDHALL_SOCKETS__MAX_PER_SUBJECT": "200",
    }
    server = GuildhallProcess(folder, environ)
    config = load_config(environ={**environ, "GUILDHALL_STORAGE__SQLITE_PATH": str(folder / "guildhall.sqlite3")})
    sent: dict[tuple[str, str], float] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        talks = await open_talks(
            QuietHouse(config),
            conversations,
            lambda token, talk: ChatPage(
                http, lambda: server.base_url, token, talk, random.Random(talk), ack_seconds=30
            ),
        )
        await asyncio.to_thread(server.start)
        try:
            pages = [page for talk in talks for page in (talk.visitor, talk.agent)]
            for start in range(0, len(pages), OPEN_PER_SECOND):
                for page in pages[start : start + OPEN_PER_SECOND]:
                    page.open()
                await asyncio.sleep(1)
            await asyncio.gather(*(page.until(1, SETTLE_SECONDS) for page in pages))
            assert server.process is not None
            process = psutil.Process(server.process.pid)
            process.cpu_percent()
            end = asyncio.get_running_loop().time() + seconds
            sides = ("visitor", "agent")
            await asyncio.gather(
                *(write(talk, side, end, random.Random(f"{talk.id}{side}"), sent) for talk in talks for side in sides)
            )
            cpu_percent = process.cpu_percent()
            for talk in talks:
                last = max([*talk.visitor.acknowledged.values(), *talk.agent.acknowledged.values(), 1])
                await asyncio.gather(*(page.until(last, SETTLE_SECONDS) for page in (talk.visitor, talk.agent)))
            await asyncio.gather(*(page.close() for page in pages))
        finally:
            await asyncio.to_thread(server.stop)
    held = await hold_against(config, talks)
    acks = [took for page in pages for took in page.ack_ms]
    seen = [
        (other.seen.at[client_id] - sent[talk.id, client_id]) * 1000
        for talk in talks
        for mine, other in ((talk.visitor, talk.agent), (talk.agent, talk.visitor))
        for client_id in mine.acknowledged
        if client_id in other.seen.at
    ]
    return {
        "conversations": conversations,
        "messages": len(acks),
        "ack_ms_p50": percentile(acks, 50),
        "ack_ms_p99": percentile(acks, 99),
        "seen_ms_p50": percentile(seen, 50),
        "seen_ms_p99": percentile(seen, 99),
        "lost": held["lost"],
        "doubled": held["doubled"],
        "reordered": held["reordered"],
        "faults": len(held["faults"]),
        "server_cpu_percent": cpu_percent,
    }


def percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return round(values[0], 1) if values else 0.0
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


async def run(options: argparse.Namespace) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    carried: dict[str, Any] | None = None
    for conversations in options.conversations:
        with tempfile.TemporaryDirectory(prefix="guildhall-bench-chat-") as folder:
            step = await measure(conversations, options.seconds, Path(folder))
        steps.append(step)
        sys.stderr.write(f"{json.dumps(step)}\n")
        if max(step["ack_ms_p99"], step["seen_ms_p99"]) > options.limit_ms:
            break
        carried = step
    best = carried or steps[0]
    return {
        **best,
        "conversations": best["conversations"] if carried else 0,
        "limit_ms_p99": options.limit_ms,
        "steps": steps,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench-chat", description=__doc__)
    parser.add_argument("--conversations", type=int, nargs="+", default=[50, 100, 200, 400, 800, 1600])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--limit-ms", type=float, default=1_000, help="of the 99th percentiles")
    print(json.dumps(uvloop.run(run(parser.parse_args()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
