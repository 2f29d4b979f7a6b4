"""The practice room: will this camera, light, line and clock do? Looked at as in an exam, and forgotten at once.

It is made of an engine, a clock and settings. There is no store, no bus, no blobs and no log in here, so there is
nothing that could keep a picture or a measurement, and no wall that could be told of one.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Unavailable
from guildhall.kit.ids import new_id
from guildhall.proctoring.lifecycle import CheckInEvent
from guildhall.proctoring.messages import CheckInTold, FrameSent, Verdict
from guildhall.proctoring.messages.admission import AdmissionTold, ChecksMeasured
from guildhall.proctoring.model.admission import Admission, CheckName, ProctoringPolicy
from guildhall.proctoring.model.signals import Asked, Seen
from guildhall.proctoring.rules import FrameRefused, Timeline, coach
from guildhall.proctoring.rules.advancing import advance
from guildhall.proctoring.rules.intake import admit_picture
from guildhall.proctoring.rules.pacing import next_interval_ms
from guildhall.proctoring.rules.system_check import Measured, check
from guildhall.proctoring.service.checking_in import told_of as check_in_told
from guildhall.proctoring.service.checking_in import told_while_open
from guildhall.proctoring.service.telling_admission import told_of
from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.client import EngineClient
from proctor_engine.contract import Frame, Observation, Observed, Outcome, Superseded, Unexamined, Unreadable

PRACTISING_MAX: Final = 50
"""At one process (policy: whoever comes then is asked to come back): the engine is there for exams first."""
POLICY: Final = ProctoringPolicy(claims={}, asked=(), required=(), checks=tuple(CheckName))


class PracticeFull(Unavailable):
    def __init__(self) -> None:
        super().__init__("Many people are trying their cameras just now. Come back in a few minutes.")


@dataclass(slots=True)
class PracticeSeat:
    """One page that practises, for as long as it is connected; all that is known of it."""

    id: str
    admission: Admission
    timeline: Timeline = field(default_factory=Timeline)
    last_number: int = -1
    observation: Observation | None = None


class PracticeRoom:
    """Used by the namespace of the same name."""

    def __init__(self, engine: EngineClient, clock: Clock, settings: ProctoringSettings) -> None:
        self._engine = engine
        self._clock = clock
        self.settings = settings
        self._taken: set[str] = set()

    @property
    def is_full(self) -> bool:
        return len(self._taken) >= PRACTISING_MAX

    def now_ms(self) -> int:
        return self._clock.now_ms()

    def enter(self) -> PracticeSeat:
        """Raises `PracticeFull`."""
        if self.is_full:
            raise PracticeFull
        id_ = new_id("try", self._clock)
        self._taken.add(id_)
        return PracticeSeat(id_, Admission(id=id_, created_at_ms=self._clock.now_ms(), exam_id="", policy=POLICY))

    def leave(self, seat: PracticeSeat) -> None:
        """Nothing is left of it, in the engine either."""
        self._taken.discard(seat.id)
        self._engine.forget(seat.id)

    def receive_frame(self, seat: PracticeSeat, sent: FrameSent) -> Awaitable[Verdict]:
        """As `FrameIntake.receive_frame`, without anything that lasts. Raises `FrameRefused`."""
        admit_picture(seat.last_number, sent.number, sent.jpeg, self.settings)
        seat.last_number = sent.number
        frame = Frame(seat.id, sent.number, sent.captured_at_ms, self._clock.now_ms(), sent.jpeg)
        return self._follow(seat, frame, self._engine.offer(frame))

    async def check_in(self, seat: PracticeSeat, event: CheckInEvent) -> CheckInTold:
        """Raises `MoveRefused`."""
        seat.timeline = advance(seat.timeline, Asked(self._clock.now_ms(), event), self.settings.rules).timeline
        return check_in_told(seat.timeline.check_in, seat.timeline.baseline)

    def measure(self, seat: PracticeSeat, sent: ChecksMeasured) -> AdmissionTold:
        measured = Measured(sent.camera_trouble, sent.frames_per_second, sent.upload_kbit_s, sent.clock_offset_ms)
        seen = None if measured.camera_trouble is not None else seat.observation
        settings = self.settings
        results = check(POLICY.checks, measured, seen, self._clock.now_ms(), settings.rules, settings.checks)
        seat.admission = seat.admission.model_copy(update={"checks": results})
        return self.told(seat)

    def told(self, seat: PracticeSeat) -> AdmissionTold:
        return told_of(seat.admission, (), self.settings.rules).model_copy(update={"is_practice": True})

    async def _follow(self, seat: PracticeSeat, frame: Frame, examined: Awaitable[Outcome]) -> Verdict:
        match await examined:
            case Observed(observation):
                # What the rules would have noted of it goes no further than this line.
                seen = Seen(frame.received_at_ms, observation)
                seat.timeline = advance(seat.timeline, seen, self.settings.rules).timeline
                seat.observation = observation
                told = {
                    "faces": len(observation.faces),
                    "coaching": coach(observation, self.settings.rules),
                    "check_in": told_while_open(seat.timeline),
                }
                return self._verdict(frame, "judged").model_copy(update=told)
            case Superseded():
                return self._verdict(frame, "skipped", "A newer picture took its place.")
            case Unexamined(reason):
                return self._verdict(frame, "unexamined", reason)
            case Unreadable(reason):
                raise FrameRefused(reason)

    def _verdict(self, frame: Frame, verdict: str, reason: str | None = None) -> Verdict:
        settings = self.settings
        return Verdict.model_validate(
            {
                "number": frame.number,
                "verdict": verdict,
                "reason": reason,
                "next_interval_ms": next_interval_ms(self._engine.health().interval_ms, settings),
                "next_width_px": settings.frame_width_px,
                "next_height_px": settings.frame_height_px,
                "next_quality": settings.jpeg_quality,
                "faces": None,
                "coaching": None,
                "check_in": None,
            }
        )
