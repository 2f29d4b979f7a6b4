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
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors import unrest as usual
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.unrest import LEAST_LEVELS, RESTLESS, UNUSUAL, Unrest
from proctor_engine.native.frames import Square, find_strongest
from proctor_engine.records import record

COLUMNS, ROWS = 32, 24
CHANGED_LEVELS = 8  # of 255
# A tracked face moves hair, shoulders and what is below it: so much of its region's side, to either side and above.
ASIDE, ABOVE = 0.45, 0.6
AROUND = np.ones((3, 3), np.uint8)

Thumb: TypeAlias = bytes  # ROWS x COLUMNS brightnesses, as they travel
Cells: TypeAlias = npt.NDArray[np.uint8]  # the same, to reckon with
Explained: TypeAlias = tuple[int, int, int]  # cells from this row down, from this column to before that one
Motion: TypeAlias = tuple[float, ...]  # two rows of three: where a cell's middle is after the whole picture has moved
NOISE = np.full((ROWS, COLUMNS), CHANGED_LEVELS, np.uint8)


@record(frozen=True, slots=True)
class Change:
    """Where a picture has changed most, in fractions of it, and how much."""

    left: float
    top: float
    right: float
    bottom: float
    cells: int
    levels: int  # in all cells together, beyond what noise explains


@record(frozen=True, slots=True)
class Stir:
    """By how much each of `unrest`'s fields has changed, and what is news in it."""

    levels: Sequence[int]
    news: Change | None


def shrink_to_thumb(grey: npt.NDArray[np.uint8]) -> Thumb:
    """The brightnesses of a grey picture of any size."""
    return np.asarray(cv2.resize(grey, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.uint8).tobytes()


def find_change(
    before: Thumb,
    now: Thumb,
    faces: Sequence[Region],
    moved: tuple[Region, Region] | None,
    width_px: int,
    height_px: int,
    unrest: Unrest = usual.CALM,
) -> Stir:
    """What has changed outside `faces`. `moved` is where a tracked face was before and is now.

    News is the greatest change in fields that have changed by more than is usual there; calm ones come first.
    """
    squares = [_square_of(face) for face in faces]
    pair = (_square_of(moved[0]), _square_of(moved[1])) if moved is not None else None
    if (said := find_strongest(before, now, squares, pair, width_px, height_px, unrest)) is not None:
        found, levels = said
        return Stir(levels, _change_of(*found) if found is not None else None)
    explained = [_explained_by(face, width_px, height_px) for face in faces]
    motion = _motion(*moved, width_px, height_px) if moved is not None else None
    beyond = _find_beyond(_cells_of(before), _cells_of(now), explained, motion)
    return _news_in(beyond, unrest) if _is_enough(beyond) else Stir([0] * usual.FIELDS, None)


def _news_in(beyond: Cells, unrest: Unrest) -> Stir:
    down, across = ROWS // usual.ROWS, COLUMNS // usual.COLUMNS
    levels = beyond.reshape(usual.ROWS, down, usual.COLUMNS, across).sum(axis=(1, 3), dtype=np.int64)
    steps = np.frombuffer(unrest, np.uint8).astype(np.int64).reshape(levels.shape)
    is_news = levels * usual.SCALE > UNUSUAL * steps * steps
    if (is_news & (steps < RESTLESS) & (levels >= LEAST_LEVELS)).any():
        is_news &= steps < RESTLESS
    strongest = _strongest(np.where(is_news.repeat(down, 0).repeat(across, 1), beyond, np.uint8(0)))
    return Stir(levels.ravel().tolist(), strongest if strongest.levels >= LEAST_LEVELS else None)


def _cells_of(thumb: Thumb) -> Cells:
    return np.frombuffer(thumb, np.uint8).reshape(ROWS, COLUMNS)


def _find_beyond(before: Cells, now: Cells, explained: Sequence[Explained], motion: Motion | None) -> Cells:
    """By how much each cell is beyond its bounds, whatever the exposure and the camera did."""
    # Most frames end here, for a tenth of the cost: what is within its own level is within its neighbours'.
    apart = _outside(np.asarray(cv2.absdiff(now, before), np.uint8), explained)
    if apart.max() <= CHANGED_LEVELS:
        return np.zeros_like(apart)
    low = np.asarray(cv2.subtract(cv2.erode(before, AROUND), NOISE), np.uint8)
    high = np.asarray(cv2.add(cv2.dilate(before, AROUND), NOISE), np.uint8)
    beyond = _outside(_beyond(now, low, high), explained)
    if not _is_enough(beyond):
        return beyond
    if (brighter := _brighter_by(before, now, explained)) != 0:
        now = _darkened(now, brighter)
        beyond = np.asarray(cv2.min(beyond, _beyond(now, low, high)), np.uint8)
    if motion is not None and _is_enough(beyond):
        carried = _carried(low, high, np.array(motion).reshape(2, 3))
        beyond = np.asarray(cv2.min(beyond, _beyond(now, *carried)), np.uint8)
    return beyond


def _is_enough(beyond: Cells) -> bool:
    return int(np.add.reduce(beyond, axis=None, dtype=np.intp)) >= LEAST_LEVELS


def _strongest(beyond: Cells) -> Change:
    """Of the places where cells that touch each other have changed, the one that has changed most."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((beyond > 0).astype(np.uint8), connectivity=8)
    levels = np.bincount(labels.ravel(), weights=beyond.ravel(), minlength=count)
    place = int(np.argmax(levels))  # the unchanged rest is one of them, with no levels at all
    left, top, width, height, cells = stats[place].tolist()
    return _change_of(left, top, width, height, cells, int(levels[place]))


def _change_of(left: int, top: int, width: int, height: int, cells: int, levels: int) -> Change:
    return Change(
        left=left / COLUMNS,
        top=top / ROWS,
        right=(left + width) / COLUMNS,
        bottom=(top + height) / ROWS,
        cells=cells,
        levels=levels,
    )


def _beyond(now: Cells, low: Cells, high: Cells) -> Cells:
    """By how much each cell is beyond its bounds; OpenCV's sums and differences of bytes end at 0 and 255."""
    return np.asarray(cv2.max(cv2.subtract(now, high), cv2.subtract(low, now)), np.uint8)


def _square_of(face: Region) -> Square:
    return face.x_px, face.y_px, face.side_px, face.angle


def _explained_by(face: Region, width_px: int, height_px: int) -> Explained:
    """Cells that a face explains: those around it and below it, where its body is."""
    left = math.floor((face.x_px - ASIDE * face.side_px) * COLUMNS / width_px)
    right = math.ceil((face.x_px + ASIDE * face.side_px) * COLUMNS / width_px)
    top = math.floor((face.y_px - ABOVE * face.side_px) * ROWS / height_px)
    return max(top, 0), max(left, 0), max(right, 0)


def _outside(levels: Cells, explained: Sequence[Explained]) -> Cells:
    for top, left, right in explained:
        levels[top:, left:right] = 0
    return levels


def _brighter_by(before: Cells, now: Cells, explained: Sequence[Explained]) -> int:
    """How much brighter the picture is than the one before it: the middle one of all cells' differences."""
    free = np.ones(now.shape, np.bool_)
    for top, left, right in explained:
        free[top:, left:right] = False
    differences = (now.astype(np.int16) - before)[free]
    middle = differences.size // 2
    return int(np.partition(differences, middle)[middle])  # np.median takes twenty times as long over so few


def _darkened(picture: Cells, levels: int) -> Cells:
    if levels > 0:
        return np.asarray(cv2.subtract(picture, np.full_like(picture, min(levels, 255))), np.uint8)
    return np.asarray(cv2.add(picture, np.full_like(picture, min(-levels, 255))), np.uint8)


def _motion(before: Region, now: Region, width_px: int, height_px: int) -> Motion:
    """Takes a cell's place before to its place now, were the whole picture to move as the face did."""
    scale, turn = now.side_px / before.side_px, now.angle - before.angle
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    across, down = COLUMNS / width_px, ROWS / height_px
    # Of cells' middles, which are whole numbers to OpenCV.
    x, y = before.x_px * across - 0.5, before.y_px * down - 0.5
    xx, xy, yx, yy = cosine, -sine * across / down, sine * down / across, cosine
    return (
        *(xx, xy, now.x_px * across - 0.5 - xx * x - xy * y),
        *(yx, yy, now.y_px * down - 0.5 - yx * x - yy * y),
    )


def _carried(low: Cells, high: Cells, motion: npt.NDArray[np.float64]) -> tuple[Cells, Cells]:
    """Both bounds after the motion; what comes in from outside the picture may have any brightness."""
    size = (COLUMNS, ROWS)
    return (
        np.asarray(cv2.warpAffine(low, motion, size, borderValue=(0,)), np.uint8),
        np.asarray(cv2.warpAffine(high, motion, size, borderValue=(255,)), np.uint8),
    )
