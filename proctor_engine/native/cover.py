"""The light at some of a face's landmarks, in one call."""

import ctypes
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import load_library
from proctor_engine.native.pictures import address_of, picture_struct

CHANNELS = 3  # logarithms of luma, of red over green, of blue over green


class LandmarkGroups:
    """Groups of landmarks, by mesh index; a face's mouth is the last three."""

    def __init__(self, groups: Sequence[Sequence[int]]) -> None:
        landmarks = [landmark for group in groups for landmark in group]
        ends = [sum(map(len, groups[: place + 1])) for place in range(len(groups))]
        self._numbers = len(groups) + 1
        self._landmarks = struct.pack(f"{len(landmarks)}i", *landmarks)
        self._ends, self._count = struct.pack(f"{len(ends)}i", *ends), ctypes.c_int64(len(ends))
        self._said = ctypes.c_double * (CHANNELS * self._numbers)

    def measure(self, picture: npt.NDArray[np.uint8], coordinates: npt.NDArray[np.float32]) -> list[list[float]] | None:
        """For each channel the median of each group, then the mouth's spread; None where nothing is compiled."""
        if (library := load_library()) is None:
            return None
        given, _held = picture_struct(picture)
        own, said = np.ascontiguousarray(coordinates, np.float32), self._said()
        where = ctypes.c_void_p(address_of(own))
        if not library.measure_groups(ctypes.byref(given), where, self._landmarks, self._ends, self._count, said):
            return None
        return [said[begin : begin + self._numbers] for begin in range(0, len(said), self._numbers)]
