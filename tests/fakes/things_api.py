"""A small product behind the real pipeline: things with owners. The pipeline's tests and its benchmark call it."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from limits import RateLimitItem
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Conflict, NotFound, Unauthenticated
from guildhall.kit.http import (
    ANONYMOUS,
    Answer,
    Call,
    Cookie,
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    NoBody,
    NoQuery,
    Operation,
    PipelineSettings,
    Principal,
    Route,
    check_match,
    mount_root,
    mount_v1,
)
from guildhall.kit.http.limiter import Count
from guildhall.kit.http.problems import LimiterAway
from guildhall.kit.storage import Duplicate, Storage, StorageUnavailable
from guildhall.kit.tokens import TokenExpired

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
NOW_MS = 1_800_000_000_000
SIGNED_IN = {"Authorization": "Bearer ada"}
STRONG = {"Authorization": "Bearer ada-aal2"}
Http = TestClient[web.Request, web.Application]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ThingWanted(Shape):
    name: Name
    count: Annotated[int, Field(ge=1, le=1000)] = 1


class Thing(Shape):
    thing_id: str
    name: str
    count: int
    note: str | None = None


class ThingQuery(Shape):
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    colour: tuple[str, ...] = ()


class ThingPage(Shape):
    items: list[Thing]
    limit: int
    colours: list[str]


class OutOfStock(Conflict):
    """Nothing of it is left; take another."""

    type = "out-of-stock"
    title = "Out of stock"


READ = Operation(
    name="read_thing",
    method="GET",
    path="/things/{thing_id}",
    summary="Read a thing",
    permission="things.read",
    answers={200: Thing},
    has_etag=True,
    tags=("things",),
)
LIST = Operation(
    name="list_things",
    method="GET",
    path="/things",
    summary="List things",
    permission="public",
    query=ThingQuery,
    answers={200: ThingPage},
)
MAKE = Operation(
    name="make_thing",
    method="POST",
    path="/things",
    summary="Make a thing",
    permission="things.write",
    rate_class="write",
    idempotency="optional",
    body=ThingWanted,
    answers={201: Thing},
    problems=frozenset({"out-of-stock"}),
)
RENAME = Operation(
    name="rename_thing",
    method="PATCH",
    path="/things/{thing_id}",
    summary="Rename a thing",
    permission="things.write",
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=ThingWanted,
    answers={200: Thing},
)
PAY = Operation(
    name="pay",
    method="POST",
    path="/payments",
    summary="Pay",
    permission="things.write",
    rate_class="money",
    idempotency="required",
    aal=2,
    fresh_seconds=300,
    body=ThingWanted,
    answers={201: Thing},
)
REFRESH = Operation(
    name="refresh",
    method="POST",
    path="/refresh",
    summary="Refresh",
    permission="public",
    rate_class="auth",
    cookie_borne=True,
    answers={204: None},
)
LINGER = Operation(
    name="linger",
    method="POST",
    path="/linger",
    summary="Take long",
    permission="public",
    rate_class="write",
    idempotency="optional",
    deadline_seconds=0.05,
    answers={204: None},
)
CRASH = Operation(name="crash", method="GET", path="/crash", summary="Crash", permission="public", answers={204: None})


class Things:
    """The domain: handlers over a dictionary, which count how often they ran."""

    def __init__(self) -> None:
        self.by_id: dict[str, Thing] = {"one": Thing(thing_id="one", name="Anvil", count=1)}
        self.ran = 0
        self.storage_is_away = False
        self.has_duplicate = False
        self.hold = asyncio.Event()
        self.hold.set()

    async def read(self, call: Call[NoBody, NoQuery]) -> Answer:
        thing = self._find(call.path["thing_id"])
        return Answer(thing, etag=str(thing.count))

    async def list(self, call: Call[NoBody, ThingQuery]) -> Answer:
        return Answer(ThingPage(items=list(self.by_id.values()), limit=call.query.limit, colours=[*call.query.colour]))

    async def make(self, call: Call[ThingWanted, NoQuery]) -> Answer:
        self.ran += 1
        await self.hold.wait()
        if call.body.name == "Unobtainium":
            raise OutOfStock("There is no Unobtainium left.")
        if self.has_duplicate:
            raise Duplicate("accounts", ("email",))
        if self.storage_is_away:
            raise StorageUnavailable("mongo-7.internal:27017 does not answer.")
        if call.body.name == "Dynamite":
            raise RuntimeError("the password is swordfish")
        thing = Thing(thing_id=f"thing-{self.ran}", name=call.body.name, count=call.body.count)
        self.by_id[thing.thing_id] = thing
        return Answer(thing, status=201, headers={"Location": f"/v1/things/{thing.thing_id}"}, etag=str(thing.count))

    async def rename(self, call: Call[ThingWanted, NoQuery]) -> Answer:
        thing = self._find(call.path["thing_id"])
        check_match(call, str(thing.count))
        renamed = self.by_id[thing.thing_id] = thing.model_copy(
            update={"name": call.body.name, "count": thing.count + 1}
        )
        return Answer(renamed, etag=str(renamed.count))

    async def refresh(self, _: Call[NoBody, NoQuery]) -> Answer:
        return Answer(status=204, cookies=(Cookie("__Host-refresh", "next", max_age_seconds=60),))

    async def linger(self, _: Call[NoBody, NoQuery]) -> Answer:
        self.ran += 1
        await asyncio.sleep(30)
        raise AssertionError

    async def crash(self, _: Call[NoBody, NoQuery]) -> Answer:
        raise RuntimeError("the password is swordfish")

    def _find(self, thing_id: str) -> Thing:
        if (thing := self.by_id.get(thing_id)) is None:
            raise NotFound(f"There is no thing {thing_id[:40]}.")
        return thing

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(READ, self.read),
            Route(LIST, self.list),
            Route(MAKE, self.make),
            Route(RENAME, self.rename),
            Route(PAY, self.make),
            Route(REFRESH, self.refresh),
            Route(LINGER, self.linger),
            Route(CRASH, self.crash),
        )


class FrailLimiter(MemoryLimiter):
    """Counts until it is taken away."""

    is_away = False

    async def take(self, quota: RateLimitItem, key: str) -> Count:
        if self.is_away:
            raise LimiterAway
        return await super().take(quota, key)


ADA = Principal(kind="user", id="acc_ada", session_id="ses_1", roles=frozenset({"agent"}), authenticated_at_ms=NOW_MS)
PEOPLE: Mapping[str, Principal] = {
    "ada": ADA,
    "ada-aal2": dataclasses.replace(ADA, aal=2),
    "bob": dataclasses.replace(ADA, id="acc_bob", session_id="ses_2", aal=2),
    "eve": Principal(kind="user", id="acc_eve", session_id="ses_3"),
}


async def authenticate(request: web.Request) -> Principal:
    header = request.headers.get("Authorization")
    if header is None:
        return ANONYMOUS
    token = header.removeprefix("Bearer ")
    if token == "expired":
        raise TokenExpired
    principal = PEOPLE.get(token)
    if principal is None:
        raise Unauthenticated("This token is damaged, or was not issued here.")
    return principal


def is_allowed(principal: Principal, permission: str) -> bool:
    return permission in {"things.read", "things.write"} and "agent" in principal.roles


class ThingsApi:
    """One server of it, every collaborator within a test's reach."""

    def __init__(self, storage: Storage, **settings: Any) -> None:
        self.clock = ManualClock(NOW_MS)
        self.settings = PipelineSettings.model_validate(settings)
        self.things = Things()
        self.limiter = FrailLimiter(self.clock)
        self.idempotency = IdempotencyStore(storage, self.clock)
        self.is_draining = False
        self.guards = Guards(
            authenticate=authenticate,
            is_allowed=is_allowed,
            limiter=self.limiter,
            idempotency=self.idempotency,
            clock=self.clock,
            is_draining=lambda: self.is_draining,
        )

    def app(self) -> web.Application:
        app = web.Application()
        mount_root(app, self.settings, problems=(OutOfStock,))
        mount_v1(app, self.things.routes(), self.guards, self.settings)
        return app


Serve = Callable[..., Awaitable[tuple[ThingsApi, Http]]]
"""`await serve(rates=...)`: the API with settings of the test's own, and a client of it."""
