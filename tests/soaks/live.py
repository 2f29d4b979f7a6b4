"""`make soak-live [MINUTES=30]`: live sessions in the scaled mode, while everything dies in turn.

Two web processes, two engine processes, a worker, Redis and a database on this machine. First the number of candidates
that this setup carries is measured; then four fifths of it sit an exam, some of them leave their chair at known times,
and a proctor watches. Every 20 s one thing is killed outright and started again 1 s later (Redis and the database after
1 to 6 s): a web process, an engine's child, an engine process, the worker, Redis, the database.

What is measured:

- **silence**: for each session, the longest time without a verdict of a judged frame, from the kill until the next one.
  After a kill of Redis or the database it counts from when that answers again. Frames are judged while the database is
  away, so there it should be as short as ever. The limit is 3 s, plus for how long this machine itself stood still
  meanwhile (the longest that a timer of this process was late, told as `stall_ms`).
- **incidents**: what the proctor kept = the entries of the numbered log, read from the database; numbers without gaps;
  none twice; every absence raised what the rules say for the frames of it that were judged, and nothing else did.
- **frames**: every one has a verdict, or went down with its connection, and is counted.
- **memory**: megabytes a minute, by kind of process, over the lives of all of them.
- **orphans**: children of a killed parent are gone within 5 s; at the end nothing is left.

The last line on stdout is one JSON object; exit code 1 when something did not hold.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import uvloop
from pymongo import MongoClient

from tests.fakes.house import READY_SECONDS, House
from tests.fakes.kept import Kept, left_behind
from tests.soaks.accounting import settle
from tests.soaks.candidate import Candidate, Fates, longest_silence_ms
from tests.soaks.films import AWAY_SECONDS, Camera, load_scene
from tests.soaks.memory import MemoryWatch
from tests.soaks.proctor import Recorder

FRAMES_PER_SECOND = 5
SILENCE_MS_MOST = 3_000.0
GROWTH_MB_MOST = 1.0  # a minute
SHARE = 0.8
KINDS = ("web", "engine_child", "engine", "worker", "redis", "database")
OURS = ("web", "engine", "engine_child", "worker")  # a test server's growth is told, and no fault of the product
COUNTED_FROM_BACK = ("redis", "database")
WARM_SECONDS, FLOOD_SECONDS = 8.0, 8.0
CHILDREN_GONE_SECONDS = 5.0
SETTLE_SECONDS = 4.0
"""From when a thing is back to the next kill. What a web process decides while the database is away is in its memory
alone: killed in that very moment it takes it along, which is told in docs/operations.md and is not what is asked here.
"""
LONGEST_OUTAGE_SECONDS = 6.0
LEAVES_EVERY = 3  # every third candidate leaves their chair
TAIL_SECONDS = 8.0  # with everybody back in their chair, for the last incidents to close


def say(what: str, told: Any) -> None:
    sys.stderr.write(f"{time.strftime('%T')} {what}: {told if isinstance(told, str) else json.dumps(told)}\n")
    sys.stderr.flush()


@dataclass
class Kill:
    """One, and what it cost. Moments are seconds of the monotonic clock."""

    kind: str
    name: str
    at: float
    silence_ms_most: float = SILENCE_MS_MOST
    back_at: float = 0.0  # when its successor could do its work
    until: float = 0.0
    stall_ms: float = 0.0
    silences_ms: list[float] = field(default_factory=list)
    orphans: int = 0

    @property
    def since(self) -> float:
        return self.back_at if self.kind in COUNTED_FROM_BACK else self.at

    @property
    def held(self) -> bool:
        return max(self.silences_ms, default=0.0) <= self.silence_ms_most + self.stall_ms and not self.orphans

    @property
    def fault(self) -> str:
        silent = sum(silence > self.silence_ms_most for silence in self.silences_ms)
        return f"{self.name} killed: {silent} silent, {max(self.silences_ms):.0f} ms; {self.orphans} children left"


class Stalls:
    """How late timers of this process were: what the machine did not give."""

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.05
            await asyncio.sleep(0.05)
            late = loop.time() - due
            if late > 0.1:
                self._late.append((due, late))

    def longest_ms(self, since: float, until: float) -> float:
        return round(max((late for at, late in self._late if since - late <= at <= until), default=0.0) * 1000, 1)


class Soak:
    def __init__(self, house: House, http: aiohttp.ClientSession, options: argparse.Namespace) -> None:
        self.house = house
        self._http = http
        self._options = options
        self._chance = random.Random(options.seed)
        self._scenes = load_scene("one_face"), load_scene("empty_room")
        self.candidates: list[Candidate] = []
        self.sessions: list[str] = []
        self.kills: list[Kill] = []
        self.stalls = Stalls()
        self.memory = MemoryWatch(self._processes)

    async def run(self) -> dict[str, Any]:
        house, options = self.house, self._options
        count = options.candidates or max(2, int(SHARE * await self._measure_capacity()))
        async with asyncio.TaskGroup() as group:
            recorder = Recorder(self._http, self._doors, (await house.proctor())["token"])
            watching = [group.create_task(one) for one in (recorder.run(), self.stalls.run(), self.memory.run())]
            await self._seat(count)
            sitting = [
                group.create_task(candidate.run(n / count / FRAMES_PER_SECOND))
                for n, candidate in enumerate(self.candidates)
            ]
            await asyncio.sleep(WARM_SECONDS)
            await self._kill_in_turn(options.minutes * 60, options.every_seconds)
            for candidate in self.candidates:
                candidate.camera.stays = True
            await asyncio.sleep(AWAY_SECONDS + TAIL_SECONDS)
            for candidate in self.candidates:
                candidate.finish()
            await asyncio.wait(sitting)
            await asyncio.sleep(2.0)  # departures are written, and the proctor hears of what they closed
            log = await asyncio.to_thread(self._read_log)
            await self._until_read(recorder, len(log))
            for task in watching:
                task.cancel()
        codes = await house.stop()
        await asyncio.sleep(1.0)
        left = [" ".join(process.cmdline()[-3:]) for process in left_behind(house.mark)]
        return self._tell(count, recorder, log, codes, left)

    def _processes(self) -> Iterator[tuple[str, int]]:
        for one in self.house.all:
            if (pid := one.pid) is not None:
                role = one.name.rstrip("_0123456789")
                yield role, pid
                if role == "engine":
                    with suppress(psutil.Error):
                        yield from (("engine_child", child.pid) for child in psutil.Process(pid).children())

    def _doors(self) -> list[str]:
        """As a balancer would: by chance, and the other where that one does not answer."""
        return random.sample(self.house.base_urls, len(self.house.base_urls))

    async def _seat(self, count: int, *, leave: bool = True) -> None:
        now_ms = time.time_ns() // 1_000_000
        face, room = self._scenes
        for number in range(count):
            seat = await self.house.candidate(f"Candidate {number}")
            leaves = leave and number % LEAVES_EVERY == 0
            camera = Camera(face, room, number, now_ms, leaves=leaves)
            self.sessions.append(seat["session_id"])
            self.candidates.append(Candidate(self._http, self._doors, seat["token"], camera, 1 / FRAMES_PER_SECOND))

    async def _measure_capacity(self) -> float:
        """Candidates at five frames a second that the verdicts of a crowd that obeys would be enough for."""
        await self._seat(self._options.crowd, leave=False)
        crowd = self.candidates
        tasks = [asyncio.create_task(one.run(n / len(crowd) / FRAMES_PER_SECOND)) for n, one in enumerate(crowd)]
        await asyncio.sleep(WARM_SECONDS)
        before = sum(one.fates.judged for one in crowd)
        await asyncio.sleep(FLOOD_SECONDS)
        judged = sum(one.fates.judged for one in crowd) - before
        for one in crowd:
            one.finish()
        await asyncio.gather(*tasks)
        await asyncio.sleep(5.0)  # the pace comes back
        self.candidates, self.sessions = [], []
        capacity = float(min(judged / FLOOD_SECONDS / FRAMES_PER_SECOND, self._options.crowd))
        say("capacity, candidates", f"{capacity:.1f}")
        return capacity

    async def _kill_in_turn(self, seconds: float, every_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + seconds
        kinds = [kind for kind in KINDS if kind != "database" or self.house.database_lasts]
        turn: list[str] = []
        while len(self.kills) < self._options.kills if self._options.kills else loop.time() < ends_at:
            if not turn:
                turn = self._chance.sample(kinds, len(kinds))
            kill = await self._kill(turn.pop())
            kill.until = max(loop.time() + SETTLE_SECONDS, kill.at + every_seconds)
            await asyncio.sleep(max(0.0, kill.until - loop.time()))
            kill.stall_ms = self.stalls.longest_ms(kill.at, kill.until)
            kill.silences_ms = [
                longest_silence_ms(candidate.judged_at, kill.since, kill.until) for candidate in self.candidates
            ]
            self.kills.append(kill)
            told = {
                "back_s": round(kill.back_at - kill.at, 2),
                "silence_ms_max": round(max(kill.silences_ms), 1),
                "stall_ms": kill.stall_ms,
                "held": kill.held,
            }
            say(f"{kill.kind} ({kill.name})", told)

    async def _kill(self, kind: str) -> Kill:
        house, loop = self.house, asyncio.get_running_loop()
        owners: dict[str, list[Kept]] = {
            "web": house.webs,
            "engine_child": house.engines,
            "engine": house.engines,
            "worker": house.workers,
            "redis": [house.redis],
            "database": [house.database],
        }
        victim = self._chance.choice(owners[kind])
        if kind in COUNTED_FROM_BACK:
            victim.restart_seconds = self._chance.uniform(1.0, LONGEST_OUTAGE_SECONDS)
        kill = Kill(kind, victim.name, loop.time(), self._options.silence_ms)
        starts, ready = victim.starts, _ready_children(victim)
        if kind == "engine_child":
            assert victim.pid is not None
            psutil.Process(victim.pid).children()[0].kill()
        else:
            children = victim.kill()
            await asyncio.sleep(0.05)
            _, alive = await asyncio.to_thread(psutil.wait_procs, children, CHILDREN_GONE_SECONDS)
            kill.orphans = len(alive)
            while victim.starts == starts:
                await asyncio.sleep(0.02)
        if kind.startswith("engine"):
            while _ready_children(victim) == ready:
                await asyncio.sleep(0.05)
        await victim.until_ready(READY_SECONDS)
        kill.back_at = loop.time()
        return kill

    def _read_log(self) -> list[dict[str, Any]]:
        """Without the product: straight from the database."""
        with MongoClient[dict[str, Any]](self.house.mongo_url) as client:
            lines = client["guildhall"]["proctoring_log"].find({"stream": "demo"}).sort("number", 1)
            told = ("kind", "incident")  # what ties a line to the one before it is told to nobody
            return [
                {"number": line["number"], "at_ms": line["at_ms"]} | {name: line["body"][name] for name in told}
                for line in lines
            ]

    async def _until_read(self, recorder: Recorder, head: int) -> None:
        """Ten seconds bring the next word of the head."""
        with suppress(TimeoutError):
            async with asyncio.timeout(15):
                while recorder.read_up_to < head:
                    await asyncio.sleep(0.1)

    def _tell(
        self, count: int, recorder: Recorder, log: list[dict[str, Any]], codes: dict[str, int], left: list[str]
    ) -> dict[str, Any]:
        planted = {
            session_id: candidate.camera.absences
            for session_id, candidate in zip(self.sessions, self.candidates, strict=True)
        }
        account = settle(log, recorder.entries, planted)
        fates = [candidate.fates for candidate in self.candidates]
        totals = {name: sum(getattr(one, name) for one in fates) for name in Fates.__dataclass_fields__}
        slopes = self.memory.slopes()
        missed = sum(one.sent != one.counted for one in fates)
        faults = [*account.faults, *(kill.fault for kill in self.kills if not kill.held)]
        faults += [
            f"{role} grows by {slope} MB/min"
            for role, slope in slopes.items()
            if role in OURS and slope > GROWTH_MB_MOST
        ]
        faults += [f"left behind: {one}" for one in left]
        faults += [f"{missed} candidates miss frames"] * bool(missed)
        faults += [f"{totals['unanswered']} frames were never answered"] * bool(totals["unanswered"])
        faults += [f"entries changed: {recorder.differing[:5]}"] * bool(recorder.differing)
        faults += [f"{one.name}: {line}" for one in self.house.all for line in _crashes(one.log_path)[:1]]
        problems: Counter[str] = Counter()
        for candidate in self.candidates:
            problems.update(candidate.problems)
        seconds = self._options.minutes * 60 + WARM_SECONDS + AWAY_SECONDS + TAIL_SECONDS
        return {
            "candidates": count,
            "minutes": self._options.minutes,
            "kills": len(self.kills),
            "silence_ms_max": round(max((max(kill.silences_ms) for kill in self.kills), default=0.0), 1),
            "silences_ms": {kind: _spread(self.kills, kind) for kind in sorted({kill.kind for kill in self.kills})},
            "stall_ms_max": max((kill.stall_ms for kill in self.kills), default=0.0),
            "fps_judged": round(totals["judged"] / seconds, 1),
            "frames": totals,
            "reasons_told": dict(problems.most_common(8)),
            "entries": account.entries,
            "absences": account.absences,
            "absences_certain": account.absences_certain,
            "incidents_by_rule": account.incidents_by_rule,
            "connections": sum(candidate.connections for candidate in self.candidates),
            "proctor_connections": recorder.connections,
            "tiles": recorder.tiles,
            "memory_mb_a_minute": slopes,
            "memory_mb_peak": self.memory.peaks(),
            "memory_mb_longest_life": self.memory.longest_lives(),
            "exit_codes": {name: code for name, code in codes.items() if code},
            "database_killed": self.house.database_lasts,
            "faults": faults,
        }


def _spread(kills: list[Kill], kind: str) -> dict[str, float]:
    """Over the sessions of all kills of the kind."""
    silences = sorted(silence for kill in kills if kill.kind == kind for silence in kill.silences_ms)
    back = [kill.back_at - kill.at for kill in kills if kill.kind == kind]
    return {
        "kills": len(back),
        "p50": round(statistics.median(silences), 1),
        "p95": round(silences[int(0.95 * (len(silences) - 1))], 1),
        "max": round(silences[-1], 1),
        "back_s_max": round(max(back), 1),
    }


def _ready_children(engine: Kept) -> int:
    """How many children have got ready so far; an engine process tells nobody but its log at once."""
    return engine.log_path.read_text(errors="replace").count("is ready")


def _crashes(log_path: Path) -> list[str]:
    """Lines in which a process of ours tells of an error that nobody foresaw; what it postpones it did foresee."""
    marks = ("Traceback", '"exception"', "was never retrieved", "crashed", "never awaited")
    lines = log_path.read_text(errors="replace").splitlines()
    return [line[:400] for line in lines if any(mark in line for mark in marks) and "_postponed" not in line]


async def soak(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    async with (
        House(folder) as house,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        return await Soak(house, http, options).run()


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--kills", type=int, default=0, help="so many, instead of minutes")
    parser.add_argument("--every-seconds", type=float, default=20, help="between two kills")
    parser.add_argument("--candidates", type=int, default=0, help="instead of four fifths of what was measured")
    parser.add_argument("--crowd", type=int, default=70, help="candidates of the measurement")
    parser.add_argument("--silence-ms", type=float, default=SILENCE_MS_MOST, help="the longest that is no fault")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the kills")
    parser.add_argument("--logs", type=Path, help="keep the processes' logs in this folder")
    return parser.parse_args(arguments)


def main() -> int:
    options = options_of()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = options.logs or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        result = uvloop.run(soak(options, folder))
    print(json.dumps(result))
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
