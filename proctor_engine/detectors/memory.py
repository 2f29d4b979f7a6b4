"""What is remembered of a session between two of its frames: under 1 KB that travels with the frame.

The process that owns the session keeps it and sends it with each frame, so any child of any engine machine may take
any frame, and a child that dies takes nothing with it.
"""

import struct

from proctor_engine.detectors.change import COLUMNS, ROWS, Thumb
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.unrest import ALL, CALM, FIELDS, Fields, Unrest
from proctor_engine.records import record

VERSION = 4
_HEAD = struct.Struct(f"<BHHqqqqBf{FIELDS}sQQQB")
_TRACK = struct.Struct("<5fIIBBb")
MOST_STORED = 1e6  # of what has no bound of its own: angles, glances
MOST_SIDES = 8  # longer sides of the picture that a face's square may measure or be away
LEAST_SIDE_PX = 1.0
THUMB_BYTES = COLUMNS * ROWS
CERTAIN, LANDMARKED = 1, 2
LONG_AGO = -1 << 62
OLDEST_MS = 0xFFFF_FFFF  # 49 days: times of a face are kept as its age, in half the bytes
COVER_STEPS, GAZE_STEPS = 254, 100  # an even number: half is kept as it is


@record(frozen=True, slots=True)
class Track:
    """A face followed from frame to frame."""

    region: Region  # where its landmarks of the last frame say it is
    score: float  # of the detection that found it last
    since_ms: int
    confirmed_at_ms: int  # when a detector, or a mesh beyond doubt, last said that this is a face
    certain: bool  # a face found once is followed, and told of when it is confirmed
    landmarked: bool = True  # whether the mesh sees it too
    covered: float = 0.0  # as the cover module last measured, in steps of 1/254
    gaze_x: float = 0.0  # of the last frame, in steps of 1/100


@record(frozen=True, slots=True)
class SessionMemory:
    """All that a frame needs to know of those before it. Times are the server's, in milliseconds."""

    width_px: int
    height_px: int
    at_ms: int  # of the frame this was written after
    detected_at_ms: int  # when the short-range detector last ran
    looked_at_ms: int  # when a full look without a face last ended in nothing
    swept_at_ms: int  # when the last sweep for small faces began
    sweep_step: int  # the sweep's next window
    glances: float  # looks at changed places that may be spent now
    unrest: Unrest  # of each field, what always changes there
    pressing: Fields  # fields in and beside which as much has changed as a face changes, not looked at yet
    owed: Fields  # calm fields in which something has changed that was not looked at yet
    awaited: Fields  # restless fields whose turn is still to come in this round
    tracks: tuple[Track, ...]
    thumb: Thumb

    def continues(self, width_px: int, height_px: int, at_ms: int, within_ms: int) -> bool:
        """Whether a picture of this size and time is the same session's: of the same size, and soon after."""
        same_size = (self.width_px, self.height_px) == (width_px, height_px)
        return same_size and 0 <= at_ms - self.at_ms <= within_ms


def begin_memory(width_px: int, height_px: int, at_ms: int, glances: float, thumb: Thumb) -> SessionMemory:
    """Of a session before its first frame."""
    return SessionMemory(
        width_px=width_px,
        height_px=height_px,
        at_ms=at_ms,
        detected_at_ms=LONG_AGO,
        looked_at_ms=LONG_AGO,
        swept_at_ms=at_ms,
        sweep_step=0,
        glances=glances,
        unrest=CALM,
        pressing=0,
        owed=0,
        awaited=0,
        tracks=(),
        thumb=thumb,
    )


def pack_memory(memory: SessionMemory) -> bytes:
    """Bytes that `unpack_memory` reads."""
    head = _HEAD.pack(
        VERSION,
        memory.width_px,
        memory.height_px,
        memory.at_ms,
        memory.detected_at_ms,
        memory.looked_at_ms,
        memory.swept_at_ms,
        memory.sweep_step,
        memory.glances,
        memory.unrest,
        memory.pressing,
        memory.owed,
        memory.awaited,
        len(memory.tracks),
    )
    return b"".join((head, *[_pack_track(track, memory.at_ms) for track in memory.tracks], memory.thumb))


def unpack_memory(packed: bytes) -> SessionMemory | None:
    """None for a session's first frame, and for what this version never wrote: the next frame starts anew.

    The bytes may come from Redis. A number that is none, or a face beyond all bounds, would raise in every frame of
    its session to come (found by `make fuzz-engine`).
    """
    if len(packed) < _HEAD.size or packed[0] != VERSION:
        return None
    _, width_px, height_px, at_ms, detected_at_ms, looked_at_ms, swept_at_ms, *rest = _HEAD.unpack_from(packed)
    step, glances, unrest, pressing, owed, awaited, count = rest
    if len(packed) != _HEAD.size + count * _TRACK.size + THUMB_BYTES:
        return None
    thumb = packed[-THUMB_BYTES:]
    tracks = [_unpack_track(packed, _HEAD.size + place * _TRACK.size, at_ms) for place in range(count)]
    if not _is_sane(glances) or (pressing | owed | awaited) > ALL:
        return None
    most_px = MOST_SIDES * max(width_px, height_px)
    for track in tracks:
        if not _is_possible(track, most_px):
            return None
    return SessionMemory(
        width_px=width_px,
        height_px=height_px,
        at_ms=at_ms,
        detected_at_ms=detected_at_ms,
        looked_at_ms=looked_at_ms,
        swept_at_ms=swept_at_ms,
        sweep_step=step,
        glances=glances,
        unrest=unrest,
        pressing=pressing,
        owed=owed,
        awaited=awaited,
        tracks=tuple(tracks),
        thumb=thumb,
    )


def _pack_track(track: Track, at_ms: int) -> bytes:
    region = track.region
    return _TRACK.pack(
        region.x_px,
        region.y_px,
        region.side_px,
        region.angle,
        track.score,
        min(max(at_ms - track.since_ms, 0), OLDEST_MS),
        min(max(at_ms - track.confirmed_at_ms, 0), OLDEST_MS),
        CERTAIN * track.certain | LANDMARKED * track.landmarked,
        round(track.covered * COVER_STEPS),
        round(min(max(track.gaze_x, -1.0), 1.0) * GAZE_STEPS),
    )


def _unpack_track(packed: bytes, offset: int, at_ms: int) -> Track:
    x, y, side, angle, score, age_ms, confirmed_ago_ms, signs, covered, gaze_x = _TRACK.unpack_from(packed, offset)
    return Track(
        Region(x, y, side, angle),
        score,
        at_ms - age_ms,
        at_ms - confirmed_ago_ms,
        certain=signs & CERTAIN != 0,
        landmarked=signs & LANDMARKED != 0,
        covered=covered / COVER_STEPS,
        gaze_x=gaze_x / GAZE_STEPS,
    )


def _is_possible(track: Track, most_px: int) -> bool:
    region = track.region
    return (
        -most_px <= region.x_px <= most_px
        and -most_px <= region.y_px <= most_px
        and LEAST_SIDE_PX <= region.side_px <= most_px
        and _is_sane(region.angle)
        and _is_sane(track.score)
    )


def _is_sane(number: float) -> bool:
    """A number that is none is not within bounds either."""
    return -MOST_STORED <= number <= MOST_STORED
