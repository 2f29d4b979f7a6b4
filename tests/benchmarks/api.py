"""What the request pipeline costs: CPU a request against a bare aiohttp handler, in turns in one run.

    python -m tests.benchmarks.api

Two servers of one process each stay up; load goes to one and then the other, round by round, so that what else the
machine does falls on both. CPU is each server's own `process_time`. Judged is the first quartile of many short rounds:
whatever else runs, and empties the processor's caches, can only add. The median and the worst are told beside it.

The signed-in calls verify a real token, count in the in-memory limiter and write their access-log line, and the write
keeps an idempotency record. A third server, whose stages are timed one inside the other, tells where it goes. The last
line is JSON.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from typing import Any

import uvloop

from guildhall.kit.clock import SystemClock
from guildhall.kit.tokens import TokenSigner
from tests.benchmarks.api_load import requests_of, running
from tests.benchmarks.api_servers import AUDIENCE, SECRET, AccessClaims

BUDGET_US = 250
KINDS = ("read", "write")
WARM_UP_ROUNDS = 5
STAGED_REQUESTS = 3000


async def measure(rounds: int, requests: int) -> dict[str, Any]:
    claims = AccessClaims(account_id="acc_ada", session_id="ses_1")
    token = TokenSigner(SECRET, SystemClock()).sign(claims, AUDIENCE, 3600)
    read, write = requests_of(token)
    taken: dict[str, list[float]] = defaultdict(list)
    began_seconds = time.perf_counter()
    async with running("bare") as bare, running("pipeline") as pipeline, running("staged") as staged:
        servers = {"bare": bare, "pipeline": pipeline}
        for number in range(-WARM_UP_ROUNDS, rounds):
            for name, server in servers.items():
                for kind, make, status in (("read", read, 200), ("write", write, 201)):
                    cpu_us = await server.load(make, requests, status)
                    if number >= 0:
                        taken[f"{name}_{kind}"].append(cpu_us)
        await staged.stages(write, STAGED_REQUESTS // 10)
        where = {
            "read": await staged.stages(read, STAGED_REQUESTS),
            "write": await staged.stages(write, STAGED_REQUESTS),
        }
    quiet = {name: round(statistics.quantiles(values, n=4)[0], 1) for name, values in taken.items()}
    return {
        "bare_cpu_us": quiet["bare_read"],
        "bare_cpu_us_write": quiet["bare_write"],
        "pipeline_cpu_us_read": quiet["pipeline_read"],
        "pipeline_cpu_us_write": quiet["pipeline_write"],
        "added_cpu_us_read": round(quiet["pipeline_read"] - quiet["bare_read"], 1),
        "added_cpu_us_write": round(quiet["pipeline_write"] - quiet["bare_write"], 1),
        "budget_us": BUDGET_US,
        "is_within_budget": max(quiet[f"pipeline_{kind}"] - quiet[f"bare_{kind}"] for kind in KINDS) <= BUDGET_US,
        "median_us": {name: round(statistics.median(values), 1) for name, values in taken.items()},
        "worst_us": {name: round(max(values), 1) for name, values in taken.items()},
        "load_average": round(os.getloadavg()[0], 1),
        "requests_per_cpu_second": {name: round(1e6 / value) for name, value in quiet.items()},
        "stages_us": where,
        "rounds": rounds,
        "requests_a_round": requests,
        "seconds": round(time.perf_counter() - began_seconds, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--requests", type=int, default=240, help="a round, to each server, of each kind")
    chosen = parser.parse_args()
    found = uvloop.run(measure(chosen.rounds, chosen.requests))
    for kind in KINDS:
        print(f"{kind}: the pipeline adds {found[f'added_cpu_us_{kind}']} us of CPU a request (budget {BUDGET_US})")
        for name, microseconds in sorted(found["stages_us"][kind].items(), key=lambda pair: -pair[1]):
            print(f"  {microseconds:7.1f}  {name}")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
