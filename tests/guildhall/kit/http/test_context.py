from aiohttp import web
from pytest_aiohttp import AiohttpClient
from structlog.contextvars import get_contextvars

from guildhall.kit.http import PipelineSettings, mount_root
from guildhall.kit.http.context import CONTEXT
from tests.fakes.things_api import Http


async def client(aiohttp_client: AiohttpClient, **settings: object) -> Http:
    """A server that tells what its handlers see."""

    async def tell(request: web.Request) -> web.Response:
        context = request[CONTEXT]
        seen = {
            "address": context.address,
            "request_id": context.request_id,
            "bound": get_contextvars(),
            "identity": [name for name in request.headers if name.lower().startswith("x-user")],
            "agent": request.headers.get("User-Agent"),
        }
        return web.json_response(seen)

    app = web.Application()
    mount_root(app, PipelineSettings.model_validate(settings))
    app.router.add_get("/tell", tell)
    return await aiohttp_client(app)


async def test_a_request_id_is_bound_to_its_log_lines_and_sent_back(aiohttp_client: AiohttpClient) -> None:
    http = await client(aiohttp_client)
    answer = await http.get("/tell")
    seen = await answer.json()
    assert seen["bound"] == {"request_id": seen["request_id"]}
    assert answer.headers["X-Request-Id"] == seen["request_id"]


async def test_requests_of_one_connection_do_not_inherit_each_others_context(aiohttp_client: AiohttpClient) -> None:
    http = await client(aiohttp_client)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    first = await (await http.get("/tell", headers={"traceparent": trace})).json()
    second = await (await http.get("/tell")).json()
    assert first["bound"]["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert "trace_id" not in second["bound"]
    assert first["request_id"] != second["request_id"]


async def test_a_request_id_is_taken_from_a_trusted_proxy_only(aiohttp_client: AiohttpClient) -> None:
    offered = {"X-Request-Id": "chosen-by-proxy"}
    direct = await (await client(aiohttp_client)).get("/tell", headers=offered)
    assert direct.headers["X-Request-Id"] != "chosen-by-proxy"
    proxied = await (await client(aiohttp_client, trusted_proxies=["127.0.0.0/8"])).get("/tell", headers=offered)
    assert proxied.headers["X-Request-Id"] == "chosen-by-proxy"


async def test_the_address_comes_through_trusted_proxies_only(aiohttp_client: AiohttpClient) -> None:
    smuggled = [("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-For", "5.6.7.8, 203.0.113.9")]
    direct = await (await client(aiohttp_client)).get("/tell", headers=smuggled)
    assert (await direct.json())["address"] == "127.0.0.1"
    proxied = await (await client(aiohttp_client, trusted_proxies=["127.0.0.0/8"])).get("/tell", headers=smuggled)
    assert (await proxied.json())["address"] == "203.0.113.9"


async def test_identity_headers_of_clients_are_dropped(aiohttp_client: AiohttpClient) -> None:
    http = await client(aiohttp_client)
    claimed = {"X-User-Id": "acc_admin", "x-user-roles": "admin", "User-Agent": "curl"}
    answer = await http.get("/tell", headers=claimed)
    seen = await answer.json()
    assert (seen["identity"], seen["agent"]) == ([], "curl")
    assert answer.headers["X-Request-Id"] == seen["request_id"]
