"""From a packet to its acknowledgement: read, wait for its turn, run, answer."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from guildhall.kit.clock import Clock
from guildhall.kit.errors import DomainError, NotFound, TooMany, Unavailable
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.decoding import as_refusal, decode, split_event
from guildhall.kit.sockets.events import Handler, Limit
from guildhall.kit.sockets.limits import TokenBucket
from guildhall.kit.sockets.listener import Acknowledge
from guildhall.kit.sockets.messages import Message
from guildhall.kit.sockets.namespace import Namespace
from guildhall.kit.sockets.notices import Closing, SessionClosed
from guildhall.kit.sockets.peer import Peer
from guildhall.kit.sockets.settings import SocketSettings
from guildhall.kit.sockets.turns import Turns
from guildhall.kit.tasks import TaskOwner
from guildhall.kit.tokens import TokenExpired

_RETRY_WHEN_FULL_MS = 1_000
# A page that sends faster than it is answered is told so and not blamed; 10,000 events that nobody waits for held all
# others up for half a second.
CROWDING = Limit(per_second=50, burst=1_000)
log = get_logger(__name__)


class Crashed(DomainError):
    def __init__(self, error_id: str) -> None:
        super().__init__(f"Something went wrong here; it is noted as {error_id}.")


@dataclass(slots=True, eq=False)
class Connection:
    """A peer, the namespace it is on, and its place in the order of things."""

    peer: Peer[Any]
    namespace: Namespace[Any]
    handlers: dict[str, Handler]
    transport_id: str
    turns: Turns
    patience: TokenBucket
    """Spent on what is refused unheard."""
    crowding: TokenBucket
    """Spent on what finds no room to wait."""
    buckets: dict[str, TokenBucket] = field(default_factory=dict)
    rooms: set[str] = field(default_factory=set)
    parted_for: str | None = None
    """Why it left; None while it is here."""
    is_welcome: bool = False
    counted_as: str = ""
    told_of_end_ms: int = 0
    """The end of the token that it was told is about to expire."""

    async def close(self, reason: Closing) -> None:
        """Tell the peer why, then disconnect it."""
        await self.peer.send(SessionClosed(reason=reason))
        await self.peer.disconnect(reason.replace("_", " "))


def patience(settings: SocketSettings, clock: Clock) -> TokenBucket:
    return TokenBucket(Limit(per_second=1, burst=settings.max_refusals), clock)


class Reception:
    """Takes events from the wire: what is wrong with one is answered at once, the rest in turn."""

    def __init__(self, settings: SocketSettings, clock: Clock, owner: TaskOwner) -> None:
        self._settings = settings
        self._clock = clock
        self._owner = owner

    def receive(
        self, connection: Connection, packet: object, text_bytes: int, total_bytes: int, acknowledge: Acknowledge
    ) -> Awaitable[None] | None:
        """Answer an event, now or later; what this returns, if anything, comes before the next event."""
        try:
            handler, message = self._read(connection, packet, text_bytes, total_bytes)
        except Exception as error:  # noqa: BLE001  refused by a DomainError, or a crash that is told apart
            self._answer(connection, error, acknowledge)
            return self._close_if_it_must(connection, error)
        if handler.is_plain and connection.turns.may_pass():
            self._take_at_once(connection, handler, message, acknowledge)
            return None
        turn = partial(self._take_turn, connection, handler, message, acknowledge)
        if not connection.turns.take(turn):
            waiting = f"{self._settings.max_waiting} events wait already; wait for their answers."
            refusal = TooMany(waiting, retry_after_ms=_RETRY_WHEN_FULL_MS)
            self._answer(connection, refusal, acknowledge)
            if connection.crowding.take():
                return self._close_refused(connection)
        return None

    def _close_if_it_must(self, connection: Connection, refused: Exception) -> Awaitable[None] | None:
        if isinstance(refused, TokenExpired):
            return connection.close("token_expired")
        return self._close_refused(connection) if connection.patience.take() else None

    def _close_refused(self, connection: Connection) -> Awaitable[None]:
        log.warning("peer_refused_too_often", peer=connection.peer.id, path=connection.namespace.path)
        return connection.close("too_many_refusals")

    def _read(
        self, connection: Connection, packet: object, text_bytes: int, total_bytes: int
    ) -> tuple[Handler, Message]:
        if connection.peer.claims.expires_at_ms <= self._clock.now_ms():
            raise TokenExpired
        name, arguments = split_event(packet)
        handler = connection.handlers.get(name)
        if handler is None:
            raise NotFound(f"There is no event {name[:40]!r} on {connection.namespace.path}.")
        bucket = connection.buckets.get(name)
        if bucket is None:
            bucket = connection.buckets[name] = TokenBucket(handler.event.limit, self._clock)
        if retry_after_ms := bucket.take():
            raise TooMany(f"{name!r} comes too often.", retry_after_ms=retry_after_ms)
        return handler, decode(handler.event, arguments, text_bytes, total_bytes)

    def _take_at_once(
        self, connection: Connection, handler: Handler, message: Message, acknowledge: Acknowledge
    ) -> None:
        try:
            answer = handler.take(connection.peer, message)
        except Exception as error:  # noqa: BLE001  as in a turn
            self._answer(connection, error, acknowledge)
        else:
            self._answer_with(connection, handler, answer, acknowledge)

    async def _take_turn(
        self, connection: Connection, handler: Handler, message: Message, acknowledge: Acknowledge
    ) -> None:
        if handler.is_plain:  # those before it had to be waited for
            self._take_at_once(connection, handler, message, acknowledge)
            return
        try:
            async with asyncio.timeout(self._settings.handler_seconds) as limit:
                await connection.namespace.expect(connection.peer)
                answer = await handler.take(connection.peer, message)
        except Exception as error:  # noqa: BLE001  the one place that turns any failure into an answer
            is_late = isinstance(error, TimeoutError) and limit.expired()
            refusal = Unavailable(f"{handler.event.name!r} took too long.") if is_late else error
            self._answer(connection, refusal, acknowledge)
        else:
            self._answer_with(connection, handler, answer, acknowledge)

    def _answer_with(
        self,
        connection: Connection,
        handler: Handler,
        answer: Message | Awaitable[Message | None] | None,
        acknowledge: Acknowledge,
    ) -> None:
        if isinstance(answer, Message) or answer is None:
            self._answer(connection, answer, acknowledge)
        else:
            self._answer_later(connection, handler, answer, acknowledge)

    def _answer_later(
        self, connection: Connection, handler: Handler, answer: Awaitable[Message | None], acknowledge: Acknowledge
    ) -> None:
        connection.turns.hold()
        # A future belongs to whoever made it and is never cancelled here; anything else runs as a task of the server.
        if isinstance(answer, asyncio.Future):
            answer.add_done_callback(partial(self._resolved, connection, acknowledge))
        else:
            work = self._resolve(connection, answer, acknowledge)
            self._owner.start(f"{handler.event.name} of {connection.peer.id}", work)

    async def _resolve(
        self, connection: Connection, answer: Awaitable[Message | None], acknowledge: Acknowledge
    ) -> None:
        try:
            outcome: Message | Exception | None = await answer
        except Exception as error:  # noqa: BLE001  as in a turn
            outcome = error
        finally:
            connection.turns.release()
        self._answer(connection, outcome, acknowledge)

    def _resolved(
        self, connection: Connection, acknowledge: Acknowledge, answer: "asyncio.Future[Message | None]"
    ) -> None:
        connection.turns.release()
        if answer.cancelled():
            self._answer(connection, Unavailable("This was given up before it was done."), acknowledge)
        else:
            self._answer(connection, answer.exception() or answer.result(), acknowledge)

    def _answer(
        self, connection: Connection, outcome: Message | BaseException | None, acknowledge: Acknowledge
    ) -> None:
        if isinstance(outcome, Message):
            payload = outcome.as_fields()
        elif outcome is None:
            payload = {}
        else:
            payload = self._refusal(connection, outcome)  # also for one that has left: a crash is logged all the same
        if connection.parted_for is None:
            acknowledge(payload)

    def _refusal(self, connection: Connection, error: BaseException) -> dict[str, Any]:
        if isinstance(error, DomainError):
            return as_refusal(error)
        error_id = new_id("err", self._clock)
        where = {"path": connection.namespace.path, "peer": connection.peer.id}
        log.error("event_crashed", error_id=error_id, **where, exc_info=error)
        return as_refusal(Crashed(error_id))
