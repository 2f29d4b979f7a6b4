"""`fit_baseline`: what a check-in's looks say of one person, and how far each signal can be trusted.

Robust on purpose: one missed dot of five must not spoil the fit, and must show in the quality. Lines are fitted in
`gaze_fit.py`. Pure; `judge` calls it once, when the last step is done.
"""

from collections.abc import Mapping

from guildhall.proctoring.model import Baseline, BaselineSource, Look, Signal, StepName, Weakness
from guildhall.proctoring.rules.gaze_fit import fit_gaze
from guildhall.proctoring.rules.quality import Part, grade, grade_seeing, grade_standing, grade_steadiness, weakest
from guildhall.proctoring.rules.steps import LEAST_TURN_DEG
from guildhall.proctoring.settings import RuleSettings

Looks = Mapping[StepName, Look]

UNCONFIRMED_QUALITY = 0.6  # the middle is known, the turns were not seen: as good as a calm stretch, no better
FEWEST_FRAMES, ENOUGH_FRAMES = 4, 8  # at the centre
# The eye's centre of rotation lies about 12 mm behind an iris that moves across half an eye of 15 mm: .014 a degree.
# Twice that is noise. Eyes that go with the head instead of turning back say nothing about this.
MOST_GAZE_A_DEGREE = 0.03
CLOSED_SHARE, WELL_CLOSED_SHARE = 0.7, 0.45  # closed lids are .035-.086 apart, open ones .217-.448 (accuracy study)
CLOSED_MOUTH, WELL_CLOSED_MOUTH = 0.10, 0.05  # mouths open somewhere between .10 and .14 (accuracy study)
MOUTH_SPREAD = 0.03


def fit_baseline(looks: Looks, settings: RuleSettings) -> Baseline | None:
    """None without the look at the centre: there is nothing to measure anything from."""
    centre = looks.get(StepName.CENTRE)
    if centre is None:
        return None
    middle = centre.middle
    seeing = (*grade_seeing(middle, settings), _grade_count(centre), grade_standing(middle, settings))
    lefts, rights = _turned(looks, StepName.TURN_LEFT, "yaw_deg"), _turned(looks, StepName.TURN_RIGHT, "yaw_deg")
    ups, downs = _turned(looks, StepName.TURN_UP, "pitch_deg"), _turned(looks, StepName.TURN_DOWN, "pitch_deg")
    x_a_degree = -_counter_turn(looks, "gaze_x", "yaw_deg", (StepName.TURN_LEFT, StepName.TURN_RIGHT), sign=-1)
    y_a_degree = _counter_turn(looks, "gaze_y", "pitch_deg", (StepName.TURN_UP, StepName.TURN_DOWN), sign=1)
    across = fit_gaze(looks, "gaze_x", x_a_degree, expected_sign=-1)
    down = fit_gaze(looks, "gaze_y", y_a_degree, expected_sign=1)
    steady = grade_steadiness(centre.spread.yaw_deg, settings.calibration_spread_deg)
    level = grade_steadiness(centre.spread.pitch_deg, settings.calibration_spread_deg)
    closed = looks.get(StepName.CLOSE_EYES)
    return Baseline(
        source=BaselineSource.CHECK_IN,
        yaw_deg=middle.yaw_deg,
        pitch_deg=middle.pitch_deg,
        gaze_x=middle.gaze_x if across.middle is None else across.middle,
        gaze_y=middle.gaze_y if down.middle is None else down.middle,
        eyes_open=middle.eye_openness,
        eyes_closed=0.0 if closed is None else closed.middle.eye_openness,
        mouth_closed=middle.mouth_openness,
        gaze_x_span=across.span,
        gaze_y_span=down.span,
        gaze_x_per_yaw_deg=x_a_degree,
        gaze_y_per_pitch_deg=y_a_degree,
        quality={
            Signal.YAW: weakest(settings, _grade_turns(lefts, rights), steady, *seeing),
            Signal.PITCH: weakest(settings, _grade_turns(ups, downs), level, *seeing),
            Signal.GAZE_X: weakest(settings, *across.parts, *seeing),
            Signal.GAZE_Y: weakest(settings, *down.parts, *seeing),
            Signal.EYES: weakest(settings, _grade_closing(middle.eye_openness, closed), *seeing),
            Signal.MOUTH: weakest(settings, *_grade_mouth(centre), *seeing),
        },
    )


def _grade_count(look: Look) -> Part:
    return grade(look.count, FEWEST_FRAMES, ENOUGH_FRAMES), Weakness.UNSEEN


def _turned(looks: Looks, step: StepName, axis: str) -> float | None:
    """How far the head went in this step, from the look at the centre, in degrees of the picture."""
    if step not in looks:
        return None
    went: float = getattr(looks[step].middle, axis) - getattr(looks[StepName.CENTRE].middle, axis)
    return went


def _grade_turns(up: float | None, down: float | None) -> Part:
    """`up` should be positive and `down` negative. Both the other way round: the picture is mirrored."""
    if up is None or down is None:
        return UNCONFIRMED_QUALITY, Weakness.UNRESPONSIVE
    if up <= -LEAST_TURN_DEG and down >= LEAST_TURN_DEG:
        return 0.0, Weakness.REVERSED
    if up < LEAST_TURN_DEG or down > -LEAST_TURN_DEG:
        return UNCONFIRMED_QUALITY, Weakness.UNRESPONSIVE
    return 1.0, Weakness.UNRESPONSIVE


def _counter_turn(looks: Looks, gaze: str, axis: str, steps: tuple[StepName, StepName], *, sign: int) -> float:
    """How much gaze turns back a degree of the head, as a size; 0 where the two turns do not agree on it."""
    centre = looks[StepName.CENTRE].middle
    sizes: list[float] = []
    for step in steps:
        turned_deg = _turned(looks, step, axis)
        if turned_deg is None or abs(turned_deg) < LEAST_TURN_DEG:
            return 0.0
        size: float = sign * (getattr(looks[step].middle, gaze) - getattr(centre, gaze)) / turned_deg
        sizes.append(size)
    if min(sizes) <= 0 or max(sizes) > MOST_GAZE_A_DEGREE:
        return 0.0
    return sum(sizes) / len(sizes)


def _grade_closing(open_: float, closed: Look | None) -> Part:
    if closed is None or open_ <= 0:
        return 0.0, Weakness.UNSEEN
    return grade(closed.middle.eye_openness / open_, CLOSED_SHARE, WELL_CLOSED_SHARE), Weakness.UNRESPONSIVE


def _grade_mouth(centre: Look) -> tuple[Part, Part]:
    return (
        (grade(centre.middle.mouth_openness, CLOSED_MOUTH, WELL_CLOSED_MOUTH), Weakness.UNRESPONSIVE),
        grade_steadiness(centre.spread.mouth_openness, MOUTH_SPREAD),
    )
