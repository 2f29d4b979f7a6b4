"""The servers that `tests.benchmarks.api` loads: a bare one, the pipeline, and the pipeline with a watch in it.

python -m tests.benchmarks.api_servers bare|pipeline|staged
"""

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvloop
from aiohttp import web
from aiohttp.typedefs import Handler

from guildhall.kit.clock import SystemClock
from guildhall.kit.http import (
    ANONYMOUS,
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    chain,
    mount,
    mount_root,
    mount_v1,
    open_access_log,
)
from guildhall.kit.http.verified_tokens import VerifiedTokens
from guildhall.kit.logs import LogSettings, configure_logs
from guildhall.kit.storage import Change, Document, Duplicate, Query, Schema
from guildhall.kit.tokens import Claims, TokenSigner
from tests.fakes.things_api import OutOfStock, Things, is_allowed

DOCUMENTS_MOST = 1000  # a database keeps its documents elsewhere: here they would make garbage collection the cost
JSON_LOGS = LogSettings(format="json")
SECRET = "a secret of this benchmark, long enough"
AUDIENCE = "guildhall/api"
THING = {"thing_id": "one", "name": "Anvil", "count": 1, "note": None}
STAGES = (
    "make_client_ip",
    "make_request_context",
    "make_telemetry",
    "make_error_boundary",
    "make_cors",
    "make_admission",
    "make_coarse_limit",
    "make_authentication",
    "make_principal_limit",
    "make_version",
    "make_deadline",
)


class AccessClaims(Claims):
    account_id: str
    session_id: str


class MemoryCollection:
    """As much of a collection as idempotency asks, at no cost: the database is not what is measured."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._documents: dict[str, Document] = {}

    async def ensure(self) -> None: ...

    async def insert(self, document: Mapping[str, Any]) -> None:
        if document["_id"] in self._documents:
            raise Duplicate(self.schema.name, ("_id",))
        self._documents[document["_id"]] = dict(document)
        if len(self._documents) > DOCUMENTS_MOST:
            del self._documents[next(iter(self._documents))]

    async def get(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    async def update_if(self, document_id: str, expect: Query, change: Change) -> Document | None:
        document = self._documents.get(document_id)
        if document is None or any(document.get(name) != value for name, value in expect.items()):
            return None
        document.update(change.set)
        return document

    async def delete(self, where: Query) -> int:
        return int(self._documents.pop(where["_id"], None) is not None)


class MemoryStorage:
    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def collection(self, schema: Schema) -> Any:
        return MemoryCollection(schema)


def bare_app() -> web.Application:
    """What the same two calls cost when nothing is asked of them."""

    async def read(_: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(THING), content_type="application/json")

    async def write(request: web.Request) -> web.Response:
        wanted = orjson.loads(await request.read())
        return web.Response(body=orjson.dumps({**THING, **wanted}), status=201, content_type="application/json")

    app = web.Application()
    app.router.add_get("/v1/things/{thing_id}", read)
    app.router.add_post("/v1/things", write)
    return app


def pipeline_app() -> web.Application:
    """The whole pipeline, as the product mounts it; the session check is a look-up, as its cache is."""
    clock = SystemClock()
    tokens = TokenSigner(SECRET, clock)
    verified = VerifiedTokens(lambda token: tokens.verify(token, AUDIENCE, AccessClaims), clock)
    sessions = {"ses_1"}

    async def authenticate(request: web.Request) -> Principal:
        header = request.headers.get("Authorization")
        if header is None:
            return ANONYMOUS
        claims = verified.verify(header.removeprefix("Bearer "))
        assert claims.session_id in sessions
        return Principal("user", claims.account_id, claims.session_id, frozenset({"agent"}), aal=2)

    class Shop(Things):
        """Forgets what it made, so that rounds are alike."""

        async def make(self, call: Any) -> Any:
            answer = await super().make(call)
            self.by_id.popitem()
            return answer

    rates = {name: {"anonymous": "100000000/minute", "principal": "100000000/minute"} for name in ("read", "write")}
    settings = PipelineSettings.model_validate({"address_rate": "100000000/minute", "rates": rates})
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(clock),
        idempotency=IdempotencyStore(MemoryStorage(), clock),
        clock=clock,
    )
    nowhere = open(os.devnull, "w")  # noqa: PTH123, SIM115
    app = web.Application()
    mount_root(app, settings, access_log=open_access_log(JSON_LOGS, nowhere), problems=(OutOfStock,))
    mount_v1(app, Shop().routes(), guards, settings)
    return app


@dataclass(slots=True)
class Stopwatch:
    """Time by stage, each without what runs inside it; right for one request at a time only."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    inside: list[float] = field(default_factory=lambda: [0.0])

    async def run(self, name: str, work: Awaitable[Any]) -> Any:
        self.inside.append(0.0)
        began = time.perf_counter()
        try:
            return await work
        finally:
            self._stop(name, began)

    def call(self, name: str, work: Callable[..., Any], *given: Any) -> Any:
        self.inside.append(0.0)
        began = time.perf_counter()
        try:
            return work(*given)
        finally:
            self._stop(name, began)

    def _stop(self, name: str, began: float) -> None:
        took = time.perf_counter() - began
        self.seconds[name] += took - self.inside.pop()
        self.inside[-1] += took


def staged_app() -> web.Application:
    """The pipeline with a stopwatch around every stage."""
    watch = Stopwatch()

    def timed_step(name: str, make: Callable[..., Any]) -> Callable[..., Any]:
        def make_timed(*given: Any) -> Callable[..., Any]:
            step = make(*given)
            if asyncio.iscoroutinefunction(step):
                return lambda *args: watch.run(name, step(*args))
            return lambda *args: watch.call(name, step, *args)

        return make_timed

    for name in ("make_authorise", "make_validate", "make_render"):
        setattr(chain, name, timed_step(name.removeprefix("make_"), getattr(chain, name)))

    def timed_stage(make: Callable[..., Any]) -> Callable[..., Any]:
        def make_timed(*given: Any) -> Any:
            middleware = make(*given)

            @web.middleware
            async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
                response: web.StreamResponse = await watch.run(middleware.__name__, middleware(request, handler))
                return response

            return around

        return make_timed

    for name in STAGES:
        setattr(mount, name, timed_stage(getattr(mount, name)))
    app = pipeline_app()

    async def take(_: web.Request) -> web.Response:
        taken = dict(watch.seconds)
        watch.seconds.clear()
        return web.json_response(taken)

    app.router.add_get("/stages", take)
    return app


APPS = {"bare": bare_app, "pipeline": pipeline_app, "staged": staged_app}


async def serve(name: str) -> None:
    """One server of its own process: says its port, answers until its input ends."""
    configure_logs(JSON_LOGS, open(os.devnull, "w"))  # noqa: PTH123, SIM115, ASYNC230
    app = APPS[name]()

    async def cpu(_: web.Request) -> web.Response:
        return web.json_response(time.process_time())

    app.router.add_get("/cpu", cpu)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
