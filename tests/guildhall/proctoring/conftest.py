"""A proctoring service over real SQLite and a real in-process bus, with a held clock and an engine that obeys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.blobs.folder import FolderBlobs
from guildhall.kit.bus import InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.streams import NumberedLog
from guildhall.proctoring.messages import FrameSent, Verdict
from guildhall.proctoring.model import Entry, Session
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from proctor_engine.contract import Observation
from tests.fakes.engine import FakeEngine
from tests.fakes.observations import CALM
from tests.fakes.pictures import a_jpeg

JPEG = a_jpeg()


@dataclass
class Hall:
    """One process's proctoring. `another()` is a second process on the same database and bus."""

    storage: Storage
    bus: InProcessBus
    clock: ManualClock
    engine: FakeEngine = field(default_factory=FakeEngine)
    settings: ProctoringSettings = field(default_factory=ProctoringSettings)
    evicted: list[str] = field(default_factory=list)
    folder: Path | None = None
    """Of the blobs; without one no pictures are kept."""

    def __post_init__(self) -> None:
        self.store = ProctoringStore(self.storage)
        self.registry = CollectorRegistry()
        self.blobs = None if self.folder is None else FolderBlobs(self.folder)
        self.audit_log = self.storage.collection(AUDIT_LOG)
        self.audit = Audit(NumberedLog(self.audit_log), self.clock)
        self.service = ProctoringService(
            self.store,
            self.bus,
            self.engine,
            self.clock,
            self.settings,
            self.registry,
            secret="the secret of this hall",
            blobs=self.blobs,
            audit=self.audit,
        )

    def another(self) -> "Hall":
        return Hall(self.storage, self.bus, self.clock, settings=self.settings, folder=self.folder)

    async def invite(self, name: str = "Ada") -> Session:
        return await self.service.invite_candidate("exam-1", "Algebra", name)

    async def seat(self, session: Session) -> Seat:
        async def evict() -> None:
            self.evicted.append(session.id)

        return await self.service.seating.take(session.id, evict)

    async def send(self, seat: Seat, observation: Observation = CALM, *, after_ms: int = 200) -> Verdict:
        """One frame that shows `observation`."""
        self.clock.advance(after_ms)
        self.engine.shows = observation
        number = seat.last_number + 1
        sent = FrameSent(number=number, captured_at_ms=self.clock.now_ms(), jpeg=JPEG)
        return await self.service.frames.receive_frame(seat, sent)

    async def play(self, seat: Seat, observation: Observation, seconds: float) -> list[Verdict]:
        return [await self.send(seat, observation) for _ in range(round(seconds * 5))]

    async def entries(self) -> list[Entry]:
        return await self.store.entries_after("exam-1", 0, 200)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    storage = open_storage(StorageSettings(sqlite_path=tmp_path / "hall.sqlite3"))
    await storage.start()
    bus = InProcessBus()
    await bus.start()
    made = Hall(storage, bus, ManualClock(), folder=tmp_path / "blobs")
    await made.store.ensure()
    await made.audit_log.ensure()
    yield made
    await made.service.watching.close()
    await bus.close()
    await storage.close()
