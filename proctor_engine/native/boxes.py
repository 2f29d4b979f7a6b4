"""A face detector in one call of C: looking through a window, the network, and what its answers mean."""

import ctypes
import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import GridStruct, Library
from proctor_engine.native.network import NativeNetwork
from proctor_engine.native.pictures import picture_struct

MOST_BOXES, NUMBERS = 128, 6  # as in boxes.c
Found: TypeAlias = list[float]  # score; left, top, right and bottom in pixels of the picture; angle


@dataclass(frozen=True, slots=True)
class Anchors:
    """What a detector's answers stand for: cells a whole side, anchors a cell, and numbers an anchor."""

    grids: tuple[tuple[int, int], ...]
    numbers: int
    spread: int  # 2 where a cell of the network's answers is 2 x 2 of the grid's


class NativeBoxes:
    """A detector for inputs of one size, laid out and warm. `zero` is the level that the network takes for none."""

    def __init__(
        self, library: Library, plan: bytes, anchors: Anchors, size: tuple[int, int], input_px: int, zero: float
    ) -> None:
        columns, rows = size
        self.network = NativeNetwork(library, plan, (rows, columns))
        boxes, logits = self.network.outputs
        self._grids = (GridStruct * len(boxes))(
            *(
                GridStruct(
                    *(logits[place], boxes[place]),
                    *(math.ceil(cells * rows / input_px), math.ceil(cells * columns / input_px), repeats),
                    *(anchors.numbers, anchors.spread, cells),
                )
                for place, (cells, repeats) in enumerate(anchors.grids)
            )
        )
        self._input = self.network.inputs[0]
        self._find, self._zero, self._input_px = library.find_boxes, ctypes.c_double(zero), ctypes.c_double(input_px)
        self._faces = np.empty((MOST_BOXES, NUMBERS), np.float64)
        sizes = (ctypes.c_int64(columns), ctypes.c_int64(rows))
        grids = (self._grids, ctypes.c_int64(len(boxes)))
        self._before = (ctypes.byref(self.network.struct), ctypes.byref(self._input), *sizes, *grids)
        self._written = ctypes.c_void_p(self._faces.ctypes.data)

    def find(
        self, picture: npt.NDArray[np.uint8], left_px: float, top_px: float, side_px: float, least_logit: float
    ) -> list[Found]:
        """Every face in the window, surest first."""
        struct, _held = picture_struct(picture)
        window = (ctypes.c_double(left_px), ctypes.c_double(top_px), ctypes.c_double(side_px))
        told = (self._input_px, self._zero, ctypes.c_double(least_logit), self._written)
        count = self._find(*self._before, ctypes.byref(struct), *window, *told)
        found: list[Found] = self._faces[:count].tolist()
        return found
