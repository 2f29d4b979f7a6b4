"""`calibrate_reading`: what a face says, measured from the person's own baseline. Pure; used for every judged frame."""

from dataclasses import dataclass

from guildhall.proctoring.model import Baseline, Reading, Signal
from guildhall.proctoring.settings import RuleSettings

CENTRE = 0.5
MOST_OPEN = 1.5  # eyes wider than usual say nothing more


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One reading as this person means it. None: the signal is off for them, because it reads poorly."""

    yaw_deg: float | None  # from where they look at the screen; > 0: nose towards the picture's right
    pitch_deg: float | None  # > 0: nose up
    gaze_x: float | None  # where they look, in windows: 0 is the left edge of the exam's window, 1 its right edge
    gaze_y: float | None  # 0 is the top edge, 1 the bottom edge
    eye_openness: float | None  # 0 closed, 1 as open as usual
    mouth_openness: float | None  # beyond their own closed mouth, on the engine's scale


def gaze_span(baseline: Baseline, settings: RuleSettings) -> float:
    """How gaze_x changes across the window. Where nobody measured it: so that `away_gaze` is just past its edge.

    Negative: who looks to the right of the screen turns the eyes to the left of an unmirrored picture.
    """
    if baseline.gaze_x_span is not None:
        return baseline.gaze_x_span
    return -settings.away_gaze / (CENTRE + settings.away_screen)


def calibrate_reading(reading: Reading, baseline: Baseline, settings: RuleSettings) -> Calibrated:
    """Gaze follows the line of sight: eyes that turn back while the head turns stay where they are on the screen."""
    yaw_deg = reading.yaw_deg - baseline.yaw_deg
    pitch_deg = reading.pitch_deg - baseline.pitch_deg
    across = reading.gaze_x - baseline.gaze_x - baseline.gaze_x_per_yaw_deg * yaw_deg
    down = reading.gaze_y - baseline.gaze_y - baseline.gaze_y_per_pitch_deg * pitch_deg

    def if_on(signal: Signal, value: float) -> float | None:
        return value if baseline.is_on(signal) else None

    opening = baseline.eyes_open - baseline.eyes_closed
    share_open = (reading.eye_openness - baseline.eyes_closed) / opening if opening > 0 else 1.0
    return Calibrated(
        yaw_deg=if_on(Signal.YAW, yaw_deg),
        pitch_deg=if_on(Signal.PITCH, pitch_deg),
        gaze_x=if_on(Signal.GAZE_X, CENTRE + across / gaze_span(baseline, settings)),
        gaze_y=None if baseline.gaze_y_span is None else if_on(Signal.GAZE_Y, CENTRE + down / baseline.gaze_y_span),
        eye_openness=if_on(Signal.EYES, min(max(share_open, 0.0), MOST_OPEN)),
        mouth_openness=if_on(Signal.MOUTH, max(reading.mouth_openness - baseline.mouth_closed, 0.0)),
    )
