"""The way out: one POST, bounded in time, to public addresses alone, following nothing and keeping nothing."""

import asyncio
import errno
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp

from guildhall.notifications.webhooks.rules.addresses import may_connect
from guildhall.notifications.webhooks.rules.delivering import Answered

CONNECTIONS_MAX: Final = 64
RETRY_AFTER_MAX_S: Final = 86_400
_NOT_PUBLIC: Final = "its address is not public"
_REDIRECTS: Final = range(300, 400)


class HttpSender:
    """`running` around every `post`; one a process."""

    def __init__(self, timeout_seconds: float, *, allow_loopback: bool) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._allow_loopback = allow_loopback
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["HttpSender"]:
        # The fence stands where a connection is made, behind every name's resolution: a name that is public when it is
        # checked and private when it is used (DNS rebinding) meets it too. No proxy, no cookies, no cached answers.
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS_MAX, use_dns_cache=False, socket_factory=self._socket, force_close=True
        )
        async with aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session:
            self._session = session
            yield self
        self._session = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        assert self._session is not None, "HttpSender is not running"
        began = time.monotonic()
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status, retry_after = response.status, response.headers.get("retry-after", "")
                response.close()  # what it says is not read: a status is all that counts
        except asyncio.CancelledError:
            raise
        except TimeoutError:
            return Answered(0, _since(began), f"no answer in {self._timeout.total:g} seconds")
        except aiohttp.ClientConnectorDNSError:
            return Answered(0, _since(began), "its name has no address")
        except aiohttp.ClientConnectorCertificateError:
            return Answered(0, _since(began), "its certificate cannot be trusted")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answered(0, _since(began), _NOT_PUBLIC if _NOT_PUBLIC in str(error) else "no connection to it")
        reason = "it redirects, which is not followed" if status in _REDIRECTS else ""
        return Answered(status, _since(began), reason, _retry_after_ms(retry_after))

    def _socket(self, address: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, name = address
        if not may_connect(str(name[0]), allow_loopback=self._allow_loopback):
            raise OSError(errno.EACCES, _NOT_PUBLIC)
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _retry_after_ms(text: str) -> int:
    """In seconds (RFC 9110, 10.2.3); a date is passed over, since the next try comes by itself."""
    return min(int(text), RETRY_AFTER_MAX_S) * 1000 if text.isascii() and text.isdigit() else 0
