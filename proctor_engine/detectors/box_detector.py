"""mediapipe's two face detectors (BlazeFace), run directly: a picture in, boxes with two eyes out.

Short range sees faces of about a sixth of the picture's width and more; full range, run on a part of the picture,
sees smaller ones. Constants are those of face_detection_short_range.pbtxt and face_detection_full_range.pbtxt.
Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.model_files import FULL_RANGE, load_parts, read_model
from proctor_engine.detectors.model_surgery import ALL_NUMBERS, DETECTOR_SCALE
from proctor_engine.detectors.network import Network
from proctor_engine.detectors.regions import Region, region_around, rgb_of
from proctor_engine.native.boxes import Anchors, Found, NativeBoxes
from proctor_engine.native.library import load_library
from proctor_engine.records import record

MERGED_OVERLAP = 0.3  # boxes that share more are one face: their mean, weighted by score
PIXEL_BYTES = 4  # of decoded pictures
USED_NUMBERS = 8  # of an anchor: centre, size, right and left eye; four more keypoints are of no use here
MOST_BOXES = 128  # looked at in one picture (policy: the surest); a face is about five of them
MIDDLE_LIGHT = np.float32(127.5)  # of 0..255: the models' zero
Floats = npt.NDArray[np.float32]
_Box: TypeAlias = tuple[
    float, tuple[float, ...]
]  # score; left, top, right, bottom, right eye, left eye: 0..1 of the input's side


@record(frozen=True, slots=True)
class Range:
    """One of the two models: its input's side and what its answers stand for."""

    load: Callable[[], bytes]
    load_plan: Callable[[], bytes]  # the same for `proctor_engine.native`, with the scale of its input built in
    input_px: int
    answers: Anchors
    least_score: float
    input_scale: float  # of what is above and below the models' zero
    # Rows for a picture that is as wide as the input, by the picture's height over its width; the same for columns of
    # one that is taller than wide. Few, because each is a network of its own, of 3 MB.
    rows_px: tuple[int, ...] = ()


# A quarter less to look at in a picture of 4:3 takes a quarter less time.
SHORT = Range(
    load=lambda: load_parts().short,
    load_plan=lambda: load_parts().short_plan,
    input_px=128,
    answers=Anchors(((16, 2), (8, 6)), numbers=USED_NUMBERS, spread=1),
    least_score=0.5,
    input_scale=1.0,
    rows_px=(80, 96),
)
# mediapipe takes 0.6; at 0.5 a tile shows 91 instead of 88 % of faces of 24 px, and no recording has a false one.
FULL = Range(
    load=lambda: read_model(FULL_RANGE),
    load_plan=lambda: load_parts().full_plan,
    input_px=192,
    answers=Anchors(((48, 1),), numbers=ALL_NUMBERS, spread=2),
    least_score=0.5,
    input_scale=DETECTOR_SCALE,
)


@record(frozen=True, slots=True)
class Window:
    """A square of the picture that a detector looks at; it may reach beyond the picture, where all is black.

    The window of a whole picture need not be a square: then its side is the longer one.
    """

    left_px: float
    top_px: float
    side_px: float


@record(frozen=True, slots=True)
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
    """One detector, loaded and warm: compiled, where this machine can, or by LiteRT."""

    def __init__(self, chosen: Range, *, compiled: bool = True) -> None:
        self._range = chosen
        self._library = load_library() if compiled else None
        self._model = chosen.load_plan() if self._library is not None else chosen.load()
        self._least_logit = math.log(chosen.least_score / (1 - chosen.least_score))
        self._looks: dict[tuple[int, int], NativeBoxes | LiteRtBoxes] = {}
        self.look_of(chosen.input_px, chosen.input_px)

    def find(self, picture: Picture, window: Window | None = None) -> list[Detection]:
        """Every face in the window (the whole picture, if none is given), surest first."""
        input_px = self._range.input_px
        columns, rows = (input_px, input_px) if window is not None else self._input_size(picture)
        window = window or _whole_window(picture, columns, rows)
        look = self.look_of(columns, rows)
        found = look.find(picture, window.left_px, window.top_px, window.side_px, self._least_logit)
        return [Detection(*one) for one in found]

    def look_of(self, columns: int, rows: int) -> "NativeBoxes | LiteRtBoxes":
        """The network for an input of this size, loaded when it is first needed."""
        if (look := self._looks.get((columns, rows))) is None:
            look = self._looks[columns, rows] = self._loaded(columns, rows)
        return look

    def _loaded(self, columns: int, rows: int) -> "NativeBoxes | LiteRtBoxes":
        chosen, size = self._range, (columns, rows)
        if self._library is None:
            return LiteRtBoxes(self._model, chosen, size)
        return NativeBoxes(self._library, self._model, chosen.answers, size, chosen.input_px, MIDDLE_LIGHT.item())

    def _input_size(self, picture: Picture) -> tuple[int, int]:
        """Columns and rows for a look at a whole picture: as many as hold all of it."""
        height, width = picture.shape[:2]
        side = self._range.input_px
        needed = min(height, width) * side / max(height, width)
        short = next((rows for rows in self._range.rows_px if rows >= needed), side)
        return (side, short) if width >= height else (short, side)


class LiteRtBoxes:
    """A detector for inputs of one size by LiteRT, with all around it in numpy and OpenCV: as `NativeBoxes`."""

    def __init__(self, model: bytes, chosen: Range, size: tuple[int, int]) -> None:
        self._range = chosen
        self._size = columns, rows = size
        is_usual = columns == rows == chosen.input_px
        self.network = Network(model, None if is_usual else (1, rows, columns, 3))
        self._anchors = _anchors_of(chosen, columns, rows)

    def find(self, picture: Picture, left_px: float, top_px: float, side_px: float, least_logit: float) -> list[Found]:
        """Every face in the window, surest first: score; left, top, right and bottom in pixels; angle."""
        (columns, rows), window, input_px = self._size, Window(left_px, top_px, side_px), self._range.input_px
        network_input = self.network.inputs[0]
        look = look_through(picture, window, side_px / input_px, columns, rows)
        np.subtract(rgb_of(look), MIDDLE_LIGHT, out=network_input[0])
        if self._range.input_scale != 1:
            network_input *= np.float32(self._range.input_scale)
        self.network.run()
        logits = self.network.outputs[1].reshape(-1)
        sure = np.flatnonzero(logits > least_logit)
        if not sure.size:
            return []
        if sure.size > MOST_BOXES:
            sure = sure[np.argsort(-logits[sure])[:MOST_BOXES]]
        rows_found = self.network.outputs[0][0, :, :USED_NUMBERS].take(sure, axis=0) / input_px
        anchored = zip(logits[sure].tolist(), rows_found.tolist(), self._anchors[sure].tolist(), strict=True)
        boxes = [_box(_sigmoid(logit), numbers, anchor) for logit, numbers, anchor in anchored]
        return [_placed(box, window) for box in _merge(boxes)]


def look_through(picture: Picture, window: Window, scale: float, columns: int, rows: int) -> Picture:
    """The window as an input of this size, `scale` pixels of the picture to each of its own.

    Where that is a whole number, as for all of a picture of 640 x 480, no pixel lies between two: every so manieth is
    taken as it is, in a sixth of the time.
    """
    left, top, step = int(window.left_px), int(window.top_px), int(scale)
    right, bottom = left + columns * step, top + rows * step
    is_within = left >= 0 and top >= 0 and right <= picture.shape[1] and bottom <= picture.shape[0]
    if is_within and (left, top, step) == (window.left_px, window.top_px, scale) and picture.shape[2] == PIXEL_BYTES:
        return np.ascontiguousarray(picture.view(np.uint32)[top:bottom:step, left:right:step]).view(np.uint8)
    return np.asarray(
        cv2.warpAffine(
            picture,
            np.array(((scale, 0, window.left_px), (0, scale, window.top_px))),
            (columns, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        ),
        np.uint8,
    )


def whole_window(picture: Picture) -> Window:
    """The square that holds all of a picture, black above and below or at both sides."""
    return _whole_window(picture, 1, 1)


def _whole_window(picture: Picture, columns: int, rows: int) -> Window:
    """What an input of these sides shows of a picture that is in its middle."""
    height, width = picture.shape[:2]
    side = max(height, width)
    scale = side / max(columns, rows)
    return Window((width - columns * scale) / 2, (height - rows * scale) / 2, side)


def _anchors_of(chosen: Range, columns: int, rows: int) -> Floats:
    """The middles of the grids' cells, 0..1 of the input's side, in the order of the model's outputs."""
    anchors = []
    for cells, repeats in chosen.answers.grids:
        cell_px = chosen.input_px / cells
        across, down = ((np.arange(math.ceil(size / cell_px)) + 0.5) / cells for size in (columns, rows))
        x, y = np.meshgrid(across, down)
        anchors.append(np.repeat(np.stack((x.ravel(), y.ravel()), axis=1), repeats, axis=0))
    return np.asarray(np.concatenate(anchors), np.float32)


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _box(score: float, numbers: list[float], anchor: list[float]) -> _Box:
    """One anchor's answer: centre and size, then the person's right and left eye, all from the anchor on."""
    x, y, width, height, *eyes = numbers
    (middle_x, middle_y), (right_x, right_y, left_x, left_y) = anchor, eyes
    x, y = x + middle_x, y + middle_y
    eye_points = (right_x + middle_x, right_y + middle_y, left_x + middle_x, left_y + middle_y)
    return score, (x - width / 2, y - height / 2, x + width / 2, y + height / 2, *eye_points)


def _merge(boxes: list[_Box]) -> list[_Box]:
    """Weighted non-maximum suppression: the surest box takes in those that overlap it, then the next of the rest.

    In plain floats: a face is a handful of boxes, over which numpy would take five times as long.
    """
    left = sorted(boxes, reverse=True)
    found = []
    while left:
        score, surest = left[0]
        same: list[_Box] = [left[0]]
        others: list[_Box] = []
        for box in left[1:]:
            (same if _overlap(surest, box[1]) > MERGED_OVERLAP else others).append(box)
        weight = sum(box[0] for box in same)
        means = (sum(box[0] * box[1][place] for box in same) / weight for place in range(USED_NUMBERS))
        found.append((score, tuple(means)))
        left = others
    return found


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union; a box without area overlaps nothing."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared)


def _placed(box: _Box, window: Window) -> Found:
    score, (left, top, right, bottom, right_x, right_y, left_x, left_y) = box
    side = window.side_px
    edges = (
        *(window.left_px + left * side, window.top_px + top * side),
        *(window.left_px + right * side, window.top_px + bottom * side),
    )
    return [score, *edges, math.atan2(left_y - right_y, left_x - right_x)]
