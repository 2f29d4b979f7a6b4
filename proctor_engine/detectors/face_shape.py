"""The proportions of a face as its mesh has them: enough to notice that somebody else may sit there, never to prove it.

Fourteen distances in space between points that neither speech nor a smile moves much, each as the logarithm of its
ratio to the distance of the outer eye corners. Indices are those of MediaPipe's canonical face mesh.

The mesh is a guess from one picture: on recordings the root mean square difference of two frames of one person reaches
.039, while between 31 different people half of all pairs differ by less than .044. It is measured only where the face
looks at the camera and is large enough, since elsewhere the mesh leans on what faces usually are.
"""

import math
import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from proctor_engine.contract import SHAPE_RATIOS
from proctor_engine.native.mesh import Measures

OUTER_EYE_CORNERS = (33, 263)
PAIRS = (
    (133, 362),  # inner eye corners
    (234, 454),  # at the ears
    (127, 356),  # at the temples
    (54, 284),  # upper forehead
    (93, 323),  # before the ears
    (116, 345),  # cheekbones
    (50, 280),  # cheeks
    (10, 168),  # forehead to bridge of the nose
    (10, 2),  # forehead to below the nose
    (168, 2),  # bridge to below the nose
    (168, 1),  # bridge to tip
    (6, 1),  # lower bridge to tip
    (234, 168),  # left ear to bridge
    (454, 168),  # right ear to bridge
)
ROWS = np.array([point for pair in (OUTER_EYE_CORNERS, *PAIRS) for point in pair])
_HALVES = struct.Struct(f"<{SHAPE_RATIOS}e")
MOST_TURN_DEG = 20.0  # yaw or pitch: up to here a turning head stays within the spread above
LEAST_INTEROCULAR_PX = 40.0
assert len(PAIRS) == SHAPE_RATIOS


def measure_shape(landmarks: npt.NDArray[np.float32], yaw_deg: float, pitch_deg: float) -> tuple[float, ...]:
    """The ratios of a mesh in pixels, rounded to what travels (half precision); empty where they would be guesses."""
    points = landmarks[ROWS].tolist()
    scale = math.dist(points[0], points[1])
    if _is_guess(scale, yaw_deg, pitch_deg):
        return ()
    return _rounded(
        [math.log(max(math.dist(points[place], points[place + 1]), 1e-3) / scale) for place in range(2, len(points), 2)]
    )


def shape_of(measures: Measures) -> tuple[float, ...]:
    """The same from ratios that have been read already."""
    if _is_guess(measures.scale_px, measures.yaw_deg, measures.pitch_deg):
        return ()
    return _rounded(measures.ratios)


def _is_guess(scale_px: float, yaw_deg: float, pitch_deg: float) -> bool:
    return max(abs(yaw_deg), abs(pitch_deg)) > MOST_TURN_DEG or scale_px < LEAST_INTEROCULAR_PX


def _rounded(ratios: Sequence[float]) -> tuple[float, ...]:
    return _HALVES.unpack(_HALVES.pack(*ratios))
