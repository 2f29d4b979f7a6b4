"""mediapipe's attention mesh, run directly: 468 landmarks, both eyes looked at again, 10 iris points, a face flag.

Grishchenko et al., "Attention Mesh: High-fidelity Face Mesh Prediction in Real-time", 2020. The model comes in two
halves (`model_surgery`); what mediapipe does between them is here:

Landmarks2TransformMatrix: of an eye's 71 landmarks, on the 48-cell feature map, the smallest box that lies along the
line through the eye's corners, 1.5 times as large; as the matrix that takes a cell of the 16 x 16 cut-out to the map.
TransformTensorBilinear: the map under that matrix, sampled bilinearly at the middles of cells.
TransformLandmarks: the second half's landmarks, in cells of the cut-out, through the same matrix. A cell of the map
is 4 pixels of the 192 x 192 cut-out and the second half already speaks of those pixels, so only the matrix's
shift is scaled by 4.
"""

import math
from typing import Self, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.model_files import ModelParts
from proctor_engine.detectors.network import Network, Tensor
from proctor_engine.detectors.regions import Region, cut_region
from proctor_engine.native.library import load_library
from proctor_engine.native.mesh import FoundMesh, Measures, NativeMesh, Place
from proctor_engine.records import record

INPUT_PX = 192
CELL_PX = 4  # of the 48 x 48 feature map
EYE_CELLS = 16
EYE_SCALE = 1.5
MESH_POINTS, ALL_POINTS = 468, 478
IRISES = (slice(468, 473), slice(473, 478))
CORNERS = ((33, 133), (362, 263))  # of each eye: the picture's left corner, then its right
# `subset_idxs` of the two Landmarks2TransformMatrix operations, which are also the second half's landmarks in order.
# fmt: off
EYES = np.array((
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26,
     112, 243, 247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222,
     221, 189, 35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107,
     55, 193),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253, 252,
     256, 341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444,
     443, 442, 441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293,
     334, 296, 336, 285, 417),
))
# fmt: on
# Landmarks are kept by coordinate, a row of x, one of y and one of z: numpy finds the ends of a row five times as fast
# as those of a column. These take an eye's x and y out of all rows laid end to end, and put them back with its iris.
EYE_PLACES = np.array([[eye, eye + ALL_POINTS] for eye in EYES])
LOOKED_AT = np.concatenate((EYES, [range(rows.start, rows.stop) for rows in IRISES]), axis=1)
LOOKED_AT_PLACES = np.array([[points, points + ALL_POINTS] for points in LOOKED_AT])
CONTOUR_POINTS = EYES.shape[1]
Matrix: TypeAlias = tuple[tuple[float, float, float], tuple[float, float, float]]
CORNER_POINTS = np.array(CORNERS).ravel()


@record(frozen=True, slots=True)
class Mesh:
    """A face's landmarks in pixels of the picture: x, y, and z away from the camera at the same scale."""

    coordinates: npt.NDArray[np.float32]  # rows x, y, z; 478 columns, the last ten are the irises' and have no z
    flag: float  # 0..1: whether this is a face at all
    box: tuple[float, float, float, float]  # left, top, right and bottom of all landmarks
    measures: Measures | None = None  # what they say, where that was read at once

    @classmethod
    def of(cls, coordinates: npt.NDArray[np.float32], flag: float) -> Self:
        """The mesh of these coordinates."""
        left, top = np.minimum.reduce(coordinates[:2], axis=1).tolist()
        right, bottom = np.maximum.reduce(coordinates[:2], axis=1).tolist()
        return cls(coordinates, flag, (left, top, right, bottom))

    @property
    def points(self) -> npt.NDArray[np.float32]:
        """The same, a row for each landmark."""
        return self.coordinates.T


class AttentionMesh:
    """Both halves, loaded and warm: compiled, where this machine can, or by LiteRT.

    `level`: see `load_library`.
    """

    def __init__(self, parts: ModelParts, *, compiled: bool = True, level: int | None = None) -> None:
        library = load_library(level) if compiled else None
        corners = [list(ends) for ends in CORNERS]
        native = NativeMesh(library, parts.mesh_plan, parts.eyes_plan, EYES, corners) if library is not None else None
        self._looks: NativeMesh | LiteRtMesh = native if native is not None else LiteRtMesh(parts)

    def fit(self, picture: Picture, region: Region) -> Mesh | None:
        """The landmarks of the face in the region; None where the model sees no face."""
        found = self._looks.fit(picture, (region.x_px, region.y_px, region.side_px, region.angle))
        return None if found is None else Mesh(*found)

    def run_networks(self) -> None:
        """Both models alone, on what they last saw: what the benchmark compares a frame with."""
        self._looks.mesh.run()
        self._looks.eyes.run()


class LiteRtMesh:
    """Both halves, with what is between them in numpy and OpenCV."""

    def __init__(self, parts: ModelParts) -> None:
        self.mesh = Network(parts.mesh)
        self.eyes = Network(parts.eyes)
        points, self._features, self._flag = self.mesh.outputs
        self._points = points.reshape(MESH_POINTS, 3).T
        # Of each eye its contour, then its iris.
        self._eye_points = [points.reshape(-1, 2) for points in self.eyes.outputs]
        self._in_cut = np.zeros((3, ALL_POINTS), np.float32)  # in pixels of the cut-out; z of irises stays 0
        self._looked_at = np.empty((len(EYES), LOOKED_AT.shape[1], 2), np.float32)

    def fit(self, picture: Picture, place: Place) -> FoundMesh | None:
        """As `NativeMesh.fit`."""
        region = Region(*place)
        matrix, depth = region.matrix(INPUT_PX), region.side_px / INPUT_PX
        np.copyto(self.mesh.inputs[0][0], cut_region(picture, matrix, INPUT_PX), casting="unsafe")
        self.mesh.run()
        logit = float(self._flag.item())
        if logit < 0:
            return None
        self._in_cut[:, :MESH_POINTS] = self._points
        self._look_at_eyes()
        coordinates = np.empty_like(self._in_cut)
        to_picture = matrix.astype(np.float32)
        np.matmul(to_picture[:, :2], self._in_cut[:2], out=coordinates[:2])
        coordinates[:2] += to_picture[:, 2:]
        np.multiply(self._in_cut[2], np.float32(depth), out=coordinates[2])
        mesh = Mesh.of(coordinates, 1 / (1 + math.exp(-logit)))
        return mesh.coordinates, mesh.flag, mesh.box, None

    def _look_at_eyes(self) -> None:
        """Look at both eyes again and set their landmarks and irises, in pixels of the cut-out."""
        matrices = _eye_matrices(self._in_cut)
        for matrix, eye_input in zip(matrices, self.eyes.inputs, strict=True):
            _sample(self._features[0], matrix, eye_input[0])
        self.eyes.run()
        for place, looked_at in enumerate(self._looked_at):
            looked_at[:CONTOUR_POINTS] = self._eye_points[2 * place]
            looked_at[CONTOUR_POINTS:] = self._eye_points[2 * place + 1]
        to_cut = np.array(matrices)
        in_cut = np.matmul(to_cut[:, :, :2], self._looked_at.transpose(0, 2, 1)) + to_cut[:, :, 2:] * CELL_PX
        self._in_cut.reshape(-1)[LOOKED_AT_PLACES] = in_cut


def _eye_matrices(in_cut: Tensor) -> list[Matrix]:
    """Landmarks2TransformMatrix of both eyes: see above."""
    xs, ys = in_cut[:2].take(CORNER_POINTS, axis=1).tolist()
    angles = [math.atan2(ys[right] - ys[right - 1], xs[right] - xs[right - 1]) for right in (1, 3)]
    turns = [(math.cos(angle), math.sin(angle)) for angle in angles]
    # Along the line, across it, and both the other way: the least of each are all four ends.
    ways = [((cos, sin), (-sin, cos), (-cos, -sin), (sin, -cos)) for cos, sin in turns]
    along = np.array(ways, np.float32) @ in_cut.reshape(-1).take(EYE_PLACES)
    return [_eye_matrix(*eye) for eye in zip(turns, np.minimum.reduce(along, axis=2).tolist(), strict=True)]


def _eye_matrix(turn: tuple[float, float], ends: list[float]) -> Matrix:
    (cosine, sine), (low_x, low_y, minus_high_x, minus_high_y) = turn, ends
    high_x, high_y = -minus_high_x, -minus_high_y
    middle_x, middle_y = (low_x + high_x) / 2 / CELL_PX, (low_y + high_y) / 2 / CELL_PX
    scale = EYE_SCALE / EYE_CELLS / CELL_PX
    step_x, step_y = (high_x - low_x) * scale, (high_y - low_y) * scale
    xx, xy, yx, yy = cosine * step_x, -sine * step_y, sine * step_x, cosine * step_y
    half = EYE_CELLS / 2
    return (
        (xx, xy, middle_x * cosine - middle_y * sine - half * (xx + xy)),
        (yx, yy, middle_x * sine + middle_y * cosine - half * (yx + yy)),
    )


def _sample(features: Tensor, matrix: Matrix, sampled: Tensor) -> None:
    """TransformTensorBilinear: OpenCV counts from the middle of a cell, the operation from its corner."""
    centred = np.array([(x, y, shift + (x + y) * 0.5 - 0.5) for x, y, shift in matrix])
    size, flags = (EYE_CELLS, EYE_CELLS), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(features, centred, size, dst=sampled, flags=flags)
