"""A candidate as a bare websocket: cheap enough to run a hundred beside the server they load.

Speaks just enough Engine.IO 4 and Socket.IO 5 for the exam room: connect with a token, send numbered frames without
waiting for their verdicts (as a stalled network would), and keep how each one was answered and when.
"""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

_ACK = re.compile(r"43/exam-room,(\d+)")
_CONNECTED = "40/exam-room,"


@dataclass(slots=True)
class Tally:
    """What happened to the frames sent while `counting` was on."""

    sent: int = 0
    judged: int = 0
    skipped: int = 0
    refused: int = 0
    latencies_ms: list[float] = field(default_factory=list)


class FrameSender:
    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str, pictures: Sequence[bytes]) -> None:
        self._http = http
        self._base_url = base_url
        self._token = token
        self._pictures = pictures
        self._sent_at: dict[int, tuple[float, bool]] = {}
        self.tally = Tally()
        self.counting = False

    async def run(self, interval_seconds: float, first_after_seconds: float) -> None:
        """Send until cancelled, one frame an interval whether or not the last one was answered."""
        url = f"{self._base_url}/socket.io/?EIO=4&transport=websocket"
        async with self._http.ws_connect(url, max_msg_size=0) as ws:
            await ws.receive()  # Engine.IO open
            await ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(ws))
                group.create_task(self._send(ws, interval_seconds, first_after_seconds))

    async def _send(self, ws: aiohttp.ClientWebSocketResponse, interval_seconds: float, first_after: float) -> None:
        await asyncio.sleep(first_after)
        loop = asyncio.get_running_loop()
        due = loop.time()
        number = 0
        while True:
            number += 1
            shown = {"_placeholder": True, "num": 0}
            frame = ["frame", {"number": number, "captured_at_ms": time.time_ns() // 1_000_000, "jpeg": shown}]
            self._sent_at[number] = time.perf_counter(), self.counting
            self.tally.sent += self.counting
            await ws.send_str(f"451-/exam-room,{number}{json.dumps(frame)}")
            await ws.send_bytes(self._pictures[number % len(self._pictures)])
            due += interval_seconds
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            text: str = message.data
            if text == "2":
                await ws.send_str("3")
            elif acknowledged := _ACK.match(text):
                self._count(int(acknowledged[1]), json.loads(text[acknowledged.end() :])[0])
            elif text.startswith(("44", "41")):
                raise RuntimeError(f"The server refused a candidate: {text}")
        raise RuntimeError("The server closed a candidate's connection.")

    def _count(self, number: int, answer: dict[str, Any]) -> None:
        sent_at, counted = self._sent_at.pop(number)
        if not counted:
            return
        if "problem" in answer:
            self.tally.refused += 1
        elif answer["verdict"] == "judged":
            self.tally.judged += 1
            self.tally.latencies_ms.append((time.perf_counter() - sent_at) * 1000)
        else:
            self.tally.skipped += 1
