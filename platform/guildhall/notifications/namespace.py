"""`/moves`: the open pages of whoever is signed in hear that something of theirs has moved, and read it again.

A hint says of which sort it was and no more: what a page may read is decided when it reads. So nothing is kept,
numbered or missed for good; a page reads once when it has connected, and still looks now and then.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.http.principal import Principal
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets import Handshake, Message, Namespace, Peer
from guildhall.kit.sockets.namespace import NotTheSame
from guildhall.notifications.messages import Moved
from guildhall.notifications.service import MOVED_TOPIC, room_of_role

PATH: Final = "/moves"
EVERYBODY: Final = "everybody"
ORGANISATIONS_MAX: Final = 50
"""That one connection hears of; whoever is in more of them has their pages look by themselves for the rest."""
log = get_logger(__name__)


class Authenticates(Protocol):
    """`accounts.live` is one."""

    async def authenticate(self, access_token: str, *, is_read: bool = False) -> Principal: ...


@dataclass(frozen=True, slots=True)
class Listener:
    """Whoever is signed in, and the organisations they are a member of."""

    account_id: str
    session_id: str
    organisations: tuple[str, ...]
    roles: tuple[str, ...]
    """Of the platform: what waits for an administrator concerns them all."""
    expires_at_ms: int

    @property
    def rooms(self) -> tuple[str, ...]:
        return (EVERYBODY, self.account_id, *self.organisations, *map(room_of_role, self.roles))


class MovesNamespace(Namespace[Listener]):
    path: ClassVar[str] = PATH

    def __init__(self, live: Authenticates) -> None:
        self._live = live

    async def admit(self, handshake: Handshake) -> Listener:
        """The access token of the API is its pass too. Raises Unauthenticated."""
        principal = await self._live.authenticate(handshake.token)
        organisations = tuple(sorted(principal.organisations))[:ORGANISATIONS_MAX]
        roles = tuple(sorted(principal.roles))
        return Listener(principal.id, principal.session_id, organisations, roles, principal.expires_at_ms)

    async def welcome(self, peer: Peer[Listener]) -> None:
        for room in peer.claims.rooms:
            peer.join(room)

    async def renew(self, peer: Peer[Listener], token: str) -> Listener:
        """With a fresh token the organisations are looked at anew."""
        fresh = await super().renew(peer, token)
        if not self.same_subject(peer.claims, fresh):
            raise NotTheSame("This token is not for whom this connection was opened; connect again with it.")
        for room in set(peer.claims.rooms) - set(fresh.rooms):
            peer.leave(room)
        for room in fresh.rooms:
            peer.join(room)
        return fresh

    def same_subject(self, old: Listener, new: Listener) -> bool:
        return (old.account_id, old.session_id) == (new.account_id, new.session_id)

    def subject_of(self, claims: Listener) -> str:
        return claims.session_id


class Announces(Protocol):
    """What the feed needs of the socket server."""

    def announce(self, path: str, room: str, message: Message) -> None: ...


class _Hint(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    about: str
    owners: tuple[str, ...]


class MovesFeed:
    """From the bus to the sockets of this process; the composition root starts and closes it."""

    def __init__(self, sockets: Announces, bus: Bus) -> None:
        self._sockets = sockets
        self._bus = bus
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        self._subscription = await self._bus.subscribe(MOVED_TOPIC, self._take, self._notice_gap)

    async def close(self) -> None:
        if self._subscription is not None:
            await self._subscription.close()

    def _take(self, body: bytes) -> None:
        try:
            hint = _Hint.model_validate_json(body)
        except ValidationError:
            log.warning("hint_not_understood", topic=MOVED_TOPIC)
            return
        for owner in hint.owners:
            self._sockets.announce(PATH, owner, Moved(about=hint.about))

    def _notice_gap(self) -> None:
        """Hints may be missing: everybody reads what is on their screen."""
        self._sockets.announce(PATH, EVERYBODY, Moved(about=""))
