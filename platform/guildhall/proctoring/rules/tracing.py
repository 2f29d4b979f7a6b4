"""The signal trace of a flag: what was measured shortly before, during and after it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from guildhall.proctoring.model.signals import Record, Seen

AROUND_MS: Final = 5_000
POINTS_MAX: Final = 240  # policy: of a longer stretch every second, third, ... record
LONGEST_MS: Final = 120_000  # of the flag itself; the beginning of a longer one is shown


@dataclass(frozen=True, slots=True)
class TracePoint:
    """One judged picture; what is of a face is of the largest one, None where there is none to read."""

    at_ms: int
    faces: int
    light: float
    yaw_deg: float | None
    pitch_deg: float | None
    gaze_x: float | None
    gaze_y: float | None


def stretch_of(opened_at_ms: int, closed_at_ms: int | None) -> tuple[int, int]:
    """From when until when a flag's trace goes."""
    ended_ms = opened_at_ms if closed_at_ms is None else min(closed_at_ms, opened_at_ms + LONGEST_MS)
    return opened_at_ms - AROUND_MS, ended_ms + AROUND_MS


def trace_of(records: Iterable[Record], from_ms: int, until_ms: int) -> list[TracePoint]:
    seen = [one for one in records if isinstance(one, Seen) and from_ms <= one.at_ms <= until_ms]
    step = -(-len(seen) // POINTS_MAX) or 1
    return [_point(one) for one in seen[::step]]


def _point(seen: Seen) -> TracePoint:
    observation = seen.observation
    # Faces are ordered largest first; of one without landmarks the directions mean nothing.
    face = next((one for one in observation.faces[:1] if one.landmarked), None)
    return TracePoint(
        at_ms=seen.at_ms,
        faces=len(observation.faces),
        light=observation.light,
        yaw_deg=None if face is None else face.yaw_deg,
        pitch_deg=None if face is None else face.pitch_deg,
        gaze_x=None if face is None else face.gaze_x,
        gaze_y=None if face is None else face.gaze_y,
    )
