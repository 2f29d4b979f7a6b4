"""`/proctor-wall`: the proctor's socket."""

from typing import ClassVar

from guildhall.kit.errors import Conflict
from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on
from guildhall.kit.tasks import TaskOwner
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.messages import Done, Focus, Seen, Sync, Synced, Wall, Watch
from guildhall.proctoring.model import PROCTOR_AUDIENCE, ProctorClaims
from guildhall.proctoring.namespace.admitting import AdmittingEvents
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.walls import Viewer

# `seen` comes once a shown tile: 500 candidates at 5 tiles a second is the most a wall can take.
SEEN_LIMIT = Limit(per_second=2500, burst=5000, max_bytes=256)
ASKING_LIMIT = Limit(per_second=10, burst=40, max_bytes=1024)


class NotWatching(Conflict):
    type = "not-watching"
    title = "This wall is closed"


class ProctorWallNamespace(AdmittingEvents, Namespace[ProctorClaims]):
    path: ClassVar[str] = "/proctor-wall"

    def __init__(self, service: ProctoringService, tokens: TokenSigner) -> None:
        self._service = service
        self._tokens = tokens
        self._viewers: dict[str, Viewer] = {}
        self._pumps: dict[str, TaskOwner] = {}

    async def admit(self, handshake: Handshake) -> ProctorClaims:
        return self._tokens.verify(handshake.token, PROCTOR_AUDIENCE, ProctorClaims)

    async def welcome(self, peer: Peer[ProctorClaims]) -> None:
        async def close() -> None:
            await peer.disconnect("too slow to follow; come back and catch up")

        viewer = Viewer(peer.send, close)
        pump = TaskOwner(f"viewer-{peer.id}")
        pump.start("pump", viewer.pump())
        self._viewers[peer.id] = viewer
        self._pumps[peer.id] = pump

    async def part(self, peer: Peer[ProctorClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        viewer = self._viewers.pop(peer.id, None)
        pump = self._pumps.pop(peer.id, None)
        if pump is not None:
            await pump.close()
        if viewer is not None:
            await self._service.watching.leave(peer.claims.exam_id, viewer)

    @on("watch", Watch, ASKING_LIMIT)
    async def watch(self, peer: Peer[ProctorClaims], message: Watch) -> Wall:
        seats = self._service.seating.seats
        return await self._service.watching.watch(peer.claims, self._viewer_of(peer), message.after, seats)

    @on("sync", Sync, ASKING_LIMIT)
    async def sync(self, peer: Peer[ProctorClaims], message: Sync) -> Synced:
        return await self._service.watching.sync(peer.claims.exam_id, message.after)

    @on("focus", Focus, ASKING_LIMIT)
    async def focus(self, peer: Peer[ProctorClaims], message: Focus) -> Done:
        await self._service.watching.focus(peer.claims.exam_id, self._viewer_of(peer), message.session_id)
        return Done()

    @on("seen", Seen, SEEN_LIMIT)
    def seen(self, peer: Peer[ProctorClaims], message: Seen) -> Done:
        self._viewer_of(peer).tile_seen(message.session_id)
        return Done()

    def _viewer_of(self, peer: Peer[ProctorClaims]) -> Viewer:
        viewer = self._viewers.get(peer.id)
        if viewer is None:
            raise NotWatching("This connection has ended. Reload the page.")
        return viewer
