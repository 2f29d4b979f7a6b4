"""Guildhall behind the shipped nginx and Caddy examples: both transports, two web processes, the client's address."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
import socketio

from tests.deploy.proxies import running_proxy
from tests.fakes.pictures import a_jpeg
from tests.fakes.server import GuildhallProcess, free_port

pytestmark = pytest.mark.servers
CLIENTS = 8


@dataclass(frozen=True)
class Site:
    """Two web processes, and the proxy before them."""

    kind: str
    webs: tuple[GuildhallProcess, GuildhallProcess]
    url: str


@pytest.fixture(scope="module")
def webs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GuildhallProcess, GuildhallProcess]]:
    folder = tmp_path_factory.mktemp("webs")
    environ = {
        "GUILDHALL_ENGINE__DETECTOR": "scripted",
        "GUILDHALL_ENGINE__CHILDREN": "1",
        "GUILDHALL_HTTP__TRUSTED_PROXIES": '["127.0.0.1/32"]',
        "GUILDHALL_SOCKETS__MAX_PER_ADDRESS": str(CLIENTS),
        "GUILDHALL_LOGS__LEVEL": "INFO",
        "GUILDHALL_LOGS__FORMAT": "json",
        "TOKEN_SECRET": "the secret that both processes of this test share",
    }
    first, second = (GuildhallProcess(folder, environ, "web") for _ in range(2))
    try:
        yield first.start(), second.start()
    finally:
        first.stop()
        second.stop()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest,
    webs: tuple[GuildhallProcess, GuildhallProcess],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    with running_proxy(request.param, [web.port for web in webs], tmp_path_factory.mktemp(request.param)) as url:
        yield Site(request.param, webs, url)


class Client:
    """A Socket.IO client that comes from an address of its own on loopback."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket: Any = None
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def join(self, url: str, token: str, *transports: str) -> dict[str, Any]:
        """Connect, and the verdict of a frame. Raises `socketio.exceptions.ConnectionError` when refused."""
        connector = aiohttp.TCPConnector(local_addr=(self.address, 0))
        self._http = aiohttp.ClientSession(connector=connector)
        self._socket = socketio.AsyncClient(reconnection=False, http_session=self._http)
        asked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._socket.on("admission", asked.set_result, namespace="/exam-room")
        await self._socket.connect(
            url,
            namespaces=["/exam-room"],
            auth={"token": token},
            transports=list(transports or ["websocket"]),
            wait_timeout=10,
        )
        consents = (await asked)["consents"]
        answers = [{"signal": one["signal"], "text_hash": one["text_hash"], "given": True} for one in consents]
        await self._socket.call("consent", {"answers": answers}, namespace="/exam-room", timeout=20)
        frame = {"number": 1, "captured_at_ms": 1, "jpeg": a_jpeg(320, 240)}
        answer: dict[str, Any] = await self._socket.call("frame", frame, namespace="/exam-room", timeout=20)
        return answer

    @property
    def transport(self) -> str:
        return str(self._socket.transport())

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.disconnect()
        if self._http is not None:
            await self._http.close()


async def seats(site: Site, count: int) -> list[str]:
    doors = await asyncio.gather(*(asyncio.to_thread(site.webs[0].candidate, f"C {n}") for n in range(count)))
    return [door["token"] for door in doors]


async def judged_by(web: GuildhallProcess) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{web.base_url}/metrics") as answer:
        for line in (await answer.text()).splitlines():
            if line.startswith('proctoring_frames_total{verdict="judged"}'):
                return round(float(line.split()[1]))
    return 0


async def test_frames_are_judged_on_both_processes(site: Site) -> None:
    before = [await judged_by(web) for web in site.webs]
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Client(f"127.0.0.{n + 10}")) for n in range(CLIENTS)]
        tokens = await seats(site, CLIENTS)
        answers = await asyncio.gather(
            *(client.join(site.url, token) for client, token in zip(clients, tokens, strict=True))
        )
        assert [answer["verdict"] for answer in answers] == ["judged"] * CLIENTS
    judged = [await judged_by(web) - known for web, known in zip(site.webs, before, strict=True)]
    assert sum(judged) == CLIENTS
    assert all(judged), "everybody landed on one process"


@pytest.mark.parametrize(
    ("transports", "at_last"), [(["polling"], "polling"), (["polling", "websocket"], "websocket")], ids=str
)
async def test_who_polls_stays_on_one_process_and_may_upgrade(site: Site, transports: list[str], at_last: str) -> None:
    before = [await judged_by(web) for web in site.webs]
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Client(f"127.0.0.{n + 30}")) for n in range(CLIENTS)]
        tokens = await seats(site, CLIENTS)
        answers = await asyncio.gather(
            *(client.join(site.url, token, *transports) for client, token in zip(clients, tokens, strict=True))
        )
        assert [answer["verdict"] for answer in answers] == ["judged"] * CLIENTS
        assert {client.transport for client in clients} == {at_last}
    judged = [await judged_by(web) - known for web, known in zip(site.webs, before, strict=True)]
    assert sum(judged) == CLIENTS


async def test_a_process_that_is_down_is_passed_over(site: Site, tmp_path: Path) -> None:
    tokens = await seats(site, 4)
    with running_proxy(site.kind, [site.webs[0].port, free_port()], tmp_path) as url:
        for token in tokens:
            async with Client("127.0.0.2") as client:
                assert (await client.join(url, token))["verdict"] == "judged"


async def test_the_client_is_known_by_its_own_address_whatever_it_claims(site: Site) -> None:
    address = {"nginx": "127.0.0.77", "caddy": "127.0.0.78"}[site.kind]
    connector = aiohttp.TCPConnector(local_addr=(address, 0))
    async with aiohttp.ClientSession(connector=connector) as http:
        headers = {"X-Forwarded-For": "203.0.113.9"}
        async with http.post(f"{site.url}/v1/demo/sign-ins", json={"as": "proctor"}, headers=headers) as answer:
            assert answer.status == 200
    lines = [line for web in site.webs for line in web.log_path.read_text().splitlines() if '"event":"request' in line]
    addresses = [json.loads(line)["address"] for line in lines]
    assert addresses.count(address) == 1
    assert "203.0.113.9" not in addresses


async def test_sockets_are_counted_by_the_clients_address(site: Site) -> None:
    """Twice as many as one process takes of an address, and one more: one at least is refused."""
    tokens = await seats(site, 2 * CLIENTS + 1)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Client("127.0.0.5")) for _ in tokens]
        outcomes = await asyncio.gather(
            *(client.join(site.url, token) for client, token in zip(clients, tokens, strict=True)),
            return_exceptions=True,
        )
        assert any(isinstance(outcome, socketio.exceptions.ConnectionError) for outcome in outcomes)
        other = await stack.enter_async_context(Client("127.0.0.6"))
        (token,) = await seats(site, 1)
        assert (await other.join(site.url, token))["verdict"] == "judged"


async def test_what_is_for_the_machines_inside_is_not_shown_outside(site: Site) -> None:
    async with aiohttp.ClientSession() as http:
        for path, status in (("/metrics", 404), ("/readyz", 404), ("/healthz", 200), ("/", 200)):
            async with http.get(site.url + path) as answer:
                assert (path, answer.status) == (path, status)
