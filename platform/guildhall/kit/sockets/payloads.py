"""What HTTP carries of a session that polls: packets with a separator between them, attachments as base64."""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from guildhall.kit.sockets.packets import Malformed

PACKETS_READ_MAX = 1_000
"""In one POST. Clients post all that waits at once; what an event costs is limited behind this, as on a websocket."""
_SEPARATOR = b"\x1e"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A packet as engine.io's payloads take it."""

    text: str

    def encode(self, b64: bool = True) -> str:  # noqa: ARG002  the library's name for what polling always needs
        return self.text


async def read_body(request: web.Request, server: Any) -> bytes:
    """A body of at most one message of engine.io's `server`, as base64; raises Malformed when larger or cut short."""
    most = server.max_http_buffer_size * 4 // 3 + 1_024
    chunks: list[bytes] = []
    size_bytes = 0
    try:
        async with asyncio.timeout(server.ping_interval + server.ping_timeout):
            while chunk := await request.content.readany():
                chunks.append(chunk)
                size_bytes += len(chunk)
                if size_bytes > most:
                    break
    except Exception as error:
        raise Malformed("a payload that was cut short") from error
    if size_bytes > most:
        raise Malformed("payload is too large")
    return b"".join(chunks)


def split_payload(body: bytes) -> list[bytes]:
    """The packets of a POST; raises Malformed when there are too many."""
    if body.count(_SEPARATOR) >= PACKETS_READ_MAX:
        raise Malformed("too many packets in one payload")
    return body.split(_SEPARATOR)


def asks_for_websocket(environ: dict[str, Any]) -> bool:
    """As the library decides it."""
    asked = [each.strip() for each in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    return "upgrade" in asked and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
