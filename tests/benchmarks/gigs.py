"""`make bench-gigs`: searching and applying among 100,000 opportunities and 1,000,000 applications, on SQLite.

The house is filled by writing its tables directly, which takes minutes instead of hours; what is measured goes through
the service over the storage port: searches of one to three words and pages into them, drawn at random, one after the
other; then applications by 50 at once, each on disk with its notice before it returns. HTTP is left out, and so is
onboarding: every agent may apply. The last line on stdout is one JSON object.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import uvloop

from guildhall.backbone import Backbone
from guildhall.gigs.model.terms import Kind
from guildhall.kit.clock import SystemClock
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Schema
from guildhall.kit.storage.sqlite_text import table_of
from guildhall.opportunities.lifecycle import PostingState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity, Posting
from guildhall.opportunities.rules.applying import Given
from guildhall.opportunities.rules.searching import asked_words, rank_of, words_of
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.store import APPLICATIONS, OPPORTUNITIES, WORDS
from tests.guildhall.opportunities.market import Market, market_config, opened, posting

ROWS_AT_ONCE = 5_000
AT_ONCE = 50
NOUNS = [f"{first}{last}" for first in ("harbour", "tide", "signal", "paper", "garden") for last in range(60)]
SKILLS = [f"skill {number}" for number in range(400)]
CURRENCIES = ("EUR", "USD", "GBP", "CHF")


def drawn_posting(draw: random.Random) -> Posting:
    """Skills and nouns as they are in life: few are asked for often."""
    common = [min(int(draw.expovariate(1 / 60)), len(SKILLS) - 1) for _ in range(4)]
    return posting(
        title=f"{draw.choice(NOUNS)} and {draw.choice(NOUNS)}",
        kind=draw.choice(("fixed", "fixed", "hourly")),
        currency=draw.choice(CURRENCIES),
        skills=sorted({SKILLS[one] for one in common}),
        questions=[],
        closes_at_ms=4_000_000_000_000,
    )


def opportunities(count: int, draw: random.Random, now_ms: int) -> Iterator[Opportunity]:
    clock = SystemClock()
    for number in range(count):
        at_ms, opportunity_id = now_ms - (count - number) * 1_000, new_id("opp", clock)
        yield Opportunity(
            id=opportunity_id,
            created_at_ms=at_ms,
            organisation_id=f"org_{number % 5_000}",
            client="A client",
            posted_by="usr_client",
            state=PostingState.PUBLISHED,
            posting=drawn_posting(draw),
            published_at_ms=at_ms,
            rank=rank_of(at_ms, opportunity_id),
        )


def insert(database: sqlite3.Connection, schema: Schema, documents: list[dict[str, Any]]) -> None:
    rows = [(one["_id"], orjson.dumps(one).decode()) for one in documents]
    database.executemany(f"insert into {table_of(schema)} (id, document) values (?, ?)", rows)
    database.commit()


def fill(path: Path, posted: int, applied: int, draw: random.Random, now_ms: int) -> list[str]:
    """The ids of the opportunities. The tables are there already, with their indexes."""
    database = sqlite3.connect(path)
    database.execute("pragma synchronous=off")
    ids: list[str] = []
    found, words = [], []
    for one in opportunities(posted, draw, now_ms):
        ids.append(one.id)
        found.append(one.model_dump(mode="json", by_alias=True))
        words += [
            {"_id": f"{word}/{one.id}", "word": word, "opportunity_id": one.id, "rank": one.rank}
            for word in words_of(one.posting)
        ]
        if len(found) == ROWS_AT_ONCE or len(ids) == posted:
            insert(database, OPPORTUNITIES, found)
            insert(database, WORDS, words)
            found, words = [], []
    model = Application(
        id="",
        created_at_ms=now_ms,
        opportunity_id="",
        organisation_id="org_1",
        agent_id="",
        name="Ada",
        title="A title",
        applied_at_ms=now_ms,
        cover="I have done this before, and would like to do it again. " * 4,
        bid_minor=120_000,
        currency="EUR",
        terms_version=1,
    ).model_dump(mode="json", by_alias=True)
    agents, clock = max(1, applied // 40), SystemClock()
    for begin in range(0, applied, ROWS_AT_ONCE):
        insert(
            database,
            APPLICATIONS,
            [
                {
                    **model,
                    "_id": new_id("app", clock),
                    # An agent's forty go to forty opportunities: the pair is unique.
                    "opportunity_id": ids[(number * 7_919 + number // agents) % posted],
                    "agent_id": f"usr_{number % agents}_{number // posted}",
                    "applied_at_ms": now_ms - number,
                }
                for number in range(begin, min(begin + ROWS_AT_ONCE, applied))
            ],
        )
    database.close()
    return ids


async def search(service: OpportunitiesService, times: int, draw: random.Random) -> list[float]:
    """Milliseconds of each search."""
    spent = []
    rank, words = "", asked_words("", "", None, "")
    for number in range(times):
        if number % 3 or not rank:  # every third goes on where the last one ended
            text, skill = draw.choice(NOUNS), SKILLS[min(int(draw.expovariate(1 / 60)), len(SKILLS) - 1)]
            asked = draw.choice(("", "text", "skill", "both", "all"))
            words = asked_words(
                text if asked in {"text", "both"} else "",
                skill if asked in {"skill", "both", "all"} else "",
                Kind.HOURLY if asked == "all" else None,
                "EUR" if asked == "all" else "",
            )
            rank = ""
        began = time.perf_counter()
        found = await service.searching.search(words, rank, 25)
        spent.append((time.perf_counter() - began) * 1_000)
        rank = found.next_rank or ""
    return spent


async def apply(market: Market, ids: list[str], count: int, draw: random.Random) -> tuple[float, list[float]]:
    """Applications a second, and milliseconds of each."""
    agents = [market.accounts[name] for name in market.accounts if name.startswith("agent")]
    pairs = [(agent, opportunity) for opportunity in draw.sample(ids, -(-count // len(agents))) for agent in agents]
    waiting, spent = iter(pairs[:count]), []
    given = Given("I would like to.", 120_000, (), 1)

    async def work() -> None:
        for agent, opportunity in waiting:
            began = time.perf_counter()
            await market.service.applying.apply(agent, opportunity, given)
            spent.append((time.perf_counter() - began) * 1_000)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - began), spent


def share(values: list[float], part: float) -> float:
    return round(sorted(values)[min(int(len(values) * part), len(values) - 1)], 2)


async def run(posted: int, applied: int, searches: int, applications: int) -> dict[str, Any]:
    draw, clock = random.Random(7), SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        backbone = Backbone(market_config(Path(folder)), clock)
        async with opened(backbone):
            market = Market(backbone, clock)  # type: ignore[arg-type]
            await market.found()
            for number in range(AT_ONCE):
                await market.sign_up(f"agent{number}")
            began = time.perf_counter()
            path = Path(folder) / "guildhall.sqlite3"
            ids = fill(path, posted, applied, draw, clock.now_ms())
            sys.stderr.write(f"filled in {time.perf_counter() - began:.0f} s\n")
            await search(market.service, 50, draw)
            spent = await search(market.service, searches, draw)
            rate, each = await apply(market, ids, applications, draw)
            return {
                "opportunities": posted,
                "applications": applied,
                "searches": searches,
                "search_ms_p50": round(statistics.median(spent), 2),
                "search_ms_p99": share(spent, 0.99),
                "applications_per_s": round(rate, 1),
                "application_ms_p50": round(statistics.median(each), 2),
                "application_ms_p99": share(each, 0.99),
                "applied_at_once": AT_ONCE,
                "database_mb": round(path.stat().st_size / 1e6),
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, default=100_000)
    parser.add_argument("--applications", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=2_000)
    parser.add_argument("--applies", type=int, default=1_500)
    given = parser.parse_args()
    figures = uvloop.run(run(given.opportunities, given.applications, given.searches, given.applies))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
