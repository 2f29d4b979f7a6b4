"""Decoded pictures, and other arrays, as C takes them."""

import ctypes
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import PictureStruct


class _Latest:
    """The picture that was asked for last: four calls of a frame want the same, and its address costs 10 us each."""

    picture: weakref.ref[npt.NDArray[np.uint8]] | None = None
    struct = PictureStruct()


def picture_struct(picture: npt.NDArray[np.uint8]) -> tuple[PictureStruct, npt.NDArray[np.uint8]]:
    """The picture's pixels in rows without gaps, and what to hold as long as they are looked at."""
    if _Latest.picture is not None and _Latest.picture() is picture:
        return _Latest.struct, picture
    own = picture if picture.flags.c_contiguous else np.ascontiguousarray(picture)
    rows, columns, channels = own.shape
    struct = PictureStruct(address_of(own), rows, columns, channels)
    if own is picture:
        _Latest.picture, _Latest.struct = weakref.ref(picture), struct
    return struct, own


def address_of(numbers: npt.NDArray[Any]) -> int:
    """Where the array's numbers begin. They are in one piece; whoever asks holds the array.

    `numbers.ctypes` says the same, and is made anew each time: 2 us in a loop, and 25 between two networks.
    """
    if numbers.flags.writeable and numbers.size:
        return ctypes.addressof(ctypes.c_char.from_buffer(numbers))  # type: ignore[arg-type]  # an array is a buffer
    return numbers.ctypes.data
