"""An exam through everything that can go wrong: is every receipted answer in the final submission, in order, once?

    python -m tests.journeys.chaos_exam --answers 10000 --candidates 50

Candidates answer over real sockets. Meanwhile the server is killed with -9 and started again, connections are cut in
the middle of a message, pages are reloaded (memory gone, outbox kept), answers are sent twice and at once, and second
tabs are opened. With --scaled there are two web processes and a worker over a database and Redis, and each of them is
killed (FerretDB; mongo-java-server keeps its data in memory and is frozen instead). At the end everybody hands in, and
the database is asked. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from guildhall.assessments.model.attempts import Attempt, SuspensionKind
from guildhall.assessments.rules.clock import suspended_ms
from guildhall.assessments.rules.receipts import check_chain
from guildhall.backbone import Backbone
from guildhall.config import Config
from tests.fakes.exam_hall import Door, open_doors
from tests.fakes.exam_page import ExamPage, PageGone
from tests.journeys.chaos_houses import Down, OneProcess, ScaledHouse

QUESTIONS = 20
CUT_SHARE, RELOAD_SHARE, TWICE_SHARE, SECOND_TAB_SHARE = 0.02, 0.02, 0.05, 0.01
"""Of all rounds of a candidate."""
FOLLOWED_MS = 6_000
"""Who hands in sooner after an outage may be gone before it was found; they lacked no time."""


@dataclass(slots=True)
class Written:
    """One answer of the outbox: what survives a reload."""

    key: str
    slot_id: str
    text: str
    based_on: int
    follows: str | None

    def as_message(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "slot_id": self.slot_id,
            "response": {"kind": "written", "text": self.text},
            "based_on": self.based_on,
            "follows": self.follows,
            "client_at_ms": time.time_ns() // 1_000_000,
        }


@dataclass(slots=True)
class Kept:
    """What the driver holds against the server at the end."""

    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    """Keys as they were written."""
    last_text: dict[str, str] = field(default_factory=dict)
    told_otherwise: list[str] = field(default_factory=list)
    """A repeat that was answered with another receipt than the first."""
    reloads: int = 0
    cuts: int = 0
    tabs: int = 0
    doubles: int = 0
    conflicts: int = 0


class Candidate:
    def __init__(self, http: aiohttp.ClientSession, urls: list[str], door: Door, answers: int, seed: int) -> None:
        self._http = http
        self._urls = urls
        self.door = door
        self._wanted = answers
        self._chance = random.Random(seed)
        self._outbox: list[Written] = []
        self._known: dict[str, int] = {}  # what this page was told stands, by slot
        self._pages: list[ExamPage] = []
        self._shown = asyncio.Event()
        self._state = ""
        self._written = 0
        self.kept = Kept()
        self.over: dict[str, Any] | None = None

    async def sit(self, pace_seconds: float) -> None:
        """Write all answers, get a receipt for each, and hand in."""
        while self._written < self._wanted or self._outbox:
            try:
                page = await self._page()
                if self._state == "created":
                    self._state = (await page.call("begin", {})).get("attempt", {}).get("state", "created")
                self._write()
                await self._round(page)
            except (PageGone, TimeoutError):
                await self._reload()
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * pace_seconds)
        while self.over is None:
            try:
                answer = await (await self._page()).call("submit", {})
                if answer.get("attempt", {}).get("state") == "submitted":
                    self.over = answer["attempt"]["receipt"]
            except (PageGone, TimeoutError):
                await self._reload()
        await self._leave()

    async def _page(self) -> ExamPage:
        """The page in use, connected; it comes back for as long as that takes."""
        while True:
            if self._pages and not self._pages[-1].gone.is_set() and self._shown.is_set():
                return self._pages[-1]
            try:
                await self._open()
                async with asyncio.timeout(10):
                    await self._shown.wait()
            except (PageGone, TimeoutError):
                await self._leave()
                await asyncio.sleep(self._chance.uniform(0.1, 0.6))

    async def _open(self) -> None:
        self._shown.clear()
        page = ExamPage(self._http, self._chance.choice(self._urls), self.door.token, self._hear)
        self._pages.append(page)
        await page.connect()

    def _hear(self, event: str, message: dict[str, Any]) -> None:
        if event != "attempt":
            return
        self._state = message["state"]
        unsent = {written.slot_id for written in self._outbox}
        self._known |= {one["slot_id"]: one["number"] for one in message["answers"] if one["slot_id"] not in unsent}
        self._shown.set()

    def _write(self) -> None:
        for _ in range(self._chance.choice((1, 1, 1, 2, 5))):
            if self._written >= self._wanted:
                return
            slot = f"q{self._chance.randint(1, QUESTIONS)}"
            self._put(slot, f"answer {self._written}")
            self._written += 1

    def _put(self, slot: str, text: str) -> None:
        before = next((one for one in reversed(self._outbox) if one.slot_id == slot), None)
        key = f"{self.door.account_id}-{len(self.kept.order)}"
        follows = before.key if before else None
        self._outbox.append(Written(key, slot, text, self._known.get(slot, 0), follows))
        self.kept.order.append(key)
        self.kept.last_text[slot] = text

    async def _round(self, page: ExamPage) -> None:
        dice = self._chance.random()
        batch = self._outbox[:10]
        if not batch:
            return
        message = {"answers": [written.as_message() for written in batch]}
        if dice < CUT_SHARE:
            self.kept.cuts += 1
            sending = asyncio.create_task(page.call("answers", message))
            await asyncio.sleep(self._chance.uniform(0, 0.02))
            await page.close()
            await asyncio.gather(sending, return_exceptions=True)
            if not sending.cancelled() and sending.exception() is None:
                self._take(sending.result())
            return
        if dice < CUT_SHARE + RELOAD_SHARE:
            self.kept.reloads += 1
            await self._reload()
            return
        if dice < CUT_SHARE + RELOAD_SHARE + SECOND_TAB_SHARE:
            self.kept.tabs += 1
            await self._open()  # the first is still there, and is told
            async with asyncio.timeout(20):
                await self._shown.wait()
            self._take(await self._pages[-1].call("answers", message))
            return
        if dice < CUT_SHARE + RELOAD_SHARE + SECOND_TAB_SHARE + TWICE_SHARE:
            self.kept.doubles += 1
            first, second = await asyncio.gather(page.call("answers", message), page.call("answers", message))
            self._take(first)
            self._take(second)
            return
        self._take(await page.call("answers", message))

    def _take(self, taken: dict[str, Any]) -> None:
        """Receipts let go of answers; a problem of the whole batch keeps them all."""
        for outcome in taken.get("outcomes", ()):
            key = outcome["key"]
            if "number" not in outcome:
                raise AssertionError(f"An answer was refused: {outcome}")
            receipt = {name: outcome[name] for name in ("number", "hash", "in_force", "is_late")}
            if self.kept.receipts.setdefault(key, receipt) != receipt:
                self.kept.told_otherwise.append(key)
            mine = next((one for one in self._outbox if one.key == key), None)
            if mine is None:
                continue
            self._outbox.remove(mine)
            if outcome["in_force"]:
                self._known[mine.slot_id] = outcome["number"]
            else:
                self._choose(mine, outcome)

    def _choose(self, mine: Written, outcome: dict[str, Any]) -> None:
        """Another tab's answer stands; the person takes their own, unless a newer one of theirs waits already."""
        self.kept.conflicts += 1
        self._known[mine.slot_id] = outcome["instead"]["number"]
        if any(one.slot_id == mine.slot_id for one in self._outbox):
            return
        self._put(mine.slot_id, mine.text)

    async def _reload(self) -> None:
        """Memory is gone: what stood is told anew by the server. The outbox stays."""
        await self._leave()
        self._known.clear()

    async def _leave(self) -> None:
        pages, self._pages = self._pages, []
        self._shown.clear()
        for page in pages:
            await page.close()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` are sentences; none may be there."""

    faults: list[str]
    entries: int
    credit_off_ms: list[int]


async def hold_against(
    config: Config, candidates: list[Candidate], downs: list[Down], off_ms: int, *, is_exact: bool
) -> Verdict:
    """Ask the database itself, by what the candidates were told.

    A credit is as long as the driver measured, give or take `off_ms`. Where the database was killed (not `is_exact`) it
    may be longer, since its driver takes a while to find it again, but never shorter.
    """
    backbone = Backbone(config)
    faults: list[str] = []
    entries = 0
    off: list[int] = []
    async with backbone.running():
        service = backbone.assessments
        for candidate in candidates:
            attempt = await service.context.store.attempts.read(candidate.door.attempt_id)
            log = await service.desk.entries(attempt.id)
            entries += len(log)
            faults += _faults_of(candidate, attempt, log)
            final = await service.sitting.final_answers(attempt.id)
            texts = {
                slot: entry.answer.response.text  # type: ignore[union-attr]
                for slot, entry in final.items()
                if entry.answer is not None
            }
            if texts != candidate.kept.last_text:
                faults.append(f"{attempt.id}: the final answers are not those that were written last.")
            off += _credit_off(attempt, downs)
    faults += [f"A credit is {one} ms off." for one in off if one < -off_ms or (is_exact and one > off_ms)]
    return Verdict(faults, entries, off)


def _faults_of(candidate: Candidate, attempt: Attempt, log: list[Any]) -> Iterator[str]:
    kept, name = candidate.kept, attempt.id
    if (fault := check_chain(log, attempt.head, attempt.head_hash)) is not None:
        yield f"{name}: {fault.sentence}"
    if attempt.state != "submitted" or candidate.over is None or candidate.over["hash"] != attempt.head_hash:
        yield f"{name} is {attempt.state}, with another end than the candidate was told."
    yield from (f"{name}: {key} was receipted in two ways." for key in kept.told_otherwise)
    held = {entry.key: entry for entry in log if entry.body["kind"] == "answer"}
    if len(held) != len(log) - 1:
        yield f"{name}: an answer is there twice, or there are several ends."
    for key, receipt in kept.receipts.items():
        entry = held.get(key)
        if entry is None:
            yield f"{name}: {key} was receipted and is lost."
        elif (entry.number, entry.body["hash"]) != (receipt["number"], receipt["hash"]):
            yield f"{name}: {key} is another entry than its receipt says."
        if receipt["is_late"]:
            yield f"{name}: {key} was late, though nobody had handed in."
    if kept.receipts.keys() != set(kept.order):
        yield f"{name}: not every answer has a receipt."
    stored = [key for key in held if key in kept.receipts]
    written = [key for key in kept.order if key in held]
    if stored != written:
        yield f"{name}: answers are in another order than they were written in."


def _credit_off(attempt: Attempt, downs: list[Down]) -> Iterator[int]:
    """For each outage that this attempt sat through: credited less measured, in milliseconds.

    One that was credited as shorter is off by no more than the driver itself cannot have seen late.
    """
    started = attempt.clock.started_at_ms or 0
    for down in downs:
        if down.began_ms < started or down.ended_ms + FOLLOWED_MS > (attempt.over_at_ms or 0):
            continue
        middle = (down.began_ms + down.ended_ms) // 2
        credit = [
            suspended_ms(attempt.clock.model_copy(update={"suspensions": (one,)}), attempt.over_at_ms or 0)
            for one in attempt.clock.suspensions
            if one.kind is SuspensionKind.OUTAGE and one.began_at_ms <= middle <= (one.ended_at_ms or middle)
        ]
        off = sum(credit) - (down.ended_ms - down.began_ms)
        yield min(0, off + down.seen_late_ms) if off < 0 else off


async def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    house = ScaledHouse(folder, options.database) if options.scaled else OneProcess(folder)
    chance = random.Random(options.seed)
    began = time.perf_counter()
    async with house.open():
        doors = await open_doors(house.config, options.candidates, QUESTIONS)
        await house.start()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            share, rest = divmod(options.answers, options.candidates)
            candidates = [
                Candidate(http, house.urls, door, share + (number < rest), options.seed + number)
                for number, door in enumerate(doors)
            ]
            raging = asyncio.create_task(house.rage(chance, options.kill_every))
            sitting = asyncio.gather(*(candidate.sit(options.pace) for candidate in candidates))
            both: set[asyncio.Future[Any]] = {raging, sitting}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if raging.done():  # never by itself: whatever was killed did not come back
                sitting.cancel()
                raging.result()
            await sitting
            raging.cancel()
            await asyncio.gather(raging, return_exceptions=True)
        await house.stop()
        beat_ms = round(house.config.assessments.beat_seconds * 1000)
        verdict = await hold_against(
            house.config, candidates, house.downs, beat_ms + options.slack_ms, is_exact=not options.scaled
        )
    kept = [candidate.kept for candidate in candidates]
    for fault in verdict.faults[:20]:
        sys.stderr.write(f"{fault}\n")
    return {
        "candidates": len(candidates),
        "answers": sum(len(one.order) for one in kept),
        "receipted": sum(len(one.receipts) for one in kept),
        "entries": verdict.entries,
        "kills": house.kills,
        "reloads": sum(one.reloads for one in kept),
        "cuts": sum(one.cuts for one in kept),
        "second_tabs": sum(one.tabs for one in kept),
        "sent_twice": sum(one.doubles for one in kept),
        "conflicts": sum(one.conflicts for one in kept),
        "credits": len(verdict.credit_off_ms),
        "credit_off_ms_least": min(verdict.credit_off_ms, default=0),
        "credit_off_ms_most": max(verdict.credit_off_ms, default=0),
        "seconds": round(time.perf_counter() - began, 1),
        "faults": len(verdict.faults),
    }


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos_exam", description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--candidates", type=int, default=50)
    parser.add_argument("--kill-every", type=float, default=12.0, help="seconds between two kills, about")
    parser.add_argument("--pace", type=float, default=0.25, help="seconds between two rounds of a candidate, about")
    parser.add_argument("--slack-ms", type=int, default=500, help="beside one beat: a busy machine beats late")
    parser.add_argument("--scaled", action="store_true", help="two web processes, a worker, a database and Redis")
    parser.add_argument("--database", choices=("ferretdb", "mongo-java-server"), default="ferretdb", help="of --scaled")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    return parser.parse_args(arguments)


def main() -> int:
    options = options_of()
    sys.stderr.write(f"chaos_exam: seed {options.seed}\n")
    with tempfile.TemporaryDirectory(prefix="guildhall-chaos-") as folder:
        figures = asyncio.run(run(options, Path(folder)))
    print(json.dumps(figures))
    return 1 if figures["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
