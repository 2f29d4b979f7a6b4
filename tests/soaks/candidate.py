"""A candidate who obeys the pace, comes back when the connection ends, and knows what became of every frame."""

import asyncio
import itertools
import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.fakes.candidate import PATIENCE_SECONDS, agree_to_all
from tests.soaks.films import Absence, Camera

_ACK = re.compile(r"43/exam-room,(\d+)")
_CONNECTED = "40/exam-room,"
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 0.5, 5.0  # of the page, each up to a half more or less
JOIN_SECONDS = 5.0


@dataclass
class Fates:
    """Every frame that was sent has one."""

    sent: int = 0
    judged: int = 0
    skipped: int = 0
    unexamined: int = 0
    refused: int = 0
    lost_with_connection: int = 0  # it ended while the frame was under way
    unanswered: int = 0  # the connection lived, and nothing came: must not be
    late: int = 0  # of the answered: after the page's patience

    @property
    def counted(self) -> int:
        told = self.judged + self.skipped + self.unexamined + self.refused
        return told + self.lost_with_connection + self.unanswered


@dataclass
class _Sent:
    at_seconds: float
    at_ms: int
    absence: Absence | None


class ConnectionEnded(Exception):
    """By the other side; the candidate comes back."""


class Candidate:
    """`doors` gives the web processes in the order in which they should be tried."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        doors: Callable[[], list[str]],
        token: str,
        camera: Camera,
        interval_seconds: float,
    ) -> None:
        self._http = http
        self._doors = doors
        self._token = token
        self._interval_seconds = interval_seconds
        self._told_seconds = 0.0
        self._under_way: dict[int, _Sent] = {}
        self._answered = asyncio.Event()
        self.camera = camera
        self.door: str | None = None  # where it is connected
        self.fates = Fates()
        self.judged_at: list[float] = []  # seconds of the monotonic clock
        self.problems: dict[str, int] = {}
        self.connections = 0
        self._ending = asyncio.Event()

    async def run(self, first_after_seconds: float) -> None:
        """Until `finish`; comes back for as long as it takes."""
        await asyncio.sleep(first_after_seconds)
        retry_seconds = FIRST_RETRY_SECONDS
        while not self._ending.is_set():
            for door in self._doors():
                try:
                    await self._sit(door)
                except (aiohttp.ClientError, OSError, ConnectionEnded, TimeoutError):
                    pass
                finally:
                    was_seated, self.door = self.door is not None, None
                    self.fates.lost_with_connection += len(self._under_way)
                    self._under_way.clear()
                if was_seated:
                    retry_seconds = FIRST_RETRY_SECONDS
                    break
            if not self._ending.is_set():
                await asyncio.sleep(retry_seconds * random.uniform(0.5, 1.5))
                retry_seconds = min(2 * retry_seconds, LONGEST_RETRY_SECONDS)

    def finish(self) -> None:
        """Send nothing new, wait for what is under way, hang up."""
        self._ending.set()

    async def _sit(self, door: str) -> None:
        url = f"{door}/socket.io/?EIO=4&transport=websocket"
        async with asyncio.timeout(JOIN_SECONDS):
            ws = await self._http.ws_connect(url, max_msg_size=0)
        async with ws:
            async with asyncio.timeout(JOIN_SECONDS):
                await ws.receive()  # Engine.IO open
                await ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
                await self._until_seated(ws)
            self.door = door
            self.connections += 1
            listening = asyncio.create_task(self._listen(ws))
            sending = asyncio.create_task(self._send(ws))
            try:
                await asyncio.wait((listening, sending), return_when=asyncio.FIRST_COMPLETED)
                if sending.done() and sending.exception() is None:  # finished
                    return
                raise ConnectionEnded
            finally:
                for task in (listening, sending):
                    task.cancel()
                await asyncio.gather(listening, sending, return_exceptions=True)

    async def _until_seated(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            if message.data.startswith(_CONNECTED):
                break
            if message.data.startswith(("44", "41")):
                self._note_problem(message.data)
                raise ConnectionEnded
        else:
            raise ConnectionEnded
        try:
            await agree_to_all(ws)
        except RuntimeError as refused:
            self._note_problem(str(refused))
            raise ConnectionEnded from refused

    async def _send(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        loop = asyncio.get_running_loop()
        number = 0
        while not self._ending.is_set():
            number += 1
            began = loop.time()
            self._answered.clear()
            at_ms = time.time_ns() // 1_000_000
            picture, absence = self.camera.shoot(at_ms)
            shown = {"number": number, "captured_at_ms": at_ms, "jpeg": {"_placeholder": True, "num": 0}}
            self._under_way[number] = _Sent(began, at_ms, absence)
            self.fates.sent += 1
            await ws.send_str(f"451-/exam-room,{number}{json.dumps(['frame', shown])}")
            await ws.send_bytes(picture)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._answered.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(max(0.0, began + max(self._interval_seconds, self._told_seconds) - loop.time()))
        for _ in range(100):  # of 0.1 s: what is under way has its answer long before, or never
            if not self._under_way:
                return
            await asyncio.sleep(0.1)
        self.fates.unanswered += len(self._under_way)
        self._under_way.clear()

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
                self._note_problem(text)
                return

    def _count(self, number: int, answer: dict[str, Any]) -> None:
        sent = self._under_way.pop(number)
        now = asyncio.get_running_loop().time()
        self.fates.late += now - sent.at_seconds > PATIENCE_SECONDS
        self._told_seconds = answer.get("next_interval_ms", 0) / 1000
        if "problem" in answer:
            self.fates.refused += 1
            self._note_problem(str(answer["problem"].get("detail")))
        elif answer["verdict"] == "judged":
            self.fates.judged += 1
            self.judged_at.append(now)
            if sent.absence is not None:
                sent.absence.judged_at_ms.append(sent.at_ms)
        elif answer["verdict"] == "skipped":
            self.fates.skipped += 1
        else:
            self.fates.unexamined += 1
            self._note_problem(answer["reason"])

    def _note_problem(self, told: str) -> None:
        key = told[:120]
        if key in self.problems or len(self.problems) < 50:
            self.problems[key] = self.problems.get(key, 0) + 1


def longest_silence_ms(judged_at: list[float], since: float, until: float) -> float:
    """The longest time without a verdict between two moments."""
    moments = [since, *(at for at in judged_at if since < at < until), until]
    return max(later - earlier for earlier, later in itertools.pairwise(moments)) * 1000
