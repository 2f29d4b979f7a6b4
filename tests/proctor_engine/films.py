"""Films in which less and less can be seen: clips and what may happen to a camera, frame by frame.

A distortion takes a picture, how far it has gone (0: not at all, 1: as far as it goes) and a source of chance.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from tests.proctor_engine.recordings import RECORDINGS, Picture, astronaut, encode, split_mjpeg

FRAME_MS = 200  # five frames a second
CLIPS = ("one_face", "head_turn", "two_faces", "empty_room")
CLIP_STRIDE = 6  # recordings have thirty frames a second
CAMERA_QUALITY = 75  # of what a candidate's page sends

Chance = np.random.Generator
Light = npt.NDArray[np.float32]
Distort = Callable[[Picture, float, Chance], Picture]


@dataclass(frozen=True)
class Distortion:
    name: str
    distort: Distort
    quality: int = CAMERA_QUALITY


def decode(jpeg: bytes) -> Picture:
    return np.asarray(simplejpeg.decode_jpeg(jpeg, "RGB"), np.uint8)


def _shown(light: Light) -> Picture:
    return np.asarray(np.clip(light, 0, 255), np.uint8)


def _grain(light: Light, sigma: float, chance: Chance) -> Light:
    """A sensor's noise; half-size noise enlarged would be softer than any sensor's."""
    return np.asarray(light + chance.standard_normal(light.shape, np.float32) * sigma, np.float32)


def darken(least_gain: float) -> Distort:
    """Light fails; a camera's own noise stays."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        gain = least_gain**far
        return _shown(_grain(picture.astype(np.float32) * np.float32(gain), 1.5 * far, chance))

    return distort


def overexpose(picture: Picture, far: float, chance: Chance) -> Picture:
    """The sensor drowns in light."""
    return _shown(_grain(picture * np.float32(12**far) + np.float32(60 * far), 1.0, chance))


def defocus(most_px: float) -> Distort:
    """Circles of confusion of a growing radius."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        radius = most_px * far
        side = 2 * math.ceil(radius) + 1
        if side < 3:
            return picture
        x = np.arange(side) - side // 2
        disk = np.clip(radius + 0.5 - np.hypot(x, x[:, None]), 0, 1).astype(np.float32)
        blurred = cv2.filter2D(picture, cv2.CV_32F, disk / disk.sum(), borderType=cv2.BORDER_REFLECT)
        return _shown(_grain(np.asarray(blurred, np.float32), 1.0, chance))

    return distort


def soften(most_px: float) -> Distort:
    """A Gaussian of a growing width, as a virtual camera's privacy filter."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        return picture if far <= 0 else np.asarray(cv2.GaussianBlur(picture, (0, 0), max(most_px * far, 0.3)), np.uint8)

    return distort


def shake(most_px: float) -> Distort:
    """Motion blur along a direction that changes with every frame."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        length = max(1, round(most_px * far))
        angle = chance.uniform(0, math.pi)
        line = np.zeros((length | 1, length | 1), np.float32)
        middle, reach = line.shape[0] // 2, length / 2
        steps = np.linspace(-reach, reach, 4 * length)
        line[
            np.clip(np.rint(middle + steps * math.sin(angle)).astype(int), 0, line.shape[0] - 1),
            np.clip(np.rint(middle + steps * math.cos(angle)).astype(int), 0, line.shape[0] - 1),
        ] = 1
        return np.asarray(cv2.filter2D(picture, -1, line / line.sum(), borderType=cv2.BORDER_REFLECT), np.uint8)

    return distort


def fog(picture: Picture, far: float, chance: Chance) -> Picture:
    """Breath on the lens: a bright veil over a blurred picture."""
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.3 + 14 * far).astype(np.float32)
    return _shown(_grain(blurred * np.float32(1 - 0.8 * far) + np.float32(165 * 0.8 * far), 1.5, chance))


def compress(worst_quality: int) -> Distort:
    """A camera or a line of few bits: the picture was JPEG of this quality before it was sent."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        return decode(encode(picture, max(round(90 + (worst_quality - 90) * far), 1)))

    return distort


def pixelate(picture: Picture, far: float, chance: Chance) -> Picture:
    """Squares of a growing side, as a privacy filter."""
    side = 1 + 39 * far
    rows, columns = picture.shape[:2]
    small = cv2.resize(picture, (round(columns / side), round(rows / side)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_NEAREST), np.uint8)


def grain(picture: Picture, far: float, chance: Chance) -> Picture:
    """A sensor at its highest gain."""
    return _shown(_grain(picture.astype(np.float32), 110 * far, chance))


def speckle(picture: Picture, far: float, chance: Chance) -> Picture:
    """Dead and burning pixels."""
    share = chance.random(picture.shape[:2], np.float32)
    broken = picture.copy()
    broken[share < 0.45 * far] = 0
    broken[share > 1 - 0.45 * far] = 255
    return broken


def flicker(hertz: float) -> Distort:
    """Bands of a lamp on mains current, rolling through a sensor that is read row by row, brightness and all."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        rows = np.arange(picture.shape[0], dtype=np.float32) / picture.shape[0] / 30  # read in a thirtieth of a second
        phase = chance.uniform(0, 2 * math.pi)
        wave = 1 - 0.9 * far * (0.5 + 0.5 * np.sin(2 * math.pi * 2 * hertz * rows + phase))
        return _shown(picture * wave[:, None, None].astype(np.float32))

    return distort


def cast(red: float, green: float, blue: float) -> Distort:
    """Light of one colour."""

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        kept = np.array((red, green, blue), np.float32)
        return _shown(picture * (1 - far + far * kept))

    return distort


def cover(
    tone: tuple[int, int, int],
    *,
    leaks: float = 0,
    through: float = 0,
    side: str = "all",
    share: float = 1,
    texture: float = 4,
) -> Distort:
    """Something close before the lens: out of focus, shaded, coming in from a side.

    `leaks` is light at an edge, `through` how much of the blurred picture shines through, `share` how much of the
    picture it covers in the end.
    """

    def distort(picture: Picture, far: float, chance: Chance) -> Picture:
        rows, columns = picture.shape[:2]
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        x, y = x / columns, y / rows
        shape = np.random.default_rng(3)  # of the thing itself, which does not change
        few = shape.standard_normal((4, 5)).astype(np.float32)
        blobs = cv2.resize(few, (columns, rows), interpolation=cv2.INTER_CUBIC)
        shade = 1 + 0.15 * (x - 0.5) + 0.1 * (y - 0.5)
        thing = np.array(tone, np.float32) * shade[..., None] + texture * blobs[..., None]
        if through:
            thing = (1 - through) * thing + through * cv2.GaussianBlur(picture, (0, 0), 20)
        if leaks:
            thing = thing + 200 * leaks * np.exp(-((1.02 - x) / 0.06))[..., None]
        reach = {"all": 0.5 - np.abs(x - 0.5), "left": x, "right": 1 - x, "top": y, "bottom": 1 - y}[side]
        extent = (0.5 if side == "all" else 1.0) * share * far
        soft = 0.04
        covered = np.clip((extent + soft - reach) / soft, 0, 1)
        covered = covered[..., None].astype(np.float32)
        return _shown(_grain(thing * covered + picture * (1 - covered), 1.5, chance))

    return distort


SKIN, RED, BLACK, PAPER, TAPE = (150, 95, 75), (170, 30, 20), (9, 9, 10), (205, 202, 196), (70, 85, 120)
DISTORTIONS = (
    *(Distortion(f"gain {gain}", darken(gain)) for gain in (0.3, 0.15, 0.05, 0.02)),
    Distortion("overexposed", overexpose),
    *(Distortion(f"defocus {radius} px", defocus(radius)) for radius in (8, 20, 40)),
    *(Distortion(f"gaussian {sigma} px", soften(sigma)) for sigma in (4, 10, 25)),
    *(Distortion(f"motion {length} px", shake(length)) for length in (20, 60, 140)),
    Distortion("fogged lens", fog),
    *(Distortion(f"JPEG {quality}", compress(quality)) for quality in (15, 5, 1)),
    Distortion("JPEG 3 as sent", lambda picture, _far, _chance: picture, quality=3),
    Distortion("pixelated", pixelate),
    Distortion("grain", grain),
    Distortion("speckle", speckle),
    *(Distortion(f"flicker {hertz} Hz", flicker(hertz)) for hertz in (50, 60)),
    Distortion("red light", cast(1, 0.08, 0.05)),
    Distortion("blue light", cast(0.03, 0.1, 1)),
    Distortion("hand", cover(SKIN, texture=9)),
    Distortion("hand, light leaks", cover(SKIN, leaks=0.5, texture=9)),
    Distortion("finger, light shines through", cover(RED, leaks=0.15)),
    Distortion("shutter", cover(BLACK, texture=0)),
    Distortion("shutter, light leaks", cover(BLACK, texture=0, leaks=0.4)),
    Distortion("paper", cover(PAPER)),
    Distortion("paper, thin", cover(PAPER, through=0.25)),
    Distortion("tape", cover(TAPE)),
    Distortion("tape, clear", cover(TAPE, through=0.5)),
    *(
        Distortion(f"hand, {side} half", cover(SKIN, side=side, share=0.55, texture=9))
        for side in ("left", "right", "top", "bottom")
    ),
    Distortion("hand, top three quarters", cover(SKIN, side="top", share=0.78, texture=9)),
)


def clip(name: str) -> list[Picture]:
    """A clip's pictures at five frames a second; a drawn one where the recordings are not beside the repository."""
    if is_recorded(name):
        return [decode(jpeg) for jpeg in split_mjpeg(_recording(name).read_bytes())[::CLIP_STRIDE]]
    return list(drawn())


def whole_clip(name: str) -> list[Picture]:
    """Every picture of it, thirty a second."""
    if is_recorded(name):
        return [decode(jpeg) for jpeg in split_mjpeg(_recording(name).read_bytes())]
    return list(drawn(150))


def is_recorded(name: str) -> bool:
    return _recording(name).exists()


def _recording(name: str) -> Path:
    return RECORDINGS / "webcam" / f"{name}.mjpeg"


def drawn(frames: int = 30) -> Iterator[Picture]:
    """One calm face that sways, before a wall."""
    face, chance = astronaut(), np.random.default_rng(7)
    for frame in range(frames):
        t = 2 * math.pi * frame / frames
        move = cv2.getRotationMatrix2D((222, 118), 2 * math.sin(t), 1.6 + 0.04 * math.sin(t))
        move = move + np.array(((0, 0, 98 + 6 * math.sin(t)), (0, 0, 122 + 4 * math.cos(t))))
        moved = cv2.warpAffine(face, move, (640, 480), borderMode=cv2.BORDER_REFLECT)
        yield _shown(_grain(moved.astype(np.float32), 2.5, chance))


def swing(pictures: Sequence[Picture]) -> Iterator[Picture]:
    """A clip forwards and backwards without end, so that it never jumps."""
    return cycle([*pictures, *pictures[-2:0:-1]])
