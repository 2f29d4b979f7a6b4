"""A detector that sees what is painted for it: tests and demos without models, cameras or chance.

`paint` draws a row of black and white squares along the top of a picture; the detector reads them back through any
JPEG. A picture without that row (its first two squares are red and green) has no faces.
"""

import os
import signal
import time
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from proctor_engine.detectors.base import Detected, DetectedFace, Picture, Sight

SQUARE_PX = 16  # two JPEG blocks: no chroma bleeds into a square's middle
MARK = ((255, 0, 0), (0, 255, 0))
FACES_BITS, YAW_BITS, ACT_BITS = 3, 6, 3
YAW_STEP_DEG = 3.0
SLOW_SECONDS = 0.2
REMEMBERED_FRAMES = 900  # as many bytes as another detector may remember


class Act(IntEnum):
    """What the detector does before it answers."""

    LOOK = 0
    WAIT = 1  # takes SLOW_SECONDS
    RAISE = 2  # a fault in the detector
    HANG = 3  # never answers
    DIE = 4  # takes the whole child with it


@dataclass(frozen=True, slots=True)
class Script:
    """What a painted picture asks for."""

    faces: int = 1  # 0..7
    yaw_deg: float = 0.0  # of every face, -93..93 in steps of 3
    act: Act = Act.LOOK

    def bits(self) -> list[bool]:
        """The squares after the mark; most significant first."""
        turn = round(self.yaw_deg / YAW_STEP_DEG) + (1 << (YAW_BITS - 1))
        number = ((self.faces << YAW_BITS | turn) << ACT_BITS) | self.act
        length = FACES_BITS + YAW_BITS + ACT_BITS
        return [bool(number >> (length - 1 - place) & 1) for place in range(length)]


def paint(script: Script, width_px: int = 320, height_px: int = 240) -> Picture:
    """A grey picture that carries a script; encode it as JPEG at any usual quality."""
    picture = np.full((height_px, width_px, 3), 128, np.uint8)
    colours = [*MARK, *((255, 255, 255) if bit else (0, 0, 0) for bit in script.bits())]
    for place, colour in enumerate(colours):
        picture[:SQUARE_PX, place * SQUARE_PX : (place + 1) * SQUARE_PX] = colour
    return picture


class ScriptedDetector:
    """Obeys painted pictures; see `Detector.detect`."""

    def detect(self, sight: Sight) -> Detected:
        """The faces a picture's script names, side by side. Its memory counts the session's frames."""
        memory = (sight.memory + b"\0")[-REMEMBERED_FRAMES:]
        script = read_script(sight.picture)
        if script is None:
            return Detected([], memory)
        _perform(script.act)
        return Detected([_face(index, script) for index in range(script.faces)], memory)


def read_script(picture: Picture) -> Script | None:
    """The script painted on a picture, or None when there is none."""
    length = FACES_BITS + YAW_BITS + ACT_BITS
    needed_px = (len(MARK) + length) * SQUARE_PX
    if picture.shape[0] < SQUARE_PX or picture.shape[1] < needed_px:
        return None
    middles = picture[SQUARE_PX // 2, SQUARE_PX // 2 : needed_px : SQUARE_PX, :3].astype(np.int64)
    if any(np.abs(middles[place] - colour).max() > 64 for place, colour in enumerate(MARK)):  # noqa: PLR2004
        return None
    number = 0
    for brightness in middles[len(MARK) :].mean(axis=1):
        number = number << 1 | int(brightness > 127)  # noqa: PLR2004 - the middle of black and white
    act = number & (1 << ACT_BITS) - 1
    turn = number >> ACT_BITS & (1 << YAW_BITS) - 1
    if act not in set(Act):
        return None
    yaw_deg = (turn - (1 << (YAW_BITS - 1))) * YAW_STEP_DEG
    return Script(number >> (ACT_BITS + YAW_BITS), yaw_deg, Act(act))


def _perform(act: Act) -> None:
    if act is Act.WAIT:
        time.sleep(SLOW_SECONDS)
    elif act is Act.RAISE:
        raise RuntimeError("the script asks for a fault")
    elif act is Act.HANG:
        time.sleep(3_600)
    elif act is Act.DIE:
        os.kill(os.getpid(), signal.SIGKILL)


def _face(index: int, script: Script) -> DetectedFace:
    return DetectedFace(
        left=index / 8,
        top=0.25,
        width=0.12,
        height=0.3,
        score=0.95,
        yaw_deg=script.yaw_deg,
        pitch_deg=0.0,
        roll_deg=0.0,
        gaze_x=0.0,
        gaze_y=0.0,
        eye_openness=0.3,
        mouth_openness=0.02,
        interocular_px=90.0,
    )
