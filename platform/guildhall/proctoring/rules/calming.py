"""When a candidate's pictures may be smaller and fewer: while nothing in them asks for a closer look. Pure.

The rules judge by times, not by counts of frames, so a slower pace changes what they say only by what happens between
two pictures. Whatever could be the beginning of something is therefore a doubtful moment, at the first picture that
shows it: from then on the page is asked for everything, and only a stretch without any doubt brings calm back. Rules
that need many pictures in a row (another face, a screen that is filmed, a loop) have them after every doubtful moment.

How small: a face of 53 px between the outer eye corners in 320 x 240 at quality .5 reads as in 640 x 480 at .75 (the
recorded calm clip: medians of yaw, pitch and gaze within .1 degrees, .2 degrees and .01; single frames within 2
degrees and .04). Below about 40 px landmarks are guesses, so a candidate who sits far away gets a larger picture.
"""

from dataclasses import dataclass
from typing import Final

from guildhall.proctoring.lifecycle import CheckInState
from guildhall.proctoring.rules.calibrated import Calibrated
from guildhall.proctoring.rules.judging import FRAME_SHARE, Timeline
from guildhall.proctoring.rules.signs import coach, is_away
from guildhall.proctoring.settings import ProctoringSettings, RuleSettings
from proctor_engine.contract import Face, Observation

INTEROCULAR_PX: Final = 45.0  # that a face should keep in a smaller picture
MOVED_SHARE: Final = 0.5  # of the face's own width: a step aside, another chair, another person
GREW: Final = 1.4
ROUND_TO_PX: Final = 16  # whole blocks of a JPEG


@dataclass(frozen=True, slots=True)
class Calm:
    """What is remembered from picture to picture of one seat."""

    since_ms: int | None = None  # since when every picture was beyond doubt
    at_ms: int = 0  # of the newest one
    face: Face | None = None  # in the newest one
    width_px: int = 0  # that this stretch is asked for; 0: it has not been calm for long enough
    is_echoing: bool = False  # pictures like these were seen before: of a loop, or of somebody who sits very still


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for: the least interval between two pictures, and their largest size."""

    interval_ms: int
    width_px: int
    height_px: int
    quality: float
    is_full: bool


def notice_calm(
    calm: Calm, timeline: Timeline, observation: Observation, seen: Calibrated | None, settings: ProctoringSettings
) -> Calm:
    """With one judged picture: `timeline` as it is after it, `seen` its own calibrated direction."""
    at_ms = timeline.last_at_ms or calm.at_ms
    face = observation.faces[0] if observation.faces else None
    is_gap = at_ms - calm.at_ms > settings.rules.gap_seconds * 1000
    if is_gap or face is None or _is_doubtful(calm, timeline, observation, seen, settings.rules):
        return Calm(at_ms=at_ms, face=face)
    since_ms = at_ms if calm.since_ms is None else calm.since_ms
    width_px = calm.width_px
    if not width_px and at_ms - since_ms >= settings.calm.after_seconds * 1000:
        width_px = _width_px(face, observation.width_px, settings)
    newest = timeline.feed.past.echoes[-1:]
    is_echoing = any(echo.lags_ms for echo in newest if echo.at_ms == at_ms)
    return Calm(since_ms, at_ms, face, width_px, is_echoing)


def ask_for(calm: Calm, settings: ProctoringSettings, *, is_wanted_whole: bool) -> Asked:
    """`is_wanted_whole`: somebody looks at this candidate enlarged, or an incident goes on."""
    full = Asked(
        settings.frame_interval_ms, settings.frame_width_px, settings.frame_height_px, settings.jpeg_quality, True
    )
    if is_wanted_whole or not calm.width_px:
        return full
    # Prints of two sizes are not alike: whether something repeats is looked for at the same size, and at full pace.
    interval_ms = full.interval_ms if calm.is_echoing else max(full.interval_ms, settings.calm.interval_ms)
    height_px = round(calm.width_px * full.height_px / full.width_px)
    return Asked(interval_ms, calm.width_px, height_px, min(full.quality, settings.calm.jpeg_quality), False)


def _is_doubtful(
    calm: Calm, timeline: Timeline, observation: Observation, seen: Calibrated | None, rules: RuleSettings
) -> bool:
    face = observation.faces[0]
    if len(observation.faces) != 1 or coach(observation, rules) is not None:
        return True
    if timeline.baseline is None or timeline.check_in.state is CheckInState.RUNNING:
        return True
    if any(track.open or track.began_ms is not None for track in timeline.tracks.values()):
        return True
    if seen is not None and is_away(seen, timeline.baseline, rules, FRAME_SHARE):
        return True
    return calm.face is not None and _has_moved(calm.face, face)


def _has_moved(before: Face, now: Face) -> bool:
    across = abs(before.left + before.width / 2 - now.left - now.width / 2)
    down = abs(before.top + before.height / 2 - now.top - now.height / 2)
    grew = max(now.width, before.width) > GREW * min(now.width, before.width)
    return grew or across > MOVED_SHARE * before.width or down > MOVED_SHARE * before.height


def _width_px(face: Face, width_px: int, settings: ProctoringSettings) -> int:
    wanted = width_px * INTEROCULAR_PX / max(1.0, face.interocular_px)
    whole = -(-int(wanted) // ROUND_TO_PX) * ROUND_TO_PX
    return min(settings.frame_width_px, max(settings.calm.least_width_px, whole))
