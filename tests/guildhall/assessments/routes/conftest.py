"""The routes of assessments behind the real pipeline; who asks is said by a header."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.assessments.routes import PROBLEMS, routes
from guildhall.kit.http import (
    ANONYMOUS,
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.http.settings import DEFAULT_RATES
from guildhall.kit.storage import StorageSettings, open_storage
from tests.fakes.exam_board import ExamBoard
from tests.guildhall.assessments.hall import GUILD, Hall, open_hall

MANY = "100000/minute"
Http = TestClient[web.Request, web.Application]


async def authenticate(request: web.Request) -> Principal:
    """`X-As: usr_mary` is a member of the guild, `usr_boss` owns it, `usr_spy` owns another, `usr_audrey` audits."""
    name = request.headers.get("X-As", "")
    if not name:
        return ANONYMOUS
    organisations = {"usr_mary": {GUILD: "member"}, "usr_boss": {GUILD: "owner"}, "usr_spy": {"org_other": "owner"}}
    held = organisations.get(name, {GUILD: "member"} if name.startswith("usr_m") else {})
    roles = frozenset({"auditor"}) if name == "usr_audrey" else frozenset[str]()
    return Principal(kind="user", id=name, roles=roles, organisations=held)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async for opened in open_hall(tmp_path):
        yield opened


@pytest.fixture
async def http(hall: Hall, aiohttp_client: AiohttpClient) -> Http:
    idempotency = IdempotencyStore(hall.storage, hall.clock)
    await idempotency.ensure()
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(hall.clock),
        idempotency=idempotency,
        clock=hall.clock,
    )
    rates = {name: {"anonymous": MANY, "principal": MANY} for name in DEFAULT_RATES}
    settings = PipelineSettings.model_validate({"rates": rates, "address_rate": MANY})
    app = web.Application()
    mount_root(app, settings, problems=PROBLEMS)
    mount_v1(app, routes(hall.service), guards, settings)
    client: Any = await aiohttp_client(app)
    return client  # type: ignore[no-any-return]


async def ask(
    http: Http, method: str, path: str, who: str = "", body: Any = None, if_match: str | None = None
) -> tuple[int, dict[str, Any]]:
    headers = {"X-As": who} if who else {}
    if if_match is not None:
        headers["If-Match"] = f'"{if_match}"'
    async with http.request(method, f"/v1{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.status != 204 else {}


@pytest.fixture
async def board(tmp_path: Path, aiohttp_client: AiohttpClient) -> AsyncIterator[ExamBoard]:
    storage = open_storage(StorageSettings(sqlite_path=tmp_path / "board.sqlite3"))
    await storage.start()
    opened = ExamBoard(storage, tmp_path / "blobs")
    await opened.start()
    opened.http = await aiohttp_client(await opened.app())
    yield opened
    await opened.http.close()
    await opened.blobs.close()
    await storage.close()
