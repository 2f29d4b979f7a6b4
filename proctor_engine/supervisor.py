"""One child, kept alive: start, warm, ready, ping, and an escalating stop."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from proctor_engine.channel import Kind, Message, PoolChannel, open_channel
from proctor_engine.contract import Observed, Outcome, Unexamined, Unreadable
from proctor_engine.exchange import MOST_ADDED_BYTES, Question, pack_question, unpack_answer
from proctor_engine.mailbox import Offer
from proctor_engine.settings import EngineSettings

log = logging.getLogger(__name__)


class ChildState(StrEnum):
    """Where a child is in its life; only a ready one is given frames."""

    STARTING = "starting"
    READY = "ready"
    ENDING = "ending"
    COOLING = "cooling"  # the restart budget is spent
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PoolLine:
    """What a supervisor tells its pool."""

    # A frame it was given has its outcome.
    finished: Callable[[Offer, Outcome], None]
    blamed: Callable[[str], None]  # this session's frame was being examined when the child died or hung
    changed: Callable[[], None]  # readiness or room has changed


class Supervisor:
    """Owns one child process at a time and every frame given to it.

    The child answers in order, so only the oldest open question can be late: it has a deadline, a frame's or a
    ping's, from the moment the one before it was answered.
    """

    def __init__(self, number: int, settings: EngineSettings, line: PoolLine) -> None:
        self.number = number
        self.state = ChildState.STOPPED
        self.restarts = 0
        self.process_id: int | None = None
        self._settings = settings
        self._line = line
        self._channel: PoolChannel | None = None
        self._given: dict[int, Offer] = {}
        self._job = 0
        self._ping_open = False
        self._heard_at = 0.0  # the child's last word, or the first question after a silence
        self._starts: deque[float] = deque(maxlen=settings.restart_budget + 1)
        self._wake = asyncio.Event()
        self._stopping = False

    @property
    def in_flight(self) -> int:
        """Frames given and not yet answered."""
        return len(self._given)

    @property
    def has_room(self) -> bool:
        """Whether `give` may be called."""
        return self.state is ChildState.READY and len(self._given) < self._settings.frames_in_flight

    def give(self, offer: Offer, memory: bytes) -> None:
        """Send a frame and what its session's last one left; its outcome comes through `PoolLine.finished`."""
        assert self._channel is not None, "a child with room has a channel"
        if not self._given and not self._ping_open:
            self._heard_at = self._now()
        self._job = (self._job + 1) & 0xFFFF_FFFF
        self._given[self._job] = offer
        question = Question(offer.frame.received_at_ms, memory, offer.frame.jpeg)
        self._channel.send(Message(Kind.FRAME, self._job, pack_question(question)))

    async def run(self) -> None:
        """Keep a child alive until `stop`; the pool owns the task this runs in."""
        while not self._stopping:
            await self._cool_down_if_too_fast()
            if self._stopping:
                break
            self._starts.append(self._now())
            try:
                reason = await self._live_once()
            except Exception:  # a fault of ours: it may cost this child, never the place of all after it
                log.exception("engine child %d could not be supervised", self.number)
                reason = "its supervision failed"
            if not self._stopping:
                self.restarts += 1
                log.warning("engine child %d ended (%s); starting another", self.number, reason)
        self._move(ChildState.STOPPED)

    def stop(self) -> None:
        """Ask `run` to end the child and return; what is in flight becomes unexamined."""
        self._stopping = True
        self._wake.set()

    async def _cool_down_if_too_fast(self) -> None:
        spent = len(self._starts) == self._starts.maxlen
        if not spent or self._now() - self._starts[0] > self._settings.restart_window_seconds:
            return
        log.error(
            "engine child %d was restarted %d times within %.0f s; cooling down for %.0f s",
            self.number,
            self._settings.restart_budget,
            self._settings.restart_window_seconds,
            self._settings.restart_cooldown_seconds,
        )
        self._move(ChildState.COOLING)
        self._starts.clear()
        until = self._now() + self._settings.restart_cooldown_seconds
        while not self._stopping and self._now() < until:
            await self._sleep(until - self._now())

    async def _live_once(self) -> str:
        """One child from birth to burial; the reason it ended, for the log."""
        self._move(ChildState.STARTING)
        began = self._heard_at = self._now()
        self._ping_open = False
        try:
            channel, process = await self._start_child()
        except OSError as failure:  # no memory, files or processes to be had: the restart budget decides what follows
            return f"could not be started: {failure}"
        self._channel, self.process_id = channel, process.pid
        try:
            start = self._settings.model_dump_json(exclude={"remote", "redis_url"})
            channel.send(Message(Kind.START, body=start.encode()))
            reason: str | None = None
            while reason is None:
                await self._sleep(self._tick_seconds())
                reason = self._reason_to_end(channel, began)
            await self._bury(process, channel, reason)
        finally:  # nothing is left for this after a burial
            if process.returncode is None:
                process.kill()
            channel.close()
            self._move(ChildState.ENDING)
            self._channel = self.process_id = None
            self._give_up_frames("The engine child was lost.")
        return reason

    async def _start_child(self) -> tuple[PoolChannel, asyncio.subprocess.Process]:
        own_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.ExitStack() as undo, child_end:
            undo.callback(own_end.close)
            channel = await open_channel(
                own_end, self._settings.max_frame_bytes + MOST_ADDED_BYTES, self._on_message, self._wake.set
            )
            undo.pop_all()  # the channel owns the socket now
            undo.callback(channel.close)
            process = await _spawn(child_end)
            undo.pop_all()
        return channel, process

    def _tick_seconds(self) -> float:
        settings = self._settings
        shortest = min(
            settings.start_deadline_seconds,
            settings.frame_deadline_seconds,
            settings.ping_interval_seconds,
            settings.ping_timeout_seconds,
        )
        return min(max(shortest / 4, 0.01), 0.5)

    def _reason_to_end(self, channel: PoolChannel, began: float) -> str | None:
        now, settings = self._now(), self._settings
        if self._stopping:
            return "stopped"
        if channel.lost:
            return "died"
        if self.state is ChildState.STARTING:
            return "slow to start" if now - began > settings.start_deadline_seconds else None
        silent_seconds = now - self._heard_at
        if self._ping_open:
            return "no answer to a ping" if silent_seconds > settings.ping_timeout_seconds else None
        if self._given:
            return "hung in a frame" if silent_seconds > settings.frame_deadline_seconds else None
        if silent_seconds > settings.ping_interval_seconds:
            self._ping_open, self._heard_at = True, now
            channel.send(Message(Kind.PING))
        return None

    def _on_message(self, message: Message) -> None:
        self._heard_at = self._now()
        if message.kind is Kind.READY:
            self._move(ChildState.READY)
        elif message.kind is Kind.PONG:
            self._ping_open = False
        elif (offer := self._given.pop(message.job, None)) is not None:
            self._line.finished(offer, self._outcome_of(message))

    def _outcome_of(self, message: Message) -> Outcome:
        if message.kind is Kind.OBSERVED:
            answer = unpack_answer(message.body)
            return Observed(answer.observation, answer.memory, answer.stages)
        sentence = message.body.decode(errors="replace")
        if message.kind is Kind.UNREADABLE:
            return Unreadable(sentence)
        log.error("engine child %d could not examine a frame: %s", self.number, sentence)
        return Unexamined("The detector failed on this frame.")

    async def _bury(self, process: asyncio.subprocess.Process, channel: PoolChannel, reason: str) -> None:
        """The stop ladder: ask, SIGTERM, SIGKILL. A hung child is killed at once: it will not listen."""
        was_ready = self.state is ChildState.READY
        self._move(ChildState.ENDING)
        if self._given and not self._stopping:
            self._line.blamed(next(iter(self._given.values())).frame.session_id)
        self._give_up_frames("The engine is stopping." if self._stopping else f"The engine child {reason}.")
        if self._stopping:
            channel.send(Message(Kind.STOP))
            # A child that still imports its models reads nothing yet.
            if not (was_ready and await _ended(process, self._settings.stop_ask_seconds)):
                process.terminate()
                await _ended(process, self._settings.stop_terminate_seconds)
        if process.returncode is None:
            process.kill()
        await process.wait()

    def _give_up_frames(self, reason: str) -> None:
        given, self._given = self._given, {}
        for offer in given.values():
            self._line.finished(offer, Unexamined(reason))

    def _move(self, state: ChildState) -> None:
        if state is not self.state:
            log.info("engine child %d is %s", self.number, state.value)
            self.state = state
            self._line.changed()

    async def _sleep(self, seconds: float) -> None:
        """Until something happened that `run` must look at, or this long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _spawn(child_end: socket.socket) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "proctor_engine.child",
        str(child_end.fileno()),
        pass_fds=(child_end.fileno(),),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal reaches the parent alone, even before the child's main
    )


async def _ended(process: asyncio.subprocess.Process, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        return False
    return True
