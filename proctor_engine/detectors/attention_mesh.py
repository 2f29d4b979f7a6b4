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
from dataclasses import dataclass
from typing import Self, cast

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.model_files import MeshParts
from proctor_engine.detectors.network import Network, Tensor
from proctor_engine.detectors.regions import Region, cut_region

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
Matrices = npt.NDArray[np.float64]  # eyes x 2 x 3


@dataclass(frozen=True, slots=True)
class Mesh:
    """A face's landmarks in pixels of the picture: x, y, and z away from the camera at the same scale."""

    coordinates: npt.NDArray[np.float32]  # rows x, y, z; 478 columns, the last ten are the irises' and have no z
    flag: float  # 0..1: whether this is a face at all
    box: tuple[float, float, float, float]  # left, top, right and bottom of all landmarks

    @classmethod
    def of(cls, coordinates: npt.NDArray[np.float32], flag: float) -> Self:
        """The mesh of these coordinates."""
        left, top, _ = coordinates.min(axis=1).tolist()
        right, bottom, _ = coordinates.max(axis=1).tolist()
        return cls(coordinates, flag, (left, top, right, bottom))

    @property
    def points(self) -> npt.NDArray[np.float32]:
        """The same, a row for each landmark."""
        return self.coordinates.T


class AttentionMesh:
    """Both halves, loaded and warm."""

    def __init__(self, parts: MeshParts) -> None:
        self._mesh = Network(parts.mesh)
        self._eyes = Network(parts.eyes)
        self._in_cut = np.zeros((3, ALL_POINTS), np.float32)  # in pixels of the cut-out; z of irises stays 0
        self._looked_at = np.empty((len(EYES), LOOKED_AT.shape[1], 2), np.float32)

    def fit(self, picture: Picture, region: Region) -> Mesh | None:
        """The landmarks of the face in the region; None where the model sees no face."""
        matrix = region.matrix(INPUT_PX)
        network_input = self._mesh.inputs[0]()
        np.multiply(cut_region(picture, matrix, INPUT_PX), np.float32(1 / 255), out=network_input[0])
        del network_input
        self._mesh.run()
        logit = float(self._mesh.outputs[2]().item())
        if logit < 0:
            return None
        self._in_cut[:, :MESH_POINTS] = self._mesh.outputs[0]().reshape(MESH_POINTS, 3).T
        self._look_at_eyes()
        coordinates = np.empty_like(self._in_cut)
        np.matmul(matrix[:, :2].astype(np.float32), self._in_cut[:2], out=coordinates[:2])
        coordinates[:2] += matrix[:, 2:].astype(np.float32)
        np.multiply(self._in_cut[2], np.float32(region.side_px / INPUT_PX), out=coordinates[2])
        return Mesh.of(coordinates, 1 / (1 + math.exp(-logit)))

    def _look_at_eyes(self) -> None:
        """Look at both eyes again and set their landmarks and irises, in pixels of the cut-out."""
        matrices = _eye_matrices(self._in_cut)
        features = self._mesh.outputs[1]()[0]
        for matrix, eye_input in zip(matrices, self._eyes.inputs, strict=True):
            eye_input()[0] = _sample(features, matrix)
        del features
        self._eyes.run()
        for place, looked_at in enumerate(self._looked_at):
            looked_at[:CONTOUR_POINTS] = self._eyes.outputs[2 * place]().reshape(-1, 2)
            looked_at[CONTOUR_POINTS:] = self._eyes.outputs[2 * place + 1]().reshape(-1, 2)
        in_cut = np.matmul(matrices[:, :, :2], self._looked_at.transpose(0, 2, 1)) + matrices[:, :, 2:] * CELL_PX
        self._in_cut.reshape(-1)[LOOKED_AT_PLACES] = in_cut


def _eye_matrices(in_cut: Tensor) -> Matrices:
    """Landmarks2TransformMatrix of both eyes: see above."""
    xs, ys = in_cut[0], in_cut[1]
    angles = [math.atan2(float(ys[right] - ys[left]), float(xs[right] - xs[left])) for left, right in CORNERS]
    turns = [(math.cos(angle), math.sin(angle)) for angle in angles]
    upright = np.array([((cosine, sine), (-sine, cosine)) for cosine, sine in turns], np.float32)
    along = upright @ in_cut.reshape(-1).take(EYE_PLACES)
    lows, highs = along.min(axis=2).tolist(), along.max(axis=2).tolist()
    return np.array([_eye_matrix(*eye) for eye in zip(turns, lows, highs, strict=True)])


def _eye_matrix(
    turn: tuple[float, float], low: list[float], high: list[float]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    (cosine, sine), (low_x, low_y), (high_x, high_y) = turn, low, high
    middle_x, middle_y = (low_x + high_x) / 2 / CELL_PX, (low_y + high_y) / 2 / CELL_PX
    scale = EYE_SCALE / EYE_CELLS / CELL_PX
    step_x, step_y = (high_x - low_x) * scale, (high_y - low_y) * scale
    xx, xy, yx, yy = cosine * step_x, -sine * step_y, sine * step_x, cosine * step_y
    half = EYE_CELLS / 2
    return (
        (xx, xy, middle_x * cosine - middle_y * sine - half * (xx + xy)),
        (yx, yy, middle_x * sine + middle_y * cosine - half * (yx + yy)),
    )


def _sample(features: Tensor, matrix: npt.NDArray[np.float64]) -> Tensor:
    """TransformTensorBilinear: OpenCV counts from the middle of a cell, the operation from its corner."""
    centred = matrix.copy()
    centred[:, 2] += centred[:, :2].sum(axis=1) * 0.5 - 0.5
    return cast(
        "Tensor",
        cv2.warpAffine(features, centred, (EYE_CELLS, EYE_CELLS), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
    )
