"""What one observation says about each rule: it holds, it does not, or it cannot be told from this frame."""

from collections.abc import Mapping

from guildhall.proctoring.model import Baseline, Coaching, Rule
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Face, Observation

Signs = Mapping[Rule, bool | None]


def is_dark(observation: Observation, settings: RuleSettings) -> bool:
    return not observation.faces and observation.light < settings.dark_light


def is_covered(observation: Observation, settings: RuleSettings) -> bool:
    """A hand, tape or a closed shutter: one flat, featureless tone that is not darkness."""
    return (
        not observation.faces
        and not is_dark(observation, settings)
        and observation.contrast < settings.covered_contrast
        and observation.sharpness < settings.covered_sharpness
    )


def is_clear(face: Face, settings: RuleSettings) -> bool:
    """Seen well enough that its direction means something (landmarks of smaller or darker faces are guesses)."""
    return face.interocular_px >= settings.clear_face_interocular_px and face.light >= settings.clear_face_light


def is_away(direction: Baseline, baseline: Baseline, settings: RuleSettings) -> bool:
    return (
        abs(direction.yaw_deg - baseline.yaw_deg) > settings.away_yaw_deg
        or abs(direction.pitch_deg - baseline.pitch_deg) > settings.away_pitch_deg
        or abs(direction.gaze_x - baseline.gaze_x) > settings.away_gaze
    )


def read_signs(
    observation: Observation, direction: Baseline | None, baseline: Baseline | None, settings: RuleSettings
) -> Signs:
    """`direction` is the smoothed direction of the largest clear face, None when there is none in this frame.

    A picture in which nothing can be seen says nothing about behaviour: those signs are None, never True.
    """
    dark = is_dark(observation, settings)
    covered = is_covered(observation, settings)
    blind = dark or covered
    face_count = len(observation.faces)
    away = None if direction is None or baseline is None else is_away(direction, baseline, settings)
    return {
        Rule.ABSENT: None if blind else face_count == 0,
        Rule.SEVERAL_FACES: None if blind else face_count > 1,
        Rule.LOOKING_AWAY: None if blind else away,
        Rule.CAMERA_DARK: dark,
        Rule.CAMERA_COVERED: covered,
        Rule.NO_FRAMES: False,  # here is one
    }


def describe(rule: Rule, observation: Observation | None, direction: Baseline | None, baseline: Baseline | None) -> str:
    """The reason a proctor reads: what was seen, in one sentence without an opinion."""
    match rule:
        case Rule.ABSENT:
            return "No face in the picture."
        case Rule.SEVERAL_FACES:
            return f"{len(observation.faces) if observation else 'Several'} faces in the picture."
        case Rule.LOOKING_AWAY if direction is not None and baseline is not None:
            return _describe_turn(direction, baseline)
        case Rule.LOOKING_AWAY:
            return "Looking away from the screen."
        case Rule.CAMERA_DARK:
            return "Too dark to see anybody."
        case Rule.CAMERA_COVERED:
            return "The camera shows one flat tone, as if it were covered."
        case Rule.NO_FRAMES:
            return "No pictures are arriving from the camera."


def _describe_turn(direction: Baseline, baseline: Baseline) -> str:
    yaw_deg = direction.yaw_deg - baseline.yaw_deg
    pitch_deg = direction.pitch_deg - baseline.pitch_deg
    gaze_x = direction.gaze_x - baseline.gaze_x
    turns = {
        f"Head turned to the picture's {'right' if yaw_deg > 0 else 'left'} by {abs(yaw_deg):.0f} degrees.": abs(
            yaw_deg
        ),
        f"Head turned {'up' if pitch_deg > 0 else 'down'} by {abs(pitch_deg):.0f} degrees.": abs(pitch_deg),
        # A gaze of 0.25 is as far from the baseline as a head turn of 25 degrees is: one scale to compare them.
        f"Eyes turned to the picture's {'right' if gaze_x > 0 else 'left'}.": abs(gaze_x) * 100,
    }
    return max(turns, key=lambda sentence: turns[sentence])


COACHING = {
    "dark": "It is too dark to see you. Turn on a light, or sit facing a window.",
    "covered": "The camera seems to be covered. Check that nothing is in front of the lens.",
    "no_face": "Your face is not in the picture. Sit so that you can see yourself in the preview.",
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
    elif not observation.faces:
        code = "no_face"
    elif observation.faces[0].interocular_px < settings.clear_face_interocular_px:
        code = "too_small"
    elif observation.faces[0].light < settings.clear_face_light:
        code = "face_dark"
    return Coaching(code=code, text=COACHING[code]) if code else None
