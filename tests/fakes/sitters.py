"""People before a camera: each with a bias and gains of their own, who do what the check-in asks, or something else."""

from dataclasses import dataclass, field
from random import Random

from guildhall.proctoring.rules import Timeline, judge
from guildhall.proctoring.rules.steps import Kind, Step
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Face, Observation
from tests.fakes.observations import a_face, an_observation

FRAME_MS = 200
REACTION_MS = 300  # until the eyes or the head have begun to follow a new instruction
TURN_DEG = 16.0


@dataclass
class Sitter:
    """`look` gives the face of one frame; noise is the standard deviation of a good frame's, times `noise`."""

    yaw_deg: float = 6.0
    pitch_deg: float = -9.0
    gaze_x: float = 0.04
    gaze_y: float = -0.08
    gaze_x_span: float = -0.2  # a laptop's screen an arm's length away
    gaze_y_span: float = 0.14
    counter_turn: float = 0.009  # of the eyes, a degree of the head
    eyes_open: float = 0.30
    eyes_closed: float = 0.06
    noise: float = 1.0
    random: Random = field(default_factory=lambda: Random(7))
    size_px: float = 95.0

    def look(
        self,
        at: tuple[float, float] = (0.5, 0.5),
        *,
        yaw_deg: float = 0.0,
        pitch_deg: float = 0.0,
        closed: bool = False,
        glance: float = 0.0,
    ) -> Face:
        """Looking at a point of the window, the head turned from its usual pose; `glance` is added to gaze_x."""
        eyes = self.eyes_closed if closed else self.eyes_open
        across = self.gaze_x_span * (at[0] - 0.5) - self.counter_turn * yaw_deg
        down = self.gaze_y_span * (at[1] - 0.5) + self.counter_turn * pitch_deg
        return a_face(
            yaw_deg=self.yaw_deg + yaw_deg + self._noise(0.8),
            pitch_deg=self.pitch_deg + pitch_deg + self._noise(0.8),
            gaze_x=self.gaze_x + across + glance + self._noise(0.012),
            gaze_y=self.gaze_y + down + self._noise(0.012),
            eye_openness=max(eyes + self._noise(0.01), 0.0),
            mouth_openness=abs(0.02 + self._noise(0.005)),
            interocular_px=self.size_px,
        )

    def obey(self, step: Step, spent_ms: int) -> Face:
        """What a willing person shows that long after a step was asked."""
        if spent_ms < REACTION_MS:
            return self.look()
        if step.kind is Kind.LOOK:
            return self.look(step.target)
        if step.kind is Kind.CLOSE:
            return self.look(closed=spent_ms < REACTION_MS + 1200)
        axis, sign = step.turn
        return self.look(**{axis: sign * TURN_DEG})  # type: ignore[arg-type]

    def _noise(self, deviation: float) -> float:
        return self.random.gauss(0, deviation * self.noise) if self.noise else 0.0


class DefiantSitter(Sitter):
    """Looks straight ahead whatever is asked: a recording, or somebody who cannot follow."""

    def obey(self, step: Step, spent_ms: int) -> Face:  # noqa: ARG002
        return self.look()


class MirroredSitter(Sitter):
    """A willing person behind a camera that turns its pictures round."""

    def obey(self, step: Step, spent_ms: int) -> Face:
        face = super().obey(step, spent_ms)
        return a_face(
            yaw_deg=-face.yaw_deg,
            pitch_deg=face.pitch_deg,
            gaze_x=-face.gaze_x,
            gaze_y=face.gaze_y,
            eye_openness=face.eye_openness,
            mouth_openness=face.mouth_openness,
        )


def observe(face: Face) -> Observation:
    return an_observation(face)


def sit_check_in(
    sitter: Sitter, timeline: Timeline, now_ms: int, settings: RuleSettings, step_ms: int = FRAME_MS
) -> tuple[Timeline, int]:
    """Play a running check-in to its end; the timeline after it, and when that was."""
    asked, asked_ms = timeline.check_in.step, now_ms
    while (step := timeline.check_in.step) is not None:
        if step is not asked:
            asked, asked_ms = step, now_ms
        now_ms += step_ms
        timeline = judge(timeline, observe(sitter.obey(step, now_ms - asked_ms)), now_ms, settings).timeline
    return timeline, now_ms
