"""The check-in as data: what is asked, in which order, when a step is done. 13 seconds; 22 where nothing is followed.

The page shows the instruction and the dot; whether a step is done is judged here, from the pictures alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.proctoring.model import Reading, StepName
from guildhall.proctoring.rules.readings import Sample

NEAR_EDGE, FAR_EDGE = 0.06, 0.94  # of the window: a dot must be wholly visible on a phone too
LEAST_TURN_DEG = 8.0  # well above the noise of head pose (3.6 degrees mean error, accuracy study)
CLOSED_SHARE, REOPENED_SHARE = 0.6, 0.75  # of this person's open eyes

DOTS: Final = {
    StepName.CENTRE: (0.5, 0.5),
    StepName.TOP_LEFT: (NEAR_EDGE, NEAR_EDGE),
    StepName.BOTTOM_RIGHT: (FAR_EDGE, FAR_EDGE),
    StepName.TOP_RIGHT: (FAR_EDGE, NEAR_EDGE),
    StepName.BOTTOM_LEFT: (NEAR_EDGE, FAR_EDGE),
}


class Kind(StrEnum):
    LOOK = "look"  # done when enough was seen, whatever it was: where the eyes went is known only after the fit
    TURN = "turn"  # done when the head was turned the right way
    CLOSE = "close"  # done when the eyes were closed and are open again


@dataclass(frozen=True, slots=True)
class Step:
    name: StepName
    kind: Kind
    instruction: str
    hold_ms: int  # how long it must be seen to be done
    patience_ms: int  # after this the check-in goes on with what there is
    settle_ms: int = 0  # of what comes first, nothing counts: eyes and network need their time
    turn: tuple[str, int] = ("", 0)  # axis and sign in the unmirrored picture, of a TURN

    @property
    def target(self) -> tuple[float, float]:
        """Where the dot is, in windows from the top left: it stays in the centre while head and eyelids move."""
        return DOTS.get(self.name, DOTS[StepName.CENTRE])


def _corner(name: StepName) -> Step:
    # A saccade takes about .25 s, and the picture that shows it up to .3 s to come back through a slow network.
    words = f"Follow the dot to the {name.value.replace('_', ' ')} with your eyes. Keep your head still."
    return Step(name, Kind.LOOK, words, hold_ms=600, patience_ms=2000, settle_ms=600)


def _turn(name: StepName, way: str, axis: str, sign: int) -> Step:
    words = f"Keep looking at the dot, and turn your head a little {way}."
    return Step(name, Kind.TURN, words, hold_ms=400, patience_ms=2400, turn=(axis, sign))


# Left is the candidate's own left: the nose goes to the right of an unmirrored picture, which is positive yaw.
STEPS: Final = (
    Step(
        StepName.CENTRE,
        Kind.LOOK,
        "Look at the dot in the middle. Sit as you will in the exam, mouth closed.",
        hold_ms=1600,
        patience_ms=4000,
        settle_ms=600,
    ),
    _corner(StepName.TOP_LEFT),
    _corner(StepName.BOTTOM_RIGHT),
    _corner(StepName.TOP_RIGHT),
    _corner(StepName.BOTTOM_LEFT),
    _turn(StepName.TURN_LEFT, "to the left", "yaw_deg", 1),
    _turn(StepName.TURN_RIGHT, "to the right", "yaw_deg", -1),
    _turn(StepName.TURN_UP, "up", "pitch_deg", 1),
    _turn(StepName.TURN_DOWN, "down", "pitch_deg", -1),
    Step(
        StepName.CLOSE_EYES,
        Kind.CLOSE,
        "Close your eyes for about a second, then open them again.",
        hold_ms=400,
        patience_ms=3400,
    ),
)


def turned_deg(step: Step, reading: Reading, centre: Reading) -> float:
    """How far the head is turned the way a TURN asks for; negative: the other way."""
    axis, sign = step.turn
    went: float = getattr(reading, axis) - getattr(centre, axis)
    return sign * went


def telling(step: Step, samples: Sequence[Sample], centre: Reading | None) -> list[Sample]:
    """Those samples of a step that show what was asked. `centre` is None only during the first step."""
    if step.kind is Kind.LOOK or centre is None:
        return list(samples)
    if step.kind is Kind.TURN:
        return [one for one in samples if turned_deg(step, one.reading, centre) >= LEAST_TURN_DEG]
    return [one for one in samples if one.reading.eye_openness < CLOSED_SHARE * centre.eye_openness]


def is_wrong_way(step: Step, samples: Sequence[Sample], centre: Reading | None) -> bool:
    """Whether the head is turned the other way just now."""
    if step.kind is not Kind.TURN or centre is None or not samples:
        return False
    return turned_deg(step, samples[-1].reading, centre) <= -LEAST_TURN_DEG


def held_ms(samples: Sequence[Sample]) -> int:
    return samples[-1].at_ms - samples[0].at_ms if samples else 0


def is_over(step: Step, samples: Sequence[Sample], centre: Reading | None) -> bool:
    """Whether the candidate has come to the end of it: closed eyes must be open again, or what follows goes unread."""
    if step.kind is not Kind.CLOSE or centre is None or not samples:
        return True
    return samples[-1].reading.eye_openness >= REOPENED_SHARE * centre.eye_openness
