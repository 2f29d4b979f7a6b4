"""The attention mesh in one call of C: cutting out, both networks and all that is between them and after them."""

import ctypes
import math
import struct
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import Library, PlaceStruct
from proctor_engine.native.network import NativeNetwork
from proctor_engine.native.pictures import address_of, picture_struct
from proctor_engine.records import record

Floats: TypeAlias = npt.NDArray[np.float32]
ALL_POINTS = 478


@record(frozen=True, slots=True)
class Measures:
    """What the landmarks say: `mesh_geometry`, `fitting` and `face_shape` read the same where nothing is compiled."""

    angle: float  # radians, of the line through the outer eye corners
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    gaze_x: float
    gaze_y: float
    eye_openness: float
    mouth_openness: float
    interocular_px: float
    scale_px: float  # distance of the outer eye corners in space
    ratios: Sequence[float]  # `face_shape`'s, not rounded


Box: TypeAlias = tuple[float, float, float, float]
Place: TypeAlias = tuple[float, float, float, float]  # a square's centre and side in pixels, and its angle
FoundMesh: TypeAlias = tuple[Floats, float, Box, Measures | None]  # as `attention_mesh.Mesh`
FEW, RATIOS = 10, 14  # measures that stand alone, and those of a face's shape
PLACE, SAID = struct.Struct("4d"), struct.Struct(f"{5 + FEW + RATIOS}d")


class NativeMesh:
    """Both halves, laid out and warm. `eyes` are each eye's contour, `corners` its corners in it, by mesh index."""

    def __init__(
        self, library: Library, mesh_plan: bytes, eyes_plan: bytes, eyes: npt.NDArray[np.intp], corners: list[list[int]]
    ) -> None:
        self.mesh, self.eyes = (
            NativeNetwork(library, plan, in_halves=library.has_halves) for plan in (mesh_plan, eyes_plan)
        )
        points, features, flag = (part for (part,) in self.mesh.outputs)
        eye_outputs = [part for (part,) in self.eyes.outputs]
        places = (*self.mesh.inputs, points, features, flag, *self.eyes.inputs, *eye_outputs)
        self._places = (PlaceStruct * len(places))(*places)
        self._eye_points = np.array([[*eye, *ends] for eye, ends in zip(eyes, corners, strict=True)], np.int32)
        self._said = (ctypes.c_double * (5 + FEW + RATIOS))()
        self._written = np.empty((3, ALL_POINTS), np.float32)
        self._fit, self._after = library.fit_mesh, (ctypes.c_void_p(address_of(self._written)), self._said)
        eye_points = ctypes.c_void_p(self._eye_points.ctypes.data)
        self._before = (ctypes.byref(self.mesh.struct), ctypes.byref(self.eyes.struct), self._places, eye_points)

    def fit(self, picture: npt.NDArray[np.uint8], place: Place) -> FoundMesh | None:
        """The landmarks of the face in this square of the picture."""
        given, _held = picture_struct(picture)
        if not self._fit(*self._before, ctypes.byref(given), PLACE.pack(*place), *self._after):
            return None
        # A list of the array's numbers takes four times as long.
        logit, left, top, right, bottom, *read = SAID.unpack(self._said)
        angle, yaw, pitch, roll, gaze_x, gaze_y, eyes, mouth, apart, scale, *ratios = read
        measures = Measures(angle, yaw, pitch, roll, gaze_x, gaze_y, eyes, mouth, apart, scale, ratios)
        return self._written.copy(), 1 / (1 + math.exp(-logit)), (left, top, right, bottom), measures
