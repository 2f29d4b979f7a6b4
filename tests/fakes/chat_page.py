"""A conversation's page as a bare websocket: an outbox, one message in flight, gaps filled, until everything is there.

Speaks just enough Engine.IO 4 and Socket.IO 5 for `/chat`, and the protocol that the widget speaks: write under an id
of one's own until it is acknowledged, join before reading, take entries by their number and ask for what is missing.
"""

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

_ACK = re.compile(r"43/chat,(\d+)")
_CONNECTED, _EVENT = "40/chat,", "42/chat,"


class ConnectionCut(Exception):
    """Whether what was sent last has arrived is not known."""


@dataclass(slots=True)
class Seen:
    """What a page was given, in the order it was given on to its reader."""

    numbers: list[int] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    """Who said it, and what."""
    at: dict[str, float] = field(default_factory=dict)
    replies: list[dict[str, Any]] = field(default_factory=list)
    """Entries of the bot, whole."""


class ChatPage:
    """One party's or agent's page on one conversation, over as many connections as it takes."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        pick_url: Callable[[], str],
        token: str,
        conversation_id: str,
        chance: random.Random,
        *,
        marks: bool = True,
        ack_seconds: float = 5.0,
    ) -> None:
        self._http, self._pick_url, self._token = http, pick_url, token
        self._conversation_id = conversation_id
        self._chance = chance
        self._marks = marks
        self._ack_seconds = ack_seconds
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._awaited: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._calls = 0
        self._beyond: dict[int, dict[str, Any]] = {}
        self._is_joined = asyncio.Event()
        self._gap = asyncio.Event()
        self._marked = 0
        self._keeper: asyncio.Task[None] | None = None
        self.last = 0
        self.head = 0
        self.cuts = self.repeats = 0
        self.seen = Seen()
        self.acknowledged: dict[str, int] = {}
        self.ack_ms: list[float] = []
        self.faults: list[str] = []
        self.on_delta: Callable[[dict[str, Any]], None] = lambda _: None
        """Told of what an automatic message says so far, while it is written."""
        self.on_reply: Callable[[dict[str, Any]], None] = lambda _: None

    def open(self) -> None:
        self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._ws is not None:
            await self._ws.close()

    def cut(self) -> None:
        """The connection is gone in the middle of whatever it carries, as when a train enters a tunnel."""
        if self._ws is not None and (transport := self._ws._response.connection) is not None and transport.transport:
            self.cuts += 1
            transport.transport.abort()

    async def say(self, client_id: str, text: str) -> int:
        """Send until it is acknowledged, always under the same id; its number."""
        began, tries = time.perf_counter(), 0
        while True:
            await self._is_joined.wait()
            message = {"conversation_id": self._conversation_id, "client_id": client_id, "text": text}
            try:
                self.repeats += tries > 0
                tries += 1
                answer = await self._call("say", message)
            except ConnectionCut:
                await asyncio.sleep(self._chance.uniform(0.01, 0.1))
                continue
            if "problem" in answer:
                problem = answer["problem"]
                if problem["status"] not in {429, 503}:
                    raise AssertionError(f"A message was refused: {problem}")
                await asyncio.sleep(max(problem.get("retry_after_ms") or 0, 100) / 1000)
                continue
            number = int(answer["number"])
            if self.acknowledged.setdefault(client_id, number) != number:
                self.faults.append(f"{client_id} was acknowledged as {number} and before as something else.")
            self.ack_ms.append((time.perf_counter() - began) * 1000)
            return number

    async def turn(self, turn: str, client_id: str) -> None:
        """As `say`: until it is answered, always under the same id. One that is refused is over as well."""
        while True:
            await self._is_joined.wait()
            wanted = {"conversation_id": self._conversation_id, "turn": turn, "client_id": client_id}
            with contextlib.suppress(ConnectionCut):
                answer = await self._call("turn", wanted)
                if "problem" not in answer or answer["problem"]["status"] not in {429, 503}:
                    return
            await asyncio.sleep(self._chance.uniform(0.05, 0.2))

    async def want_stream(self) -> None:
        """Ask for what is being written from its beginning; nothing, where there is no connection just now."""
        with contextlib.suppress(ConnectionCut):
            await self._call("stream", {"conversation_id": self._conversation_id})

    async def until(self, number: int, seconds: float) -> None:
        """Wait until this entry has been given on to the reader."""
        async with asyncio.timeout(seconds):
            while self.last < number:
                await asyncio.sleep(0.02)

    async def _keep(self) -> None:
        """Be connected; after each loss, come back."""
        while True:
            try:
                await self._connected()
            except (ConnectionCut, aiohttp.ClientError, OSError, TimeoutError):
                pass
            finally:
                self._is_joined.clear()
                for awaited in self._awaited.values():
                    if not awaited.done():
                        awaited.set_exception(ConnectionCut())
            await asyncio.sleep(self._chance.uniform(0.005, 0.05))

    async def _connected(self) -> None:
        url = f"{self._pick_url()}/socket.io/?EIO=4&transport=websocket"
        async with asyncio.timeout(10):
            ws = self._ws = await self._http.ws_connect(url, max_msg_size=0)
        try:
            async with asyncio.timeout(10):
                await ws.receive_str()
                await ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
                answer = await ws.receive_str()
        except TypeError as closed:
            raise ConnectionCut from closed
        if not answer.startswith(_CONNECTED):
            raise ConnectionCut(answer)
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen(ws))
            following = tasks.create_task(self._follow())
            listening.add_done_callback(lambda _: following.cancel())

    async def _follow(self) -> None:
        """Join first, then ask for what is missing, for as long as something is."""
        try:
            self._take(await self._call("join", self._after()))
            self._is_joined.set()
            while True:
                if self.last >= self.head and not self._beyond:
                    self._gap.clear()
                    await self._gap.wait()
                    await asyncio.sleep(0)
                if self.last < self.head or self._beyond:
                    self._take(await self._call("sync", self._after()))
                await self._mark()
        except ConnectionCut:
            self.cut()

    async def _mark(self) -> None:
        if self._marks and self._marked < self.last:
            self._marked = self.last
            mark = {"conversation_id": self._conversation_id, "delivered": self.last, "read": self.last}
            await self._call("mark", mark)

    def _after(self) -> dict[str, Any]:
        return {"conversation_id": self._conversation_id, "after": self.last}

    async def _call(self, event: str, message: dict[str, Any]) -> dict[str, Any]:
        if self._ws is None or self._ws.closed:
            raise ConnectionCut
        self._calls += 1
        number = self._calls
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._awaited[number] = answer
        try:
            await self._ws.send_str(f"{_EVENT}{number}{json.dumps([event, message])}")
            async with asyncio.timeout(self._ack_seconds):
                return await answer
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.cut()
            raise ConnectionCut from error
        finally:
            self._awaited.pop(number, None)

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            text: str = message.data
            if text == "2":
                await ws.send_str("3")
            elif acknowledged := _ACK.match(text):
                awaited = self._awaited.get(int(acknowledged[1]))
                if awaited is not None and not awaited.done():
                    awaited.set_result(json.loads(text[acknowledged.end() :])[0])
            elif text.startswith(_EVENT):
                self._hear(*json.loads(text[len(_EVENT) :]))

    def _hear(self, event: str, message: dict[str, Any]) -> None:
        if event == "entry":
            self._beyond[message["number"]] = message
            self._advance()
            self._gap.set()
        elif event == "head":
            self.head = max(self.head, message["head"])
            self._gap.set()
        elif event == "delta":
            self.on_delta(message)

    def _take(self, page: dict[str, Any]) -> None:
        if "problem" in page:
            if page["problem"]["status"] not in {429, 503}:
                raise AssertionError(str(page))
            self._gap.set()
            return
        self._beyond |= {entry["number"]: entry for entry in page["entries"]}
        self.head = max(self.head, page["head"])
        self._advance()

    def _advance(self) -> None:
        """Give on what follows without a gap; what was given before is passed over."""
        for number in [number for number in self._beyond if number <= self.last]:
            del self._beyond[number]
        while (entry := self._beyond.pop(self.last + 1, None)) is not None:
            self.last += 1
            self.seen.numbers.append(entry["number"])
            if entry["kind"] == "message":
                self.seen.texts.append((entry["by"], entry["text"]))
                self.seen.at.setdefault(entry["client_id"], time.perf_counter())
                if entry["role"] == "bot":
                    self.seen.replies.append(entry)
                    self.on_reply(entry)
