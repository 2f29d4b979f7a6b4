"""Whether the face's proportions are still those of the beginning. A difference is a reason to look, and never proof.

Enrolled is the median of the first calm seconds of somebody who is alone in the picture, together with how far their
own frames stay from it. It lives with the session's timeline and is never stored: it is too weak to recognise anybody,
and it would be a trait of their body all the same.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from guildhall.proctoring.rules.readings import middle_of as middle_of_ratios
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation

Shape: TypeAlias = tuple[float, ...]

EVERY_MS = 180  # a faster camera is sampled more thinly, and a median of neighbours would follow single noisy frames
ENROLLED_FROM = 25  # frames: five seconds at five a second
COMPARED_FROM, COMPARED_WITHIN_MS = 15, 6_000
CALM_SHARE = 0.5  # of the limit: whoever is spread further is still moving, or the mesh cannot make them out
OWN_SPREADS = 3.0  # a difference within three of a person's own spreads is theirs


@dataclass(frozen=True, slots=True)
class Sample:
    at_ms: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Enrolled:
    shape: Shape
    spread: float  # how far four frames of five stay from it


@dataclass(frozen=True, slots=True)
class Faces:
    """What is known of the face: as enrolled, and its newest frames (policy: drop oldest)."""

    enrolled: Enrolled | None = None
    samples: tuple[Sample, ...] = ()
    difference: float | None = None  # of the newest frames from what is enrolled; None: too few


def add_face(faces: Faces, observation: Observation, at_ms: int, settings: RuleSettings) -> Faces:
    """The same with this frame's face, where one face alone shows its proportions."""
    late = tuple(one for one in faces.samples if at_ms - one.at_ms <= COMPARED_WITHIN_MS)
    shape = observation.faces[0].shape if len(observation.faces) == 1 else ()
    if not shape or (late and at_ms - late[-1].at_ms < EVERY_MS):
        return replace(faces, samples=late, difference=faces.difference if late else None)
    late = (*late, Sample(at_ms, shape))[-ENROLLED_FROM:]
    if faces.enrolled is None:
        return replace(faces, samples=late, enrolled=_enrol([one.shape for one in late], settings))
    seen = [one.shape for one in late]
    difference = distance(middle_of(seen), faces.enrolled.shape) if len(seen) >= COMPARED_FROM else None
    return replace(faces, samples=late, difference=difference)


def is_another(faces: Faces, settings: RuleSettings) -> bool | None:
    """Whether the newest frames differ by more than a person's own do; None when that cannot be told."""
    if faces.enrolled is None or faces.difference is None:
        return None
    return faces.difference > max(settings.face_changed_limit, OWN_SPREADS * faces.enrolled.spread)


def _enrol(shapes: Sequence[Shape], settings: RuleSettings) -> Enrolled | None:
    if len(shapes) < ENROLLED_FROM:
        return None
    middle = middle_of(shapes)
    apart = sorted(distance(shape, middle) for shape in shapes)
    spread = apart[len(apart) * 4 // 5]
    return Enrolled(middle, spread) if spread <= CALM_SHARE * settings.face_changed_limit else None


def middle_of(shapes: Iterable[Shape]) -> Shape:
    """Componentwise median; the caller gives at least one."""
    return tuple(middle_of_ratios(ratios) for ratios in zip(*shapes, strict=True))


def distance(one: Shape, other: Shape) -> float:
    """Root mean square difference of two shapes; ratios are logarithms, so .04 is four per cent."""
    return math.dist(one, other) / math.sqrt(len(one))
