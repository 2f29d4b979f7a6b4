"""Readings of one face, and what several of them have in common: the middle, and how far they stay from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Final

from guildhall.proctoring.model import Look, Reading
from proctor_engine.contract import Face

_NAMES: Final = tuple(field.name for field in fields(Reading))
_VALUES: Final = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Sample:
    """What one face said in one frame, at the server's time."""

    at_ms: int
    reading: Reading


def sample_of(face: Face, at_ms: int) -> Sample:
    """The caller gives a clear face: readings of smaller or darker ones are guesses."""
    return Sample(
        at_ms,
        Reading(
            face.yaw_deg,
            face.pitch_deg,
            face.gaze_x,
            face.gaze_y,
            face.eye_openness,
            face.mouth_openness,
            face.interocular_px,
            face.light,
        ),
    )


def median_reading(samples: Sequence[Sample]) -> Reading:
    """Componentwise median; the caller gives at least one."""
    return Reading(*map(middle_of, zip(*(_VALUES(one.reading) for one in samples), strict=True)))


def middle_of(numbers: Iterable[float]) -> float:
    """The median, in a quarter of the time that `statistics.median` takes: it is asked twenty times a frame."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def look_of(samples: Sequence[Sample]) -> Look:
    """What a stretch of samples showed; the caller gives at least one."""
    middle = median_reading(samples)
    spread = Reading(
        *(four_in_five(abs(getattr(one.reading, name) - getattr(middle, name)) for one in samples) for name in _NAMES)
    )
    return Look(middle=middle, spread=spread, count=len(samples))


def four_in_five(distances: Iterable[float]) -> float:
    """How far four of five are at most. A median would call somebody calm who swings between two directions."""
    ordered = sorted(distances)
    return ordered[len(ordered) * 4 // 5]
