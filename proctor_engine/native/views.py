"""How well a picture and a face in it can be seen, in one call each; pictures that C has no loops for give None."""

import ctypes
import struct

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import load_library
from proctor_engine.native.pictures import picture_struct
from proctor_engine.records import record

Bytes = npt.NDArray[np.uint8]
DIRECTIONS, FIELDS = 4, 48
BOX, PART = struct.Struct("4d"), struct.Struct("3d")
WholeNumbers, FieldBytes = ctypes.c_double * (3 + 2 * DIRECTIONS + 3), ctypes.c_uint8 * FIELDS  # as in views.c


@record(frozen=True, slots=True)
class PartView:
    """Of a face: mean level, and mean and mean square of its Laplacian."""

    level: float
    edge: float
    edge_square: float


@record(frozen=True, slots=True)
class WholeView:
    """Of a picture at a width of 320: the same of its Laplacian, and what `visibility` and `scene` are made of."""

    edge: float
    edge_square: float
    fine_edge_square: float  # at half the size
    directions: list[tuple[float, float]]  # mean squares of second differences: at an eighth of the size, at half of it
    glare: float  # share of pixels
    between: float  # mean steps of green: between JPEG's blocks
    within: float
    fields: bytes  # as `scene.scene_of` has them


class _Kept:
    """Where C writes what a face looks like."""

    part = bytearray(PART.size)
    part_at = (ctypes.c_char * PART.size).from_buffer(part)


def view_part(picture: Bytes, left: float, top: float, width: float, height: float) -> PartView | None:
    """Of a box, in fractions of the picture."""
    if (library := load_library()) is None:
        return None
    given, _held = picture_struct(picture)
    box = BOX.pack(left, top, width, height)
    if not library.measure_part(ctypes.byref(given), box, _Kept.part_at):
        return None
    return PartView(*PART.unpack(_Kept.part))


def view_whole(picture: Bytes) -> WholeView | None:
    """Of all of a picture."""
    if (library := load_library()) is None:
        return None
    given, _held = picture_struct(picture)
    said, fields = WholeNumbers(), FieldBytes()
    if not library.measure_whole(ctypes.byref(given), said, fields):
        return None
    edge, edge_square, fine, *rest = said
    directions = list(zip(rest[0 : 2 * DIRECTIONS : 2], rest[1 : 2 * DIRECTIONS : 2], strict=True))
    glare, between, within = rest[2 * DIRECTIONS :]
    return WholeView(edge, edge_square, fine, directions, glare, between, within, bytes(fields))
