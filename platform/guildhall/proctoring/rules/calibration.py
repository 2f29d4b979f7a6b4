"""How a candidate looks at the screen when they simply look at it: the baseline of somebody without a check-in.

Absolute head pose and gaze carry a bias per person and camera (accuracy study: 12.6 false "away" a minute raw,
0.6 after calibration and a 2 s rule). Where no calm stretch is found the baseline stays None, and the looking-away
rule stays off for that person. What a check-in measures is fitted in `fitting.py`.
"""

from collections.abc import Sequence

from guildhall.proctoring.model import Baseline, BaselineSource, Look, Quality, Signal, Weakness
from guildhall.proctoring.rules.quality import grade_seeing, grade_standing, grade_steadiness, weakest
from guildhall.proctoring.rules.readings import Sample, look_of
from guildhall.proctoring.settings import RuleSettings

FEWEST_SAMPLES = 8  # a median of fewer follows single noisy frames
MOST_SAMPLES = 64  # bound of the sample list; at 5 frames/s a 3 s stretch has 15
UNCHECKED_QUALITY = 0.6  # nobody was asked to look at anything: good enough to be used, never good
BY_CHANCE = (Signal.YAW, Signal.PITCH, Signal.GAZE_X)  # the others need somebody to do what they are asked


def calibrate(samples: Sequence[Sample], settings: RuleSettings) -> Baseline | None:
    """The baseline of a calm stretch, or None while there is none yet.

    Calm: long enough, four frames of five within `calibration_spread_deg` of the median, and not so far from the
    camera's axis that the person is probably looking at something else.
    """
    if len(samples) < FEWEST_SAMPLES:
        return None
    if samples[-1].at_ms - samples[0].at_ms < settings.calibration_seconds * 1000:
        return None
    look = look_of(samples)
    if max(look.spread.yaw_deg, look.spread.pitch_deg) > settings.calibration_spread_deg:
        return None
    middle = look.middle
    if max(abs(middle.yaw_deg), abs(middle.pitch_deg)) > settings.calibration_limit_deg:
        return None
    return Baseline(
        source=BaselineSource.CALM,
        yaw_deg=middle.yaw_deg,
        pitch_deg=middle.pitch_deg,
        gaze_x=middle.gaze_x,
        gaze_y=middle.gaze_y,
        eyes_open=middle.eye_openness,
        mouth_closed=middle.mouth_openness,
        quality=_quality_by_chance(look, settings),
    )


def _quality_by_chance(look: Look, settings: RuleSettings) -> dict[Signal, Quality]:
    limit_deg = settings.calibration_spread_deg
    pose = weakest(
        settings,
        (UNCHECKED_QUALITY, Weakness.UNCHECKED),
        grade_steadiness(max(look.spread.yaw_deg, look.spread.pitch_deg), limit_deg),
        grade_standing(look.middle, settings),
        *grade_seeing(look.middle, settings),
    )
    nothing = Quality(figure=0, on=False, weakness=Weakness.UNCHECKED)
    return {signal: pose if signal in BY_CHANCE else nothing for signal in Signal}


def add_sample(samples: tuple[Sample, ...], sample: Sample, settings: RuleSettings) -> tuple[Sample, ...]:
    """Keep the newest stretch: as long as calibration needs, and no longer (policy: drop oldest).

    A fast camera is sampled more thinly: its newest MOST_SAMPLES frames alone would never be a long enough stretch.
    """
    kept_ms = round(settings.calibration_seconds * 1000) + 1000
    if samples and (sample.at_ms - samples[-1].at_ms) * MOST_SAMPLES < kept_ms:
        return samples
    earliest_ms = sample.at_ms - kept_ms
    return (*(one for one in samples if one.at_ms >= earliest_ms), sample)[-MOST_SAMPLES:]
