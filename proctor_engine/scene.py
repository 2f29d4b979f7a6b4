"""How much of what surrounded a person is hidden, as by a hand that covers a part of the lens.

A picture is kept as 8 x 6 fields, each with its brightness and how much detail it has. What is close before a lens is
out of focus: fields without detail that had some, or had another brightness, are hidden. Whoever leaves the seat
changes only where they were: those fields, and all below them, are not asked. Where too few are left, nobody can tell.
And where their face was, whoever left shows what is behind them: something hides it only when nothing has detail there.

Measured on the recordings, with a drawn hand: covered fields have a level of detail of 1 or 2; what is behind people
has 4 to 12, plain walls 1 to 3. No recording shows a real hand, nor anybody who leaves: those were drawn too.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import Grey
from proctor_engine.imaging import Edges

COLUMNS, ROWS = 8, 6
FIELDS = COLUMNS * ROWS
STEPS = 16  # of brightness and of detail: half a byte each
FLAT_LEVEL, DETAILED_LEVEL = 2, 4  # binary logarithms of the Laplacian's mean square
OTHER_TONE = 2  # steps of brightness, of 16 levels each: a change of 17 at least
SAME_TONE_SHARE = 0.15  # of the fields asked: where no field stayed as bright as it was, the light has changed
# Of the face's width to either side of it and of its height above: where a person is. Shoulders begin below the face.
BESIDE_HEAD, BESIDE_BODY, ABOVE = 0.4, 1.0, 0.5
FEWEST_ASKED = 8
# What a cover leaves free stays as it was; where that is not so, it is another picture, and nobody need be behind it.
SAME_DETAIL, SAME_SHARE_OF_REST = 2, 0.5
FLAT_SHARE_OF_FACE = 0.4
Box = tuple[float, float, float, float]  # left, top, width, height: fractions of the picture


def scene_of(grey: Grey, edges: Edges) -> bytes:
    """A byte for each field: brightness in its upper half, detail in its lower."""
    levels = cv2.resize(grey, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    squares = edges.astype(np.float32)
    squares *= squares
    return _packed(levels, cv2.resize(squares, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA))


def _packed(levels: npt.NDArray[Any], mean_squares: npt.NDArray[Any]) -> bytes:
    tones = levels.astype(np.int32) * STEPS // 256
    details = np.clip(np.rint(np.log2(1 + mean_squares)), 0, STEPS - 1).astype(np.int32)
    return np.asarray(tones * STEPS + details, np.uint8).tobytes()


def hidden_share(before: bytes, now: bytes, person: Box, person_before: Box) -> float:
    """Of the fields that no person explains, the share that is hidden now (0..1).

    `person` is where their face was seen last. A face that a hand covers more and more is seen larger and further into
    the hand, until it explains most of the picture: then those fields are asked that it did not explain `before`.
    """
    face = [field for field in range(FIELDS) if _is_in(field, person)]
    asked = [field for field in range(FIELDS) if not _is_explained(field, person)]
    if len(asked) < FEWEST_ASKED:
        asked = [field for field in range(FIELDS) if not _is_explained(field, person_before)]
    if sum(now[field] % STEPS <= FLAT_LEVEL for field in face) < FLAT_SHARE_OF_FACE * len(face):
        return 0.0
    if len(asked) < FEWEST_ASKED:
        return 0.0
    moved = {field: abs(now[field] // STEPS - before[field] // STEPS) for field in asked}
    flat = [field for field in asked if now[field] % STEPS <= FLAT_LEVEL]
    lost = {field for field in flat if before[field] % STEPS >= DETAILED_LEVEL}
    if sum(steps < OTHER_TONE for steps in moved.values()) >= SAME_TONE_SHARE * len(asked):
        lost.update(field for field in flat if moved[field] >= OTHER_TONE)
    rest = [field for field in asked if field not in lost]
    same = sum(moved[field] < OTHER_TONE and _detail_moved(before[field], now[field]) <= SAME_DETAIL for field in rest)
    if same < SAME_SHARE_OF_REST * len(rest):
        return 0.0
    return len(lost) / len(asked)


def _detail_moved(before: int, now: int) -> int:
    return abs(now % STEPS - before % STEPS)


def _is_in(field: int, face: Box) -> bool:
    """Whether the face covers the middle of the field, or the field all of the face's middle."""
    left, top, width, height = face
    row, column = divmod(field, COLUMNS)
    x, y = (column + 0.5) / COLUMNS, (row + 0.5) / ROWS
    return abs(x - left - width / 2) < max(width, 1 / COLUMNS) / 2 and abs(y - top - height / 2) < (
        max(height, 1 / ROWS) / 2
    )


def _is_explained(field: int, person: Box) -> bool:
    left, top, width, height = person
    row, column = divmod(field, COLUMNS)
    aside = (BESIDE_HEAD if (row + 1) / ROWS <= top + height else BESIDE_BODY) * width
    is_beside = (column + 1) / COLUMNS <= left - aside or column / COLUMNS >= left + width + aside
    return not is_beside and (row + 1) / ROWS > top - ABOVE * height
