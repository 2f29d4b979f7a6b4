"""R3: how many, how long and with what outcome, by route template; and one log line a request."""

from http import HTTPStatus
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from guildhall.kit.addresses import is_within
from guildhall.kit.errors import NotFound
from guildhall.kit.http.access_log import UNMATCHED, AccessLog, describe_answer
from guildhall.kit.http.boundary import PROBLEMS_UNDECLARED
from guildhall.kit.http.context import CONTEXT
from guildhall.kit.http.settings import PipelineSettings

LONG_LIVED = "/socket.io/"
"""Requests below it may last for hours: a latency histogram of them would say nothing and drown the rest."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """The meters of one application; `/metrics` shows them, with whatever else is in `registry`."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered.", registry=self.registry)
        self.seconds = Histogram(
            "http_request_seconds",
            "Time from the first stage to the answer.",
            ("method", "route", "status"),
            buckets=_BUCKETS_SECONDS,
            registry=self.registry,
        )
        self.long_lived = Gauge("http_long_lived_requests", "Socket.IO requests now open.", registry=self.registry)
        self.long_lived_opened = Counter(
            "http_long_lived_requests_opened", "Socket.IO requests ever opened.", registry=self.registry
        )
        self.limiter_failures = Counter("http_limiter_failures", "Times the limiter was away.", registry=self.registry)
        self.registry.register(PROBLEMS_UNDECLARED)
        self._series: dict[tuple[str, str, int], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer; the series are bounded by the routes there are, never by what clients send."""
        key = (method if method in _METHODS else "OTHER", route, status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = self.seconds.labels(*key)
        series.observe(seconds)


def make_telemetry(telemetry: Telemetry, write_line: AccessLog) -> Middleware:
    """R3, outside the error boundary to see the final status."""

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.rel_url.raw_path.startswith(LONG_LIVED):
            telemetry.long_lived_opened.inc()
            with telemetry.long_lived.track_inprogress():
                return await handler(request)
        telemetry.in_flight.inc()
        began = perf_counter()
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value  # what a cancelled request would have become
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as redirect:
            status = redirect.status
            raise
        else:
            return response
        finally:
            telemetry.in_flight.dec()
            seconds = perf_counter() - began
            route = route_template(request)
            telemetry.observe(request.method, route, status, seconds)
            write_line(describe_answer(request, route, status, seconds))

    return measure


def route_template(request: web.Request) -> str:
    """Such as `/v1/accounts/{account_id}`: never the path itself, which may hold anything and is without number."""
    resource = request.match_info.route.resource
    return UNMATCHED if resource is None else resource.canonical


def add_metrics(router: web.UrlDispatcher, telemetry: Telemetry, settings: PipelineSettings) -> None:
    """`/metrics` for the networks that may read it; elsewhere it does not exist."""

    async def metrics(request: web.Request) -> web.Response:
        if not is_within(request[CONTEXT].address, settings.metrics_networks):
            raise NotFound("There is nothing at this address.")
        return web.Response(
            body=generate_latest(telemetry.registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )

    router.add_get("/metrics", metrics)
