"""A market for each test."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from guildhall.backbone import Backbone
from guildhall.kit.clock import ManualClock
from guildhall.kit.storage.mongo import connect, settle
from tests.guildhall.opportunities.market import NOW_MS, Market, market_config, opened
from tests.servers.mongo import MongoServers, run_mongo_servers


@pytest.fixture(scope="session")
def mongo_servers() -> Iterator[MongoServers]:
    yield from run_mongo_servers()


@pytest.fixture(params=["sqlite", *(pytest.param(name, marks=pytest.mark.servers) for name in ("wire", "java"))])
async def any_market(
    request: pytest.FixtureRequest, mongo_servers: MongoServers, tmp_path: Path
) -> AsyncIterator[Market]:
    """The same market on SQLite, and on MongoDB's protocol by motor."""
    is_mongo, database = request.param != "sqlite", f"market_test_{uuid.uuid4().hex[:12]}"
    url = mongo_servers.url(request.param) if is_mongo else ""
    clock = ManualClock(NOW_MS)
    backbone = Backbone(market_config(tmp_path, url, database), clock)
    async with opened(backbone):
        market = Market(backbone, clock)
        await market.found()
        yield market
    if is_mongo:
        client = connect(url, "motor")
        await client.drop_database(database)
        await settle(client.close())


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    clock = ManualClock(NOW_MS)
    backbone = Backbone(market_config(tmp_path), clock)
    async with opened(backbone):
        market = Market(backbone, clock)
        await market.found()
        yield market
