"""The proctors' side: one wall an exam a process, fed by the bus; `viewing` has the proctors who look at it."""

import asyncio
from contextlib import suppress

from guildhall.kit.bus import Bus, Subscription
from guildhall.kit.clock import Clock, SystemClock
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets import Message
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring.messages import Card, EntryAdded, Head, unpack_tile
from guildhall.proctoring.messages.acting import CaseTold, Ranking
from guildhall.proctoring.rules.attention import Pace
from guildhall.proctoring.service.acting import case_topic
from guildhall.proctoring.service.cards import card_of, card_topic
from guildhall.proctoring.service.floor import Floor
from guildhall.proctoring.service.incidents import entry_topic
from guildhall.proctoring.service.telling_cases import told_of
from guildhall.proctoring.service.tiles import tile_topic
from guildhall.proctoring.service.viewing import Viewer
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from guildhall.proctoring.store.cases import CaseStore

log = get_logger(__name__)

OVERLAP_MS = 10_000  # clocks of other processes differ, and a write takes its time


class Wall:
    """Everything this process shows of one exam."""

    def __init__(
        self,
        exam_id: str,
        store: ProctoringStore,
        bus: Bus,
        settings: ProctoringSettings,
        cases: CaseStore | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Without `cases` it only shows; with them it also tells how things stand, and whom to look at first."""
        self._exam_id = exam_id
        self._cases = cases
        self._clock = clock or SystemClock()
        self._pace = Pace(round(settings.look_calm_seconds * 1000), round(settings.look_urgent_seconds * 1000))
        self._floor = Floor()
        self._read_from_ms = 0  # cases that were changed before it are known
        self.ranking: Ranking | None = None
        self._store = store
        self._bus = bus
        self._settings = settings
        self._subscriptions: list[Subscription] = []
        self._tasks = TaskOwner(f"wall-{exam_id}")
        self._gap = asyncio.Event()
        self._opening = asyncio.Lock()
        self.viewers: set[Viewer] = set()

    async def start(self) -> None:
        """Listen; everybody who comes calls this, and whoever comes second waits until the first is through."""
        topics = (
            (entry_topic(self._exam_id), self._show_entry),
            (card_topic(self._exam_id), self._show_card),
            (tile_topic(self._exam_id), self._show_tile),
            (case_topic(self._exam_id), self._show_case),
        )
        async with self._opening:
            for topic, receive in topics[len(self._subscriptions) :]:
                self._subscriptions.append(await self._bus.subscribe(topic, receive, self._gap.set))
            if not self._tasks:
                if self._cases is not None:
                    await self._read_floor()
                    self._rank()
                    self._tasks.start("ranking", self._keep_ranked())
                self._tasks.start("heads", self._tell_heads())

    def case(self, session_id: str) -> CaseTold | None:
        return self._floor.cases.get(session_id)

    @property
    def told(self) -> tuple[CaseTold, ...]:
        """How things stand with everybody of whom anything is known."""
        return tuple(self._floor.cases.values())

    async def close(self) -> None:
        await self._tasks.close()
        for subscription in self._subscriptions:
            await subscription.close()

    def _show_entry(self, body: bytes) -> None:
        entry = EntryAdded.model_validate_json(body)
        self._floor.take_entry(entry)
        for viewer in self.viewers:
            viewer.hint(entry)

    def _show_card(self, body: bytes) -> None:
        card = Card.model_validate_json(body)
        self._floor.take_card(card)
        for viewer in self.viewers:
            viewer.hint(card)

    def _show_case(self, body: bytes) -> None:
        self._take_case(CaseTold.model_validate_json(body))

    def _take_case(self, case: CaseTold) -> None:
        if self._floor.take_case(case):
            for viewer in self.viewers:
                viewer.hint(case)

    async def _keep_ranked(self) -> None:
        """Reckon the order again every second or so, and tell it where it is another."""
        while True:
            await asyncio.sleep(self._settings.ranking_interval_seconds)
            if self._rank() and self.ranking is not None:
                for viewer in self.viewers:
                    viewer.hint(self.ranking)

    def _rank(self) -> bool:
        before, self.ranking = self.ranking, self._floor.ranking(self._exam_id, self._clock.now_ms(), self._pace)
        return before is None or before.order != self.ranking.order

    async def _read_floor(self) -> None:
        """Everything anew from the store: when the wall opens, and when hints may be missing."""
        sessions = await self._store.sessions_of(self._exam_id, self._settings.candidates_per_exam)
        self._floor.open.clear()
        for session in sessions:
            self._floor.cards.setdefault(session.id, card_of(session))
            for incident in session.open.values():
                self._floor.take_incident(incident)
        await self._read_cases()

    async def _read_cases(self) -> None:
        """Those that were changed since they were last read: a hint that was lost is made up for."""
        if self._cases is None:
            return
        began_ms = self._clock.now_ms()
        for case in await self._cases.of_exam(self._exam_id, self._read_from_ms, self._settings.candidates_per_exam):
            self._take_case(told_of(case))
        self._read_from_ms = began_ms - OVERLAP_MS

    def _show_tile(self, body: bytes) -> None:
        tile = unpack_tile(body)
        for viewer in self.viewers:
            if viewer.focus != tile.session_id:  # that one comes by its own topic
                viewer.offer_tile(tile)

    async def _tell_heads(self) -> None:
        """Every few seconds, and at once after the bus was away: the newest number, so that a silence is noticed."""
        while True:
            missed = self._gap.is_set()
            self._gap.clear()
            try:
                if self._cases is not None:
                    await (self._read_floor() if missed else self._read_cases())
                for hint in await self._facts(with_cards=missed):
                    for viewer in self.viewers:
                        viewer.hint(hint)
            except StorageUnavailable as error:
                log.warning("head_not_read", exam_id=self._exam_id, reason=str(error))
                if missed:
                    self._gap.set()
                    await asyncio.sleep(1)
                    continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.head_interval_seconds):
                    await self._gap.wait()

    async def _facts(self, *, with_cards: bool) -> list[Message]:
        facts: list[Message] = [Head(head=await self._store.head(self._exam_id))]
        if with_cards:  # who came and went while nobody could tell this process
            sessions = await self._store.sessions_of(self._exam_id, self._settings.candidates_per_exam)
            facts += [card_of(session) for session in sessions]
        return facts
