"""What is asked of every frame, in one call each: luma and light, and what has changed where no face explains it.

Between two frames of a child the models drive everything else out of the near caches: an attribute that numpy makes
anew (`ctypes`) takes 25 us here, where it takes 2 in a loop. So little is made, and bytes are handed over as they are.
"""

import ctypes
import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import GlimpseStruct, load_library
from proctor_engine.native.pictures import address_of, picture_struct
from proctor_engine.records import record

Bytes = npt.NDArray[np.uint8]
# Of a change: left, top, columns, rows, cells, levels, all in cells and levels of the thumb.
FoundChange: TypeAlias = tuple[int, int, int, int, int, int]
FIELDS = 48  # as in frames.c
CHANGE = struct.Struct(f"{6 + FIELDS}q")  # a change, and behind it the levels of each field
LEVELS_AT = 6 * 8  # bytes
CALM_LEVELS = (0,) * FIELDS
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
    """Where luma and all that is said of a frame go, and where that is: made anew they cost 30 us of a frame."""

    grey: Bytes = np.empty((1, 1), np.uint8)
    rows: tuple[Any, ...] = (ctypes.c_int64(1), ctypes.c_int64(1), ctypes.c_void_p(address_of(grey)))
    shape = (1, 1, 1)  # every so manieth row, rows, columns
    said = GlimpseStruct()
    said_at = ctypes.byref(said)
    thumb, small = memoryview(said.thumb), memoryview(said.small)
    change = bytearray(CHANGE.size)
    change_at = (ctypes.c_char * CHANGE.size).from_buffer(change)
    calm = bytes(CHANGE.size - LEVELS_AT)
    sizes_px = (0, 0)
    sizes = (ctypes.c_int64(0), ctypes.c_int64(0))
    numbers = tuple(map(ctypes.c_int64, range(8)))  # of faces; more are made when there are more


def glimpse(picture: Bytes, step: int) -> FoundGlimpse | None:
    """Of every `step`th row; None where nothing is compiled."""
    if (library := load_library()) is None:
        return None
    picture_given, held = picture_struct(picture)
    rows = -(-held.shape[0] // step)
    if _Kept.shape != (shape := (step, rows, held.shape[1])):
        _Kept.shape, _Kept.grey = shape, np.empty(shape[1:], np.uint8)
        _Kept.rows = (ctypes.c_int64(step), ctypes.c_int64(rows), ctypes.c_void_p(address_of(_Kept.grey)))
    library.glimpse(ctypes.byref(picture_given), *_Kept.rows, _Kept.said_at)
    said = _Kept.said
    thumb = bytes(_Kept.thumb) if said.has_thumb else None
    prints = (bytes(_Kept.small), said.rough_print) if said.has_prints else None
    return FoundGlimpse(_Kept.grey, said.light, said.contrast, thumb, prints)


def find_strongest(
    before: bytes,
    now: bytes,
    faces: Sequence[Square],
    moved: tuple[Square, Square] | None,
    width_px: int,
    height_px: int,
    unrest: bytes,
) -> tuple[FoundChange | None, Sequence[int]] | None:
    """The strongest change that is news, and by how much each field has changed; None where nothing is compiled."""
    if (library := load_library()) is None:
        return None
    squares = [number for face in (*faces, *(moved or ())) for number in face]
    packed, count = struct.pack(f"{len(squares)}d", *squares), len(faces)
    if _Kept.sizes_px != (width_px, height_px):
        _Kept.sizes_px, _Kept.sizes = (width_px, height_px), (ctypes.c_int64(width_px), ctypes.c_int64(height_px))
    counts = (_whole_number(count), _whole_number(moved is not None))
    has_news = library.find_change(before, now, packed, *counts, *_Kept.sizes, unrest, _Kept.change_at)
    if _Kept.change.startswith(_Kept.calm, LEVELS_AT):  # most frames: 54 numbers take 3 us to read
        return None, CALM_LEVELS
    left, top, columns, rows, cells, levels, *fields = CHANGE.unpack(_Kept.change)
    return (left, top, columns, rows, cells, levels) if has_news else None, fields


def _whole_number(number: int) -> ctypes.c_int64:
    return _Kept.numbers[number] if number < len(_Kept.numbers) else ctypes.c_int64(number)
