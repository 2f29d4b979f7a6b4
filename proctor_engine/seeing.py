"""How well a session's picture can be seen, measured once a second and whenever it may have changed.

The measures of `visibility` take about 300 us of a frame, and matter where no face is found: there every frame is
measured. While there is one, a second may pass, unless the picture's light or the face's sharpness has moved.
What was measured goes with the session's memory, in front of the detector's, and with it what the scene looked like
when a face was last seen in it, at most half a minute before: something that comes before the lens takes less.
"""

import struct
from dataclasses import replace

from proctor_engine import imaging
from proctor_engine.contract import Face, Visibility
from proctor_engine.detectors.base import Picture
from proctor_engine.native.views import view_whole
from proctor_engine.records import record
from proctor_engine.scene import FIELDS, Box, hidden_share, scene_of
from proctor_engine.squares import mosaic_of
from proctor_engine.visibility import visibility_in, visibility_of

MEASURED_EVERY_MS = 1_000
SCENE_EVERY_MS = 30_000
CHANGED_LIGHT, CHANGED_SHARPNESS = 0.06, 0.12  # of 1: what a calm person's pictures stay within
STEPS = 255
# When it was measured, the age of the scene, the scene, and 17 numbers of 0..1 in a byte each.
_SEEN = struct.Struct(f"<qI{FIELDS}s17B")
SEEN_BYTES = _SEEN.size
# Of that what most frames need, without the scene: when, and nine of the numbers.
_MEASURED = struct.Struct(f"<q4x{FIELDS}x9B")
SHARES = tuple(step / STEPS for step in range(STEPS + 1))
OLDEST_MS = 0xFFFF_FFFF
NOBODY: Box = (0.0, 0.0, 0.0, 0.0)


@record(frozen=True, slots=True)
class Scene:
    """The picture's fields when a face was seen in it, where that face was then, and where it was seen last."""

    at_ms: int
    fields: bytes
    person_then: Box
    person: Box


@record(frozen=True, slots=True)
class Seen:
    """What was measured of one frame. Numbers are 0..1."""

    at_ms: int
    light: float
    has_face: bool
    face_sharpness: float  # of the largest face
    sharpness: float
    visibility: Visibility
    scene: Scene | None = None  # None: nobody has been seen yet

    def pack(self) -> bytes:
        """Bytes that `split_memory` finds in front of others."""
        seen, scene = self.visibility, self.scene
        numbers = (
            *(self.light, float(self.has_face), self.face_sharpness, self.sharpness),
            *(seen.detail, seen.blur, seen.grain, seen.glare, seen.blocks),
            *(scene.person_then if scene else NOBODY),
            *(scene.person if scene else NOBODY),
        )
        age_ms = OLDEST_MS if scene is None else min(max(self.at_ms - scene.at_ms, 0), OLDEST_MS - 1)
        fields = scene.fields if scene else bytes(FIELDS)
        return _SEEN.pack(self.at_ms, age_ms, fields, *(round(min(max(one, 0.0), 1.0) * STEPS) for one in numbers))


def what_holds(packed: bytes, at_ms: int, light: float, faces: list[Face]) -> tuple[float, Visibility] | None:
    """Sharpness and visibility as they were measured before, where a later frame can be taken to be seen as well.

    Reads no more of a session's memory than that takes: a scene would be 10 us of a frame.
    """
    if len(packed) < SEEN_BYTES or not faces:
        return None
    measured_at_ms, light_before, has_face, face_sharpness, sharpness, *rest = _MEASURED.unpack_from(packed)
    if (
        has_face
        and 0 <= at_ms - measured_at_ms < MEASURED_EVERY_MS
        and abs(light - SHARES[light_before]) < CHANGED_LIGHT
        and abs(faces[0].sharpness - SHARES[face_sharpness]) < CHANGED_SHARPNESS
    ):
        detail, blur, grain, glare, blocks = rest
        return SHARES[sharpness], Visibility(SHARES[detail], SHARES[blur], SHARES[grain], SHARES[glare], SHARES[blocks])
    return None


def split_memory(packed: bytes) -> tuple[Seen | None, bytes]:
    """What was measured before, None for a session's first frame, and the detector's own memory.

    No bytes are an error: they may come from Redis.
    """
    if len(packed) < _SEEN.size:
        return None, packed
    at_ms, age_ms, fields, *steps = _SEEN.unpack_from(packed)
    light, has_face, face_sharpness, sharpness, *rest = [SHARES[step] for step in steps]
    visibility = Visibility(*rest[:5])
    scene = None if age_ms == OLDEST_MS else Scene(at_ms - age_ms, fields, _box_of(rest[5:9]), _box_of(rest[9:]))
    seen = Seen(at_ms, light, has_face > 0, face_sharpness, sharpness, visibility, scene)
    return seen, packed[_SEEN.size :]


def _box_of(numbers: list[float]) -> Box:
    left, top, width, height = numbers
    return left, top, width, height


def see(before: Seen | None, picture: Picture, at_ms: int, light: float, faces: list[Face]) -> Seen:
    """Measure a picture after those before it. Called by `pipeline.examine`."""
    scene = before.scene if before is not None else None
    sharpness, visibility, fields = look_at(picture)
    if not faces:
        visibility = replace(visibility, blocks=max(visibility.blocks, mosaic_of(picture)))
    if scene is not None and not faces:
        visibility = replace(visibility, hidden=hidden_share(scene.fields, fields, scene.person, scene.person_then))
    elif faces:
        person = (faces[0].left, faces[0].top, faces[0].width, faces[0].height)
        is_old = scene is None or not 0 <= at_ms - scene.at_ms < SCENE_EVERY_MS
        scene = Scene(at_ms, fields, person, person) if scene is None or is_old else _followed(scene, person)
    return Seen(
        at_ms,
        light,
        bool(faces),
        faces[0].sharpness if faces else 0.0,
        sharpness,
        visibility,
        scene,
    )


def _followed(scene: Scene, person: Box) -> Scene:
    return Scene(scene.at_ms, scene.fields, scene.person_then, person)


def look_at(picture: Picture) -> tuple[float, Visibility, bytes]:
    """A picture's sharpness, how well anything in it can be seen, and its fields."""
    if (view := view_whole(picture)) is not None:
        return imaging.sharpness_from(view.edge, view.edge_square), visibility_in(view), view.fields
    grey = imaging.shrink_to_grey(picture, imaging.MEASURED_WIDTH_PX)
    edges = imaging.edges_of(grey)
    return imaging.sharpness_of(edges), visibility_of(picture, grey, edges), scene_of(grey, edges)
