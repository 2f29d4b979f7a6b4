"""`/proctor-wall`: the proctor's socket."""

from typing import ClassVar

from guildhall.kit.bus import Subscription
from guildhall.kit.errors import Conflict
from guildhall.kit.sockets import Handshake, Limit, Namespace, Peer, on
from guildhall.kit.tasks import TaskOwner
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.messages import Done, Focus, Seen, Sync, Synced, Wall, Watch
from guildhall.proctoring.messages.acting import (
    ActionWanted,
    Attend,
    BroadcastSent,
    BroadcastWanted,
    CasesAsked,
    CasesTold,
    CaseTold,
    Decision,
    HandAnswered,
    LinesAsked,
    LinesTold,
    NoteWritten,
    Settled,
)
from guildhall.proctoring.messages.admission import ArrivalsChanged
from guildhall.proctoring.messages.evidence import StripTold, StripWanted
from guildhall.proctoring.model import PROCTOR_AUDIENCE, ProctorClaims
from guildhall.proctoring.namespace.admitting import AdmittingEvents
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.telling_cases import told_of
from guildhall.proctoring.service.viewing import Viewer

# `seen` comes once a shown tile: 500 candidates at 5 tiles a second is the most a wall can take.
SEEN_LIMIT = Limit(per_second=2500, burst=5000, max_bytes=256)
ASKING_LIMIT = Limit(per_second=10, burst=40, max_bytes=1024)

ACTING_LIMIT = Limit(per_second=5, burst=40, max_bytes=4096)
LINES_PAGE = 200


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
        self._arrivals: dict[str, Subscription] = {}

    async def admit(self, handshake: Handshake) -> ProctorClaims:
        claims = self._tokens.verify(handshake.token, PROCTOR_AUDIENCE, ProctorClaims)
        await self._service.supervisors.expect(claims)
        return claims

    async def expect(self, peer: Peer[ProctorClaims]) -> None:
        """Whoever is no longer assigned to the delivery sees and does nothing more."""
        await self._service.supervisors.expect(peer.claims)

    async def welcome(self, peer: Peer[ProctorClaims]) -> None:
        async def close() -> None:
            await peer.disconnect("too slow to follow; come back and catch up")

        viewer = Viewer(peer.send, close)
        pump = TaskOwner(f"viewer-{peer.id}")
        pump.start("pump", viewer.pump())
        pump.start("supervising", self._part_when_withdrawn(peer))
        self._viewers[peer.id] = viewer
        self._pumps[peer.id] = pump
        exam_id = peer.claims.exam_id
        self._arrivals[peer.id] = await self._service.admissions.listen_to_arrivals(
            exam_id, lambda: viewer.hint(ArrivalsChanged())
        )

    async def _part_when_withdrawn(self, peer: Peer[ProctorClaims]) -> None:
        await self._service.supervisors.until_withdrawn(peer.claims)
        await peer.disconnect("not assigned to this exam any more")

    async def part(self, peer: Peer[ProctorClaims], reason: str) -> None:  # noqa: ARG002 - part of the port
        viewer = self._viewers.pop(peer.id, None)
        arrivals = self._arrivals.pop(peer.id, None)
        if arrivals is not None:
            await arrivals.close()
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
        viewer = self._viewer_of(peer)
        await self._service.watching.focus(peer.claims.exam_id, viewer, message.session_id)
        if viewer.focus is not None and peer.claims.account_id:
            await self._service.acting.look(peer.claims, viewer.focus)
        return Done()

    @on("cases", CasesAsked, ASKING_LIMIT)
    async def cases(self, peer: Peer[ProctorClaims], message: CasesAsked) -> CasesTold:  # noqa: ARG002
        return await self._service.watching.cases(peer.claims, self._viewer_of(peer))

    @on("lines", LinesAsked, ASKING_LIMIT)
    async def lines(self, peer: Peer[ProctorClaims], message: LinesAsked) -> LinesTold:
        found = await self._service.acting.lines(peer.claims, message.session_id, message.after, LINES_PAGE)
        return LinesTold(lines=tuple(found), is_whole=len(found) < LINES_PAGE)

    @on("act", ActionWanted, ACTING_LIMIT)
    async def act(self, peer: Peer[ProctorClaims], message: ActionWanted) -> Settled:
        action = await self._service.acting.ask(peer.claims, message)
        if message.kind == "room_scan":
            await self._service.photos.ask_scan_where_agreed(peer.claims, message.session_id)
        return Settled(state=None if action is None else action.state)

    @on("broadcast", BroadcastWanted, Limit(per_second=0.5, burst=5, max_bytes=4096))
    async def broadcast(self, peer: Peer[ProctorClaims], message: BroadcastWanted) -> BroadcastSent:
        limit = self._service.settings.candidates_per_exam
        count = await self._service.acting.broadcast(peer.claims, message.key, message.text, limit)
        return BroadcastSent(candidates=count)

    @on("decide", Decision, ACTING_LIMIT)
    async def decide(self, peer: Peer[ProctorClaims], message: Decision) -> Settled:
        acting = self._service.acting
        action = await acting.answer(peer.claims, message.session_id, message.action_id, agrees=message.agrees)
        return Settled(state=None if action is None else action.state)

    @on("note", NoteWritten, ACTING_LIMIT)
    async def note(self, peer: Peer[ProctorClaims], message: NoteWritten) -> Done:
        await self._service.acting.note(
            peer.claims, message.session_id, message.key, message.text, is_flag=message.is_flag
        )
        return Done()

    @on("lower_hand", HandAnswered, ACTING_LIMIT)
    async def lower_hand(self, peer: Peer[ProctorClaims], message: HandAnswered) -> Done:
        await self._service.acting.lower_hand(peer.claims, message.session_id, message.key)
        return Done()

    @on("strip", StripWanted, Limit(per_second=2, burst=10, max_bytes=512))
    async def strip(self, peer: Peer[ProctorClaims], message: StripWanted) -> StripTold:
        shown = await self._service.evidence.strip_on_wall(peer.claims, message.session_id, message.incident_id)
        return StripTold(sentence=shown.sentence, opened_at_ms=shown.opened_at_ms, pictures=shown.pictures)

    @on("attend", Attend, ACTING_LIMIT)
    async def attend(self, peer: Peer[ProctorClaims], message: Attend) -> CaseTold:
        return told_of(await self._service.acting.attend(peer.claims, message.session_id, message.action))

    @on("seen", Seen, SEEN_LIMIT)
    def seen(self, peer: Peer[ProctorClaims], message: Seen) -> Done:
        self._viewer_of(peer).tile_seen(message.session_id)
        return Done()

    def _viewer_of(self, peer: Peer[ProctorClaims]) -> Viewer:
        viewer = self._viewers.get(peer.id)
        if viewer is None:
            raise NotWatching("This connection has ended. Reload the page.")
        return viewer
