"""mediapipe's face models through LiteRT: detectors, attention mesh with irises, and what their points say."""

import numpy as np

from proctor_engine.detectors.attention_mesh import AttentionMesh
from proctor_engine.detectors.base import Detected, DetectedFace, Sight
from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector
from proctor_engine.detectors.confirming import Models
from proctor_engine.detectors.following import Followed
from proctor_engine.detectors.memory import pack_memory, unpack_memory
from proctor_engine.detectors.mesh_geometry import Box, face_of, measure_box, measure_face
from proctor_engine.detectors.model_files import load_parts
from proctor_engine.detectors.regions import MARGIN, Region
from proctor_engine.detectors.tracker import Tracker


class LiteRtDetector:
    """All models, loaded and warm, for any session's frames. Imports no mediapipe."""

    def __init__(self, max_faces: int, detect_every_ms: int) -> None:
        models = Models(BoxDetector(SHORT), BoxDetector(FULL), AttentionMesh(load_parts()))
        self._tracker = Tracker(models, max_faces, detect_every_ms)
        # The first picture costs more than the next: show the detectors one now, in which nobody is.
        self.detect(Sight(np.zeros((480, 640, 4), np.uint8), np.zeros((240, 320), np.uint8)))

    def detect(self, sight: Sight) -> Detected:
        """The faces of the frame, with directions from their meshes."""
        followed, memory = self._tracker.follow(sight, unpack_memory(sight.memory))
        height, width = sight.picture.shape[:2]
        return Detected([measure(face, width, height) for face in followed], pack_memory(memory))


def measure(face: Followed, width_px: int, height_px: int) -> DetectedFace:
    """A followed face in the terms of the contract."""
    track, mesh = face.track, face.mesh
    if mesh is None:
        return measure_box(_box_of(track.region), width_px, height_px, track.score, covered=track.covered)
    presence, covered = mesh.flag, track.covered
    if (measures := mesh.measures) is not None:
        return face_of(measures, mesh.box, width_px, height_px, track.score, presence=presence, covered=covered)
    return measure_face(mesh.points, mesh.box, width_px, height_px, track.score, presence=presence, covered=covered)


def _box_of(region: Region) -> Box:
    """The square a region was made around."""
    half = region.side_px / MARGIN / 2
    return region.x_px - half, region.y_px - half, region.x_px + half, region.y_px + half
