"""The words shared with whoever sends frames: what goes in, what comes out, and how both travel.

The platform imports this module and `proctor_engine.client`, nothing else of the engine.
An observation states what is seen and how well it could be seen, never an opinion.
"""

import struct
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from proctor_engine.jpeg import UnreadableFrame, read_jpeg_size

__all__ = [
    "EngineHealth",
    "Face",
    "Frame",
    "Observation",
    "Observed",
    "Outcome",
    "Superseded",
    "Unexamined",
    "Unreadable",
    "UnreadableFrame",
    "pack_observation",
    "read_jpeg_size",
    "unpack_observation",
]


@dataclass(frozen=True, slots=True)
class Frame:
    """One webcam picture of one session, as it entered the platform."""

    session_id: str
    number: int  # the candidate's own count, rising within a connection
    captured_at_ms: int  # the candidate's clock
    received_at_ms: int  # the server's clock
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Face:
    """One face, in fractions of the picture; directions are those of the picture, not of the person.

    A person who turns to their own right moves the nose to the left of an unmirrored picture: negative yaw.
    """

    left: float  # box, 0..1 of the picture's width and height
    top: float
    width: float
    height: float
    score: float  # 0..1, the detector's own confidence that this is a face
    yaw_deg: float  # > 0: nose towards the picture's right
    pitch_deg: float  # > 0: nose up
    roll_deg: float  # > 0: head tilted clockwise in the picture
    gaze_x: float  # iris within the eye, -1 (picture's left corner) .. 1 (right corner), mean of both eyes
    gaze_y: float  # the same scale, > 0: down
    eye_openness: float  # lid distance over eye width, mean of both eyes; closed is below about 0.1
    mouth_openness: float  # inner lip distance over mouth width; open is above about 0.12
    interocular_px: float  # distance of the outer eye corners: below about 40 px landmarks are guesses
    light: float  # mean luma of the face, 0..1
    sharpness: float  # 0 (blurred) .. 1 (crisp), see imaging.sharpness_of

    PACKED: ClassVar[struct.Struct] = struct.Struct("<15f")


@dataclass(frozen=True, slots=True)
class Observation:
    """What one frame shows. Faces are ordered largest first."""

    width_px: int
    height_px: int
    light: float  # mean luma of the whole picture, 0..1
    contrast: float  # standard deviation of luma, 0..0.5
    sharpness: float  # of the whole picture, as for a face
    examine_us: int  # time the engine spent on it
    faces: tuple[Face, ...]

    PACKED: ClassVar[struct.Struct] = struct.Struct("<HHfffIB")


def pack_observation(observation: Observation) -> bytes:
    """Bytes of an observation for a socket pair or a Redis stream; `unpack_observation` is its inverse."""
    head = Observation.PACKED.pack(
        observation.width_px,
        observation.height_px,
        observation.light,
        observation.contrast,
        observation.sharpness,
        min(observation.examine_us, 0xFFFF_FFFF),
        len(observation.faces),
    )
    return head + b"".join(
        Face.PACKED.pack(
            face.left,
            face.top,
            face.width,
            face.height,
            face.score,
            face.yaw_deg,
            face.pitch_deg,
            face.roll_deg,
            face.gaze_x,
            face.gaze_y,
            face.eye_openness,
            face.mouth_openness,
            face.interocular_px,
            face.light,
            face.sharpness,
        )
        for face in observation.faces
    )


def unpack_observation(packed: bytes) -> Observation:
    """Raise `struct.error` when the bytes are not those of an observation."""
    width_px, height_px, light, contrast, sharpness, examine_us, face_count = Observation.PACKED.unpack_from(packed)
    offset = Observation.PACKED.size
    faces = tuple(
        Face(*Face.PACKED.unpack_from(packed, offset + index * Face.PACKED.size)) for index in range(face_count)
    )
    return Observation(width_px, height_px, light, contrast, sharpness, examine_us, faces)


@dataclass(frozen=True, slots=True)
class Observed:
    """The frame was examined."""

    observation: Observation
    # For the engine's client, which sends it along with the session's next frame; means nothing to anybody else.
    memory: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Superseded:
    """A newer frame of the same session took its place before it was looked at (policy: newest wins)."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The bytes are not a picture the engine will decode; the reason is a sentence for the sender."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unexamined:
    """A good frame that nobody could look at (a child died, no child is up); says nothing about the candidate."""

    reason: str


Outcome: TypeAlias = Observed | Superseded | Unreadable | Unexamined


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """What /readyz and the metrics tell of the engine."""

    children: int  # configured
    ready: int  # warm and answering
    restarts: int  # since start
    waiting: int  # sessions with a frame in their slot
    in_flight: int  # frames being examined
