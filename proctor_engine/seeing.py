"""How well a session's picture can be seen, measured once a second and whenever it may have changed.

The measures of `visibility` take 300 us, a tenth of a frame, and matter where no face is found: there every frame is
measured. While there is one, a second may pass, unless the picture's light or the face's sharpness has moved.
What was measured goes with the session's memory, in front of the detector's.
"""

import math
import struct
from dataclasses import dataclass

from proctor_engine import imaging
from proctor_engine.contract import Visibility
from proctor_engine.detectors.base import Picture
from proctor_engine.visibility import visibility_of

MEASURED_EVERY_MS = 1_000
CHANGED_LIGHT, CHANGED_SHARPNESS = 0.06, 0.12  # of 1: what a calm person's pictures stay within
NO_FACE = -1.0
_SEEN = struct.Struct("<q3f")  # and the packed visibility


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured of one frame."""

    at_ms: int
    light: float
    face_sharpness: float  # of the largest face; `NO_FACE` where there was none
    sharpness: float
    visibility: Visibility

    def holds(self, at_ms: int, light: float, face_sharpness: float | None) -> bool:
        """Whether a later frame of the session can be taken to be seen as well."""
        return (
            face_sharpness is not None
            and self.face_sharpness != NO_FACE
            and 0 <= at_ms - self.at_ms < MEASURED_EVERY_MS
            and abs(light - self.light) < CHANGED_LIGHT
            and abs(face_sharpness - self.face_sharpness) < CHANGED_SHARPNESS
        )

    def pack(self) -> bytes:
        """Bytes that `split_memory` finds in front of others."""
        numbers = (self.light, self.face_sharpness, self.sharpness)
        return _SEEN.pack(self.at_ms, *numbers) + self.visibility.pack()


def split_memory(packed: bytes) -> tuple[Seen | None, bytes]:
    """What was measured before, None for a session's first frame, and the detector's own memory.

    The bytes may come from Redis: numbers that no picture has are as good as none.
    """
    detectors_at = _SEEN.size + Visibility.PACKED.size
    if len(packed) < detectors_at:
        return None, packed
    at_ms, light, face_sharpness, sharpness = _SEEN.unpack_from(packed)
    measures = Visibility.PACKED.unpack_from(packed, _SEEN.size)
    seen = Seen(at_ms, light, face_sharpness, sharpness, Visibility(*measures))
    # A number that is none is no more within these bounds than one beyond them.
    is_sane = all(0 <= number <= 1 for number in (light, sharpness, *measures)) and math.isfinite(face_sharpness)
    return (seen if is_sane else None), packed[detectors_at:]


def see(picture: Picture, at_ms: int, light: float, face_sharpness: float | None) -> Seen:
    """Measure a picture. Called by `pipeline.examine`."""
    grey = imaging.shrink_to_grey(picture, imaging.MEASURED_WIDTH_PX)
    edges = imaging.edges_of(grey)
    return Seen(
        at_ms,
        light,
        NO_FACE if face_sharpness is None else face_sharpness,
        imaging.sharpness_of(edges),
        visibility_of(picture, grey, edges),
    )
