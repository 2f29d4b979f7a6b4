"""The words shared with whoever sends frames: what goes in, what comes out, and how both travel.

The platform imports this module and `proctor_engine.client`, nothing else of the engine.
An observation states what is seen and how well it could be seen, never an opinion.
"""

import math
import struct
from dataclasses import field
from typing import ClassVar, TypeAlias

from proctor_engine.jpeg import UnreadableFrame, read_jpeg_size
from proctor_engine.records import record

__all__ = [
    "EngineHealth",
    "Face",
    "Frame",
    "Observation",
    "Observed",
    "Outcome",
    "Stages",
    "Superseded",
    "Unexamined",
    "Unreadable",
    "UnreadableFrame",
    "Visibility",
    "pack_observation",
    "read_jpeg_size",
    "unpack_observation",
]

SHAPE_RATIOS = 14
NO_SHAPE = (0.0,) * SHAPE_RATIOS
MOST_US = 0xFFFF_FFFF  # that travels


@record(frozen=True, slots=True)
class Frame:
    """One webcam picture of one session, as it entered the platform."""

    session_id: str
    number: int  # the candidate's own count, rising within a connection
    captured_at_ms: int  # the candidate's clock
    received_at_ms: int  # the server's clock
    jpeg: bytes


@record(frozen=True, slots=True)
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
    presence: float = 1.0  # 0..1, how surely the landmarks model sees a face; 0 where it sees none
    # 0..1, how surely the lower face is covered, by a mask or a hand, see detectors/cover.py; 0.5 where nobody can
    # tell: too small, or without landmarks.
    covered: float = 0.0
    inside: float = 1.0  # share of the face's box that is inside the picture
    # Without landmarks, two detectors see a face that the landmarks model refuses: it is masked, covered or turned far
    # away. Its directions, openness and interocular_px are 0 and mean nothing.
    landmarked: bool = True
    # Ratios of the face's own geometry, see detectors/face_shape.py; empty where pose or size makes them guesses.
    shape: tuple[float, ...] = ()

    SHAPE: ClassVar[struct.Struct] = struct.Struct(f"<?{SHAPE_RATIOS}e")
    PACKED: ClassVar[struct.Struct] = struct.Struct("<18f?")


@record(frozen=True, slots=True)
class Visibility:
    """How well anything could be seen in a whole picture, whatever is in it; see visibility.py. Each 0..1."""

    detail: float = 0.875  # 0: one smooth tone, as of a hand before the lens
    blur: float = 0.25  # coarse detail without fine; a picture in focus is below 0.5
    grain: float = 0.0  # share of the finest detail that is noise; a clean picture is below 0.5
    glare: float = 0.0  # share of the picture that is burnt out
    blocks: float = 0.0  # squares in it, JPEG's own or a filter's; a picture of a usual quality is below 0.5
    # Share of what surrounded the person when a face was last seen that is hidden now; see scene.py.
    hidden: float = 0.0

    PACKED: ClassVar[struct.Struct] = struct.Struct("<6f")

    def pack(self) -> bytes:
        return self.PACKED.pack(self.detail, self.blur, self.grain, self.glare, self.blocks, self.hidden)


CLEAR = Visibility()


@record(frozen=True, slots=True)
class Observation:
    """What one frame shows. Faces are ordered largest first."""

    width_px: int
    height_px: int
    light: float  # mean luma of the whole picture, 0..1
    contrast: float  # standard deviation of luma, 0..0.5
    sharpness: float  # of the whole picture, as for a face
    examine_us: int  # time the engine spent on it
    faces: tuple[Face, ...]
    exact_print: int = 0  # 32 bits: the same only for the very same picture (detectors/fingerprint.py); 0: not taken
    rough_print: int = 0  # 64 bits: of one picture encoded again, few of them differ
    screen_pattern: float | None = None  # see detectors/screen_pattern.py; None: not looked for in this frame
    visibility: Visibility = CLEAR

    PACKED: ClassVar[struct.Struct] = struct.Struct("<HHfffIBIQf")


def pack_observation(observation: Observation) -> bytes:
    """Bytes of an observation for a socket pair or a Redis stream; `unpack_observation` is its inverse."""
    head = Observation.PACKED.pack(
        observation.width_px,
        observation.height_px,
        observation.light,
        observation.contrast,
        observation.sharpness,
        min(observation.examine_us, MOST_US),
        len(observation.faces),
        observation.exact_print,
        observation.rough_print,
        math.nan if observation.screen_pattern is None else observation.screen_pattern,
    )
    shapes = [Face.SHAPE.pack(bool(face.shape), *(face.shape or NO_SHAPE)) for face in observation.faces]
    faces = [_pack_face(face) for face in observation.faces]
    return b"".join((head, *shapes, *faces, observation.visibility.pack()))


def _pack_face(face: Face) -> bytes:
    return Face.PACKED.pack(
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
        face.presence,
        face.covered,
        face.inside,
        face.landmarked,
    )


def unpack_observation(packed: bytes) -> Observation:
    """Raise `struct.error` when the bytes are not those of an observation."""
    *seen, face_count, exact_print, rough_print, screen_pattern = Observation.PACKED.unpack_from(packed)
    offset = Observation.PACKED.size
    shapes = [Face.SHAPE.unpack_from(packed, offset + index * Face.SHAPE.size) for index in range(face_count)]
    offset += face_count * Face.SHAPE.size
    faces = tuple(
        Face(*(*Face.PACKED.unpack_from(packed, offset + index * Face.PACKED.size), tuple(shape) if known else ()))
        for index, (known, *shape) in enumerate(shapes)
    )
    pattern = None if math.isnan(screen_pattern) else screen_pattern
    visibility = Visibility(*Visibility.PACKED.unpack_from(packed, offset + face_count * Face.PACKED.size))
    return Observation(*(*seen, faces, exact_print, rough_print, pattern, visibility))


@record(frozen=True, slots=True)
class Stages:
    """Where the time of one frame went, in microseconds of the clock on the wall; 0 where it is not known."""

    waited_us: int = 0  # for its turn and for a child with room
    carried_us: int = 0  # to the child and back, with the wait behind the frame before it
    decode_us: int = 0
    detect_us: int = 0  # faces, landmarks, head pose and gaze
    measure_us: int = 0  # how well everything could be seen
    cpu_us: int = 0  # of the child's own processor time; on a busy machine the stages above also hold waits for a core

    PACKED: ClassVar[struct.Struct] = struct.Struct("<6I")

    @property
    def total_us(self) -> int:
        """From being offered to being answered."""
        return self.waited_us + self.carried_us + self.decode_us + self.detect_us + self.measure_us

    def pack(self) -> bytes:
        """For a socket pair or a Redis stream; `unpack` is its inverse."""
        stages: tuple[int, ...] = (
            self.waited_us,
            self.carried_us,
            self.decode_us,
            self.detect_us,
            self.measure_us,
            self.cpu_us,
        )
        if max(stages) > MOST_US:
            stages = tuple(min(stage, MOST_US) for stage in stages)
        return self.PACKED.pack(*stages)

    @classmethod
    def unpack(cls, packed: bytes, offset: int = 0) -> "Stages":
        """Raise `struct.error` when there are too few bytes."""
        return cls(*cls.PACKED.unpack_from(packed, offset))


@record(frozen=True, slots=True)
class Observed:
    """The frame was examined."""

    observation: Observation
    # For the engine's client, which sends it along with the session's next frame; means nothing to anybody else.
    memory: bytes = field(default=b"", repr=False, compare=False)
    stages: Stages = field(default=Stages(), compare=False)


@record(frozen=True, slots=True)
class Superseded:
    """A newer frame of the same session took its place before it was looked at (policy: newest wins)."""


@record(frozen=True, slots=True)
class Unreadable:
    """The bytes are not a picture the engine will decode; the reason is a sentence for the sender."""

    reason: str


@record(frozen=True, slots=True)
class Unexamined:
    """A good frame that nobody could look at (a child died, no child is up); says nothing about the candidate."""

    reason: str


Outcome: TypeAlias = Observed | Superseded | Unreadable | Unexamined


@record(frozen=True, slots=True)
class EngineHealth:
    """What /readyz and the metrics tell of the engine."""

    children: int  # configured
    ready: int  # warm and answering
    restarts: int  # since start
    waiting: int  # sessions with a frame in their slot
    in_flight: int  # frames being examined
    sessions: int = 0  # that send frames
    service_us: int = 0  # a child's processor time for one frame, smoothed; 0: not known yet
    interval_ms: int = 0  # what every session should leave between two frames, so that all are served; see `pacing`
