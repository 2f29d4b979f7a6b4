"""A session that polls, by hand; and what each of its tests asks of the server it was opened on."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from guildhall.kit.sockets import SocketSettings
from tests.guildhall.kit.sockets.room import Client, Served, until

JOIN = '40/room,{"token":"ada"}'
RS = "\x1e"


def quiet(**settings: Any) -> SocketSettings:
    """Nobody is told that its token expires, as the room's do within the minute."""
    return SocketSettings.model_validate({"sweep_seconds": 0.02, "expiry_notice_seconds": 0, **settings})


class Poller:
    """A session by hand: each request is one of the test's own."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = f"{url}socket.io/?EIO=4&transport=polling"
        self.sid = ""

    @property
    def session_url(self) -> str:
        return f"{self.url}&sid={self.sid}"

    async def open(self, **headers: str) -> dict[str, Any]:
        async with self.http.get(self.url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            told: dict[str, Any] = json.loads((await answer.text())[1:])
        self.sid = told["sid"]
        return told

    async def post(self, *packets: str) -> int:
        async with self.http.post(self.session_url, data=io.BytesIO(RS.join(packets).encode())) as answer:
            return answer.status

    async def poll(self) -> list[str]:
        async with self.http.get(self.session_url) as answer:
            return (await answer.text()).split(RS) if answer.status == 200 else [f"status {answer.status}"]

    async def poll_until(self, start: str) -> list[str]:
        heard: list[str] = []
        async with asyncio.timeout(5):
            while not any(each.startswith(start) for each in heard):
                heard += await self.poll()
        return heard

    async def websocket(self) -> aiohttp.ClientWebSocketResponse:
        return await self.http.ws_connect(self.session_url.replace("=polling", "=websocket"))


@asynccontextmanager
async def poller(url: str, *, join: bool = True) -> AsyncIterator[Poller]:
    async with aiohttp.ClientSession() as http:
        made = Poller(http, url)
        await made.open()
        if join:
            assert await made.post(JOIN) == 200
            await made.poll_until('42/room,["said"')
        yield made


async def joined(served: Served, *transports: str) -> Client:
    """The library's own client; with no transports named it begins by polling and upgrades."""
    client = served.client()
    options = {"transports": list(transports)} if transports else {}
    await client.io.connect(served.url, auth={"token": "ada"}, namespaces=["/room"], **options)
    await until(lambda: client.told)
    return client


async def left_nothing(served: Served) -> None:
    wire, connections = served.sockets._connections._wire, served.sockets._connections
    await until(lambda: not (wire._links or wire.eio.sockets or wire.eio.pings))
    kept = [connections._connections, connections._addresses._places, connections._admission._tries]
    assert not any([*kept, wire.environ, connections._rooms])
