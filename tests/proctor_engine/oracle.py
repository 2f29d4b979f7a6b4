"""What mediapipe itself says: the engine runs the same models, and these are its parity oracles."""

import contextlib
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.proctor_engine.recordings import Picture

Landmarks = npt.NDArray[np.float64]  # 478 rows; x and y in pixels
EYE_ROWS = (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173)
IRIS_ROWS = tuple(range(468, 478))
# Landmarks around and inside the mouth, which FaceMesh looks at a second time and the engine does not.
LIP_ROWS = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87),
    *(14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16, 315, 404, 320),
    *(307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42),
    *(41, 38, 12, 268, 271, 272, 407),
)


@dataclass(frozen=True)
class Box:
    score: float
    left: float
    top: float
    width: float
    height: float


class FaceMeshOracle:
    """`FaceMesh(refine_landmarks=True)`: what a peer runs."""

    def __init__(self, max_faces: int, *, tracked: bool) -> None:
        with drawing_left_out():
            from mediapipe.python.solutions.face_mesh import FaceMesh

        self._mesh: Any = FaceMesh(static_image_mode=not tracked, max_num_faces=max_faces, refine_landmarks=True)

    def look(self, picture: Picture) -> list[Landmarks]:
        height, width = picture.shape[:2]
        found = self._mesh.process(np.ascontiguousarray(picture[..., :3])).multi_face_landmarks or ()
        return [np.array([(point.x * width, point.y * height) for point in face.landmark]) for face in found]

    def close(self) -> None:
        self._mesh.close()


def detect_boxes(picture: Picture, *, full_range: bool) -> list[Box]:
    """`FaceDetection`'s boxes in pixels."""
    with drawing_left_out():
        from mediapipe.python.solutions.face_detection import FaceDetection

    height, width = picture.shape[:2]
    with FaceDetection(model_selection=int(full_range)) as detection:
        found = detection.process(np.ascontiguousarray(picture[..., :3])).detections or ()
    boxes = ((one.score[0], one.location_data.relative_bounding_box) for one in found)
    return [
        Box(float(score), box.xmin * width, box.ymin * height, box.width * width, box.height * height)
        for score, box in boxes
    ]


def distances(ours: npt.NDArray[np.float32], theirs: Landmarks) -> npt.NDArray[np.float64]:
    """Pixels between the same landmark here and there, for each of the 478."""
    return np.asarray(np.linalg.norm(ours[:, :2] - theirs, axis=1), np.float64)


@contextlib.contextmanager
def drawing_left_out() -> Iterator[None]:
    """Keep matplotlib out: MediaPipe's __init__ imports it for drawing that no test does (2 s, 25 MB)."""
    absent = [name for name in ("matplotlib", "matplotlib.pyplot") if name not in sys.modules]
    sys.modules.update({name: types.ModuleType(name) for name in absent})
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
