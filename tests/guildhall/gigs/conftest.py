"""A workshop for each test: a client, two agents, a contract between them, and two of the staff."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.backbone import Backbone
from guildhall.kit.clock import ManualClock
from tests.guildhall.gigs.contracts import MONDAY_MS
from tests.guildhall.gigs.workshop import Workshop
from tests.guildhall.opportunities.market import Market, market_config, opened


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    clock = ManualClock(MONDAY_MS)
    backbone = Backbone(market_config(tmp_path), clock)
    async with opened(backbone):
        market = Market(backbone, clock)
        await market.found()
        await backbone.assessments.context.store.ensure()
        await backbone.blobs.start()
        yield Workshop(market)
        await backbone.blobs.close()
