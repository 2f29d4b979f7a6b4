"""Observations for rules and services, one keyword away from a calm candidate."""

from typing import Any

from proctor_engine.contract import Face, Observation, Visibility


def a_face(**changes: Any) -> Face:
    calm: dict[str, Any] = {
        "left": 0.35,
        "top": 0.25,
        "width": 0.3,
        "height": 0.4,
        "score": 0.98,
        "yaw_deg": 2.0,
        "pitch_deg": -8.0,
        "roll_deg": 0.5,
        "gaze_x": 0.02,
        "gaze_y": -0.1,
        "eye_openness": 0.3,
        "mouth_openness": 0.02,
        "interocular_px": 95.0,
        "light": 0.5,
        "sharpness": 0.6,
    }
    return Face(**(calm | changes))


def an_observation(*faces: Face, **changes: Any) -> Observation:
    """Of exactly these faces; call it without any for an empty room."""
    seen: dict[str, Any] = {
        "width_px": 640,
        "height_px": 480,
        "light": 0.45,
        "contrast": 0.2,
        "sharpness": 0.5,
        "examine_us": 4000,
        "faces": faces,
    }
    return Observation(**(seen | changes))


CALM = an_observation(a_face())
EMPTY = an_observation()
CROWD = an_observation(a_face(), a_face(left=0.7, width=0.15))
NOTHING = Visibility(detail=0.02, blur=0.1)
DARK = an_observation(light=0.02, contrast=0.01, sharpness=0.01, visibility=NOTHING)
COVERED = an_observation(light=0.4, contrast=0.05, sharpness=0.03, visibility=NOTHING)
BLURRED = an_observation(sharpness=0.07, visibility=Visibility(detail=0.1, blur=0.8))
GRAINY = an_observation(sharpness=0.99, visibility=Visibility(detail=0.98, blur=0.1, grain=0.7))
GLARING = an_observation(light=0.95, visibility=Visibility(glare=0.8))
