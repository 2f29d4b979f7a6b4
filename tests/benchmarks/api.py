"""What the request pipeline costs: CPU a request against a bare aiohttp handler, in turns in one run.

    python -m tests.benchmarks.api

Two servers of one process each stay up; load goes to one and then the other, round by round, so that what else the
machine does falls on both. CPU is each server's own `process_time`. Judged is the first quartile of many short rounds:
whatever else runs, and empties the processor's caches, can only add. The median and the worst are told beside it.

The signed-in calls verify a real token, count in the in-memory limiter and write their access-log line, and the write
keeps an idempotency record. A third server, whose stages are timed one inside the other, tells where it goes. The last
line is JSON.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
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

BUDGET_US = 250
KINDS = ("read", "write")
WARM_UP_ROUNDS = 5
STAGED_REQUESTS = 3000
CONNECTIONS = 8
DOCUMENTS_MOST = 1000  # a database keeps its documents elsewhere: here they would make garbage collection the cost
JSON_LOGS = LogSettings(format="json")
SECRET = "a secret of this benchmark, long enough"
AUDIENCE = "guildhall/api"
THING = {"thing_id": "one", "name": "Anvil", "count": 1, "note": None}
HEADERS = (
    "Host: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0\r\n"
    "Accept: application/json\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\nCache-Control: no-cache\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
)
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
BODY = b'{"name": "Hammer", "count": 3}'


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


class Connection:
    """A keep-alive client as cheap as can be; what it costs is not measured, but it shares the machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


@dataclass(slots=True)
class Server:
    process: asyncio.subprocess.Process
    connections: list[Connection]
    asked: int = 0

    async def cpu_seconds(self) -> float:
        return float(json.loads((await self.connections[0].ask(get("/cpu")))[1]))

    async def load(self, make: Callable[[int], bytes], requests: int, status: int) -> float:
        """CPU microseconds a request of this round."""
        before = await self.cpu_seconds()
        each = requests // len(self.connections)

        async def drive(connection: Connection) -> None:
            for _ in range(each):
                self.asked += 1
                got, body = await connection.ask(make(self.asked))
                assert got == status, (got, body)

        await asyncio.gather(*(drive(connection) for connection in self.connections))
        return (await self.cpu_seconds() - before) / (each * len(self.connections)) * 1e6

    async def stages(self, make: Callable[[int], bytes], requests: int) -> dict[str, float]:
        """Microseconds a request by stage; one connection, for the stopwatch nests."""
        await self.connections[0].ask(get("/stages"))
        for _ in range(requests):
            self.asked += 1
            await self.connections[0].ask(make(self.asked))
        taken = json.loads((await self.connections[0].ask(get("/stages")))[1])
        return {name: round(seconds / requests * 1e6, 1) for name, seconds in taken.items()}


@asynccontextmanager
async def running(name: str) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __spec__.name,
        "serve",
        name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        port = int(await process.stdout.readline())
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
        server = Server(process, [Connection(*pair) for pair in opened])
        yield server
        for connection in server.connections:
            connection.close()
    finally:
        process.stdin.close()
        await process.wait()


def get(path: str, extra: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\n{HEADERS}{extra}\r\n".encode()


def requests_of(token: str) -> tuple[Callable[[int], bytes], Callable[[int], bytes]]:
    signed = f"Authorization: Bearer {token}\r\n"
    read = get("/v1/things/one", signed)
    head = f"POST /v1/things HTTP/1.1\r\n{HEADERS}{signed}Content-Type: application/json\r\n"

    def write(number: int) -> bytes:
        return f"{head}Content-Length: {len(BODY)}\r\nIdempotency-Key: key-{number:012}\r\n\r\n".encode() + BODY

    return lambda _: read, write


async def measure(rounds: int, requests: int) -> dict[str, Any]:
    claims = AccessClaims(account_id="acc_ada", session_id="ses_1")
    token = TokenSigner(SECRET, SystemClock()).sign(claims, AUDIENCE, 3600)
    read, write = requests_of(token)
    taken: dict[str, list[float]] = defaultdict(list)
    began_seconds = time.perf_counter()
    async with running("bare") as bare, running("pipeline") as pipeline, running("staged") as staged:
        servers = {"bare": bare, "pipeline": pipeline}
        for number in range(-WARM_UP_ROUNDS, rounds):
            for name, server in servers.items():
                for kind, make, status in (("read", read, 200), ("write", write, 201)):
                    cpu_us = await server.load(make, requests, status)
                    if number >= 0:
                        taken[f"{name}_{kind}"].append(cpu_us)
        await staged.stages(write, STAGED_REQUESTS // 10)
        where = {
            "read": await staged.stages(read, STAGED_REQUESTS),
            "write": await staged.stages(write, STAGED_REQUESTS),
        }
    quiet = {name: round(statistics.quantiles(values, n=4)[0], 1) for name, values in taken.items()}
    return {
        "bare_cpu_us": quiet["bare_read"],
        "bare_cpu_us_write": quiet["bare_write"],
        "pipeline_cpu_us_read": quiet["pipeline_read"],
        "pipeline_cpu_us_write": quiet["pipeline_write"],
        "added_cpu_us_read": round(quiet["pipeline_read"] - quiet["bare_read"], 1),
        "added_cpu_us_write": round(quiet["pipeline_write"] - quiet["bare_write"], 1),
        "budget_us": BUDGET_US,
        "is_within_budget": max(quiet[f"pipeline_{kind}"] - quiet[f"bare_{kind}"] for kind in KINDS) <= BUDGET_US,
        "median_us": {name: round(statistics.median(values), 1) for name, values in taken.items()},
        "worst_us": {name: round(max(values), 1) for name, values in taken.items()},
        "load_average": round(os.getloadavg()[0], 1),
        "requests_per_cpu_second": {name: round(1e6 / value) for name, value in quiet.items()},
        "stages_us": where,
        "rounds": rounds,
        "requests_a_round": requests,
        "seconds": round(time.perf_counter() - began_seconds, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", nargs="?", choices=["measure", "serve"], default="measure")
    parser.add_argument("server", nargs="?", choices=sorted(APPS))
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--requests", type=int, default=240, help="a round, to each server, of each kind")
    chosen = parser.parse_args()
    if chosen.mode == "serve":
        uvloop.run(serve(chosen.server))
        return 0
    found = uvloop.run(measure(chosen.rounds, chosen.requests))
    for kind in KINDS:
        print(f"{kind}: the pipeline adds {found[f'added_cpu_us_{kind}']} us of CPU a request (budget {BUDGET_US})")
        for name, microseconds in sorted(found["stages_us"][kind].items(), key=lambda pair: -pair[1]):
            print(f"  {microseconds:7.1f}  {name}")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
