"""A database for each test of money: SQLite, and MongoDB's protocol where Java is."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.storage.mongo import connect, settle
from guildhall.payments.service.ledger import Ledger
from tests.guildhall.payments.purse import open_ledger
from tests.servers.mongo import MongoServers, run_mongo_servers


@pytest.fixture(scope="session")
def mongo_servers() -> Iterator[MongoServers]:
    yield from run_mongo_servers()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = open_storage(StorageSettings(sqlite_path=tmp_path / "store/guildhall.sqlite3"))
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.servers)])
async def storage(
    request: pytest.FixtureRequest, mongo_servers: MongoServers, tmp_path: Path
) -> AsyncIterator[Storage]:
    """Both kinds of database, for whatever races or dies."""
    if request.param == "sqlite":
        settings = StorageSettings(sqlite_path=tmp_path / "store/guildhall.sqlite3")
        opened = open_storage(settings)
        await opened.start()
        yield opened
        await opened.close()
        return
    url, database = mongo_servers.url("java"), f"guildhall_test_{uuid.uuid4().hex[:12]}"
    opened = open_storage(StorageSettings.model_validate({"mongo_url": url, "mongo_database": database}))
    await opened.start()
    yield opened
    await opened.close()
    client = connect(url, "motor")
    await client.drop_database(database)
    await settle(client.close())


@pytest.fixture
async def ledger(sqlite: Storage) -> Ledger:
    return await open_ledger(sqlite)
