"""A database of the test's own, and the things API over it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pytest_aiohttp import AiohttpClient

from guildhall.kit.storage import Storage, StorageSettings, open_storage
from tests.fakes.things_api import Http, Serve, ThingsApi


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = open_storage(StorageSettings(sqlite_path=tmp_path / "guildhall.sqlite3"))
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture
async def api(store: Storage) -> ThingsApi:
    built = ThingsApi(store)
    await built.idempotency.ensure()
    return built


@pytest.fixture
async def http(api: ThingsApi, aiohttp_client: AiohttpClient) -> Http:
    return await aiohttp_client(api.app())


@pytest.fixture
def serve(store: Storage, aiohttp_client: AiohttpClient) -> Serve:
    async def start(**settings: Any) -> tuple[ThingsApi, Http]:
        built = ThingsApi(store, **settings)
        await built.idempotency.ensure()
        return built, await aiohttp_client(built.app())

    return start
