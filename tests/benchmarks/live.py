"""`make bench-live`: how many candidates one machine carries, live, at five frames a second.

Candidates are real websockets that send 640x480 JPEGs without waiting for verdicts. Their number rises until more than
1 % of the frames are skipped or the 99th percentile from frame sent to verdict passes 500 ms; the last number that
held is reported. Server, engine and load share this machine. The last line on stdout is one JSON object.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import psutil
import uvloop

from tests.fakes.candidate import FrameSender
from tests.fakes.server import GuildhallProcess, serving
from tests.journeys.scenes import film, split_film

FRAMES_PER_SECOND = 5
SKIPPED_SHARE_MOST = 0.01
LATENCY_P99_MS_MOST = 500


@dataclass(frozen=True, slots=True)
class Step:
    candidates: int
    fps_judged: float
    skipped_share: float
    latency_ms_p50: float
    latency_ms_p99: float
    cpu_percent: dict[str, float]
    peak_memory_mb: dict[str, float]

    @property
    def held(self) -> bool:
        return self.skipped_share <= SKIPPED_SHARE_MOST and self.latency_ms_p99 <= LATENCY_P99_MS_MOST


class Cpu:
    """CPU and memory of the server's process tree and of this load generator, by process."""

    def __init__(self, server_pid: int) -> None:
        parent = psutil.Process(server_pid)
        self._processes = {"web": parent, "load": psutil.Process()}
        self._processes |= {f"engine_{n}": child for n, child in enumerate(parent.children(recursive=True), 1)}

    def seconds(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._processes.items()}

    def peak_memory_mb(self) -> dict[str, float]:
        return {
            name: round(_peak_kb(process.pid) / 1024, 1) for name, process in self._processes.items() if name != "load"
        }


def _peak_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


async def measure(
    server: GuildhallProcess, pictures: Sequence[bytes], candidates: int, warm_seconds: float, seconds: float
) -> Step:
    assert server.process is not None
    tokens = [server.candidate(f"Candidate {n}")["token"] for n in range(candidates)]
    interval_seconds = 1 / FRAMES_PER_SECOND
    async with aiohttp.ClientSession() as http:
        senders = [FrameSender(http, server.base_url, token, pictures) for token in tokens]
        async with asyncio.TaskGroup() as group:
            running = [
                group.create_task(sender.run(interval_seconds, 0.5 + interval_seconds * n / candidates))
                for n, sender in enumerate(senders)
            ]
            await asyncio.sleep(warm_seconds)
            cpu = Cpu(server.process.pid)
            before = cpu.seconds()
            for sender in senders:
                sender.counting = True
            await asyncio.sleep(seconds)
            for sender in senders:
                sender.counting = False
            after = cpu.seconds()
            await asyncio.sleep(1.0)  # the last verdicts
            for task in running:
                task.cancel()
    sent = sum(sender.tally.sent for sender in senders)
    judged = sum(sender.tally.judged for sender in senders)
    latencies_ms = sorted(latency for sender in senders for latency in sender.tally.latencies_ms) or [float("inf")]
    cuts = statistics.quantiles(latencies_ms, n=100) if len(latencies_ms) > 1 else latencies_ms * 99
    return Step(
        candidates=candidates,
        fps_judged=round(judged / seconds, 1),
        skipped_share=round(1 - judged / sent, 4),  # whatever was not judged counts as skipped, refused frames too
        latency_ms_p50=round(cuts[49], 1),
        latency_ms_p99=round(cuts[98], 1),
        cpu_percent={name: round((after[name] - before[name]) / seconds * 100, 1) for name in before},
        peak_memory_mb=cpu.peak_memory_mb(),
    )


async def climb(server: GuildhallProcess, options: argparse.Namespace) -> tuple[Step | None, Step | None]:
    """The last step that held and the first that did not."""
    pictures = split_film(film(("one_face", 4)))
    held: Step | None = None
    for candidates in range(options.start, options.most + 1, options.step):
        for _ in range(2):  # a step fails when it fails twice: one bad second of a shared machine is not its limit
            step = await measure(server, pictures, candidates, options.warm_seconds, options.seconds)
            sys.stderr.write(f"{json.dumps(asdict(step))}\n")
            if step.held:
                break
        else:
            return held, step
        held = step
    return held, None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=int, default=10)
    parser.add_argument("--step", type=int, default=5)
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--warm-seconds", type=float, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        held, failed = uvloop.run(climb(server, options))
    result = asdict(held) if held else {"candidates": 0}
    print(json.dumps({**result, "frames_per_second": FRAMES_PER_SECOND, "next": asdict(failed) if failed else None}))


if __name__ == "__main__":
    main()
