import asyncio

from aiohttp import web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import PipelineSettings, Telemetry, mount_root
from guildhall.kit.http.access_log import Line
from tests.fakes.things_api import SIGNED_IN, Http


def sample(telemetry: Telemetry, name: str, **labels: str) -> float:
    return telemetry.registry.get_sample_value(name, labels) or 0.0


async def test_answers_are_counted_by_route_and_never_by_path(http: Http) -> None:
    await http.get("/v1/things/one", headers=SIGNED_IN)
    await http.get("/v1/things/two", headers=SIGNED_IN)
    await http.get("/v1/things/../../etc/passwd-of-somebody")
    shown = await (await http.get("/metrics")).text()
    assert 'http_request_seconds_count{method="GET",route="/v1/things/{thing_id}",status="200"} 1.0' in shown
    assert 'http_request_seconds_count{method="GET",route="/v1/things/{thing_id}",status="404"} 1.0' in shown
    assert 'route="unmatched",status="404"' in shown
    assert "passwd" not in shown


async def test_metrics_do_not_exist_for_strangers(aiohttp_client: AiohttpClient) -> None:
    app = web.Application()
    mount_root(app, PipelineSettings.model_validate({"metrics_networks": ["192.0.2.0/24"]}))
    assert (await (await aiohttp_client(app)).get("/metrics")).status == 404


async def test_a_crash_counts_as_the_500_it_became(http: Http) -> None:
    await http.get("/v1/crash")
    shown = await (await http.get("/metrics")).text()
    assert 'http_request_seconds_count{method="GET",route="/v1/crash",status="500"} 1.0' in shown


async def test_long_lived_requests_have_a_gauge_and_no_latency(aiohttp_client: AiohttpClient) -> None:
    telemetry = Telemetry()
    lines: list[Line] = []
    release = asyncio.Event()

    async def poll(_: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    app = web.Application()
    mount_root(app, PipelineSettings(), telemetry=telemetry, access_log=lines.append)
    app.router.add_get("/socket.io/", poll)
    http = await aiohttp_client(app)
    waiting = asyncio.ensure_future(http.get("/socket.io/"))
    while not sample(telemetry, "http_long_lived_requests"):
        await asyncio.sleep(0.001)
    release.set()
    answer = await waiting
    assert answer.headers["X-Request-Id"]
    assert sample(telemetry, "http_long_lived_requests") == 0
    assert sample(telemetry, "http_long_lived_requests_opened_total") == 1
    assert "http_request_seconds_count{" not in telemetry_text(telemetry)
    assert lines == []


def telemetry_text(telemetry: Telemetry) -> str:
    from prometheus_client import generate_latest

    return generate_latest(telemetry.registry).decode()


def test_methods_that_clients_make_up_share_one_series() -> None:
    telemetry = Telemetry()
    for method in ("BREW", "WHEN"):
        telemetry.observe(method, "/v1/pots", 405, 0.01)
    assert sample(telemetry, "http_request_seconds_count", method="OTHER", route="/v1/pots", status="405") == 2
