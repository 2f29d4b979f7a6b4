from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.guildhall.assessments.hall import Hall, open_hall


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async for opened in open_hall(tmp_path):
        yield opened
