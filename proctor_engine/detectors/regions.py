"""Where a face is cut out of a picture: a turned square, and how boxes and landmarks become one.

Conventions are mediapipe's, and parity with it depends on them: the corner of a pixel has whole coordinates in both
pictures (no shift by half a pixel), and what lies outside a picture is its edge, repeated.
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import RGB_CHANNELS, Picture
from proctor_engine.records import record

MARGIN = 1.5  # the square's side over the longer side of what it was made from (face_detection_front_detection_to_roi)


@record(frozen=True, slots=True)
class Region:
    """A square of the picture, turned clockwise by an angle."""

    x_px: float  # centre
    y_px: float
    side_px: float
    angle: float  # radians

    def matrix(self, cut_px: int) -> npt.NDArray[np.float64]:
        """Takes a point of a cut-out of this many pixels to the picture: two rows, three columns."""
        scale = self.side_px / cut_px
        cosine, sine = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        half = cut_px / 2
        return np.array(
            (
                (cosine, -sine, self.x_px - cosine * half + sine * half),
                (sine, cosine, self.y_px - sine * half - cosine * half),
            )
        )


def cut_region(picture: Picture, matrix: npt.NDArray[np.float64], cut_px: int) -> Picture:
    """The pixels under a region's matrix, RGB."""
    return rgb_of(
        cv2.warpAffine(
            picture,
            matrix,
            (cut_px, cut_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )


def rgb_of(cut: npt.NDArray[Any]) -> Picture:
    """A cut-out without the fourth channel of decoded pictures."""
    has_fourth = cut.shape[2] > RGB_CHANNELS
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGBA2RGB) if has_fourth else cut, np.uint8)


def region_around(left: float, top: float, right: float, bottom: float, angle: float) -> Region:
    """The square around a box (pixels), with the margin every model of the family was trained with."""
    return Region((left + right) / 2, (top + bottom) / 2, MARGIN * max(right - left, bottom - top), angle)


def overlap(one: Region, other: Region) -> float:
    """Intersection over union of two regions, as if neither were turned (0..1)."""
    width = min(one.x_px + one.side_px / 2, other.x_px + other.side_px / 2) - max(
        one.x_px - one.side_px / 2, other.x_px - other.side_px / 2
    )
    height = min(one.y_px + one.side_px / 2, other.y_px + other.side_px / 2) - max(
        one.y_px - one.side_px / 2, other.y_px - other.side_px / 2
    )
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.side_px**2 + other.side_px**2 - shared)
