from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.kit.storage import Storage
from tests.guildhall.chat.answering.house import Desk


@pytest.fixture
async def desk(storage: Storage, tmp_path: Path) -> AsyncIterator[Desk]:
    opened = Desk(storage, tmp_path / "blobs")
    await opened.open()
    await opened.publish_shop()
    yield opened
    await opened.close()
