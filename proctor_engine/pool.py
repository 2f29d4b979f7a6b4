"""As many supervised children as cores, fed from one mailbox: the engine inside a process."""

import asyncio

from proctor_engine.contract import EngineHealth, Frame, Observed, Outcome, Unexamined, Unreadable
from proctor_engine.mailbox import Mailbox, MailboxFull, Offer
from proctor_engine.memories import Memories
from proctor_engine.pacing import Pacer
from proctor_engine.quarantine import Quarantine
from proctor_engine.settings import EngineSettings
from proctor_engine.supervisor import ChildState, PoolLine, Supervisor
from proctor_engine.tasks import log_crash


class Pool:
    """The local `EngineClient`. A frame waits only for a child that works: with none ready it is unexamined at once."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._mailbox = Mailbox(settings.max_waiting_sessions)
        self._memories = Memories(settings.max_waiting_sessions)
        self._pacer = Pacer(settings.max_waiting_sessions)
        self._alarm: asyncio.TimerHandle | None = None  # for the first waiting frame that is not due yet
        self._quarantine = Quarantine(settings.bar_after_deaths, settings.bar_seconds)
        self._supervisors: list[Supervisor] = []
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin starting every child; `health().ready` tells how many are warm."""
        line = PoolLine(self._finish, self._blame, self._dispatch)
        self._supervisors = [
            Supervisor(number, self._settings, line) for number in range(1, self._settings.child_count() + 1)
        ]
        self._running = [
            asyncio.create_task(supervisor.run(), name=f"engine child {supervisor.number}")
            for supervisor in self._supervisors
        ]
        for task in self._running:
            task.add_done_callback(log_crash)

    async def close(self) -> None:
        """End every child at once, each by its own ladder."""
        for supervisor in self._supervisors:
            supervisor.stop()
        if self._alarm is not None:
            self._alarm.cancel()
        running, self._running = self._running, []
        await asyncio.gather(*running, return_exceptions=True)  # a crash is logged when it happens
        self._give_up_waiting("The engine is stopped.")

    def offer(self, frame: Frame, memory: bytes | None = None) -> asyncio.Future[Outcome]:
        """Take the newest frame of a session; see `EngineClient.offer`.

        An asker elsewhere keeps its own memory, and the pace of its own sessions.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        offer = Offer(frame, loop.create_future(), memory)
        if len(frame.jpeg) > self._settings.max_frame_bytes:
            offer.answer(Unreadable(f"The frame is larger than {self._settings.max_frame_bytes} bytes."))
        elif self._quarantine.is_barred(frame.session_id, now):
            offer.answer(Unexamined("Frames of this session stopped the engine twice; it waits before taking more."))
        elif not self._is_any_ready():
            offer.answer(Unexamined("No engine child is ready."))
        else:
            try:
                was_late = self._mailbox.put(offer, now)
            except MailboxFull:
                offer.answer(Unexamined("Too many sessions wait for the engine."))
            else:
                if memory is None:
                    self._pacer.offered(frame.session_id, now, was_late=was_late)
            self._dispatch()
        return offer.outcome

    def forget(self, session_id: str) -> None:
        """Drop the session's waiting frame and what is remembered of it."""
        self._mailbox.drop(session_id)
        self._memories.forget(session_id)
        self._pacer.forget(session_id)

    def health(self) -> EngineHealth:
        """Counts, as they are now."""
        return EngineHealth(
            children=self._settings.child_count(),
            ready=self._ready(),
            restarts=sum(supervisor.restarts for supervisor in self._supervisors),
            waiting=len(self._mailbox),
            in_flight=sum(supervisor.in_flight for supervisor in self._supervisors),
            sessions=self._pacer.sessions,
            service_us=round(self._pacer.service_us),
            interval_ms=round(self._pacer.pace.interval_ms),
        )

    def process_ids(self) -> tuple[int, ...]:
        """The children alive now, for measuring and for tests."""
        return tuple(supervisor.process_id for supervisor in self._supervisors if supervisor.process_id is not None)

    def _dispatch(self) -> None:
        """Give the frames that are due to the least busy children with room."""
        loop = asyncio.get_running_loop()
        if not self._is_any_ready():
            self._give_up_waiting("No engine child is ready.")
        self._keep_pace(loop.time())
        while free := [supervisor for supervisor in self._supervisors if supervisor.has_room]:
            offer = self._mailbox.take(loop.time())
            if offer is None:
                self._wake_when_due(loop)
                return
            min(free, key=lambda supervisor: supervisor.in_flight).give(offer, self._memory_of(offer))

    def _keep_pace(self, now: float) -> None:
        if self._pacer.is_due(now):
            self._pacer.look(now, self._ready())
            self._mailbox.share_seconds = self._pacer.pace.share_ms / 1_000

    def _wake_when_due(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        due_at = self._mailbox.due_at()
        if due_at is not None:
            self._alarm = loop.call_at(due_at, self._dispatch)

    def _finish(self, offer: Offer, outcome: Outcome) -> None:
        now = asyncio.get_running_loop().time()
        if offer.memory is None:
            self._memories.keep(offer.frame.session_id, outcome)
        if isinstance(outcome, Observed):
            self._pacer.examined(outcome.stages.cpu_us / 1e6)
        offer.answer(offer.timed(outcome, now))
        self._mailbox.release(offer.frame.session_id, now)
        self._dispatch()

    def _memory_of(self, offer: Offer) -> bytes:
        return self._memories.recall(offer.frame.session_id) if offer.memory is None else offer.memory

    def _blame(self, session_id: str) -> None:
        self._quarantine.record_death(session_id, asyncio.get_running_loop().time())

    def _give_up_waiting(self, reason: str) -> None:
        for offer in self._mailbox.empty():
            offer.answer(Unexamined(reason))

    def _ready(self) -> int:
        return sum(supervisor.state is ChildState.READY for supervisor in self._supervisors)

    def _is_any_ready(self) -> bool:
        return any(supervisor.state is ChildState.READY for supervisor in self._supervisors)
