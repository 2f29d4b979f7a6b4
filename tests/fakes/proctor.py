"""A proctor as a bare websocket: watches a wall, shows every tile at once, and asks small questions meanwhile."""

import asyncio
import json
import re
import time
from typing import Any

import aiohttp

_ACK = re.compile(r"43/proctor-wall,(\d+)")
_TILE = re.compile(r'451-/proctor-wall,\["tile",')
_CONNECTED = "40/proctor-wall,"
ASK_SECONDS = 0.2


class Watcher:
    """Counts tiles and keeps how long `sync`, a small event of the same server, took, while `counting` is on."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._http = http
        self._base_url = base_url
        self._token = token
        self._asked_at: dict[int, float] = {}
        self.tiles = 0
        self.small_latencies_ms: list[float] = []
        self.slowest_rate: float | None = None  # that any tile told
        self.counting = False

    async def run(self) -> None:
        """Watch until cancelled."""
        url = f"{self._base_url}/socket.io/?EIO=4&transport=websocket"
        async with self._http.ws_connect(url, max_msg_size=0) as ws:
            await ws.receive()  # Engine.IO open
            await ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
            await ws.receive()  # admitted
            await ws.send_str('42/proctor-wall,0["watch",{"after":0}]')
            await self.greet(ws)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(ws))
                group.create_task(self.ask(ws))

    async def greet(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """What else is asked when the wall opens."""

    def note(self, message: aiohttp.WSMessage) -> None:
        """Of everything that comes."""

    def note_tile(self, tile: dict[str, Any]) -> None:
        """Of every tile, when it is shown."""

    async def ask(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        number = 0
        while True:
            await asyncio.sleep(ASK_SECONDS)
            number += 1
            self._asked_at[number] = time.perf_counter()
            await ws.send_str(f'42/proctor-wall,{number}["sync",{{"after":0}}]')

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            self.note(message)
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            text: str = message.data
            if text == "2":
                await ws.send_str("3")
            elif shown := _TILE.match(text):
                tile = json.loads(text[shown.end() : -1])
                seen = {"session_id": tile["session_id"], "number": tile["number"]}
                await ws.send_str(f"42/proctor-wall,{json.dumps(['seen', seen])}")
                self._show(tile["frames_per_second"])
                self.note_tile(tile)
            elif acknowledged := _ACK.match(text):
                asked_at = self._asked_at.pop(int(acknowledged[1]), None)
                if asked_at is not None and self.counting:
                    self.small_latencies_ms.append((time.perf_counter() - asked_at) * 1000)
            elif text.startswith(("44", "41")):
                raise RuntimeError(f"The server refused a proctor: {text}")
        raise RuntimeError("The server closed a proctor's connection.")

    def _show(self, rate: float | None) -> None:
        if not self.counting:
            return
        self.tiles += 1
        if rate is not None:
            self.slowest_rate = rate if self.slowest_rate is None else min(rate, self.slowest_rate)
