"""How much of a picture is squares of one colour, as of a filter that hides whoever sits there.

Between two squares is a step, within one is none: of the steps from column to column those at equal distances stand
out, and of those from row to row the ones at the same distance. Squares of 9 to 48 px in a picture of 640 are asked
for, as many as fill it or as many whole pixels wide; JPEG's own, of 8 px, are `visibility.blocks_of`'s.

Measured on the clips and the labelled stills, at JPEG qualities of 40 and 75: steps at the edges of squares are at most
2.4 times those elsewhere, along both axes, and in the same pictures of squares 4.2 to 59 times (from 12 px on; faces
are found through smaller ones).
"""

import functools
import math
from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import Grey, Picture

EVERY = 16  # a sixteenth of the rows and columns tells as much
HALF_SQUARES_RATIO = 3.3
FEWEST, MOST = 13, 70  # squares along the longer side
Floats = npt.NDArray[np.float32]
Combs: TypeAlias = tuple[Floats, Floats]


def mosaic_of(picture: Picture) -> float:
    """0 (none) .. 1: how much of the picture is squares; measured as `Visibility.blocks` is, of which it is a part.

    Called by `seeing` for pictures in which nobody is found: about 0.2 ms.
    """
    beyond = squares_of(picture) - 1
    return max(0.0, beyond / (beyond + HALF_SQUARES_RATIO - 1)) if beyond > 0 else 0.0


def squares_of(picture: Picture) -> float:
    """Steps between squares over those within them, of the size at which they stand out most; 1 is none at all."""
    rows, columns = picture.shape[:2]
    if min(rows, columns) < 2 * MOST:
        return 1.0
    across, fewer_down, more_down = combs_of(columns, rows)
    down = _mean_steps(picture[:, ::EVERY, 1].T)
    # 22.4 px are 29 squares along 640 px and 21 along 480, where 22 would be as near.
    down_ratios = np.maximum(_stand_out(down, fewer_down), _stand_out(down, more_down))
    return float(np.minimum(_stand_out(_mean_steps(picture[::EVERY, :, 1]), across), down_ratios).max())


def _mean_steps(lines: Grey) -> Floats:
    """From each pixel of the lines to the next, the mean over all lines."""
    after, before = np.ascontiguousarray(lines[:, 1:]), np.ascontiguousarray(lines[:, :-1])
    return np.asarray(cv2.reduce(cv2.absdiff(after, before), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0], np.float32)


def _stand_out(steps: Floats, combs: Combs) -> Floats:
    """For each comb the mean step at its teeth over the mean of the others; half a level is what rounding leaves."""
    shares, counts = combs
    between = shares @ steps
    within = (steps.sum() - between * counts) / (steps.size - counts)
    return np.asarray((between + np.float32(0.5)) / (within + np.float32(0.5)), np.float32)


@functools.lru_cache(maxsize=4)
def combs_of(columns: int, rows: int) -> tuple[Combs, Combs, Combs]:
    """For columns, and for rows with as few and as many squares: a comb a line, and how many teeth it has."""
    longer = max(columns, rows)
    sides = [longer / count for count in range(FEWEST, MOST + 1)]
    sides += [float(side) for side in range(int(sides[-1]) + 1, int(sides[0]))]
    return _combs(columns, sides, round), _combs(rows, sides, math.floor), _combs(rows, sides, math.ceil)


def _combs(length: int, sides: list[float], whole: Callable[[float], int]) -> Combs:
    """Steps of so many pixels, a line for each side; the teeth of a comb share 1."""
    shares = np.zeros((len(sides), length - 1), np.float32)
    for comb, side in zip(shares, sides, strict=True):
        is_whole = side == int(side)
        edge = side if is_whole else length / max(whole(length / side), 2)
        # Between pixels x - 1 and x is step x - 1.
        teeth = np.ceil(np.arange(1, int(length / edge + 1)) * edge - 1e-9).astype(np.intp) - 1
        comb[teeth[teeth < length - 1]] = 1
    counts = shares.sum(axis=1)
    return shares / counts[:, None], counts
