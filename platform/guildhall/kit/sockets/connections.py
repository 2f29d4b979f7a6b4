"""Who is connected: admits callers, keeps peers and their rooms, and parts with them."""

import asyncio
from collections.abc import Awaitable, Collection, Hashable
from dataclasses import replace
from typing import Any

from aiohttp import web

from guildhall.kit.addresses import client_address
from guildhall.kit.clock import Clock
from guildhall.kit.errors import DomainError, TooMany, Unauthenticated, Unavailable
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.admission import Admission
from guildhall.kit.sockets.caps import AddressCap, SubjectCap
from guildhall.kit.sockets.events import Handler, declared_handlers
from guildhall.kit.sockets.handshake import Handshake, read_page, read_token
from guildhall.kit.sockets.limits import TokenBucket
from guildhall.kit.sockets.listener import Acknowledge, Caller
from guildhall.kit.sockets.messages import Message
from guildhall.kit.sockets.namespace import Namespace, session_id_of
from guildhall.kit.sockets.notices import Closing, TokenExpiring
from guildhall.kit.sockets.packets import Kind, encode
from guildhall.kit.sockets.peer import Peer
from guildhall.kit.sockets.reception import CROWDING, Connection, Crashed, Reception, patience
from guildhall.kit.sockets.revocation import RecentlyRevoked
from guildhall.kit.sockets.settings import SocketSettings
from guildhall.kit.sockets.turns import Turns
from guildhall.kit.sockets.wire import Wire
from guildhall.kit.tasks import TaskOwner

_FULL_RETRY_MS = 5_000
log = get_logger(__name__)


class SessionEnded(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("This sign-in has ended; sign in again.")


class Connections:
    """What the wire tells and what peers ask for meet here (it is the wire's Listener and the peers' Line)."""

    def __init__(self, settings: SocketSettings, clock: Clock, owner: TaskOwner, wire: Wire) -> None:
        self._settings = settings
        self._clock = clock
        self._owner = owner
        self._wire = wire
        self._reception = Reception(settings, clock, owner)
        self._admission = Admission(clock, settings.admission_seconds)
        self._addresses = AddressCap(settings.max_per_address)
        self._subjects = SubjectCap(settings.max_per_subject)
        self._revoked = RecentlyRevoked(clock, settings.admission_seconds * 2)
        self._namespaces: dict[str, tuple[Namespace[Any], dict[str, Handler]]] = {}
        self._connections: dict[str, Connection] = {}
        self._admitted: dict[str, Connection] = {}
        self._rooms: dict[tuple[str, str], dict[str, str]] = {}  # by path and room: transport by peer
        self._closing = False

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, namespace: Namespace[Any]) -> None:
        if namespace.path in self._namespaces:
            raise ValueError(f"There is a namespace at {namespace.path} already.")
        self._namespaces[namespace.path] = namespace, dict(declared_handlers(namespace, namespace.limits))
        self._wire.serve(namespace.path)

    # What peers ask for.

    def send(self, peer: Peer[Any], message: Message) -> None:
        if (connection := self._connections.get(peer.id)) is not None:
            path = connection.namespace.path
            self._wire.write(connection.transport_id, _encode(path, message), _key(path, message))

    def join(self, peer: Peer[Any], room: str) -> None:
        if (connection := self._connections.get(peer.id)) is not None:
            connection.rooms.add(room)
            self._rooms.setdefault((connection.namespace.path, room), {})[peer.id] = connection.transport_id

    def leave(self, peer: Peer[Any], room: str) -> None:
        if (connection := self._connections.get(peer.id)) is not None:
            self._leave(connection, room)

    async def disconnect(self, peer: Peer[Any], reason: str) -> None:
        if (connection := self._connections.get(peer.id)) is not None:
            connection.parted_for = reason
            await self._wire.part_with(peer.id, connection.namespace.path)

    def announce(self, path: str, room: str, message: Message) -> None:
        """Send to every peer in a room, encoded once."""
        if not (transports := self._rooms.get((path, room))):
            return
        self._wire.write_to_all(transports.values(), _encode(path, message), _key(path, message))

    # What the wire tells.

    def opened(self, transport_id: str, request: web.Request) -> DomainError | None:
        if self._closing:
            return Unavailable("This server is about to stop; connect again.")
        if not self._addresses.enter(transport_id, self._address_of(request)):
            return TooMany("Too many connections come from this address.", retry_after_ms=_FULL_RETRY_MS)
        self._admission.opened(transport_id)
        return None

    def closed(self, transport_id: str) -> None:
        self._addresses.leave(transport_id)
        self._admission.closed(transport_id)

    async def admit(self, caller: Caller, auth: object) -> None:
        if self._closing:
            raise Unavailable("This server is about to stop; connect again.")
        if retry_after_ms := self._admission.tries(caller.transport_id):
            raise TooMany("This connection asks to be let in too often.", retry_after_ms=retry_after_ms)
        namespace, handlers = self._namespaces[caller.path]
        address = self._address_of(caller.request)
        handshake = Handshake(read_token(auth), address, caller.request.headers, read_page(auth))
        try:
            claims = await namespace.admit(handshake)
        except (DomainError, TimeoutError):
            raise
        except Exception as error:
            error_id = new_id("err", self._clock)
            log.exception("admit_crashed", error_id=error_id, path=caller.path)
            raise Crashed(error_id) from error
        if session_id_of(claims) in self._revoked:
            raise SessionEnded
        peer = Peer(caller.peer_id, claims, replace(handshake, token=""), self)
        turns = Turns(self._owner, f"{caller.path} {caller.peer_id}", self._settings.max_waiting)
        self._admitted[caller.peer_id] = Connection(
            peer,
            namespace,
            handlers,
            caller.transport_id,
            turns,
            patience(self._settings, self._clock),
            TokenBucket(CROWDING, self._clock),
        )

    def admitted(self, peer_id: str) -> None:
        connection = self._admitted.pop(peer_id, None)
        if connection is not None:
            self._connections[peer_id] = connection
            self._admission.joined(connection.transport_id)
            connection.turns.take(lambda: self._welcome(connection))

    def parted(self, peer_id: str, reason: str) -> None:
        self._admitted.pop(peer_id, None)
        connection = self._connections.pop(peer_id, None)
        if connection is None:
            return
        connection.parted_for = told = connection.parted_for or reason
        for room in list(connection.rooms):
            self._leave(connection, room)
        self._admission.left(connection.transport_id)
        self._subjects.leave(connection.counted_as, peer_id)
        connection.turns.close(lambda: self._part(connection, told))

    def received(
        self, peer_id: str, packet: object, text_bytes: int, total_bytes: int, acknowledge: Acknowledge
    ) -> Awaitable[None] | None:
        if (connection := self._connections.get(peer_id)) is None:
            return None
        return self._reception.receive(connection, packet, text_bytes, total_bytes, acknowledge)

    # What the server does.

    async def sweep(self) -> None:
        """Disconnect peers whose claims have expired, and warn those whose are about to; cut off bare transports."""
        now_ms = self._clock.now_ms()
        notice_ms = self._settings.expiry_notice_seconds * 1000
        for connection in list(self._connections.values()):
            expires_at_ms = connection.peer.claims.expires_at_ms
            if expires_at_ms <= now_ms:
                await self._close(connection, "token_expired")
                continue
            is_told = connection.told_of_end_ms == expires_at_ms or not connection.is_welcome
            if expires_at_ms - now_ms <= notice_ms and not is_told:
                connection.told_of_end_ms = expires_at_ms
                await connection.peer.send(TokenExpiring(expires_at_ms=expires_at_ms))
        for transport_id in self._admission.overdue():
            log.info("bare_transport_dropped", transport=transport_id)
            await self._wire.drop(transport_id)

    def session_ids(self) -> frozenset[str]:
        """Of all peers whose claims name a session."""
        return frozenset(session_id_of(each.peer.claims) for each in self._connections.values()) - {""}

    async def revoke(self, session_ids: Collection[str]) -> int:
        """Part with every peer of these sessions, also with those being admitted; returns how many were here."""
        ended = frozenset(session_ids) - {""}
        self._revoked.add(ended)
        found = [each for each in self._connections.values() if session_id_of(each.peer.claims) in ended]
        for connection in found:
            await self._close(connection, "revoked")
        return len(found)

    async def part_with_all(self) -> None:
        self._closing = True
        for connection in list(self._connections.values()):
            await self._close(connection, "server_closes")

    def _address_of(self, request: web.Request) -> str:
        forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", []))
        return client_address(request.remote, forwarded_for, self._settings.trusted_proxies)

    async def _welcome(self, connection: Connection) -> None:
        if session_id_of(connection.peer.claims) in self._revoked:  # between its admission and this turn
            await self._close(connection, "revoked")
            return
        await self._make_room_for(connection)
        try:
            async with asyncio.timeout(self._settings.handler_seconds):
                await connection.namespace.welcome(connection.peer)
            connection.is_welcome = True
        except Exception as error:
            if not isinstance(error, DomainError):
                log.exception("welcome_crashed", peer=connection.peer.id, path=connection.namespace.path)
            await connection.peer.disconnect(str(error) if isinstance(error, DomainError) else "welcome crashed")

    async def _close(self, connection: Connection, reason: Closing) -> None:
        """Whatever goes wrong with one: it is gone, and those behind it are closed as well."""
        try:
            await connection.close(reason)
        except Exception:
            log.exception("closing_crashed", peer=connection.peer.id, reason=reason)
            self._wire.cut_off(connection.transport_id)

    async def _make_room_for(self, connection: Connection) -> None:
        namespace, peer = connection.namespace, connection.peer
        subject = namespace.subject_of(peer.claims)
        if not subject or connection.parted_for is not None:
            return
        connection.counted_as = f"{namespace.path} {subject}"
        oldest = self._connections.get(self._subjects.enter(connection.counted_as, peer.id) or "")
        if oldest is not None:
            await self._close(oldest, "replaced")

    async def _part(self, connection: Connection, reason: str) -> None:
        async with asyncio.timeout(self._settings.handler_seconds):
            await connection.namespace.part(connection.peer, reason)

    def _leave(self, connection: Connection, room: str) -> None:
        connection.rooms.discard(room)
        key = (connection.namespace.path, room)
        transports = self._rooms.get(key, {})
        transports.pop(connection.peer.id, None)
        if not transports:
            self._rooms.pop(key, None)


def _encode(path: str, message: Message) -> bytes:
    if not message.event:
        raise ValueError(f"{type(message).__name__} names no event, so it can only be a reply.")
    return encode(Kind.EVENT, [message.event, message.as_fields()], path)


def _key(path: str, message: Message) -> Hashable | None:
    slot = message.slot
    return None if slot is None else (path, message.event, slot)
