"""`make bench-ledger`: transfers a second on the default storage, which waits for the disk at every commit.

In one run, interleaved: releases out of one hold that all use (hot), releases out of as many holds as there are
transfers (spread), and how often SQLite itself commits one row on the same disk, one after the other (its own rate:
what a ledger without group commit could do at most with one write a transfer). A transfer is booked, sealed in the
chain and in every balance when it counts; the ledger is proved at the end.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from guildhall.kit.clock import SystemClock
from guildhall.kit.storage import StorageSettings, open_storage
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Draft, Line, Lines
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.proving import prove
from guildhall.payments.store import LedgerStore

CASH = account_id(AccountKind.CASH, HOUSE, "EUR")
FEES = account_id(AccountKind.FEES, HOUSE, "EUR")


def draft(key: str, *shares: tuple[str, int]) -> Draft:
    lines: Lines = tuple(Line(account=account, minor=minor) for account, minor in shares)
    return Draft(key=key, purpose="bench", by="system:bench", lines=lines)


def held(name: str) -> str:
    return account_id(AccountKind.HELD, name, "EUR")


def payable(name: str) -> str:
    return account_id(AccountKind.PAYABLE, name, "EUR")


async def fill(ledger: Ledger, names: list[str], minor: int) -> None:
    await asyncio.gather(*(ledger.post(draft(f"fill-{name}", (CASH, minor), (held(name), -minor))) for name in names))


async def release(ledger: Ledger, names: list[str], label: str, at_once: int) -> dict[str, float]:
    """One release each out of these holds, so many at once; `commit_ms` are of each until it is in every balance."""
    waiting = list(enumerate(names))
    taken_ms: list[float] = []

    async def one_after_the_other() -> None:
        while waiting:
            number, name = waiting.pop()
            began = time.perf_counter()
            agent = payable(f"agent-{number % 500}")
            await ledger.post(draft(f"{label}-{number}", (held(name), 1_000), (agent, -900), (FEES, -100)))
            taken_ms.append((time.perf_counter() - began) * 1_000)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    seconds = time.perf_counter() - began
    return {
        "per_s": len(names) / seconds,
        "cpu_us": (time.process_time() - cpu) / len(names) * 1e6,
        "ms_p50": statistics.quantiles(taken_ms, n=100)[49],
        "ms_p99": statistics.quantiles(taken_ms, n=100)[98],
    }


def sqlite_commits(path: Path, seconds: float) -> float:
    """Rows that SQLite commits in a second, each by itself, with the settings of the storage adapter."""
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("pragma journal_mode = wal").fetchone()
        database.execute("pragma synchronous = full")
        database.execute("create table if not exists rows (id integer primary key, document text) strict")
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            database.execute("insert into rows (document) values (?)", ("x" * 600,))
            count += 1
    return count / seconds


async def run(options: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, list[dict[str, float]]] = {"hot": [], "spread": []}
    commits: list[float] = []
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-ledger-") as folder:
        storage = open_storage(StorageSettings(sqlite_path=Path(folder) / "ledger.sqlite3"))
        await storage.start()
        try:
            store = LedgerStore(storage)
            await store.ensure()
            ledger = Ledger(store, SystemClock())
            for number in range(options.rounds):
                commits.append(sqlite_commits(Path(folder) / "peer.sqlite3", 2.0))
                spread = [f"spread-{number}-{each}" for each in range(options.transfers)]
                await fill(ledger, spread, 1_000)
                await fill(ledger, [f"hot-{number}"], 1_000 * options.transfers)
                hot = [f"hot-{number}"] * options.transfers
                for label, names in (("spread", spread), ("hot", hot)):
                    found[label].append(await release(ledger, names, f"{label}-{number}", options.at_once))
                sys.stderr.write(f"{json.dumps({label: steps[-1] for label, steps in found.items()})}\n")
            report = await prove(store)
        finally:
            await storage.close()
    if not report.is_whole:
        raise SystemExit(f"The ledger does not prove: {report.faults}")
    return {
        "transfers_per_s_spread": _median(found["spread"], "per_s"),
        "transfers_per_s_hot": _median(found["hot"], "per_s"),
        "commit_ms_p50": _median(found["spread"], "ms_p50"),
        "commit_ms_p99": _median(found["spread"], "ms_p99"),
        "commit_ms_p99_hot": _median(found["hot"], "ms_p99"),
        "sqlite_commits_per_s": round(statistics.median(commits), 1),
        "cpu_us_spread": _median(found["spread"], "cpu_us"),
        "cpu_us_hot": _median(found["hot"], "cpu_us"),
        "at_once": options.at_once,
        "rounds": options.rounds,
        "entries_proved": report.entries,
    }


def _median(steps: list[dict[str, float]], name: str) -> float:
    return round(statistics.median(step[name] for step in steps), 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench-ledger", description=__doc__)
    parser.add_argument("--transfers", type=int, default=2_000, help="of each kind in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=200)
    print(json.dumps(uvloop.run(run(parser.parse_args()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
