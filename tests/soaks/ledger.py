"""`make chaos-ledger`: contracts paid through the ledger by processes that are killed at any moment, over each storage.

    python -m tests.soaks.ledger [--minutes 2] [--storage sqlite|mongo] [--seed 1]

Three processes share a database; each has the jobs and three actors of its own, who fund, work, approve, dispute, log
hours, pay in, charge back and have it paid out at random (`money_town`), by a bank too: files for it, its statements,
deposits, and what two people make of the rest (`money_bank`). Every second or so one of them is ended by
SIGKILL and another one begins; on mongo-java-server the database itself is killed, too. Webhooks are lost, come twice,
and in any order. At the end all are killed, one process carries out what was left, and everything is held against
everything: the proof of the ledger, each contract and what is held for it, each payment and payout, what the provider
and the bank have said, the invoices' numbers, and every answer that somebody was given. The last line is one JSON
object.
"""

import argparse
import asyncio
import importlib
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from guildhall.kit.storage import StorageUnavailable
from tests.servers.mongo import lasting_server
from tests.servers.process import PrintingServer
from tests.soaks.money_check import Checked, check
from tests.soaks.money_town import live_in

PROCESSES: Final = 3
KILL_EVERY_SECONDS: Final = 1.2
KILL_DATABASE_EVERY: Final = 12
"""Kills of processes to one of the database, where that is a process of its own."""
_FORK = multiprocessing.get_context("fork")
"""So that a process that takes another one's place is at work at once: everything is imported already."""
_MONGO: Final = (
    "guildhall.kit.storage.mongo",
    "guildhall.kit.blobs.gridfs",
    "pymongo",
    "motor.motor_asyncio",
    "gridfs",
)
"""Which is imported only where it is used. Each process took longer for that than it lived (seen: 9 s of 4)."""


class Street:
    """The processes, and who kills them. It runs no event loop itself, as it forks."""

    def __init__(self, folder: Path, database: PrintingServer | None, seed: int) -> None:
        self._folder, self._database = folder, database
        self._chance, self._seed = random.Random(seed), seed * 1_000_000
        self._began_ms = time.time_ns() // 1_000_000
        self._alive: list[BaseProcess] = []
        self.kills = self.database_kills = 0

    def rage(self, minutes: float) -> None:
        self._alive = [self._begin() for _ in range(PROCESSES)]
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            time.sleep(self._chance.uniform(0.2, 1.8) * KILL_EVERY_SECONDS)
            place = self._chance.randrange(PROCESSES)
            self._end(self._alive[place])
            self.kills += 1
            if self._database is not None and self.kills % KILL_DATABASE_EVERY == 0:
                self._database.kill()
                self._database.start()
                self.database_kills += 1
            self._alive[place] = self._begin()
        self.end_all()

    def end_all(self) -> None:
        for one in self._alive:
            self._end(one)
        self._alive = []

    def check(self) -> Checked:
        url = self._database.url if self._database else ""
        return asyncio.run(check(self._folder, url, self._began_ms))

    def _begin(self) -> BaseProcess:
        self._seed += 1
        process = _FORK.Process(target=_live, args=(self._folder, self._url, self._began_ms, self._seed))
        process.start()
        return process

    @property
    def _url(self) -> str:
        return self._database.url if self._database else ""

    def _end(self, process: BaseProcess) -> None:
        if not process.is_alive():
            raise RuntimeError(f"A process of this chaos ended by itself, with {process.exitcode}.")
        process.kill()
        process.join()


def _live(folder: Path, url: str, began_ms: int, seed: int) -> None:
    while True:
        with suppress(StorageUnavailable):  # the database is away when it begins: it begins again
            asyncio.run(live_in(folder, url, began_ms, seed))


def run(storage: str, minutes: float, seed: int) -> bool:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="guildhall-chaos-ledger-"))
        database = lasting_server(folder / "mongo") if storage == "mongo" else None
        if database is not None:
            for name in _MONGO:
                importlib.import_module(name)
            database.start()
            stack.callback(database.kill)
        street = Street(folder, database, seed)
        stack.callback(street.end_all)
        street.rage(minutes)
        found = street.check()
        told = {"storage": storage, "minutes": minutes, "seed": seed}
        told |= {"kills": street.kills, "database_kills": street.database_kills}
        for fault, count in Counter(found.faults).most_common(20):
            print(f"{count} x {fault}", file=sys.stderr)
        print(json.dumps({**told, **found.figures, "faults": len(found.faults)}), flush=True)
    if found.faults:
        print(f"The town is kept in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return not found.faults


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=2)
    options.add_argument("--storage", choices=["sqlite", "mongo", "both"], default="both")
    options.add_argument("--seed", type=int, default=0, help="0: another one each time")
    given = options.parse_args()
    seed = given.seed or random.SystemRandom().randrange(1, 10_000)
    storages = ["sqlite", "mongo"] if given.storage == "both" else [given.storage]
    wholes = [run(storage, given.minutes, seed) for storage in storages]
    sys.exit(0 if all(wholes) else 1)


if __name__ == "__main__":
    main()
