from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.kit.storage import Storage
from tests.guildhall.chat.faq.shop import FaqHouse


@pytest.fixture
async def faq(storage: Storage, tmp_path: Path) -> AsyncIterator[FaqHouse]:
    opened = FaqHouse(storage, tmp_path / "blobs")
    await opened.open()
    yield opened
    await opened.service.close()
