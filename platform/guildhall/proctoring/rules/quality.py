"""How far a signal can be trusted, as the weakest of the things it depends on."""

from guildhall.proctoring.model import Quality, Reading, Weakness
from guildhall.proctoring.settings import RuleSettings

Part = tuple[float, Weakness]


def grade(value: float, limit: float, best: float) -> float:
    """1 at `best` and better, .5 at `limit`, 0 as far beyond it; either may be the larger one."""
    return min(max(0.5 + 0.5 * (value - limit) / (best - limit), 0.0), 1.0)


def weakest(settings: RuleSettings, *parts: Part) -> Quality:
    """The figure of the weakest part, and which it is; a signal that is perfect has no weakness."""
    figure, weakness = min(parts, key=lambda part: part[0])
    is_on = figure >= settings.calibration_least_quality
    return Quality(figure=figure, on=is_on, weakness=weakness if figure < 1 else None)


def grade_seeing(reading: Reading, settings: RuleSettings) -> tuple[Part, Part]:
    """Size and light of the face: at the limits of a clear face its landmarks begin to be guesses."""
    size_px, light = settings.clear_face_interocular_px, settings.clear_face_light
    return (
        (grade(reading.interocular_px, size_px, size_px * 5 / 3), Weakness.FAR),
        (grade(reading.light, light, light * 5 / 3), Weakness.DIM),
    )


def grade_steadiness(spread: float, limit: float) -> Part:
    return grade(spread, limit, limit / 4), Weakness.UNSTEADY


def grade_standing(reading: Reading, settings: RuleSettings) -> Part:
    """How far from the camera's axis the person looks when they look at the screen."""
    turned_deg = max(abs(reading.yaw_deg), abs(reading.pitch_deg))
    limit_deg = settings.calibration_limit_deg
    return grade(turned_deg, limit_deg, limit_deg / 2), Weakness.ASIDE
