"""What the wire tells, and to whom: the seam between the library and all that is ours."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from aiohttp import web

from guildhall.kit.errors import DomainError

Acknowledge: TypeAlias = "Callable[[dict[str, Any]], None]"


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that asks to be admitted to the namespace `path` over its transport."""

    peer_id: str
    transport_id: str
    path: str
    request: web.Request


class Listener(Protocol):
    """What the wire tells; none of these may raise but `admit`, with a DomainError to refuse."""

    def opened(self, transport_id: str, request: web.Request) -> DomainError | None:
        """The reason why this transport may not be opened, if there is one."""
        ...

    def closed(self, transport_id: str) -> None: ...

    async def admit(self, caller: Caller, auth: object) -> None: ...

    def admitted(self, peer_id: str) -> None: ...

    def parted(self, peer_id: str, reason: str) -> None: ...

    def received(
        self, peer_id: str, packet: object, text_bytes: int, total_bytes: int, acknowledge: Acknowledge
    ) -> Awaitable[None] | None:
        """What this returns, if anything, is awaited before the next packet of that client is read.

        `total_bytes` are those of the packet's text and of its attachments.
        """
        ...
