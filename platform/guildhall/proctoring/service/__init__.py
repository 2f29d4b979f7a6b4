"""The verbs of proctoring, for its namespaces, routes and jobs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring.lifecycle import CONNECTION, SESSION
from guildhall.proctoring.model import Session
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.service.acting import Acting
from guildhall.proctoring.service.admission import AdmissionDesk
from guildhall.proctoring.service.cards import announce_card
from guildhall.proctoring.service.checking_in import CheckInDesk
from guildhall.proctoring.service.claims import ClaimDesk
from guildhall.proctoring.service.delivering import Delivering
from guildhall.proctoring.service.evidence import EvidenceDesk
from guildhall.proctoring.service.figures import FrameFigures
from guildhall.proctoring.service.frames import FrameIntake
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.keys import SessionKeys
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.photos import PhotoDesk
from guildhall.proctoring.service.seating import Seating
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.service.strips import StripKeeper
from guildhall.proctoring.service.supervising import Supervisors
from guildhall.proctoring.service.tiles import TileRelay
from guildhall.proctoring.service.watching import Watching
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from proctor_engine.client import EngineClient

__all__ = ["ProctoringService"]


class ProctoringService:
    """Made by the composition root; `running` starts and stops what it keeps going."""

    def __init__(
        self,
        store: ProctoringStore,
        bus: Bus,
        engine: EngineClient,
        clock: Clock,
        settings: ProctoringSettings,
        registry: CollectorRegistry | None = None,
        *,
        secret: str,
        blobs: BlobStore | None = None,
        audit: Audit | None = None,
    ) -> None:
        """Without `blobs` no pictures are kept of anybody; without `audit` nobody is shown any."""
        self.owner = new_id("own", clock)
        self.settings = settings
        self.clock = clock
        self._store = store
        self._bus = bus
        figures = FrameFigures(registry or CollectorRegistry(), engine.health)
        self._storing = TaskOwner("storing")
        tiles = TileRelay(bus, clock, settings.tile_interval_ms)
        self.signals = SignalLog(store.signals, SessionKeys(store.signals, secret), clock)
        self.recorder = IncidentRecorder(store, bus, self.signals, clock)
        self.seating = Seating(self.owner, store, bus, self.recorder, clock, settings)
        self.strips = StripKeeper(store, self.signals, blobs, self.seating.seats, clock)
        self.seating.see_off_film = self.strips.see_off
        self.evidence = EvidenceDesk(store, self.signals, blobs, audit, clock)
        self.check_ins = CheckInDesk(store, bus, clock)
        self.admissions = AdmissionDesk(store.admissions, bus, self.recorder, clock, settings)
        self.photos = PhotoDesk(store, self.signals, blobs, audit, bus, clock, settings)
        self.claims = ClaimDesk(store.admissions, self.recorder, clock)
        self.frames = FrameIntake(engine, self.check_ins, self.recorder, tiles, figures, clock, settings, self._storing)
        self.watching = Watching(store, store.cases, bus, clock, settings)
        self.acting = Acting(store.cases, store, bus, clock, settings)
        self.supervisors = Supervisors(clock)
        self.delivering = Delivering(store.cases, self.acting, bus, settings.resend_seconds)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ProctoringService"]:
        await self._store.signals.keep_rule_set(version_of(self.settings.rules), self.settings.rules)
        await self.seating.renew_lease()
        tasks = TaskOwner("proctoring")
        tasks.start("keep-time", self.seating.keep_time())
        tasks.start("keep-stored", self.seating.keep_stored())
        tasks.start("keep-leased", self.seating.keep_leased())
        tasks.start("keep-strips", self.strips.keep_for_ever())
        tasks.start("keep-delivered", self.delivering.keep_delivered())
        try:
            yield self
        finally:
            await tasks.close()
            await self.watching.close()
            await self.admissions.telling.close()
            await self.seating.close()
            await self.strips.keep()
            await self._storing.close()

    async def session(self, session_id: str) -> Session:
        """Raises `SessionNotFound`."""
        session = await self._store.session(session_id)
        if session is None:
            raise SessionNotFound(session_id)
        return session

    async def invite_candidate(
        self, exam_id: str, exam_title: str, candidate_name: str, session_id: str = "", attempt_id: str = ""
    ) -> Session:
        """Make a seat for one candidate; the caller signs a token for it.

        Under a name of the caller's own it is made once, however often that is asked for.
        """
        now_ms = self.clock.now_ms()
        session = Session(
            id=session_id or new_id("sit", self.clock),
            exam_id=exam_id,
            exam_title=exam_title,
            attempt_id=attempt_id,
            candidate_name=candidate_name,
            created_at_ms=now_ms,
            state=SESSION.initial,
            connection=CONNECTION.initial,
            since_ms=now_ms,
            epoch=0,
            owner="",
            ordinals={},
            open={},
            pending={},
            baseline=None,
        )
        try:
            await self._store.add_session(session)
        except Duplicate:
            return await self.session(session.id)
        await announce_card(self._bus, session)
        return session
