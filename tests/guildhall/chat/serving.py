"""Routes behind the real pipeline, without limits of rate and with whoever the test says is signed in."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import DomainError
from guildhall.kit.http import (
    ANONYMOUS,
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    Route,
    mount_root,
    mount_v1,
)
from guildhall.kit.http.guards import Authenticate
from guildhall.kit.http.settings import DEFAULT_RATES
from guildhall.kit.storage import Storage

MANY = "100000/minute"
Http = TestClient[web.Request, web.Application]
ROLES = {
    **{key: {"support"} for key in ("usr_a", "usr_b", "usr_keeper")},
    "usr_boss": {"admin"},
    "usr_p": {"proctor"},
}


async def authenticate(request: web.Request) -> Principal:
    """Whoever the header names; their role by `ROLES`."""
    name = request.headers.get("X-As", "")
    if not name:
        return ANONYMOUS
    return Principal(kind="user", id=name, roles=frozenset(ROLES.get(name, {"agent"})), aal=2)


async def serve_routes(
    aiohttp_client: AiohttpClient,
    storage: Storage,
    clock: ManualClock,
    routes: Iterable[Route],
    problems: Iterable[type[DomainError]] = (),
    authenticating: Authenticate = authenticate,
) -> Http:
    idempotency = IdempotencyStore(storage, clock)
    await idempotency.ensure()
    guards = Guards(
        authenticate=authenticating,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(clock),
        idempotency=idempotency,
        clock=clock,
    )
    rates = {name: {"anonymous": MANY, "principal": MANY} for name in DEFAULT_RATES}
    app = web.Application()
    settings = PipelineSettings.model_validate({"rates": rates, "address_rate": MANY})
    mount_root(app, settings, problems=tuple(problems))
    mount_v1(app, tuple(routes), guards, settings)
    client: Any = await aiohttp_client(app)
    return client  # type: ignore[no-any-return]
