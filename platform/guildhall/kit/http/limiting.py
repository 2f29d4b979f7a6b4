"""A3 and A5: how often an address may call at all, and how often a principal may call one class of operations."""

from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from limits import RateLimitItem, parse_many

from guildhall.kit.addresses import limited_as
from guildhall.kit.errors import TooMany
from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.guards import Guards, Mounts, RateClass
from guildhall.kit.http.limiter import Count, MemoryLimiter
from guildhall.kit.http.problems import LimiterAway
from guildhall.kit.http.settings import PipelineSettings, Rate
from guildhall.kit.http.telemetry import Telemetry


def rate_class(name: str, rate: Rate) -> RateClass:
    """A class with its quotas parsed, once at mount."""
    return RateClass(name, tuple(parse_many(rate.anonymous)), tuple(parse_many(rate.principal)), rate.needs_limiter)


class Tally:
    """Counts with the shared limiter, and knows what its absence means.

    What guards secrets or money refuses while nobody counts; everything else is counted by this process alone.
    """

    def __init__(self, guards: Guards, telemetry: Telemetry) -> None:
        self._limiter = guards.limiter
        self._spare = MemoryLimiter(guards.clock)
        self._failures = telemetry.limiter_failures

    async def take(self, quotas: Sequence[RateLimitItem], key: str, *, needs_limiter: bool) -> tuple[Count, int]:
        """The tightest of the counts and which quota it is of; stops at the first that is exceeded."""
        tightest, of = None, 0
        for number, quota in enumerate(quotas):
            try:
                count = await self._limiter.take(quota, key)
            except LimiterAway:
                self._failures.inc()
                if needs_limiter:
                    raise
                count = self._spare.count(quota, key)
            if tightest is None or not count.is_within or count.remaining < tightest.remaining:
                tightest, of = count, number
            if not count.is_within:
                break
        if tightest is None:
            raise ValueError("A rate needs at least one quota.")
        return tightest, of


def make_coarse_limit(mounts: Mounts, tally: Tally, settings: PipelineSettings) -> Middleware:
    """A3: before credentials are looked at, so that junk ones cost their sender and not us."""
    quotas = tuple(parse_many(settings.address_rate))

    @web.middleware
    async def coarse_limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        key = limited_as(request[CONTEXT].address)
        needs_limiter = mounts.of(request).rate.needs_limiter
        count, of = await tally.take(quotas, f"address:{key}", needs_limiter=needs_limiter)
        if not count.is_within:
            raise _too_many("Your address", quotas[of], count)
        return await handler(request)

    return coarse_limit


def make_principal_limit(mounts: Mounts, tally: Tally) -> Middleware:
    """A5: each class of operations by who is asking, or by address where that is not known.

    What is open to everybody is counted by address whoever asks: else a token would buy further guesses at passwords.
    """
    policies: dict[tuple[RateLimitItem, ...], dict[str, str]] = {}

    @web.middleware
    async def principal_limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        context = request[CONTEXT]
        mounted = mounts.of(request)
        rate = mounted.rate
        principal_id = context.principal.id
        if principal_id and not mounted.is_public:
            quotas, key = rate.principal, f"{rate.name}:{principal_id}"
        else:
            quotas, key = rate.anonymous, f"{rate.name}:{limited_as(context.address)}"
        count, of = await tally.take(quotas, key, needs_limiter=rate.needs_limiter)
        names = policies.get(quotas)
        if names is None:
            names = policies[quotas] = _names(rate.name, quotas)
        context.headers["RateLimit-Policy"] = names["policy"]
        context.headers["RateLimit"] = f"{names[str(of)]};r={count.remaining};t={count.reset_seconds}"
        if not count.is_within:
            raise _too_many("This", quotas[of], count)
        return await handler(request)

    return principal_limit


def _names(name: str, quotas: tuple[RateLimitItem, ...]) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers: a quoted name a quota, and all of them as the policy."""
    by_number = {
        str(number): f'"{name}"' if len(quotas) == 1 else f'"{name}-{quota.get_expiry()}"'
        for number, quota in enumerate(quotas)
    }
    listed = [f"{by_number[str(n)]};q={quota.amount};w={quota.get_expiry()}" for n, quota in enumerate(quotas)]
    return {**by_number, "policy": ", ".join(listed)}


def _too_many(what: str, quota: RateLimitItem, count: Count) -> TooMany:
    seconds = -(-count.retry_after_ms // 1000)
    verb = "may call" if what != "This" else "may be called"
    return TooMany(
        f"{what} {verb} {quota.amount} times in {quota.get_expiry()} seconds; try again in {seconds} s.",
        retry_after_ms=count.retry_after_ms,
    )
