"""What a proctor may ask: watch an exam, catch up by number, enlarge one candidate."""

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.proctoring.messages import Synced
from guildhall.proctoring.messages import Wall as WallShown
from guildhall.proctoring.messages.acting import CasesTold, Ranking
from guildhall.proctoring.model import ProctorClaims
from guildhall.proctoring.service.cards import card_of
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.service.telling_cases import OFFERS
from guildhall.proctoring.service.viewing import Viewer
from guildhall.proctoring.service.walls import Wall
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from guildhall.proctoring.store.cases import CaseStore

PAGE = 200  # entries an answer carries; a reader asks again until it has the head


class Watching:
    def __init__(
        self, store: ProctoringStore, cases: CaseStore, bus: Bus, clock: Clock, settings: ProctoringSettings
    ) -> None:
        self._store = store
        self._cases = cases
        self._bus = bus
        self._clock = clock
        self._settings = settings
        self._walls: dict[str, Wall] = {}

    async def watch(self, claims: ProctorClaims, viewer: Viewer, after: int, seats: dict[str, Seat]) -> WallShown:
        """Join first, then read: what happens in between arrives twice rather than never."""
        await self._join(claims.exam_id, viewer)
        head = await self._store.head(claims.exam_id)
        # A newcomer gets the newest page; one who comes back gets what follows their last number.
        first = after or max(0, head - PAGE)
        entries = await self._store.entries_after(claims.exam_id, first, PAGE)
        sessions = await self._store.sessions_of(claims.exam_id, self._settings.candidates_per_exam)
        return WallShown(
            exam_id=claims.exam_id,
            exam_title=claims.exam_title,
            candidates=tuple(
                card_of(session, seats[session.id].faces if session.id in seats else None) for session in sessions
            ),
            entries=tuple(entries),
            head=head,
            open=tuple(incident for session in sessions for incident in session.open.values()),
            server_time_ms=self._clock.now_ms(),
            frame_interval_ms=self._settings.frame_interval_ms,
        )

    async def sync(self, exam_id: str, after: int) -> Synced:
        entries = await self._store.entries_after(exam_id, after, PAGE)
        return Synced(entries=tuple(entries), head=await self._store.head(exam_id))

    async def cases(self, claims: ProctorClaims, viewer: Viewer) -> CasesTold:
        """How things stand with everybody, and whom to look at first, which comes as the first ranking."""
        await self._join(claims.exam_id, viewer)
        wall = self._walls[claims.exam_id]
        if wall.ranking is not None:
            viewer.hint(wall.ranking)
        return CasesTold(
            cases=wall.told,
            offers=OFFERS,
            lease_ms=round(self._settings.attend_lease_seconds * 1000),
            server_time_ms=self._clock.now_ms(),
            me=claims.account_id,
        )

    def ranking(self, exam_id: str) -> Ranking | None:
        wall = self._walls.get(exam_id)
        return None if wall is None else wall.ranking

    async def focus(self, exam_id: str, viewer: Viewer, session_id: str | None) -> None:
        """Raises nothing for a session of another exam: it simply never shows, like one that does not exist."""
        if session_id is not None:
            session = await self._store.session(session_id)
            if session is None or session.exam_id != exam_id:
                session_id = None
        await viewer.enlarge(self._bus, session_id)

    async def leave(self, exam_id: str, viewer: Viewer) -> None:
        await viewer.enlarge(self._bus, None)
        wall = self._walls.get(exam_id)
        if wall is None:
            return
        wall.viewers.discard(viewer)
        if not wall.viewers:
            del self._walls[exam_id]  # before the await: whoever comes meanwhile opens a new one
            await wall.close()

    async def close(self) -> None:
        for wall in self._walls.values():
            await wall.close()
        self._walls.clear()

    async def _join(self, exam_id: str, viewer: Viewer) -> None:
        wall = self._walls.get(exam_id)
        if wall is None:
            wall = Wall(exam_id, self._store, self._bus, self._settings, self._cases, self._clock)
            self._walls[exam_id] = wall  # before the await: two proctors who arrive together share one wall
        wall.viewers.add(viewer)  # and before it too: a proctor who leaves must not close a wall that opens
        await wall.start()
