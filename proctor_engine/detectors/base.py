"""What every detector promises, and the one place that chooses between them."""

from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_engine.records import record
from proctor_engine.settings import EngineSettings

# height x width x 4, RGBA as decoded, where the fourth says nothing; x 3, RGB, as cut out for a model
Picture: TypeAlias = npt.NDArray[np.uint8]
Grey: TypeAlias = npt.NDArray[np.uint8]  # height x width
RGB_CHANNELS = 3


@record(frozen=True, slots=True)
class Sight:
    """A frame as a detector gets it."""

    picture: Picture
    grey: Grey  # the luma of some of its rows: see imaging.glimpse_of
    at_ms: int = 0  # when the frame reached the server
    memory: bytes = b""  # what the detector said after the session's last frame; empty for its first
    thumb: bytes | None = None  # `change.shrink_to_thumb` of the luma, where that has been made


@record(frozen=True, slots=True)
class DetectedFace:
    """A face as a detector measures it: fields and units as in `contract.Face`, without what the pixels add."""

    left: float
    top: float
    width: float
    height: float
    score: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    gaze_x: float
    gaze_y: float
    eye_openness: float
    mouth_openness: float
    interocular_px: float
    shape: tuple[float, ...] = ()
    presence: float = 1.0
    covered: float = 0.0
    inside: float = 1.0
    landmarked: bool = True


@record(frozen=True, slots=True)
class Detected:
    """What a detector makes of a frame."""

    faces: list[DetectedFace]
    memory: bytes = b""  # to come back with the session's next frame; under 1 KB for four faces


class Detector(Protocol):
    """Finds faces in one picture. It remembers nothing itself: any child may take any frame of any session."""

    def detect(self, sight: Sight) -> Detected:
        """Every face found, in any order."""
        ...


def load_detector(settings: EngineSettings) -> Detector:
    """The detector the settings name; a child calls this once. Heavy imports wait until here."""
    if settings.detector == "scripted":
        from proctor_engine.detectors.scripted import ScriptedDetector

        return ScriptedDetector()
    from proctor_engine.detectors.litert import LiteRtDetector

    return LiteRtDetector(settings.max_faces, settings.detect_every_ms)
