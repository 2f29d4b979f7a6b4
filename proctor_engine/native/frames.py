"""What is asked of every frame, in one call each: luma and light, and what has changed where no face explains it.

Between two frames of a child the models drive everything else out of the near caches: an attribute that numpy makes
anew (`ctypes`) takes 25 us here, where it takes 2 in a loop. So little is made, and bytes are handed over as they are.
"""

import ctypes
import struct
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import GlimpseStruct, load_library
from proctor_engine.native.pictures import address_of, picture_struct
from proctor_engine.records import record

Bytes = npt.NDArray[np.uint8]
# Of a change: left, top, columns, rows, cells, levels, all in cells and levels of the thumb.
FoundChange: TypeAlias = tuple[int, int, int, int, int, int]
FIELDS = 48  # as in frames.c
ChangeNumbers = ctypes.c_int64 * (6 + FIELDS)
Square: TypeAlias = tuple[float, float, float, float]  # a face's centre and side in pixels, and its angle


@record(frozen=True, slots=True)
class FoundGlimpse:
    """The luma of some rows; of that mean and standard deviation (0..255), and means of cells where these are whole.

    The luma is kept for the next glimpse to write into.
    """

    grey: Bytes
    light: float
    contrast: float
    thumb: bytes | None
    prints: tuple[bytes, int] | None  # what the exact print is taken of, and the rough print


class _Kept:
    """Where luma goes, and where that is: an array and its address cost 20 us of a frame."""

    grey: Bytes = np.empty((1, 1), np.uint8)
    where = ctypes.c_void_p(address_of(grey))


def glimpse(picture: Bytes, step: int) -> FoundGlimpse | None:
    """Of every `step`th row; None where nothing is compiled."""
    if (library := load_library()) is None:
        return None
    picture_given, held = picture_struct(picture)
    rows = -(-held.shape[0] // step)
    if _Kept.grey.shape != (rows, held.shape[1]):
        _Kept.grey = np.empty((rows, held.shape[1]), np.uint8)
        _Kept.where = ctypes.c_void_p(address_of(_Kept.grey))
    said = GlimpseStruct()
    sizes = (ctypes.c_int64(step), ctypes.c_int64(rows))
    library.glimpse(ctypes.byref(picture_given), *sizes, _Kept.where, ctypes.byref(said))
    thumb = bytes(said.thumb) if said.has_thumb else None
    prints = (bytes(said.small), said.rough_print) if said.has_prints else None
    return FoundGlimpse(_Kept.grey, said.light, said.contrast, thumb, prints)


def find_strongest(
    before: bytes,
    now: bytes,
    faces: Sequence[Square],
    moved: tuple[Square, Square] | None,
    width_px: int,
    height_px: int,
    unrest: bytes,
) -> tuple[FoundChange | None, list[int]] | None:
    """The strongest change that is news, and by how much each field has changed; None where nothing is compiled."""
    if (library := load_library()) is None:
        return None
    squares = [number for face in (*faces, *(moved or ())) for number in face]
    packed, count = struct.pack(f"{len(squares)}d", *squares), ctypes.c_int64(len(faces))
    sizes = (ctypes.c_int64(moved is not None), ctypes.c_int64(width_px), ctypes.c_int64(height_px))
    said = ChangeNumbers()
    has_news = library.find_change(before, now, packed, count, *sizes, unrest, said)
    left, top, columns, rows, cells, levels, *fields = said
    return (left, top, columns, rows, cells, levels) if has_news else None, fields
