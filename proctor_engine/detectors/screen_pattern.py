"""Whether a fine regular pattern lies over a face, as when a camera films a screen: the moire of two grids of pixels.

One square at the middle of the face is looked at in the frequency domain. Skin, hair and cloth have their energy
spread, and a grid has it in a few points: what counts is how far the strongest point stands above those around it, in
natural logarithms of power. Left out are the frequencies below an eighth, which are the face itself, and those where a
JPEG's blocks and the picture's own rows and columns have theirs.

It sees what an eye would see as a pattern and no more: a screen that the lens blurs leaves no trace. Bands of
brightness that wander, the other sign of a screen, are no part of this: lamps give real cameras the same.
"""

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.contract import Face
from proctor_engine.detectors.base import Picture
from proctor_engine.imaging import grey_of

SIDE_PX = 128
# A look takes ten times as long as all prints of a frame; the judge needs one every few seconds. Which frame is looked
# at is up to the frame's exact print: the same in every process, and at no moment the same for all sessions.
ONE_FRAME_IN = 10
LEAST_INTEROCULAR_PX = 30.0  # a smaller face fills too little of the square
LOWEST, HIGHEST = 0.12, 0.5  # cycles a pixel
AROUND = 15  # frequencies a side that the strongest is compared with
QUIET = 0.05  # power a pixel that counts as none: less is rounding


def look_for_pattern(picture: Picture, exact_print: int, faces: list[Face]) -> float | None:
    """How far the strongest frequency over the largest face stands out; None for frames that are passed over."""
    if exact_print % ONE_FRAME_IN or not faces or faces[0].interocular_px < LEAST_INTEROCULAR_PX:
        return None
    height, width = picture.shape[:2]
    left = round((faces[0].left + faces[0].width / 2) * width) - SIDE_PX // 2
    top = round((faces[0].top + faces[0].height / 2) * height) - SIDE_PX // 2
    left, top = min(left, width - SIDE_PX), min(top, height - SIDE_PX)
    if left < 0 or top < 0:
        return None
    return measure_pattern(picture[top : top + SIDE_PX, left : left + SIDE_PX])


def measure_pattern(square: Picture) -> float:
    """Of a square of `SIDE_PX`; about 80 us. Real faces stay below 3, a visible pattern is above 3.6."""
    grey = grey_of(square).astype(np.float32)
    mean = np.float32(cv2.mean(grey)[0])  # whole numbers, of which no sum is rounded; numpy's own takes twice as long
    # Packed as OpenCV packs it, which takes a quarter of the time: real and imaginary parts by turns, from column 1 on.
    waves = cv2.dft((grey - mean) * WINDOW)[:, 1 : SIDE_PX - 1]
    squares = waves * waves
    power = cv2.log(squares[:, 0::2] + squares[:, 1::2] + np.float32(QUIET * SIDE_PX * SIDE_PX))
    above = cv2.subtract(power, cv2.blur(power, (AROUND, AROUND)))
    return max(cv2.minMaxLoc(above, WHERE)[1], 0.0)  # a fifth of what np.max takes with a `where`


def _where() -> npt.NDArray[np.uint8]:
    """The frequencies in which a pattern is looked for; the picture's columns may have any sign, its rows none."""
    down, along = np.meshgrid(np.fft.fftfreq(SIDE_PX, 1 / SIDE_PX), np.arange(1, SIDE_PX // 2), indexing="ij")
    radius = np.hypot(down, along)
    of_blocks = [np.abs((axis + SIDE_PX // 16) % (SIDE_PX // 8) - SIDE_PX // 16) <= 1 for axis in (down, along)]
    on_axes = (np.abs(down) <= 1) | (np.abs(along) <= 1)
    within = (radius > LOWEST * SIDE_PX) & (radius < HIGHEST * SIDE_PX)
    return np.asarray(within & ~(of_blocks[0] & of_blocks[1]) & ~on_axes, np.uint8)


WINDOW = np.outer(np.hanning(SIDE_PX), np.hanning(SIDE_PX)).astype(np.float32)
WHERE = _where()
