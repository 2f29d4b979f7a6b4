"""`make chaos-gigs [MINUTES=10] [STORAGE=sqlite|mongo|both]`: a town whose processes are killed with -9 at any moment.

Three processes share a database: each has a worker's passes and two actors who apply, sit exams, offer, accept, fund,
deliver, dispute, log hours, review, pay out and suspend at random (`tests.soaks.guild.acts`). Every second or so one of
them is ended by SIGKILL and another one begins; on mongo-java-server the database itself is killed, too. After eight
kills all are killed and the clock jumps by hours or days, so that offers run out, work is approved by itself, and
answers come too late while processes die. After some of that the town is judged (`tests.soaks.gigs_check`): passes
carry out what was left, everything holds that must, every move that people are told of was told once and not twice, by
notice, mail and webhook, and every one that is audited was audited once. Then another town begins. There is one JSON
object on stdout for each database; exit code 1 when something did not hold.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final, TypeVar

from guildhall.kit.clock import ManualClock, SystemClock
from guildhall.kit.errors import DomainError
from guildhall.kit.storage import StorageUnavailable
from guildhall.notifications.webhooks.service import WebhooksService
from guildhall.notifications.webhooks.service.context import Caller
from guildhall.opportunities.settings import Moderation
from tests.servers.mongo import lasting_server
from tests.servers.process import PrintingServer
from tests.soaks import gigs_check
from tests.soaks.guild.acts import ACTS, Drawn
from tests.soaks.guild.places import Place, a_place, copy, keep
from tests.soaks.guild.town import CLIENTS, MONDAY_MS, Town, found_in

PROCESSES: Final = 3
ACTORS: Final = 2
KILL_AFTER_SECONDS: Final = (0.2, 1.5)
"""From when all of them are at work; some are killed before."""
KILLED_EARLY: Final = 0.15
BEGINS_SECONDS: Final = 60.0
KILLS_A_SEASON: Final = 8
DATABASE_KILLED: Final = 0.15
"""Of the kills of processes, where the database is one of its own."""
SEASONS_A_TOWN: Final = 4
JUMPS_HOURS: Final = (1, 30, 100, 24 * 8, 24 * 15)
FREQUENT: Final = (
    *("go_ahead", "go_ahead", "go_ahead", "approve", "answer_offer", "log_hours", "act_on_milestone"),
    *("have_published", "sit_exam", "apply_without_the_pass", "amend", "hire_by_the_hour", "pay_out", "hand_in_week"),
)
_FORK = multiprocessing.get_context("fork")
T = TypeVar("T")


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


async def opened(place: Place, clock: ManualClock, moderation: Moderation) -> Town:
    town = Town(place, clock, moderation)
    await town.open()
    await town.settle_in()
    return town


# --- a process of the town


def _live(place: Place, ahead_ms: int, moderation: Moderation, seed: int, is_at_work: Event) -> None:
    asyncio.run(live(place, ahead_ms, moderation, seed, is_at_work))


async def live(place: Place, ahead_ms: int, moderation: Moderation, seed: int, is_at_work: Event) -> None:
    """Until it is killed. What is refused in words is an answer; anything else ends the process, which is a fault."""
    town = await _when_it_answers(place, ahead_ms, moderation)
    chance = random.Random(seed)
    names = (*sorted(ACTS), *FREQUENT * 4)

    async def act() -> None:
        while True:
            drawn = Drawn(chance.randrange(13), chance.randrange(60), chance.randrange(13), chance.randrange(50_000))
            try:
                await ACTS[chance.choice(names)](town, drawn)
            except StorageUnavailable:
                await asyncio.sleep(0.1)
            except DomainError:
                await asyncio.sleep(0)

    async def work() -> None:
        while True:
            with suppress(StorageUnavailable):  # the next pass does it
                await town.look()
            await asyncio.sleep(0.05)

    is_at_work.set()
    async with asyncio.TaskGroup() as together:
        together.create_task(work())
        for _ in range(ACTORS):
            together.create_task(act())


async def _when_it_answers(place: Place, ahead_ms: int, moderation: Moderation) -> Town:
    """A server is waited for."""
    while True:
        with suppress(StorageUnavailable):
            return await opened(place, SeasonClock(ahead_ms), moderation)
        await asyncio.sleep(0.1)


class Street:
    """The processes, and who kills them. It runs no event loop itself, as it forks."""

    def __init__(self, place: Place, database: PrintingServer | None, chance: random.Random) -> None:
        self._place, self._database, self._chance = place, database, chance
        self._ahead_ms = MONDAY_MS - time.time_ns() // 1_000_000
        self.moderation = chance.choice(tuple(Moderation))
        self.kills = self.database_kills = 0
        self.faults: list[str] = []

    def season(self) -> None:
        alive = [self._begin() for _ in range(PROCESSES)]
        for _ in range(KILLS_A_SEASON):
            if self._chance.random() > KILLED_EARLY:
                for _, is_at_work in alive:
                    is_at_work.wait(BEGINS_SECONDS)
            time.sleep(self._chance.uniform(*KILL_AFTER_SECONDS))
            self._end(alive.pop(self._chance.randrange(len(alive))))
            if self._database is not None and self._chance.random() < DATABASE_KILLED:
                self._database.kill()
                self._database.start()
                self.database_kills += 1
            alive.append(self._begin())
        for one in alive:
            self._end(one)
        self._ahead_ms += self._chance.choice(JUMPS_HOURS) * 3_600_000

    def judge(self) -> dict[str, int]:
        """What was counted, or faults."""
        try:
            return apart(_judge, self._place, self._ahead_ms, self.moderation)
        except AssertionError as error:
            self.faults.append(f"{error}"[:2_000])
            return {}

    def _begin(self) -> tuple[BaseProcess, Event]:
        is_at_work, seed = _FORK.Event(), self._chance.randrange(10**9)
        given = (self._place, self._ahead_ms, self.moderation, seed, is_at_work)
        process = _FORK.Process(target=_live, args=given)
        process.start()
        return process, is_at_work

    def _end(self, begun: tuple[BaseProcess, Event]) -> None:
        process, _ = begun
        if not process.is_alive():
            self.faults.append(f"a process ended by itself with {process.exitcode}: its traceback is above")
        process.kill()
        process.join()
        self.kills += 1


def apart(do: Callable[..., T], *given: Any) -> T:
    """In a process of its own: drivers of databases have threads, and what has threads does not fork."""
    with ProcessPoolExecutor(1, mp_context=_FORK) as pool:
        return pool.submit(do, *given).result()


def _judge(place: Place, ahead_ms: int, moderation: Moderation) -> dict[str, int]:
    async def judge() -> dict[str, int]:
        town = await opened(place, SeasonClock(ahead_ms), moderation)
        try:
            return await gigs_check.judge(town)
        finally:
            await town.close()

    return asyncio.run(judge())


# --- towns, one after the other


def _found(place: Place) -> None:
    async def found() -> None:
        await found_in(place)
        town = await opened(place, ManualClock(MONDAY_MS), Moderation.OFF)
        context = town.backbone.webhooks.context
        hooks = WebhooksService(replace(context, settings=context.settings.model_copy(update={"allow_loopback": True})))
        for name, organisation in CLIENTS.items():
            own = Caller(town.accounts[name], frozenset({organisation}))
            await hooks.keeping.register(own, organisation, "http://127.0.0.1:9/hook", (), "")
        await town.close()

    asyncio.run(found())


def soak(storage: str, minutes: float, seed: int, *, seasons: int = SEASONS_A_TOWN) -> dict[str, Any]:
    chance, told, faults = random.Random(seed), Counter[str](), list[str]()
    began, kills, database_kills, towns = time.monotonic(), 0, 0, 0
    with ExitStack() as stack:
        database: PrintingServer | None = None
        if storage == "mongo":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="guildhall-database-"))
            database = lasting_server(Path(folder) / "mongo")
            database.start()
            stack.callback(database.kill)
        url = database.url if database is not None else ""
        founded = stack.enter_context(a_place(url))
        apart(_found, founded)
        while not faults and (time.monotonic() - began < minutes * 60 or not towns):
            with a_place(url) as place:
                apart(copy, founded, place)
                street = Street(place, database, chance)
                for _ in range(seasons):
                    street.season()
                told.update(street.judge())
                faults += street.faults
                if faults:
                    faults.append(keep(place, Path(tempfile.mkdtemp(prefix="guildhall-fault-"))))
            kills, database_kills = kills + street.kills, database_kills + street.database_kills
            towns += 1
            sys.stderr.write(f"{time.strftime('%T')} {towns} towns, {kills} kills, {dict(told)}\n")
    return {
        "storage": storage,
        "seed": seed,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "towns": towns,
        "kills": kills,
        "database_kills": database_kills,
        **told,
        "faults": faults,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--storage", choices=["sqlite", "mongo", "both"], default="sqlite")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000)
    asked = parser.parse_args()
    is_whole = True
    for storage in ("sqlite", "mongo") if asked.storage == "both" else (asked.storage,):
        sys.stderr.write(f"seed {asked.seed}\n")
        figures = soak(storage, asked.minutes, asked.seed)
        sys.stdout.write(json.dumps(figures) + "\n")
        is_whole = is_whole and not figures["faults"]
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
