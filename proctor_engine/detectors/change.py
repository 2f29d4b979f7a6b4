"""Whether a picture has changed where no tracked face explains it: what makes the engine look for new faces.

A picture is kept as 32 x 24 brightnesses. A cell has changed when it is brighter than all, or darker than all, of the
nine cells around it were, by more than noise: so a sway of up to a cell (20 of 640 pixels), a camera's own
noise and a soft edge that creeps change nothing, and a face of a cell's size does. Before it is believed, the change
must also survive the exposure having moved, and the whole picture having moved with the face that is tracked.

Measured on recordings at 5 frames/s: three real cameras never exceed 5 levels; a pasted face of 80, 56 or 40 px
exceeds 10 in 98-100 % of places, one of 24 px in 76-100 %. (The mean difference of whole pictures tells none of them.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.regions import Region

COLUMNS, ROWS = 32, 24
CHANGED_LEVELS = 8  # of 255
# A tracked face moves hair, shoulders and what is below it: so much of its region's side, to either side and above.
ASIDE, ABOVE = 0.45, 0.6
AROUND = np.ones((3, 3), np.uint8)
UNKNOWN = 1_000  # beyond any brightness: a cell that came from outside the picture is never changed

Thumb = npt.NDArray[np.uint8]  # ROWS x COLUMNS
Cells = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Change:
    """Where a picture has changed most, in fractions of it, and how much."""

    left: float
    top: float
    right: float
    bottom: float
    cells: int
    levels: int  # in all cells together, beyond what noise explains


def shrink_to_thumb(grey: npt.NDArray[np.uint8]) -> Thumb:
    """The brightnesses of a grey picture of any size."""
    return np.asarray(cv2.resize(grey, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.uint8)


def find_change(
    before: Thumb,
    now: Thumb,
    faces: Sequence[Region],
    moved: tuple[Region, Region] | None,
    width_px: int,
    height_px: int,
) -> Change | None:
    """The change outside `faces`, or None. `moved` is where a tracked face was before and is now."""
    free = _outside(faces, width_px, height_px)
    # Most frames end here, for a tenth of the cost: what is within its own level is within its neighbours'.
    if not (cv2.absdiff(now, before)[free] > CHANGED_LEVELS).any():
        return None
    low, high = cv2.erode(before, AROUND).astype(np.int16), cv2.dilate(before, AROUND).astype(np.int16)
    current = now.astype(np.int16)
    beyond = np.where(free, _beyond(current, low, high), 0)
    if not beyond.any():
        return None
    current -= int(np.median((current - before)[free]))  # the exposure
    beyond = np.minimum(beyond, _beyond(current, low, high))
    if moved is not None and beyond.any():
        beyond = np.minimum(beyond, _beyond(current, *_carried(low, high, _motion(*moved, width_px, height_px))))
    return _strongest(beyond) if beyond.any() else None


def _strongest(beyond: Levels) -> Change:
    """Of the places where cells that touch each other have changed, the one that has changed most."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((beyond > 0).astype(np.uint8), connectivity=8)
    levels = np.bincount(labels.ravel(), weights=beyond.ravel(), minlength=count)
    place = int(np.argmax(levels))  # the unchanged rest is one of them, with no levels at all
    left, top, width, height, cells = stats[place].tolist()
    return Change(
        left=left / COLUMNS,
        top=top / ROWS,
        right=(left + width) / COLUMNS,
        bottom=(top + height) / ROWS,
        cells=cells,
        levels=int(levels[place]),
    )


def _beyond(now: npt.NDArray[np.int16], low: npt.NDArray[np.int16], high: npt.NDArray[np.int16]) -> Levels:
    """By how much each cell is beyond its bounds and the noise."""
    return np.maximum(np.maximum(now - high, low - now) - CHANGED_LEVELS, 0)


def _outside(faces: Sequence[Region], width_px: int, height_px: int) -> Cells:
    """Cells that no face explains: not around a face, nor below it, where its body is."""
    free = np.ones((ROWS, COLUMNS), np.bool_)
    for face in faces:
        left = math.floor((face.x_px - ASIDE * face.side_px) * COLUMNS / width_px)
        right = math.ceil((face.x_px + ASIDE * face.side_px) * COLUMNS / width_px)
        top = math.floor((face.y_px - ABOVE * face.side_px) * ROWS / height_px)
        free[max(top, 0) :, max(left, 0) : max(right, 0)] = False
    return free


def _motion(before: Region, now: Region, width_px: int, height_px: int) -> npt.NDArray[np.float64]:
    """Takes a cell's place before to its place now, were the whole picture to move as the face did."""
    scale, turn = now.side_px / before.side_px, now.angle - before.angle
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    across, down = COLUMNS / width_px, ROWS / height_px
    # Of cells' middles, which are whole numbers to OpenCV.
    x, y = before.x_px * across - 0.5, before.y_px * down - 0.5
    xx, xy, yx, yy = cosine, -sine * across / down, sine * down / across, cosine
    return np.array(
        (
            (xx, xy, now.x_px * across - 0.5 - xx * x - xy * y),
            (yx, yy, now.y_px * down - 0.5 - yx * x - yy * y),
        )
    )


def _carried(
    low: npt.NDArray[np.int16], high: npt.NDArray[np.int16], motion: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    """Both bounds after the motion; what comes in from outside the picture may have any brightness."""
    size = (COLUMNS, ROWS)
    return (
        np.asarray(cv2.warpAffine(low, motion, size, borderValue=(-UNKNOWN,)), np.int16),
        np.asarray(cv2.warpAffine(high, motion, size, borderValue=(UNKNOWN,)), np.int16),
    )
