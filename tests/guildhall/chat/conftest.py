import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from guildhall.kit.mail import MAILBOX
from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.storage.mongo import connect, settle
from tests.guildhall.chat.house import ChatHouse
from tests.servers.mongo import MongoServers, run_mongo_servers


@pytest.fixture(scope="session")
def mongo_servers() -> Iterator[MongoServers]:
    yield from run_mongo_servers()


async def _opened(settings: StorageSettings) -> AsyncIterator[Storage]:
    storage = open_storage(settings)
    await storage.start()
    yield storage
    await storage.close()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async for opened in _opened(StorageSettings(sqlite_path=tmp_path / "chat.sqlite3")):
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("java", marks=pytest.mark.servers)])
async def either_storage(
    request: pytest.FixtureRequest, mongo_servers: MongoServers, tmp_path: Path
) -> AsyncIterator[Storage]:
    """SQLite, and MongoDB's protocol with true compare-and-sets: for what races."""
    if request.param == "sqlite":
        async for opened in _opened(StorageSettings(sqlite_path=tmp_path / "chat.sqlite3")):
            yield opened
        return
    url, database = mongo_servers.url("java"), f"guildhall_test_{uuid.uuid4().hex[:12]}"
    async for opened in _opened(StorageSettings.model_validate({"mongo_url": url, "mongo_database": database})):
        yield opened
    client = connect(url, "motor")
    await client.drop_database(database)
    await settle(client.close())


@pytest.fixture
async def house(storage: Storage) -> AsyncIterator[ChatHouse]:
    opened = ChatHouse(storage)
    await opened.store.ensure()
    await opened.mails.ensure()
    await opened.storage.collection(MAILBOX).ensure()
    yield opened
    await opened.service.close()
