"""What one observation says about each rule: it holds, it does not, or it cannot be told from this frame.

"Nobody" is a claim that needs a picture in which somebody would have been found; any other picture says "cannot see".
"""

from collections.abc import Mapping

from guildhall.proctoring.model import Baseline, Coaching, Rule
from guildhall.proctoring.rules.authenticity import Feed, describe_feed
from guildhall.proctoring.rules.calibrated import CENTRE, Calibrated, gaze_span
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Face, Observation, Visibility

Signs = Mapping[Rule, bool | None]
# Of what surrounded the person. Drawn hands over a half of the lens hide more (.2 at least where a face fills a quarter
# of the width), drawn people who leave the seat hide none.
MOST_HIDDEN = 0.15


def is_dark(observation: Observation, settings: RuleSettings) -> bool:
    return not observation.faces and observation.light < settings.dark_light


def is_covered(observation: Observation, settings: RuleSettings) -> bool:
    """A hand, tape or a closed shutter, with or without light at its edge: one smooth tone that is not darkness.

    Or something that hides a part of the lens only, and the person with it.
    """
    if observation.faces or is_dark(observation, settings):
        return False
    is_partly = observation.visibility.hidden > MOST_HIDDEN and _flaw(observation, settings) is None
    return is_partly or (
        observation.visibility.detail < settings.covered_detail
        and observation.visibility.glare <= settings.unclear_glare  # a picture burnt out all over
        and observation.contrast < settings.covered_contrast
    )


def is_unclear(observation: Observation, settings: RuleSettings) -> bool:
    """Blurred, noisy or burnt out so that a face in the picture would not be found."""
    return (
        not observation.faces
        and not is_dark(observation, settings)
        and not is_covered(observation, settings)
        and _flaw(observation, settings) is not None
    )


def _flaw(observation: Observation, settings: RuleSettings) -> str | None:
    """What is wrong with a picture in which a face would not be found, or not be read; a key of `COACHING`."""
    seen = observation.visibility
    is_flawed = (
        seen.glare > settings.unclear_glare
        or seen.grain > settings.unclear_grain
        or seen.blur > settings.unclear_blur
        or seen.blocks > settings.unclear_blocks
        or seen.detail < settings.unclear_detail
    )
    return _worst_of(seen) if is_flawed else None


def _worst_of(seen: Visibility) -> str:
    measures = {"blurred": seen.blur, "noisy": seen.grain, "glaring": seen.glare, "coarse": seen.blocks}
    return max(measures, key=lambda name: measures[name])


def is_readable(observation: Observation, settings: RuleSettings) -> bool:
    """Whether directions mean anything: where blur still lets a face be found, its gaze errs by up to 0.3."""
    return _flaw(observation, settings) is None


def is_clear(face: Face, settings: RuleSettings) -> bool:
    """Seen well enough that its direction means something (landmarks of smaller or darker faces are guesses)."""
    return face.interocular_px >= settings.clear_face_interocular_px and face.light >= settings.clear_face_light


def is_away(
    direction: Calibrated, baseline: Baseline | None, settings: RuleSettings, share: float = 1.0
) -> bool | None:
    """None when every signal that could tell is off for this person; `share` of each limit is enough.

    Gaze is judged across the window only: down is where a keyboard is.
    """
    if baseline is None or (direction.yaw_deg is None and direction.pitch_deg is None and direction.gaze_x is None):
        return None
    return (
        abs(direction.yaw_deg or 0) > settings.away_yaw_deg * share
        or abs(direction.pitch_deg or 0) > settings.away_pitch_deg * share
        or (
            direction.gaze_x is not None
            and abs(direction.gaze_x - CENTRE) > away_gaze_limit(baseline, settings) * share
        )
    )


def away_gaze_limit(baseline: Baseline, settings: RuleSettings) -> float:
    """How far from the centre of the window the eyes must be, in windows: past its edge, and never a trifle."""
    return max(CENTRE + settings.away_screen, settings.away_gaze_least / abs(gaze_span(baseline, settings)))


def read_signs(
    observation: Observation, direction: Calibrated | None, baseline: Baseline | None, settings: RuleSettings
) -> Signs:
    """`direction` is the smoothed direction of the largest clear face, None when there is none, or no baseline.

    A picture in which nothing can be seen says nothing about behaviour: those signs are None, never True.
    """
    dark = is_dark(observation, settings)
    covered = is_covered(observation, settings)
    unclear = is_unclear(observation, settings)
    blind = dark or covered or unclear
    face_count = len(observation.faces)
    readable = not blind and is_readable(observation, settings)
    away = is_away(direction, baseline, settings) if direction is not None and readable else None
    return {
        Rule.ABSENT: None if blind else face_count == 0,
        Rule.SEVERAL_FACES: None if blind else face_count > 1,
        Rule.LOOKING_AWAY: away,
        Rule.CAMERA_DARK: dark,
        Rule.CAMERA_COVERED: covered,
        Rule.CAMERA_UNCLEAR: unclear,
        Rule.NO_FRAMES: False,  # here is one
    }


def describe(
    rule: Rule, observation: Observation | None, direction: Calibrated | None, feed: Feed | None = None
) -> str:
    """The reason a proctor reads: what was seen, in one sentence without an opinion."""
    match rule:
        case Rule.ABSENT:
            return "No face in the picture."
        case Rule.SEVERAL_FACES:
            return f"{len(observation.faces) if observation else 'Several'} faces in the picture."
        case Rule.LOOKING_AWAY if direction is not None:
            return _describe_turn(direction)
        case Rule.LOOKING_AWAY:
            return "Looking away from the screen."
        case Rule.CAMERA_DARK:
            return "Too dark to see anybody."
        case Rule.CAMERA_COVERED:
            if observation is not None and observation.visibility.hidden > MOST_HIDDEN:
                return "Much of what the camera showed before is hidden, as if something were before the lens."
            return "The camera shows one smooth tone, as if it were covered."
        case Rule.CAMERA_UNCLEAR:
            return UNCLEAR[_worst_of(observation.visibility) if observation else "blurred"]
        case Rule.NO_FRAMES:
            return "No pictures are arriving from the camera."
        case _:
            return describe_feed(rule, feed or Feed())


def _describe_turn(direction: Calibrated) -> str:
    yaw_deg, pitch_deg = direction.yaw_deg or 0.0, direction.pitch_deg or 0.0
    # To the right of the screen is the candidate's right, which is the picture's left.
    gaze_x = 0.0 if direction.gaze_x is None else CENTRE - direction.gaze_x
    turns = {
        f"Head turned to the picture's {'right' if yaw_deg > 0 else 'left'} by {abs(yaw_deg):.0f} degrees.": abs(
            yaw_deg
        ),
        f"Head turned {'up' if pitch_deg > 0 else 'down'} by {abs(pitch_deg):.0f} degrees.": abs(pitch_deg),
        # 0.65 windows are as far from the centre as a head turn of 22 degrees is: one scale to compare them.
        f"Eyes turned to the picture's {'right' if gaze_x > 0 else 'left'}.": abs(gaze_x) * 34,
    }
    return max(turns, key=lambda sentence: turns[sentence])


UNCLEAR = {
    "glaring": "Too bright to see anybody.",
    "noisy": "Too much noise in the picture to see anybody.",
    "blurred": "Too blurred to see anybody.",
    "coarse": "Too coarse a picture to see anybody.",
}
COACHING = {
    "dark": "It is too dark to see you. Turn on a light, or sit facing a window.",
    "covered": "The camera seems to be covered. Check that nothing is in front of the lens.",
    "glaring": "It is too bright to see you. Turn away from the window or lamp in front of the camera.",
    "noisy": "The picture is too grainy to see you. Turn on a light, or try another camera.",
    "blurred": "The picture is blurred. Clean the lens, hold still, and turn off effects that blur you.",
    "coarse": "The picture is too coarse to see you. Close other programs that use the camera or the network.",
    "no_face": "Your face is not in the picture. Sit so that you can see yourself in the preview.",
    "face_covered": "Your face is covered or too dim to read. Uncover it if you may, and face the light.",
    "too_small": "You are a little far away. Move closer to the camera.",
    "face_dark": "Your face is in the dark. Turn on a light in front of you.",
}


def coach(observation: Observation, settings: RuleSettings) -> Coaching | None:
    """What the candidate can do now to be seen better, or None when they are seen well."""
    code = None
    if is_dark(observation, settings):
        code = "dark"
    elif is_covered(observation, settings):
        code = "covered"
    elif flaw := _flaw(observation, settings):
        code = flaw
    elif not observation.faces:
        code = "no_face"
    elif not observation.faces[0].landmarked:
        code = "face_covered"
    elif observation.faces[0].interocular_px < settings.clear_face_interocular_px:
        code = "too_small"
    elif observation.faces[0].light < settings.clear_face_light:
        code = "face_dark"
    return Coaching(code=code, text=COACHING[code]) if code else None
