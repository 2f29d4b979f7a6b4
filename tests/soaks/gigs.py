"""`make chaos-gigs [MINUTES=10]`: a town of agents and clients whose processes are killed with -9 at any moment.

Three processes share a database on SQLite: each has a worker's passes and two actors who apply, offer, accept, fund,
deliver, dispute, log hours and review at random (`tests.soaks.guild.acts`). Every second or so one of them is
ended by SIGKILL and another one begins. After eight kills all are killed and the clock jumps by hours or days, so that
offers run out, work is approved by itself and answers come too late while processes die. After some of that the town is
judged: passes carry out what was left, everything holds that must (`truths`), every move that people are told of was
told once and not twice, by notice, mail and webhook, and every one that is audited was audited once. Then another town
begins. The last line on stdout is one JSON object; exit code 1 when something did not hold.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

from guildhall.gigs.model.contracts import Contract
from guildhall.kit.clock import ManualClock, SystemClock
from guildhall.kit.errors import DomainError
from guildhall.kit.mail.outbox import OUTBOX
from guildhall.notifications.store import NOTICES
from guildhall.notifications.webhooks.service import WebhooksService
from guildhall.notifications.webhooks.service.context import Caller
from guildhall.notifications.webhooks.store import DELIVERIES
from guildhall.onboarding.service.context import Held
from guildhall.opportunities.model.applications import Application
from tests.soaks.guild import truths
from tests.soaks.guild.acts import ACTS, Drawn
from tests.soaks.guild.pages import look_at_everything
from tests.soaks.guild.town import AGENTS, CLIENTS, MONDAY_MS, Town, found_in

PROCESSES: Final = 3
ACTORS: Final = 2
KILL_AFTER_SECONDS: Final = (0.2, 1.5)
"""From when all of them are at work; some are killed before."""
KILLED_EARLY: Final = 0.15
BEGINS_SECONDS: Final = 60.0
KILLS_A_SEASON: Final = 8
SEASONS_A_TOWN: Final = 4
JUMPS_HOURS: Final = (1, 30, 100, 24 * 8, 24 * 15)
ALL_MAX: Final = 100_000
FREQUENT: Final = ("go_ahead", "go_ahead", "go_ahead", "approve", "answer_offer", "log_hours", "act_on_milestone")
LEFT_OUT: Final = frozenset({"sit_exam", "change_the_flow"})
"""Exams that are passed, and flows that were read, are in the memory of their process here."""
TOLD_OF_CONTRACTS: Final = {
    "milestone.submit": ("gig_submitted", "client"),
    "milestone.request_changes": ("gig_changes", "agent"),
    "milestone.approve": ("gig_approved", "agent"),
    "milestone.auto_approve": ("gig_approved", "both"),
    "milestone.start": ("gig_started", "client"),
    "pause": ("gig_paused", "other"),
    "complete": ("gig_completed", "both"),
    "void": ("gig_void", "both"),
    "dispute.open": ("gig_disputed", "other"),
}
"""What stands in a contract's history, and who is told of it how."""
_FORK = multiprocessing.get_context("fork")


class SeasonClock(ManualClock):
    """The machine's, so many milliseconds on."""

    def __init__(self, ahead_ms: int) -> None:
        super().__init__()
        self.ahead_ms, self._machine = ahead_ms, SystemClock()

    def now_ms(self) -> int:
        return self._machine.now_ms() + self.ahead_ms

    def monotonic_ms(self) -> int:
        return self._machine.monotonic_ms()

    def advance(self, milliseconds: int) -> None:
        self.ahead_ms += milliseconds


async def opened(folder: Path, clock: ManualClock) -> Town:
    town = Town(folder, clock)
    await town.open()
    await town.settle_in()
    for name in AGENTS:
        town.exams.passes[town.accounts[name]] = Held(f"crd_{name}", MONDAY_MS + 10**12)
    return town


# --- a process of the town


def _live(folder: Path, ahead_ms: int, seed: int, is_at_work: Event) -> None:
    asyncio.run(live(folder, ahead_ms, seed, is_at_work))


async def live(folder: Path, ahead_ms: int, seed: int, is_at_work: Event) -> None:
    """Until it is killed. What is refused in words is an answer; anything else ends the process, which is a fault."""
    town = await opened(folder, SeasonClock(ahead_ms))
    chance = random.Random(seed)
    names = (*sorted(ACTS.keys() - LEFT_OUT), *FREQUENT * 4)

    async def act() -> None:
        while True:
            drawn = Drawn(chance.randrange(13), chance.randrange(60), chance.randrange(13), chance.randrange(50_000))
            try:
                await ACTS[chance.choice(names)](town, drawn)
            except DomainError:
                await asyncio.sleep(0)

    async def work() -> None:
        while True:
            await town.look()
            await asyncio.sleep(0.05)

    is_at_work.set()
    async with asyncio.TaskGroup() as together:
        together.create_task(work())
        for _ in range(ACTORS):
            together.create_task(act())


class Street:
    """The processes, and who kills them. It runs no event loop itself, as it forks."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder, self._chance = folder, chance
        self._ahead_ms = MONDAY_MS - time.time_ns() // 1_000_000
        self.kills = 0
        self.faults: list[str] = []

    @property
    def ahead_ms(self) -> int:
        return self._ahead_ms

    def season(self) -> None:
        alive = [self._begin() for _ in range(PROCESSES)]
        for _ in range(KILLS_A_SEASON):
            if self._chance.random() > KILLED_EARLY:
                for _, is_at_work in alive:
                    is_at_work.wait(BEGINS_SECONDS)
            time.sleep(self._chance.uniform(*KILL_AFTER_SECONDS))
            self._end(alive.pop(self._chance.randrange(len(alive))))
            alive.append(self._begin())
        for one in alive:
            self._end(one)
        self._ahead_ms += self._chance.choice(JUMPS_HOURS) * 3_600_000

    def _begin(self) -> tuple[BaseProcess, Event]:
        is_at_work, seed = _FORK.Event(), self._chance.randrange(10**9)
        process = _FORK.Process(target=_live, args=(self._folder, self._ahead_ms, seed, is_at_work))
        process.start()
        return process, is_at_work

    def _end(self, begun: tuple[BaseProcess, Event]) -> None:
        process, _ = begun
        if not process.is_alive():
            self.faults.append(f"a process ended by itself with {process.exitcode}: its traceback is above")
        process.kill()
        process.join()
        self.kills += 1


# --- the judgement


async def judge(folder: Path, ahead_ms: int) -> dict[str, int]:
    """Raises AssertionError."""
    town = await opened(folder, SeasonClock(ahead_ms))
    try:
        for _ in range(8):
            await town.look()
            town.clock.advance(70_000)
        for _ in range(4):
            await town.look()
        await truths.check_settled(town)
        await look_at_everything(town)
        return await _check_told(town)
    finally:
        await town.close()


async def _check_told(town: Town) -> dict[str, int]:
    storage = town.backbone.storage
    notices = await storage.collection(NOTICES).find({}, limit=ALL_MAX)
    seen = Counter((one["account_id"], one["kind"], one["path"], one["title"], one["at_ms"]) for one in notices)
    twice = [one for one, count in seen.items() if count > 1]
    assert not twice, f"told twice: {twice[:3]}"
    known = Counter((one["account_id"], one["kind"], one["path"], one["at_ms"]) for one in notices)
    moves = 0
    for contract in await town.contracts():
        moves += _check_moves(town, contract, known)
    mails = await storage.collection(OUTBOX).find({}, limit=ALL_MAX)
    assert len({one["_id"] for one in mails}) == len(mails)
    mailed = {one["_id"] for one in mails}
    by_mail = {one["kind"] for one in notices if one["_id"] in mailed}
    lost = [one["_id"] for one in notices if one["kind"] in by_mail and one["_id"] not in mailed]
    assert not lost, f"told, and no mail was sent: {lost[:3]}"
    return {
        "contracts": len(await town.contracts()),
        "applications": len(await town.applications()),
        "weeks": len(await town.weeks()),
        "moves": moves,
        "notices": len(notices),
        "mails": len(mails),
        "events": await _check_events(town, await town.applications()),
        "audited": await _check_audit(town),
    }


def _check_moves(town: Town, contract: Contract, known: Counter[tuple[Any, ...]]) -> int:
    sides = {"agent": contract.agent_id, "client": town.accounts[town.client_of(contract.organisation_id)]}
    count = 0
    for passage in contract.history:
        if passage.event not in TOLD_OF_CONTRACTS or passage.actor.value == "staff":
            continue
        kind, to = TOLD_OF_CONTRACTS[passage.event]
        if to == "other" and passage.actor.value == "system":
            to = "both"
        other = "client" if passage.actor.value == "agent" else "agent"
        for side in ("agent", "client") if to == "both" else (other if to == "other" else to,):
            key = (sides[side], kind, f"/contracts#{contract.id}", passage.at_ms)
            assert known[key] >= 1, f"never told: {key} of {passage}"
            count += 1
    return count


async def _check_events(town: Town, applications: list[Application]) -> int:
    """By webhook: numbers without gaps in every lane, and one event for each application that was ever handed in."""
    deliveries = await town.backbone.storage.collection(DELIVERIES).find({}, limit=ALL_MAX)
    lanes: dict[str, list[int]] = {}
    for one in deliveries:
        lanes.setdefault(one["lane"], []).append(one["number"])
    for lane, numbers in lanes.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"{lane}: {sorted(numbers)}"
    assert len({(one["endpoint_id"], one["event_id"]) for one in deliveries}) == len(deliveries)
    told = Counter(one["lane"].split("/")[1] for one in deliveries if one["type"] == "application.submitted")
    for application in applications:
        submitted = sum(one.event in {"submit", "apply_again"} for one in application.history)
        assert told[application.id] == submitted, (application.id, told[application.id], submitted)
    return len(deliveries)


async def _check_audit(town: Town) -> int:
    entries: list[Any] = []
    while page := await town.backbone.audit.read(len(entries), 5_000):
        entries += page
    counted = Counter((one.object_id, one.action) for one in entries)
    for contract in await town.contracts():
        for event, action in (("milestone.fund", "gigs.fund"), ("void", "gigs.void")):
            moves = sum(one.event == event for one in contract.history)
            assert counted[contract.id, action] == moves, (contract.id, action, counted[contract.id, action], moves)
    for application in await town.applications():
        accepted = sum(one.event == "accept" for one in application.history)
        assert counted[application.id, "opportunities.accept"] == accepted, application.id
    return len(entries)


# --- towns, one after the other


async def _found(folder: Path) -> None:
    await found_in(folder)
    clock = ManualClock(MONDAY_MS)
    town = await opened(folder, clock)
    for name in AGENTS[:2]:
        await town.guild.complete(name)
    context = town.backbone.webhooks.context
    hooks = WebhooksService(replace(context, settings=context.settings.model_copy(update={"allow_loopback": True})))
    for name, organisation in CLIENTS.items():
        own = Caller(town.accounts[name], frozenset({organisation}))
        await hooks.keeping.register(own, organisation, "http://127.0.0.1:9/hook", (), "")
    await town.close()


def soak(minutes: float, seed: int, *, seasons: int = SEASONS_A_TOWN) -> dict[str, Any]:
    chance, told, faults = random.Random(seed), Counter[str](), list[str]()
    began, kills, towns = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="guildhall-founded-") as founded:
        asyncio.run(_found(Path(founded)))
        while not faults and (time.monotonic() - began < minutes * 60 or not towns):
            with tempfile.TemporaryDirectory(prefix="guildhall-soak-") as folder:
                shutil.copytree(founded, folder, dirs_exist_ok=True)
                street = Street(Path(folder), chance)
                for _ in range(seasons):
                    street.season()
                faults += street.faults
                try:
                    told.update(asyncio.run(judge(Path(folder), street.ahead_ms)))
                except AssertionError as error:
                    faults.append(f"{error}"[:2_000])
                    kept = Path(tempfile.mkdtemp(prefix="guildhall-fault-"))
                    shutil.copytree(folder, kept, dirs_exist_ok=True)
                    faults.append(f"the town is kept in {kept}")
                kills += street.kills
                towns += 1
            sys.stderr.write(f"{time.strftime('%T')} {towns} towns, {kills} kills, {dict(told)}\n")
    return {
        "minutes": round((time.monotonic() - began) / 60, 1),
        "towns": towns,
        "kills": kills,
        **told,
        "faults": faults,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000)
    asked = parser.parse_args()
    sys.stderr.write(f"seed {asked.seed}\n")
    figures = soak(asked.minutes, asked.seed)
    sys.stdout.write(json.dumps(figures) + "\n")
    return 1 if figures["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
