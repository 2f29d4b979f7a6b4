"""A candidate as a bare websocket: cheap enough to run a hundred beside the server they load.

Speaks just enough Engine.IO 4 and Socket.IO 5 for the exam room: connect with a token, send numbered frames, and keep
how each one was answered and when. A stubborn one sends at its own pace without waiting for verdicts, as a stalled
network would; an obedient one has one frame in flight and sends the next when the server asks for it, as the page does.
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
_TOLD = "42/exam-room,"
PATIENCE_SECONDS = 3.0  # of the page: after so long without an answer the next frame goes


@dataclass(slots=True)
class Tally:
    """What happened to the frames sent while `counting` was on."""

    sent: int = 0
    sent_bytes: int = 0  # pictures and what goes with them
    judged: int = 0
    skipped: int = 0
    unexamined: int = 0
    refused: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    intervals_ms: list[int] = field(default_factory=list)  # as told
    longest_silence_ms: float = 0.0  # between two judged frames

    @property
    def unanswered(self) -> int:
        return self.sent - self.judged - self.skipped - self.unexamined - self.refused


async def agree_to_all(ws: aiohttp.ClientWebSocketResponse) -> None:
    """To all that is asked, as the page does before it opens the camera; right after joining. Raises RuntimeError."""
    async for message in ws:
        text = str(message.data)
        if text == "2":
            await ws.send_str("3")
        elif text.startswith(("44", "41")):
            raise RuntimeError(f"The server refused a candidate: {text}")
        elif text.startswith(_TOLD) and (told := json.loads(text[len(_TOLD) :]))[0] == "admission":
            answers = [
                {"signal": one["signal"], "text_hash": one["text_hash"], "given": True} for one in told[1]["consents"]
            ]
            await ws.send_str(f"42/exam-room,0{json.dumps(['consent', {'answers': answers}])}")
        elif text.startswith("43/exam-room,0["):
            return
    raise RuntimeError("The server closed a candidate's connection.")


class FrameSender:
    def __init__(self, http: aiohttp.ClientSession, base_url: str, token: str, pictures: Sequence[bytes]) -> None:
        self._http = http
        self._base_url = base_url
        self._token = token
        self._pictures = pictures
        self._sent_at: dict[int, tuple[float, bool]] = {}
        self._answered = asyncio.Event()
        self._told_seconds = 0.0
        self.asked_width_px = 0  # for the next picture; 0: nothing was asked yet
        self._judged_at: float | None = None
        self.tally = Tally()
        self.counting = False

    async def run(self, interval_seconds: float, first_after_seconds: float, *, obedient: bool = False) -> None:
        """Send until cancelled."""
        url = f"{self._base_url}/socket.io/?EIO=4&transport=websocket"
        async with self._http.ws_connect(url, max_msg_size=0) as ws:
            await ws.receive()  # Engine.IO open
            await ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
            await agree_to_all(ws)
            send = self._obey if obedient else self._insist
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(ws))
                group.create_task(send(ws, interval_seconds, first_after_seconds))

    def note_silence(self) -> None:
        """Count the time since the last judged frame, which may not be over."""
        if self._judged_at is not None:
            silence_ms = (time.perf_counter() - self._judged_at) * 1000
            self.tally.longest_silence_ms = max(self.tally.longest_silence_ms, silence_ms)

    async def _insist(self, ws: aiohttp.ClientWebSocketResponse, interval_seconds: float, first_after: float) -> None:
        """One frame an interval, whether or not the last one was answered."""
        await asyncio.sleep(first_after)
        loop = asyncio.get_running_loop()
        due = loop.time()
        number = 0
        while True:
            number += 1
            await self._send_frame(ws, number)
            due += interval_seconds
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _obey(self, ws: aiohttp.ClientWebSocketResponse, interval_seconds: float, first_after: float) -> None:
        """The next frame when the last one is answered and the told interval is over since it was sent."""
        await asyncio.sleep(first_after)
        loop = asyncio.get_running_loop()
        number = 0
        while True:
            number += 1
            sent_at = loop.time()
            self._answered.clear()
            await self._send_frame(ws, number)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._answered.wait()
            except TimeoutError:
                continue
            due = sent_at + max(interval_seconds, self._told_seconds)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _send_frame(self, ws: aiohttp.ClientWebSocketResponse, number: int) -> None:
        shown = {"_placeholder": True, "num": 0}
        frame = ["frame", {"number": number, "captured_at_ms": time.time_ns() // 1_000_000, "jpeg": shown}]
        self._sent_at[number] = time.perf_counter(), self.counting
        self.tally.sent += self.counting
        text, picture = f"451-/exam-room,{number}{json.dumps(frame)}", self.picture(number)
        await ws.send_str(text)
        await ws.send_bytes(picture)
        if self.counting:
            self.tally.sent_bytes += len(text) + len(picture)

    def picture(self, number: int) -> bytes:
        return self._pictures[number % len(self._pictures)]

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            text: str = message.data
            if text == "2":
                await ws.send_str("3")
            elif acknowledged := _ACK.match(text):
                self._count(int(acknowledged[1]), json.loads(text[acknowledged.end() :])[0])
                self._answered.set()
            elif text.startswith(("44", "41")):
                raise RuntimeError(f"The server refused a candidate: {text}")
        raise RuntimeError("The server closed a candidate's connection.")

    def _count(self, number: int, answer: dict[str, Any]) -> None:
        sent_at, counted = self._sent_at.pop(number)
        judged = answer.get("verdict") == "judged"
        if judged:
            if counted:
                self.note_silence()
            self._judged_at = time.perf_counter()
        self._told_seconds = answer.get("next_interval_ms", 0) / 1000
        self.asked_width_px = answer.get("next_width_px", 0)
        if not counted:
            return
        if "problem" in answer:
            self.tally.refused += 1
            return
        self.tally.intervals_ms.append(answer["next_interval_ms"])
        if judged:
            self.tally.judged += 1
            self.tally.latencies_ms.append((time.perf_counter() - sent_at) * 1000)
        elif answer["verdict"] == "skipped":
            self.tally.skipped += 1
        else:
            self.tally.unexamined += 1
