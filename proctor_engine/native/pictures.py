"""Decoded pictures as C takes them."""

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import PictureStruct


def picture_struct(picture: npt.NDArray[np.uint8]) -> tuple[PictureStruct, npt.NDArray[np.uint8]]:
    """The picture's pixels in rows without gaps, and what to hold as long as they are looked at."""
    own = picture if picture.flags.c_contiguous else np.ascontiguousarray(picture)
    rows, columns, channels = own.shape
    return PictureStruct(own.ctypes.data, rows, columns, channels), own
