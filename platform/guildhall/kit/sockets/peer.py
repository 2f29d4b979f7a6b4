"""The other end of a connection, as handlers see it."""

from typing import Any, Generic, Protocol, TypeVar

from guildhall.kit.sockets.handshake import Handshake
from guildhall.kit.sockets.messages import Message

C = TypeVar("C")


class Line(Protocol):
    """What a peer needs of the server that it is connected to."""

    def send(self, peer: "Peer[Any]", message: Message) -> None: ...

    async def disconnect(self, peer: "Peer[Any]", reason: str) -> None: ...

    def join(self, peer: "Peer[Any]", room: str) -> None: ...

    def leave(self, peer: "Peer[Any]", room: str) -> None: ...


class Peer(Generic[C]):
    """A client that a namespace admitted. `claims` are what `admit` returned, or the newest that renewed them.

    `handshake` is how it came, without the token; `address` where it really is.
    """

    __slots__ = ("_line", "claims", "handshake", "id")

    def __init__(self, peer_id: str, claims: C, handshake: Handshake, line: Line) -> None:
        self.id = peer_id
        self.claims = claims
        self.handshake = handshake
        self._line = line

    @property
    def address(self) -> str:
        return self.handshake.address

    async def send(self, message: Message) -> None:
        """Send in order with all that was sent before; nothing happens when the peer has left."""
        self._line.send(self, message)

    def join(self, room: str) -> None:
        """From now on be told what is announced in `room` of this namespace."""
        self._line.join(self, room)

    def leave(self, room: str) -> None:
        self._line.leave(self, room)

    async def disconnect(self, reason: str) -> None:
        """End the connection after what was sent; `part` is called with `reason` when the running event is over."""
        await self._line.disconnect(self, reason)
