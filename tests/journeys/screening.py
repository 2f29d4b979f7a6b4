"""A film shown to the engine and judged by the platform's rules, frame by frame, without sockets or a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from guildhall.proctoring.model import CHANNEL_OF, Channel, Rule
from guildhall.proctoring.rules import Opened, Timeline, judge
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation
from proctor_engine.detectors.base import Detector
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from tests.proctor_engine.films import CAMERA_QUALITY, FRAME_MS, Distortion, swing
from tests.proctor_engine.recordings import Picture, encode

RULES = RuleSettings()
MOST_PX = 1920 * 1080
CALM_FRAMES, HELD_FRAMES, CLEAR_FRAMES = 25, 30, 8  # 5 s as it is, 6 s distorted, 1.6 s as it is
SUDDEN_FRAMES, SLOW_FRAMES = 3, 40  # within which a distortion comes


@dataclass
class Screening:
    """One session: the engine's memory and the rules' timeline go from frame to frame."""

    detector: Detector
    memory: bytes = b""
    timeline: Timeline = field(default_factory=Timeline)
    at_ms: int = 1_800_000_000_000
    opened: list[Rule] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def show(self, jpeg: bytes) -> Observation:
        """The next frame, a fifth of a second after the last."""
        self.at_ms += FRAME_MS
        answer = examine(Question(self.at_ms, self.memory, jpeg), self.detector, MOST_PX)
        self.memory = answer.memory
        judgement = judge(self.timeline, answer.observation, self.at_ms, RULES)
        self.timeline = judgement.timeline
        self.opened += [change.rule for change in judgement.changes if isinstance(change, Opened)]
        self.counts.append(len(answer.observation.faces))
        return answer.observation

    def raised(self, channel: Channel) -> set[Rule]:
        return {rule for rule in self.opened if CHANNEL_OF[rule] is channel}


@dataclass(frozen=True)
class Showing:
    """What came of one distorted film."""

    behaviour: set[Rule]  # raised, and not by the same film undistorted
    visibility: set[Rule]
    counts: str  # faces in each frame while the distortion was at its worst
    is_blind: bool  # nobody was found for longer than any rule of this channel waits

    @property
    def is_true(self) -> bool:
        """Nothing was said of the person, and that nothing could be seen was said."""
        return not self.behaviour and (bool(self.visibility) or not self.is_blind)


def show_plain(detector: Detector, pictures: Sequence[Picture], frames: int) -> Screening:
    """The film as it is: what it raises by itself is not a distortion's fault."""
    session = Screening(detector)
    for picture in islice(swing(pictures), frames):
        session.show(encode(picture, CAMERA_QUALITY))
    return session


@dataclass(frozen=True)
class Course:
    """How many frames a distortion is not there yet, comes more and more, is at its worst, and is gone again."""

    calm: int = CALM_FRAMES
    coming: int = SUDDEN_FRAMES
    held: int = HELD_FRAMES
    clear: int = CLEAR_FRAMES

    def steps(self) -> list[float]:
        """How far the distortion has gone in each frame."""
        coming = [(step + 1) / self.coming for step in range(self.coming)]
        return [0.0] * self.calm + coming + [1.0] * self.held + [0.0] * self.clear

    @property
    def worst(self) -> slice:
        return slice(self.calm + self.coming, self.calm + self.coming + self.held)


def show_distorted(
    detector: Detector, pictures: Sequence[Picture], distortion: Distortion, course: Course, plain: Screening
) -> Showing:
    """The film with a distortion, beside the `plain` one of the same length."""
    chance, session, steps = np.random.default_rng(1), Screening(detector), course.steps()
    assert len(plain.counts) == len(steps)
    for picture, far in zip(islice(swing(pictures), len(steps)), steps, strict=True):
        shown = distortion.distort(picture, far, chance) if far else picture
        session.show(encode(shown, round(CAMERA_QUALITY + (distortion.quality - CAMERA_QUALITY) * far)))
    worst = session.counts[course.worst]
    return Showing(
        session.raised(Channel.BEHAVIOUR) - plain.raised(Channel.BEHAVIOUR),
        session.raised(Channel.VISIBILITY),
        "".join(map(str, worst)),
        is_blind=any(plain.counts) and not any(worst),
    )
