from aiohttp import web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import PipelineSettings, mount_root
from guildhall.kit.http.headers import API_POLICY, HEADERS
from tests.fakes.things_api import Http


async def test_every_answer_is_closed_by_default(http: Http) -> None:
    for path in ("/v1/things", "/v1/nothing", "/nothing", "/v1/crash", "/metrics", "/docs"):
        answer = await http.get(path)
        assert HEADERS.items() <= dict(answer.headers).items(), path
        assert "Server" not in answer.headers


async def test_data_may_load_nothing_where_a_browser_shows_it(http: Http) -> None:
    for path in ("/v1/things", "/nothing"):
        assert (await http.get(path)).headers["Content-Security-Policy"] == API_POLICY


async def test_a_page_keeps_the_headers_it_chose(aiohttp_client: AiohttpClient) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<p>", content_type="text/html", headers={"Referrer-Policy": "same-origin"})

    app = web.Application()
    mount_root(app, PipelineSettings(hsts_seconds=60))
    app.router.add_get("/page", page)
    answer = await (await aiohttp_client(app)).get("/page")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains"
    assert "Content-Security-Policy" not in answer.headers
