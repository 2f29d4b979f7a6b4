"""The exam's page as a bare websocket: cheap enough to run a thousand beside the server they load.

Speaks just enough Engine.IO 4 and Socket.IO 5 for `/exam`: connect with a token, call events, hear what is told.
"""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import aiohttp

_ACK = re.compile(r"43/exam,(\d+)")
_CONNECTED, _REFUSED, _LEFT, _EVENT = "40/exam,", "44/exam,", "41/exam,", "42/exam,"


class PageGone(Exception):
    """The connection is no more; whether what was sent last has arrived is not known."""


class ExamPage:
    """One connection. `heard` is called with each event; `gone` is set when the connection ends."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base_url: str,
        token: str,
        heard: Callable[[str, dict[str, Any]], None] = lambda *_: None,
    ) -> None:
        self._http = http
        self._url = f"{base_url}/socket.io/?EIO=4&transport=websocket"
        self._token = token
        self._heard = heard
        self._number = 0
        self._awaited: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._listening: asyncio.Task[None] | None = None
        self.gone = asyncio.Event()

    async def connect(self, seconds: float = 10) -> None:
        """Raises PageGone where nobody answers, and where the server refuses."""
        try:
            async with asyncio.timeout(seconds):
                self._ws = await self._http.ws_connect(self._url, max_msg_size=0)
                await self._ws.receive()
                await self._ws.send_str(f'{_CONNECTED}{{"token":"{self._token}"}}')
                answer = str((await self._ws.receive()).data)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await self.close()
            raise PageGone(str(error)) from error
        if not answer.startswith(_CONNECTED):
            await self.close()
            raise PageGone(answer)
        self._listening = asyncio.create_task(self._listen(self._ws))

    async def call(self, event: str, message: dict[str, Any], seconds: float = 20) -> dict[str, Any]:
        """The acknowledgement. Raises PageGone."""
        if self._ws is None or self.gone.is_set():
            raise PageGone("not connected")
        self._number += 1
        number = self._number
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._awaited[number] = answer
        try:
            await self._ws.send_str(f"{_EVENT}{number}{json.dumps([event, message])}")
            async with asyncio.timeout(seconds):
                return await answer
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PageGone(str(error)) from error
        finally:
            self._awaited.pop(number, None)

    async def close(self) -> None:
        """Leave; what has not been answered is not known to have arrived."""
        self._end()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._ws is not None:
            await self._ws.close()

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in ws:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                text: str = message.data
                if text == "2":
                    await ws.send_str("3")
                elif acknowledged := _ACK.match(text):
                    self._answer(int(acknowledged[1]), json.loads(text[acknowledged.end() :])[0])
                elif text.startswith(_EVENT):
                    self._heard(*json.loads(text[len(_EVENT) :]))
                elif text.startswith((_REFUSED, _LEFT)):
                    break
        except (aiohttp.ClientError, OSError):
            pass
        finally:
            self._end()

    def _answer(self, number: int, answer: dict[str, Any]) -> None:
        awaited = self._awaited.get(number)
        if awaited is not None and not awaited.done():
            awaited.set_result(answer)

    def _end(self) -> None:
        self.gone.set()
        for awaited in self._awaited.values():
            if not awaited.done():
                awaited.set_exception(PageGone("the connection ended"))
