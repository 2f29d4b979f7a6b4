"""A workshop for each test: a client, two agents, a contract between them, and two of the staff."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.kit.clock import ManualClock
from tests.guildhall.gigs.contracts import MONDAY_MS
from tests.guildhall.gigs.workshop import Workshop
from tests.guildhall.opportunities.market import Market, market_config, opened


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """Whose contracts are paid outside, so that no test of work needs money."""
    async with opened_workshop(market_config(tmp_path)) as made:
        yield made


@pytest.fixture
async def bank(tmp_path: Path) -> AsyncIterator[Workshop]:
    """The same with pay through the ledger."""
    config = market_config(tmp_path)
    paid_here = config.model_copy(update={"gigs": config.gigs.model_copy(update={"paid_outside": False})})
    async with opened_workshop(paid_here) as made:
        yield made


@asynccontextmanager
async def opened_workshop(config: Config) -> AsyncIterator[Workshop]:
    clock = ManualClock(MONDAY_MS)
    backbone = Backbone(config, clock)
    async with opened(backbone):
        await backbone.payments.ensure()
        market = Market(backbone, clock)
        await market.found()
        await backbone.assessments.context.store.ensure()
        await backbone.blobs.start()
        yield Workshop(market)
        await backbone.blobs.close()
