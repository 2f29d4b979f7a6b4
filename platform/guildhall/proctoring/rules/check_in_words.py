"""What the result of a check-in means for the candidate: which signals are used, and what would help the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from guildhall.proctoring.model import Baseline, Quality, Signal, Weakness


@dataclass(frozen=True, slots=True)
class Subject:
    """Signals that a person takes for one thing."""

    signals: tuple[Signal, ...]
    title: str
    used: str
    unused: str


SUBJECTS: Final = (
    Subject(
        (Signal.YAW, Signal.PITCH),
        "Your head",
        "Looking away is measured from how you hold your head.",
        "Where your head points will not be judged.",
    ),
    Subject(
        (Signal.GAZE_X,),
        "Your eyes",
        "Looking away is measured from where your eyes look at your screen.",
        "Where your eyes look will not be judged.",
    ),
    Subject(
        (Signal.EYES, Signal.MOUTH),
        "Eyelids and mouth",
        "It is known how they look at rest. Nothing is judged from them.",
        "Nothing is judged from them.",
    ),
)

# What was the matter and what would help, for each weakness.
ADVICE: Final[Mapping[Weakness, str]] = {
    Weakness.UNSEEN: "Too little of it was seen. Keep your face in the picture, and do every step.",
    Weakness.UNSTEADY: "It moved too much to be measured. Sit still while you look at a dot. "
    "Glasses that mirror a lamp can do this too.",
    Weakness.UNRESPONSIVE: "It did not follow what was asked. "
    "A larger window, and following the dots with your eyes alone, would help.",
    Weakness.REVERSED: "It went the other way, as in a mirror. Switch off mirroring in your camera's settings.",
    Weakness.ASIDE: "The camera stands far to the side. Put it above or below your screen.",
    Weakness.FAR: "Your face is small in the picture. Move closer to the camera.",
    Weakness.DIM: "Your face is in the dark. Turn on a light in front of you.",
    Weakness.UNCHECKED: "It was not measured.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    subject: Subject
    on: bool
    figure: float
    text: str


def findings(baseline: Baseline | None) -> tuple[Finding, ...]:
    """One for each subject, in the order in which the page shows them."""
    return tuple(_finding(subject, baseline) for subject in SUBJECTS)


def _finding(subject: Subject, baseline: Baseline | None) -> Finding:
    nothing = Quality(figure=0, on=False, weakness=Weakness.UNSEEN)
    known = {} if baseline is None else baseline.quality
    worst = min((known.get(signal, nothing) for signal in subject.signals), key=lambda quality: quality.figure)
    if worst.on:
        return Finding(subject, True, worst.figure, subject.used)
    advice = ADVICE[worst.weakness or Weakness.UNSEEN]
    return Finding(subject, False, worst.figure, f"{subject.unused} {advice}")
