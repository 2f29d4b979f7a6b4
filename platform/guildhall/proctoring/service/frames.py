"""`receive_frame`: steps 3 to 8 of the frame's journey, for one frame of one seat."""

from collections.abc import Awaitable

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import SessionState
from guildhall.proctoring.messages import FrameSent, Verdict
from guildhall.proctoring.model import PENDING_BOUND, Baseline, Session
from guildhall.proctoring.rules import FrameRefused, admit_frame, coach, judge
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.service.tiles import TileRelay
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from proctor_engine.client import EngineClient
from proctor_engine.contract import Frame, Observation, Observed, Outcome, Superseded, Unexamined, Unreadable

log = get_logger(__name__)

TAKEN_OVER = "This session goes on in another tab or on another device."
FINISHED = "The session is finished."
STORAGE_AWAY = "Guildhall cannot write to its database just now; nothing of yours is lost."


class FrameIntake:
    """Takes frames in order and answers each with a verdict when the engine has looked at it."""

    def __init__(
        self,
        engine: EngineClient,
        store: ProctoringStore,
        recorder: IncidentRecorder,
        tiles: TileRelay,
        clock: Clock,
        settings: ProctoringSettings,
    ) -> None:
        self._engine = engine
        self._store = store
        self._recorder = recorder
        self._tiles = tiles
        self._clock = clock
        self._settings = settings

    def receive_frame(self, seat: Seat, sent: FrameSent) -> Awaitable[Verdict]:
        """Admit and offer now, in order; the returned awaitable is the verdict.

        Raises `FrameRefused` for a frame that may not enter.
        """
        if seat.lost:
            raise FrameRefused(TAKEN_OVER)
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
            case Observed(observation):
                return await self._judge(seat, frame, observation)
            case Superseded():
                return self._verdict(frame, "skipped", "A newer picture took its place.")
            case Unexamined(reason):
                await self._tiles.relay(seat, frame, None)
                return self._verdict(frame, "unexamined", reason)
            case Unreadable(reason):
                raise FrameRefused(reason)

    async def _judge(self, seat: Seat, frame: Frame, observation: Observation) -> Verdict:
        if seat.lost or seat.left:
            return self._verdict(frame, "skipped", TAKEN_OVER)
        if seat.finishing or seat.session.state is SessionState.FINISHED:  # while the engine was looking
            return self._verdict(frame, "skipped", FINISHED)
        if len(seat.undecided) >= PENDING_BOUND:  # policy: stop judging rather than forget a decision
            return self._verdict(frame, "unexamined", STORAGE_AWAY)
        rules = self._settings.rules
        before = seat.timeline
        judgement = judge(before, observation, frame.received_at_ms, rules)
        seat.timeline = judgement.timeline
        seat.faces = len(observation.faces)
        if judgement.changes:
            self._recorder.note(seat, judgement.changes, frame.received_at_ms)
            await self._recorder.flush(seat)
        if before.baseline is None and seat.timeline.baseline is not None:
            await self._keep_baseline(seat.session, seat.timeline.baseline)
        await self._tiles.relay(seat, frame, observation)
        verdict = self._verdict(frame, "judged", None)
        return verdict.model_copy(update={"faces": seat.faces, "coaching": coach(observation, rules)})

    async def _keep_baseline(self, session: Session, baseline: Baseline) -> None:
        try:
            await self._store.keep_baseline(session.id, session.epoch, baseline)
        except StorageUnavailable as error:  # costs the next owner of the session three calm seconds
            log.warning("baseline_not_stored", session_id=session.id, reason=str(error))

    def _verdict(self, frame: Frame, verdict: str, reason: str | None) -> Verdict:
        return Verdict.model_validate(
            {
                "number": frame.number,
                "verdict": verdict,
                "reason": reason,
                "next_interval_ms": self._settings.frame_interval_ms,
                "faces": None,
                "coaching": None,
            }
        )
