"""mediapipe's two face detectors (BlazeFace), run directly: a picture in, boxes with two eyes out.

Short range sees faces of about a sixth of the picture's width and more; full range, run on a part of the picture,
sees smaller ones. Constants are those of face_detection_short_range.pbtxt and face_detection_full_range.pbtxt.
Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.model_files import FULL_RANGE, SHORT_RANGE, read_model
from proctor_engine.detectors.network import Network
from proctor_engine.detectors.regions import Region, region_around

MERGED_OVERLAP = 0.3  # boxes that share more are one face: their mean, weighted by score
POINTS = 8  # centre, size, then six keypoints, of which the first two are the eyes
RIGHT_EYE, LEFT_EYE = 2, 3
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Range:
    """One of the two models: its input's side and, for each grid of anchors, cells a side and anchors a cell."""

    model: str
    input_px: int
    grids: tuple[tuple[int, int], ...]
    least_score: float


SHORT = Range(SHORT_RANGE, 128, ((16, 2), (8, 6)), least_score=0.5)
# mediapipe takes 0.6; at 0.5 a tile shows 91 instead of 88 % of faces of 24 px, and no recording has a false one.
FULL = Range(FULL_RANGE, 192, ((48, 1),), least_score=0.5)


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the picture that a detector looks at; it may reach beyond the picture, where all is black."""

    left_px: float
    top_px: float
    side_px: float


@dataclass(frozen=True, slots=True)
class Detection:
    """A face as a detector sees it, in pixels of the picture."""

    score: float
    left: float
    top: float
    right: float
    bottom: float
    angle: float  # radians, of the line through both eyes

    def region(self) -> Region:
        """Where to look for the face's landmarks."""
        return region_around(self.left, self.top, self.right, self.bottom, self.angle)


class BoxDetector:
    """One detector, loaded and warm."""

    def __init__(self, chosen: Range) -> None:
        self._input_px = chosen.input_px
        self._network = Network(read_model(chosen.model))
        self._anchors = _anchors_of(chosen)
        self._least_logit = math.log(chosen.least_score / (1 - chosen.least_score))

    def find(self, picture: Picture, window: Window | None = None) -> list[Detection]:
        """Every face in the window (the whole picture, if none is given), surest first."""
        window = window or whole_window(picture)
        scale = window.side_px / self._input_px
        look = cv2.warpAffine(
            picture,
            np.array(((scale, 0, window.left_px), (0, scale, window.top_px))),
            (self._input_px, self._input_px),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )
        network_input = self._network.inputs[0]()
        np.multiply(look, np.float32(2 / 255), out=network_input[0])
        network_input -= 1
        del network_input
        self._network.run()
        logits = self._network.outputs[1]()[0, :, 0]
        sure = np.flatnonzero(logits > self._least_logit)
        if not sure.size:
            return []
        scores = 1 / (1 + np.exp(-logits[sure]))
        points = self._network.outputs[0]()[0, sure].reshape(-1, POINTS, 2) / self._input_px
        points[:, 0] += self._anchors[sure]
        points[:, 2:] += self._anchors[sure, None]
        return [_placed(score, merged, window) for score, merged in _merge(scores, points)]


def whole_window(picture: Picture) -> Window:
    """The square that holds all of a picture, black above and below or at both sides."""
    height, width = picture.shape[:2]
    side = max(height, width)
    return Window((width - side) / 2, (height - side) / 2, side)


def _anchors_of(chosen: Range) -> Floats:
    """The middles of the grids' cells, 0..1 of the input, in the order of the model's outputs."""
    anchors = []
    for cells, repeats in chosen.grids:
        middles = (np.arange(cells) + 0.5) / cells
        x, y = np.meshgrid(middles, middles)
        anchors.append(np.repeat(np.stack((x.ravel(), y.ravel()), axis=1), repeats, axis=0))
    return np.asarray(np.concatenate(anchors), np.float32)


def _merge(scores: Floats, points: Floats) -> list[tuple[float, Floats]]:
    """Weighted non-maximum suppression: the surest box takes in those that overlap it, then the next of the rest."""
    halves = points[:, 1] / 2
    corners = np.concatenate((points[:, 0] - halves, points[:, 0] + halves), axis=1)
    areas = points[:, 1].prod(axis=1)
    left = np.argsort(-scores)
    found = []
    while left.size:
        first = left[0]
        shared = np.minimum(corners[left, 2:], corners[first, 2:]) - np.maximum(corners[left, :2], corners[first, :2])
        inside = np.maximum(shared, 0).prod(axis=1)
        same = inside / (areas[left] + areas[first] - inside) > MERGED_OVERLAP
        same[0] = True  # a box without area overlaps not even itself
        members = left[same]
        weights = scores[members] / scores[members].sum()
        found.append((float(scores[first]), np.tensordot(weights, points[members], axes=1)))
        left = left[~same]
    return found


def _placed(score: float, points: Floats, window: Window) -> Detection:
    (x, y), (width, height) = points[0].tolist(), points[1].tolist()
    right_eye, left_eye = points[RIGHT_EYE].tolist(), points[LEFT_EYE].tolist()
    side = window.side_px
    return Detection(
        score,
        left=window.left_px + (x - width / 2) * side,
        top=window.top_px + (y - height / 2) * side,
        right=window.left_px + (x + width / 2) * side,
        bottom=window.top_px + (y + height / 2) * side,
        angle=math.atan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0]),
    )
