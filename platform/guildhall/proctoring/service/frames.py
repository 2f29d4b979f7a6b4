"""`receive_frame`: steps 3 to 8 of the frame's journey, for one frame of one seat."""

import asyncio
from collections.abc import Awaitable
from time import perf_counter

from guildhall.kit.clock import Clock
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring.lifecycle import SessionState
from guildhall.proctoring.messages import FrameSent, Verdict
from guildhall.proctoring.model import PENDING_BOUND
from guildhall.proctoring.model.admission import ConsentSignal
from guildhall.proctoring.model.signals import Seen
from guildhall.proctoring.rules import FrameRefused, admit_frame, coach
from guildhall.proctoring.rules.calming import ask_for, notice_calm
from guildhall.proctoring.rules.consenting import is_used, without_declined
from guildhall.proctoring.rules.pacing import next_interval_ms
from guildhall.proctoring.service.checking_in import CheckInDesk, told_while_open
from guildhall.proctoring.service.figures import FrameFigures
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.service.signals import MOST_BYTES
from guildhall.proctoring.service.tiles import TileRelay
from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.client import EngineClient
from proctor_engine.contract import Frame, Observation, Observed, Outcome, Superseded, Unexamined, Unreadable

TAKEN_OVER = "This session goes on in another tab or on another device."
STORE_SECONDS = 1.0  # that a verdict waits for the database
FINISHED = "The session is finished."
NOT_AGREED = "Pictures are taken only from those who have agreed to their camera, and until they take it back."
STORAGE_AWAY = "Guildhall cannot write to its database just now; nothing of yours is lost."


class FrameIntake:
    """Takes frames in order and answers each with a verdict when the engine has looked at it."""

    def __init__(
        self,
        engine: EngineClient,
        check_ins: CheckInDesk,
        recorder: IncidentRecorder,
        tiles: TileRelay,
        figures: FrameFigures,
        clock: Clock,
        settings: ProctoringSettings,
        tasks: TaskOwner,
    ) -> None:
        self._engine = engine
        self._check_ins = check_ins
        self._recorder = recorder
        self._tiles = tiles
        self._figures = figures
        self._clock = clock
        self._settings = settings
        self._tasks = tasks

    def receive_frame(self, seat: Seat, sent: FrameSent) -> Awaitable[Verdict]:
        """Admit and offer now, in order; the returned awaitable is the verdict.

        Raises `FrameRefused` for a frame that may not enter.
        """
        if seat.lost:
            raise FrameRefused(TAKEN_OVER)
        if not is_used(seat.admission, ConsentSignal.CAMERA):
            raise FrameRefused(NOT_AGREED)
        admit_frame(seat.session, seat.last_number, sent.number, sent.jpeg, self._settings)
        seat.last_number = sent.number
        seat.arrived_ms = self._clock.now_ms()
        frame = Frame(seat.session.id, sent.number, sent.captured_at_ms, seat.arrived_ms, sent.jpeg)
        return self._follow(seat, frame, self._engine.offer(frame))

    def forget(self, seat: Seat) -> None:
        """The candidate has left: drop their waiting frame and what the engine remembers of their face."""
        self._engine.forget(seat.session.id)

    async def _follow(self, seat: Seat, frame: Frame, examined: Awaitable[Outcome]) -> Verdict:
        match await examined:
            case Observed(observation, stages=stages):
                self._figures.examined(stages)
                began = perf_counter()
                verdict = await self._judge(seat, frame, observation)
                self._figures.judged(perf_counter() - began)
                return verdict
            case Superseded():
                return self._verdict(seat, frame, "skipped", "A newer picture took its place.")
            case Unexamined(reason):
                await self._tiles.relay(seat, frame, None)
                return self._verdict(seat, frame, "unexamined", reason)
            case Unreadable(reason):
                self._figures.unreadable()
                raise FrameRefused(reason)

    async def _judge(self, seat: Seat, frame: Frame, observation: Observation) -> Verdict:
        if seat.lost or seat.left:
            return self._verdict(seat, frame, "skipped", TAKEN_OVER)
        if seat.finishing or seat.session.state is SessionState.FINISHED:  # while the engine was looking
            return self._verdict(seat, frame, "skipped", FINISHED)
        is_full = seat.tape is not None and seat.tape.size >= MOST_BYTES
        if is_full or len(seat.undecided) >= PENDING_BOUND:  # policy: stop judging rather than forget a decision
            return self._verdict(seat, frame, "unexamined", STORAGE_AWAY)
        observation = without_declined(observation, seat.rules_off)
        judgement = seat.advance(Seen(frame.received_at_ms, observation))
        seat.faces = len(observation.faces)
        seat.observation = observation
        seat.calm = notice_calm(seat.calm, seat.timeline, observation, judgement.calibrated, self._settings)
        self._ask(seat)
        seat.judged_at_ms.append(frame.received_at_ms)
        seat.film.take(frame.received_at_ms, frame.jpeg)  # before what it shows is noted: it belongs to that
        if judgement.changes:
            self._recorder.note(seat, judgement.changes, frame.received_at_ms)
        if judgement.changes or self._check_ins.is_due(seat):
            await self._store(seat)
        await self._tiles.relay(seat, frame, observation)
        verdict = self._verdict(seat, frame, "judged", None)
        told = {
            "faces": seat.faces,
            "coaching": coach(observation, seat.rules),
            "check_in": told_while_open(seat.timeline),
        }
        return verdict.model_copy(update=told)

    async def _store(self, seat: Seat) -> None:
        """Wait until it is on disk, but not for as long as a database that is away lets one wait.

        A page gives up on a frame after 3 s, and so its candidate would go unwatched. What takes longer goes on by
        itself and is never cancelled: a driver may carry a write out that nobody waits for, long after newer ones.
        """
        if seat.storing is None or seat.storing.done():
            seat.storing = self._tasks.start(f"store {seat.session.id}", self._write(seat))
        done, _ = await asyncio.wait((seat.storing,), timeout=STORE_SECONDS)
        for task in done:
            task.result()

    async def _write(self, seat: Seat) -> None:
        await self._recorder.flush(seat)
        await self._check_ins.keep(seat)

    def _ask(self, seat: Seat) -> None:
        is_wanted_whole = seat.is_enlarged or bool(seat.open_incidents)
        asked = ask_for(seat.calm, self._settings, is_wanted_whole=is_wanted_whole)
        if seat.asked is None or asked.interval_ms != seat.asked.interval_ms:
            seat.judged_at_ms.clear()  # a rate over both paces would look like a candidate who is slowed
        seat.asked = asked

    def _verdict(self, seat: Seat, frame: Frame, verdict: str, reason: str | None) -> Verdict:
        if seat.asked is None:
            self._ask(seat)
        assert seat.asked is not None
        asked = seat.asked
        interval_ms = max(asked.interval_ms, next_interval_ms(self._engine.health().interval_ms, self._settings))
        self._figures.answered(verdict, interval_ms)
        return Verdict.model_validate(
            {
                "number": frame.number,
                "verdict": verdict,
                "reason": reason,
                "next_interval_ms": interval_ms,
                "next_width_px": asked.width_px,
                "next_height_px": asked.height_px,
                "next_quality": asked.quality,
                "faces": None,
                "coaching": None,
                "check_in": None,
            }
        )
