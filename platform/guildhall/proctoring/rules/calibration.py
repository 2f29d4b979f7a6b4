"""How a candidate looks at the screen when they simply look at it: the baseline that "away" is measured from.

Absolute head pose and gaze carry a bias per person and camera (accuracy study: 12.6 false "away" a minute raw,
0.6 after calibration and a 2 s rule). Where no calm stretch is found the baseline stays None, and the looking-away
rule stays off for that person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from guildhall.proctoring.model import Baseline
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Face

FEWEST_SAMPLES = 8  # a median of fewer follows single noisy frames
MOST_SAMPLES = 64  # bound of the sample list; at 5 frames/s a 3 s stretch has 15


@dataclass(frozen=True, slots=True)
class Direction:
    """Where one face points in one frame."""

    at_ms: int
    yaw_deg: float
    pitch_deg: float
    gaze_x: float


def direction_of(face: Face, at_ms: int) -> Direction:
    return Direction(at_ms, face.yaw_deg, face.pitch_deg, face.gaze_x)


def median_direction(directions: Sequence[Direction]) -> Baseline:
    """Componentwise median; the caller gives at least one."""
    return Baseline(
        yaw_deg=median(one.yaw_deg for one in directions),
        pitch_deg=median(one.pitch_deg for one in directions),
        gaze_x=median(one.gaze_x for one in directions),
    )


def calibrate(samples: Sequence[Direction], settings: RuleSettings) -> Baseline | None:
    """The baseline of a calm stretch, or None while there is none yet.

    Calm: long enough, four frames of five within `calibration_spread_deg` of the median, and not so far from the
    camera's axis that the person is probably looking at something else.
    """
    if len(samples) < FEWEST_SAMPLES:
        return None
    if samples[-1].at_ms - samples[0].at_ms < settings.calibration_seconds * 1000:
        return None
    middle = median_direction(samples)
    yaw_spread_deg = _four_in_five(abs(one.yaw_deg - middle.yaw_deg) for one in samples)
    pitch_spread_deg = _four_in_five(abs(one.pitch_deg - middle.pitch_deg) for one in samples)
    if max(yaw_spread_deg, pitch_spread_deg) > settings.calibration_spread_deg:
        return None
    if max(abs(middle.yaw_deg), abs(middle.pitch_deg)) > settings.calibration_limit_deg:
        return None
    return middle


def _four_in_five(distances: Iterable[float]) -> float:
    """A median would call somebody calm who swings between two directions and is in one a little longer."""
    ordered = sorted(distances)
    return ordered[len(ordered) * 4 // 5]


def add_sample(samples: tuple[Direction, ...], sample: Direction, settings: RuleSettings) -> tuple[Direction, ...]:
    """Keep the newest stretch: as long as calibration needs, and no longer (policy: drop oldest).

    A fast camera is sampled more thinly: its newest MOST_SAMPLES frames alone would never be a long enough stretch.
    """
    kept_ms = round(settings.calibration_seconds * 1000) + 1000
    if samples and (sample.at_ms - samples[-1].at_ms) * MOST_SAMPLES < kept_ms:
        return samples
    earliest_ms = sample.at_ms - kept_ms
    return (*(one for one in samples if one.at_ms >= earliest_ms), sample)[-MOST_SAMPLES:]
