"""How one person's gaze follows the dots: a line through five looks, on one axis of the window.

The line is the median of the slopes between all pairs of looks (Theil 1950; Sen 1968,
doi:10.1080/01621459.1968.10480934): one missed dot of five cannot move it far, and shows in the quality.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Literal

from guildhall.proctoring.model import Look, StepName, Weakness
from guildhall.proctoring.rules.quality import Part, grade
from guildhall.proctoring.rules.steps import DOTS, FAR_EDGE, NEAR_EDGE

Axis = Literal["gaze_x", "gaze_y"]

FEWEST_POINTS = 3  # fewer are on any line
FEWEST_DOTS, ALL_DOTS = 3.5, 5.0  # four of five can be good, three never are
# A phone held at arm's length spans so little that noise (.01-.02 a frame) and posture (.05) drown it.
LEAST_SPAN, GOOD_SPAN = 0.06, 0.12
LEAST_CONTRAST, GOOD_CONTRAST = 4.0, 10.0  # from dot to dot, over what is left unexplained
LEAST_AGREEMENT = 0.6  # share of slopes with the right sign: one wild look of five spoils three of eight


@dataclass(frozen=True, slots=True)
class GazeFit:
    """`span` is how gaze changes across the whole window, with its sign; None where there is no line."""

    middle: float | None
    span: float | None
    parts: tuple[Part, ...]


def fit_gaze(looks: Mapping[StepName, Look], axis: Axis, a_degree: float, *, expected_sign: int) -> GazeFit:
    """`a_degree` is how far gaze turns back when the head turns: heads that follow the dots are allowed for."""
    turn, along = ("yaw_deg", 0) if axis == "gaze_x" else ("pitch_deg", 1)
    centre = looks[StepName.CENTRE].middle
    points: list[tuple[float, float]] = []
    spreads: list[float] = []
    for step, dot in DOTS.items():
        if (look := looks.get(step)) is not None:
            turned_deg = getattr(look.middle, turn) - getattr(centre, turn)
            points.append((dot[along] - 0.5, getattr(look.middle, axis) - a_degree * turned_deg))
            spreads.append(getattr(look.spread, axis))
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if a[0] != b[0]]
    if not slopes or len(points) < FEWEST_POINTS:
        return GazeFit(None, None, ((0.0, Weakness.UNSEEN),))
    span = median(slopes)
    middle = median(gaze - span * place for place, gaze in points)
    misses = sorted(abs(gaze - middle - span * place) for place, gaze in points)
    # The second largest: one dot that was missed is forgiven, a second one is not.
    unexplained = max(misses[-2], median(spreads), 1e-6)
    distance = abs(span) * (FAR_EDGE - NEAR_EDGE)
    if span * expected_sign <= 0:
        follows = (0.0, Weakness.REVERSED if abs(span) >= LEAST_SPAN else Weakness.UNRESPONSIVE)
    else:
        follows = (grade(abs(span), LEAST_SPAN, GOOD_SPAN), Weakness.UNRESPONSIVE)
    agreeing = sum(slope * expected_sign > 0 for slope in slopes) / len(slopes)
    return GazeFit(
        middle,
        span if span * expected_sign > 0 else None,
        (
            (grade(len(points), FEWEST_DOTS, ALL_DOTS), Weakness.UNSEEN),
            follows,
            (grade(distance / unexplained, LEAST_CONTRAST, GOOD_CONTRAST), Weakness.UNSTEADY),
            (grade(agreeing, LEAST_AGREEMENT, 1.0), Weakness.UNRESPONSIVE),
        ),
    )
