"""Pictures as webcams and canvases send them, decoded in about half of libjpeg-turbo's time to the same pixels.

A child decodes one picture after the other. As long as nobody holds the one before, the next is written over it: making
an array, and asking where it is, costs 20 us of a frame.
"""

import ctypes
import sys

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import load_library
from proctor_engine.native.pictures import address_of
from proctor_engine.records import record

Pixels = npt.NDArray[np.uint8]
DECODED, OTHER_SIZE = 1, 2  # as in jpeg.c
CHANNELS = 4
FoundSize = ctypes.c_int64 * 2


@record(frozen=True, slots=True)
class _Room:
    """Where a picture of one size is decoded to, and what C is told of it."""

    picture: Pixels
    where: ctypes.c_void_p
    rows: ctypes.c_int64
    columns: ctypes.c_int64


def _make_room(rows: int, columns: int) -> _Room:
    picture = np.empty((rows, columns, CHANNELS), np.uint8)
    return _Room(picture, ctypes.c_void_p(address_of(picture)), ctypes.c_int64(rows), ctypes.c_int64(columns))


def _enter(room: _Room) -> tuple[Pixels, int]:
    """The room's picture, and how many hold it, whoever asks included. A view of a picture holds it, too."""
    picture = room.picture
    return picture, sys.getrefcount(picture)


class _Kept:
    """The room of the picture that was decoded last."""

    room = _make_room(1, 1)


HOLDERS_OF_UNUSED = _enter(_Kept.room)[1]


def decode_webcam_jpeg(jpeg: bytes, max_picture_px: int) -> Pixels | None:
    """The picture in red, green, blue and 255, which takes memory only when its size is within the limit.

    Called by `imaging.decode_picture`. None where nothing is compiled, and for every picture that is too large, of a
    kind that cameras do not send or not in order to its last bit: libjpeg-turbo takes it, or says what is wrong.
    """
    if (library := load_library()) is None:
        return None
    room = _Kept.room
    picture, holders = _enter(room)
    if holders != HOLDERS_OF_UNUSED:
        room = _Kept.room = _make_room(*picture.shape[:2])
        picture = room.picture
    length, found = ctypes.c_int64(len(jpeg)), FoundSize()
    outcome = library.decode_jpeg(jpeg, length, room.where, room.rows, room.columns, found)
    if outcome == OTHER_SIZE and found[0] * found[1] <= max_picture_px:
        room = _Kept.room = _make_room(*found)
        picture = room.picture
        outcome = library.decode_jpeg(jpeg, length, room.where, room.rows, room.columns, found)
    rows, columns, _ = picture.shape
    return picture if outcome == DECODED and rows * columns <= max_picture_px else None
