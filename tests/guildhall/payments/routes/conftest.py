"""Money over HTTP, for whoever a test says is asking."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.kit.clock import ManualClock
from guildhall.kit.http import (
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import Storage
from guildhall.payments.routes import PROBLEMS, routes
from guildhall.payments.service import PaymentsService
from guildhall.payments.settings import BankSettings, PaymentsSettings

MANY = {"anonymous": "100000/minute", "principal": "100000/minute"}
IN_ORGANISATION = {"olga": "owner", "fred": "finance", "mona": "manager"}
ROLES = {"ada": "agent", "eve": "agent", "kate": "admin", "alan": "admin", "otto": "auditor"}
BANK = BankSettings(holder="The Guild", iban="DE89370400440532013000")
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def payments(sqlite: Storage) -> PaymentsService:
    service = PaymentsService(sqlite, ManualClock(), PaymentsSettings(bank=BANK), "a secret of thirty-two bytes....")
    await service.ensure()
    return service


@pytest.fixture
async def http(
    payments: PaymentsService, sqlite: Storage, aiohttp_client: AiohttpClient
) -> TestClient[web.Request, web.Application]:
    clock = payments.clock
    idempotency = IdempotencyStore(sqlite, clock)
    await idempotency.ensure()

    async def authenticate(request: web.Request) -> Principal:
        name = request.headers.get("Authorization", "")
        if not name:
            return Principal(kind="anonymous")
        now_ms = clock.now_ms()
        return Principal(
            kind="user",
            id=name,
            roles=frozenset({ROLES.get(name, "agent")}),
            organisations={"org_1": IN_ORGANISATION[name]} if name in IN_ORGANISATION else {},
            aal=2,
            authenticated_at_ms=now_ms,
        )

    app = web.Application()
    settings = PipelineSettings(rates=dict.fromkeys(("read", "write", "money"), MANY))
    mount_root(app, settings, problems=(*PROBLEMS, MoveRefused))
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(clock),
        idempotency=idempotency,
        clock=clock,
        is_draining=lambda: False,
    )
    mount_v1(app, routes(payments, "a secret of the cursors of these tests"), guards, settings)
    return await aiohttp_client(app)


@pytest.fixture
async def ask(http: TestClient[web.Request, web.Application]) -> Ask:
    async def asked(
        who: str, method: str, path: str, body: Any = None, status: int = 200, *, key: str = "", **more: Any
    ) -> Any:
        headers = {name: value for name, value in (("Authorization", who), ("Idempotency-Key", key)) if value}
        async with http.request(method, f"/v1{path}", json=body, headers=headers, **more) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer

    return asked
