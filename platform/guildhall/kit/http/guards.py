"""What the pipeline asks of the rest of the platform, and what each mounted route looks like to its stages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from limits import RateLimitItem

from guildhall.kit.clock import Clock
from guildhall.kit.http.idempotency import IdempotencyStore
from guildhall.kit.http.limiter import Limiter
from guildhall.kit.http.operation import PUBLIC, Operation
from guildhall.kit.http.principal import Principal

Authenticate = Callable[[web.Request], Awaitable[Principal]]
"""Who the credentials of a request prove. ANONYMOUS where it has none; raises Unauthenticated for ones that are bad."""
IsAllowed = Callable[[Principal, str], bool]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """The composition root's part: each is a port, so that tests put small real ones in its place."""

    authenticate: Authenticate
    is_allowed: IsAllowed
    limiter: Limiter
    idempotency: IdempotencyStore
    clock: Clock
    is_draining: Callable[[], bool] = _never


@dataclass(frozen=True, slots=True)
class RateClass:
    """One class of operations, its quotas parsed once."""

    name: str
    anonymous: tuple[RateLimitItem, ...]
    principal: tuple[RateLimitItem, ...]
    needs_limiter: bool


@dataclass(frozen=True, slots=True)
class Mounted:
    """What the middlewares know of the route that was matched; also made once for what matched nothing."""

    operation: Operation | None
    rate: RateClass
    max_body_bytes: int
    deadline_seconds: float
    version_headers: Mapping[str, str]

    @property
    def is_public(self) -> bool:
        return self.operation is not None and self.operation.permission == PUBLIC


class Mounts:
    """Finds the mounted route by the handler that aiohttp's router matched."""

    def __init__(self, of_nothing: Mounted) -> None:
        self._of_nothing = of_nothing
        self._by_handler: dict[object, Mounted] = {}

    def add(self, handler: object, mounted: Mounted) -> None:
        self._by_handler[handler] = mounted

    def of(self, request: web.Request) -> Mounted:
        return self._by_handler.get(request.match_info.handler, self._of_nothing)
