"""The attention mesh in one call of C: cutting out, both networks and all that is between them and after them."""

import ctypes
import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import Library, PlaceStruct
from proctor_engine.native.network import NativeNetwork
from proctor_engine.native.pictures import picture_struct

Floats: TypeAlias = npt.NDArray[np.float32]
ALL_POINTS = 478


FoundMesh: TypeAlias = tuple[Floats, float, tuple[float, float, float, float]]  # as `attention_mesh.Mesh`


class NativeMesh:
    """Both halves, laid out and warm. `eyes` are each eye's contour, `corners` its corners in it, by mesh index."""

    def __init__(
        self, library: Library, mesh_plan: bytes, eyes_plan: bytes, eyes: npt.NDArray[np.intp], corners: list[list[int]]
    ) -> None:
        self.mesh, self.eyes = NativeNetwork(library, mesh_plan), NativeNetwork(library, eyes_plan)
        points, features, flag = (part for (part,) in self.mesh.outputs)
        eye_outputs = [part for (part,) in self.eyes.outputs]
        places = (*self.mesh.inputs, points, features, flag, *self.eyes.inputs, *eye_outputs)
        self._places = (PlaceStruct * len(places))(*places)
        self._eye_points = np.array([[*eye, *ends] for eye, ends in zip(eyes, corners, strict=True)], np.int32)
        self._matrix, self._said = (ctypes.c_double * 6)(), (ctypes.c_float * 5)()
        self._fit = library.fit_mesh
        eye_points = ctypes.c_void_p(self._eye_points.ctypes.data)
        self._before = (ctypes.byref(self.mesh.struct), ctypes.byref(self.eyes.struct), self._places, eye_points)

    def fit(self, picture: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64], depth: float) -> FoundMesh | None:
        """The landmarks under this matrix (of a cut-out's pixels to the picture's); `depth` is a pixel's share of z."""
        struct, _held = picture_struct(picture)
        said = self._said
        self._matrix[:] = matrix.ravel().tolist()
        coordinates = np.empty((3, ALL_POINTS), np.float32)
        written = ctypes.c_void_p(coordinates.ctypes.data)
        depth_share = ctypes.c_double(depth)
        if not self._fit(*self._before, ctypes.byref(struct), self._matrix, depth_share, written, said):
            return None
        logit, left, top, right, bottom = said
        return coordinates, 1 / (1 + math.exp(-logit)), (left, top, right, bottom)
