"""One kind of peer and what it may say: the base of every Socket.IO namespace of the platform."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel

from guildhall.kit.errors import Refused
from guildhall.kit.sockets.events import Limit, on
from guildhall.kit.sockets.handshake import Handshake
from guildhall.kit.sockets.notices import Renewed, RenewToken
from guildhall.kit.sockets.peer import Peer

RENEWING = Limit(per_second=0.2, burst=5, max_bytes=16_000)


class Expiring(Protocol):
    """What a namespace knows of a peer: at least until when.

    Claims that also have a `session_id` are closed by `SocketServer.revoke`, and counted by it.
    """

    @property
    def expires_at_ms(self) -> int: ...


C = TypeVar("C", bound=Expiring)


class NotTheSame(Refused):
    type = "not-the-same"
    title = "This token is for somebody else"


class Namespace(Generic[C]):
    """A subclass sets `path`, admits peers and declares its events with `@on`; no other method can be reached.

    Raising a DomainError anywhere answers the client with its problem; any other exception answers 500 and is logged.
    """

    path: ClassVar[str]
    limits: Mapping[str, Limit] = MappingProxyType({})
    """Set in `__init__` for events whose limit follows from a setting; it replaces the declared one."""

    async def admit(self, handshake: Handshake) -> C:
        """The claims of a caller that may come in; raise a DomainError to refuse."""
        raise NotImplementedError

    async def welcome(self, peer: Peer[C]) -> None:
        """First turn of a peer that was admitted, before any of its events."""

    async def expect(self, peer: Peer[C]) -> None:
        """Before each event whose handler waits: may the peer still say anything? Raise a DomainError to refuse.

        For rights that may be taken away while a connection is open. Plain handlers never wait, so they are not asked.
        """

    async def part(self, peer: Peer[C], reason: str) -> None:
        """Last turn of a peer that has left, after the event that was running; its rooms are already left."""

    async def renew(self, peer: Peer[C], token: str) -> C:
        """The claims of a fresh token, looked at as closely as those of a newcomer; raise a DomainError to refuse."""
        return await self.admit(replace(peer.handshake, token=token))

    def same_subject(self, old: C, new: C) -> bool:
        """Whether fresh claims are of whom the peer already is. By default nothing but their end may differ.

        What was decided when the peer was admitted (its rooms, what it may see) is not decided again.
        """
        return _but_their_end(old) == _but_their_end(new)

    def subject_of(self, claims: C) -> str:
        """Whose connections are counted together; "" for those that are not counted.

        By default those whose claims say the same, as far as there is a sign-in behind them: one sign-in may have
        many things open, but each of them only a few times.
        """
        return repr(_but_their_end(claims)) if session_id_of(claims) else ""

    @on("renew_token", RenewToken, RENEWING)
    async def renew_token(self, peer: Peer[C], message: RenewToken) -> Renewed:
        """Go on with a fresh token; a peer whose token is refused keeps what it has."""
        claims = await self.renew(peer, message.token)
        if not self.same_subject(peer.claims, claims):
            raise NotTheSame("This token is not for whom this connection was opened; connect again with it.")
        peer.claims = claims
        return Renewed(expires_at_ms=claims.expires_at_ms)


def session_id_of(claims: Expiring) -> str:
    """The sign-in behind a connection; "" where the claims name none."""
    return str(getattr(claims, "session_id", ""))


def _but_their_end(claims: Expiring) -> tuple[object, ...]:
    if isinstance(claims, BaseModel):
        names = set(type(claims).model_fields)
    elif is_dataclass(claims):
        names = {field.name for field in fields(claims)}
    else:
        names = set(vars(claims))
    return type(claims), *((name, getattr(claims, name)) for name in sorted(names - {"expires_at_ms"}))
