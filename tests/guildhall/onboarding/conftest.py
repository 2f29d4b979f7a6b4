"""A guild for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.backbone import Backbone
from guildhall.kit.clock import ManualClock
from tests.guildhall.onboarding.guild import MONDAY_MS, FakeExams, Guild, guild_config, opened


@pytest.fixture
async def guild(tmp_path: Path) -> AsyncIterator[Guild]:
    clock = ManualClock(MONDAY_MS)
    backbone = Backbone(guild_config(tmp_path), clock)
    async with opened(backbone):
        guild = Guild(backbone, clock, FakeExams(), {})
        await guild.found()
        yield guild
