"""mediapipe's face models through LiteRT: detectors, attention mesh with irises, and what their points say."""

import numpy as np

from proctor_engine.detectors.attention_mesh import AttentionMesh
from proctor_engine.detectors.base import Detected, Sight
from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector
from proctor_engine.detectors.memory import pack_memory, unpack_memory
from proctor_engine.detectors.mesh_geometry import measure_face
from proctor_engine.detectors.model_files import load_mesh_parts
from proctor_engine.detectors.tracker import Models, Tracker


class LiteRtDetector:
    """All models, loaded and warm, for any session's frames. Imports no mediapipe."""

    def __init__(self, max_faces: int, detect_every_ms: int) -> None:
        models = Models(BoxDetector(SHORT), BoxDetector(FULL), AttentionMesh(load_mesh_parts()))
        self._tracker = Tracker(models, max_faces, detect_every_ms)
        # The first picture costs more than the next: show the detectors one now, in which nobody is.
        self.detect(Sight(np.zeros((480, 640, 3), np.uint8), np.zeros((240, 320), np.uint8)))

    def detect(self, sight: Sight) -> Detected:
        """The faces of the frame, with directions from their meshes."""
        followed, memory = self._tracker.follow(sight, unpack_memory(sight.memory))
        height, width = sight.picture.shape[:2]
        faces = [measure_face(face.mesh.points, face.mesh.box(), width, height, face.track.score) for face in followed]
        return Detected(faces, pack_memory(memory))
