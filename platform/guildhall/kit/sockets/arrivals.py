"""The receiving half of one websocket: a message is taken inside the read that brought it.

aiohttp wakes a task for each message: a future, a turn of the loop and its system call, two for a frame, which is a
text and a picture. That was 7 to 12 us of a frame. Its parser hands every message to a queue; this queue offers it to
whoever takes messages first, and keeps only what cannot be taken at once: for that the task is woken as ever.
"""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketReader, WebSocketWriter, WSMessageTextBytes
from aiohttp.web_request import BaseRequest

Take: TypeAlias = Callable[[bool, bytes], object]
"""Takes a message (whether it is a text, and its bytes) and never raises: aiohttp's compiled parser would swallow it.
None when the message is done with; anything else is put where the message would have waited."""
_TEXT, _BINARY = WSMsgType.TEXT, WSMsgType.BINARY
_READ_BYTES = 1 << 16  # twice this much may wait before no more is read: what aiohttp allows


class Arrivals(WebSocketDataQueue):
    """Offers messages to `take` while that is set; sets it back to None when something has to wait, for the order."""

    take: Take | None = None

    @property
    def is_empty(self) -> bool:
        return not self._buffer

    def feed_data(self, data: WSMessage | WSMessageTextBytes, size: int) -> None:
        if (take := self.take) is not None:
            kind = data[0]
            if kind is _BINARY or kind is _TEXT:
                rest = take(kind is _TEXT, data[1])
                if rest is None:
                    return
                data, size = WSMessage(kind, rest, ""), 0
            self.take = None
        super().feed_data(data, size)


class Websocket(web.WebSocketResponse):
    """aiohttp's websocket with such a queue, without compression; texts are bytes that nobody has decoded."""

    arrivals: Arrivals

    def __init__(self, max_message_bytes: int) -> None:
        super().__init__(max_msg_size=max_message_bytes, compress=False, decode_text=False)
        self._max_message_bytes = max_message_bytes

    def _post_start(self, request: BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        """As aiohttp has it (test_contract.py says when that moves), but for the queue."""
        self._ws_protocol = protocol
        self._writer = writer
        self.arrivals = self._reader = Arrivals(request.protocol, _READ_BYTES, loop=asyncio.get_running_loop())
        self._parser = WebSocketReader(self._reader, self._max_message_bytes, compress=False, decode_text=False)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)
