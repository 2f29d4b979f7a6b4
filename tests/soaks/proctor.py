"""A proctor who watches throughout: keeps every numbered entry, and comes back when the connection ends."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import aiohttp

_ACK = re.compile(r"43/proctor-wall,(\d+)")
_TILE = re.compile(r'451-/proctor-wall,\["tile",')
_CONNECTED = "40/proctor-wall,"
RETRY_SECONDS = 0.5
JOIN_SECONDS = 5.0
WATCH = 0  # the number of that question; syncs count on from it


class Recorder:
    """What a wall would show. An entry that comes twice is the same entry; one that differs is a fault."""

    def __init__(self, http: aiohttp.ClientSession, doors: Callable[[], list[str]], token: str) -> None:
        self._http = http
        self._doors = doors
        self._token = token
        self._asked = WATCH
        self.entries: dict[int, dict[str, Any]] = {}
        self.differing: list[int] = []
        self.tiles = 0
        self.connections = 0
        self.head = 0

    @property
    def read_up_to(self) -> int:
        """The last number before the first gap."""
        number = 0
        while number + 1 in self.entries:
            number += 1
        return number

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            for door in self._doors():
                try:
                    await self._watch(door)
                except (aiohttp.ClientError, OSError, TimeoutError):
                    continue
                break
            await asyncio.sleep(RETRY_SECONDS)

    async def _watch(self, door: str) -> None:
        url = f"{door}/socket.io/?EIO=4&transport=websocket"
        async with asyncio.timeout(JOIN_SECONDS):
            ws = await self._http.ws_connect(url, max_msg_size=0)
        async with ws:
            async with asyncio.timeout(JOIN_SECONDS):
                await ws.receive()  # Engine.IO open
                await ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
                await ws.receive()  # admitted
            self.connections += 1
            self._asked = WATCH
            await ws.send_str(f'42/proctor-wall,{WATCH}["watch",{{"after":{self.read_up_to}}}]')
            async for message in ws:
                if message.type is aiohttp.WSMsgType.TEXT and not await self._take(ws, message.data):
                    return

    async def _take(self, ws: aiohttp.ClientWebSocketResponse, text: str) -> bool:
        if text == "2":
            await ws.send_str("3")
        elif shown := _TILE.match(text):
            tile = json.loads(text[shown.end() : -1])
            self.tiles += 1
            seen = {"session_id": tile["session_id"], "number": tile["number"]}
            await ws.send_str(f"42/proctor-wall,{json.dumps(['seen', seen])}")
        elif acknowledged := _ACK.match(text):
            answer = json.loads(text[acknowledged.end() :])[0]
            if "entries" in answer:
                self._keep(answer["entries"])
                await self._catch_up(ws, answer["head"])
            elif int(acknowledged[1]) == WATCH:  # refused for now, as while the database is away
                return False
        elif text.startswith("42/proctor-wall,"):
            event, told = json.loads(text.removeprefix("42/proctor-wall,"))
            if event == "entry":
                self._keep([told])
                await self._catch_up(ws, told["number"])
            elif event == "head":
                await self._catch_up(ws, told["head"])
        elif text.startswith(("44", "41")):
            return False
        return True

    async def _catch_up(self, ws: aiohttp.ClientWebSocketResponse, head: int) -> None:
        self.head = max(self.head, head)
        after = self.read_up_to
        if after < head:
            self._asked += 1
            await ws.send_str(f'42/proctor-wall,{self._asked}["sync",{{"after":{after}}}]')

    def _keep(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            told = {key: entry[key] for key in ("number", "at_ms", "kind", "incident")}
            if self.entries.setdefault(entry["number"], told) != told:
                self.differing.append(entry["number"])
