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
from typing import cast

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
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mesh:
    """A face's landmarks in pixels of the picture: x, y, and z away from the camera at the same scale."""

    points: npt.NDArray[np.float32]  # 478 rows; the last ten are the irises' and have no z
    flag: float  # 0..1: whether this is a face at all

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all landmarks."""
        left, top, _ = self.points.min(axis=0).tolist()
        right, bottom, _ = self.points.max(axis=0).tolist()
        return left, top, right, bottom


class AttentionMesh:
    """Both halves, loaded and warm. About 0.9 ms for a region."""

    def __init__(self, parts: MeshParts) -> None:
        self._mesh = Network(parts.mesh)
        self._eyes = Network(parts.eyes)

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
        in_cut = np.empty((ALL_POINTS, 3), np.float32)
        in_cut[:MESH_POINTS] = self._mesh.outputs[0]().reshape(MESH_POINTS, 3)
        in_cut[MESH_POINTS:, 2] = 0
        self._refine_eyes(in_cut)
        points = np.empty_like(in_cut)
        np.add(in_cut[:, :2] @ matrix[:, :2].T.astype(np.float32), matrix[:, 2].astype(np.float32), out=points[:, :2])
        np.multiply(in_cut[:, 2], np.float32(region.side_px / INPUT_PX), out=points[:, 2])
        return Mesh(points, 1 / (1 + math.exp(-logit)))

    def _refine_eyes(self, in_cut: Tensor) -> None:
        """Look at both eyes again and set their landmarks and irises, in pixels of the cut-out."""
        matrices = [_eye_matrix(in_cut, eye, corners) for eye, corners in zip(EYES, CORNERS, strict=True)]
        features = self._mesh.outputs[1]()[0]
        for matrix, eye_input in zip(matrices, self._eyes.inputs, strict=True):
            eye_input()[0] = _sample(features, matrix)
        del features
        self._eyes.run()
        contours = (self._eyes.outputs[0](), self._eyes.outputs[2]())
        irises = (self._eyes.outputs[1](), self._eyes.outputs[3]())
        for matrix, eye, iris_rows, contour, iris in zip(matrices, EYES, IRISES, contours, irises, strict=True):
            turn, shift = matrix[:, :2].T, matrix[:, 2] * CELL_PX
            in_cut[eye, :2] = contour.reshape(-1, 2) @ turn + shift
            in_cut[iris_rows, :2] = iris.reshape(-1, 2) @ turn + shift


def _eye_matrix(in_cut: Tensor, eye: npt.NDArray[np.int64], corners: tuple[int, int]) -> Matrix:
    """Landmarks2TransformMatrix: see above."""
    left, right = in_cut[corners[0]], in_cut[corners[1]]
    angle = math.atan2(float(right[1] - left[1]), float(right[0] - left[0]))
    cosine, sine = math.cos(angle), math.sin(angle)
    along = in_cut[eye, :2] @ np.array(((cosine, -sine), (sine, cosine)), np.float32)
    (low_x, low_y), (high_x, high_y) = along.min(axis=0).tolist(), along.max(axis=0).tolist()
    middle_x, middle_y = (low_x + high_x) / 2 / CELL_PX, (low_y + high_y) / 2 / CELL_PX
    scale = EYE_SCALE / EYE_CELLS / CELL_PX
    step_x, step_y = (high_x - low_x) * scale, (high_y - low_y) * scale
    xx, xy, yx, yy = cosine * step_x, -sine * step_y, sine * step_x, cosine * step_y
    half = EYE_CELLS / 2
    return np.array(
        (
            (xx, xy, middle_x * cosine - middle_y * sine - half * (xx + xy)),
            (yx, yy, middle_x * sine + middle_y * cosine - half * (yx + yy)),
        ),
        np.float32,
    )


def _sample(features: Tensor, matrix: Matrix) -> Tensor:
    """TransformTensorBilinear: OpenCV counts from the middle of a cell, the operation from its corner."""
    centred = matrix.copy()
    centred[:, 2] += centred[:, :2].sum(axis=1) * 0.5 - 0.5
    return cast(
        "Tensor",
        cv2.warpAffine(features, centred, (EYE_CELLS, EYE_CELLS), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
    )
