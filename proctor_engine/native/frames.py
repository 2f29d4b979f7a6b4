"""What is asked of every frame, in one call each: luma and light, and what has changed where no face explains it."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import load_library
from proctor_engine.native.pictures import picture_struct

Bytes = npt.NDArray[np.uint8]
THUMB_COLUMNS, THUMB_ROWS = 32, 24


@dataclass(frozen=True, slots=True)
class FoundGlimpse:
    """The luma of some rows; of that mean and standard deviation (0..255), and means of cells where these are whole."""

    grey: Bytes
    light: float
    contrast: float
    thumb: Bytes | None


def glimpse(picture: Bytes, step: int) -> FoundGlimpse | None:
    """Of every `step`th row; None where nothing is compiled."""
    if (library := load_library()) is None:
        return None
    struct, held = picture_struct(picture)
    rows = -(-held.shape[0] // step)
    grey, thumb = np.empty((rows, held.shape[1]), np.uint8), np.empty((THUMB_ROWS, THUMB_COLUMNS), np.uint8)
    said = (ctypes.c_double * 2)()
    into = (ctypes.c_void_p(grey.ctypes.data), ctypes.c_void_p(thumb.ctypes.data))
    is_thumb = library.glimpse(ctypes.byref(struct), ctypes.c_int64(step), ctypes.c_int64(rows), *into, said)
    return FoundGlimpse(grey, said[0], said[1], thumb if is_thumb else None)


def find_beyond(
    before: Bytes, now: Bytes, explained: Sequence[tuple[int, int, int]], motion: Sequence[float] | None
) -> tuple[int, Bytes] | None:
    """Levels by which cells are beyond their bounds, all together and each; None where nothing is compiled."""
    if (library := load_library()) is None:
        return None
    each = np.empty((THUMB_ROWS, THUMB_COLUMNS), np.uint8)
    slices = (ctypes.c_int64 * (3 * len(explained)))(*(edge for face in explained for edge in face))
    moved = (ctypes.c_double * 6)(*motion) if motion is not None else None
    thumbs = (ctypes.c_void_p(thumb.ctypes.data) for thumb in (before, now))
    levels = library.find_beyond(
        *thumbs, slices, ctypes.c_int64(len(explained)), moved, ctypes.c_void_p(each.ctypes.data)
    )
    return levels, each
