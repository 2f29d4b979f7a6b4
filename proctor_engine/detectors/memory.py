"""What is remembered of a session between two of its frames: under 1 KB that travels with the frame.

The process that owns the session keeps it and sends it with each frame, so any child of any engine machine may take
any frame, and a child that dies takes nothing with it.
"""

import struct
from dataclasses import dataclass

import numpy as np

from proctor_engine.detectors.change import COLUMNS, ROWS, Thumb
from proctor_engine.detectors.regions import Region

VERSION = 1
_HEAD = struct.Struct("<BHHqqqqBffB")
_TRACK = struct.Struct("<4ffq?")
THUMB_BYTES = COLUMNS * ROWS


@dataclass(frozen=True, slots=True)
class Track:
    """A face followed from frame to frame."""

    region: Region  # where its landmarks of the last frame say it is
    score: float  # of the detection that found it last
    since_ms: int
    certain: bool  # a small face found once is followed, and told of when it is found again


@dataclass(frozen=True, slots=True)
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
    unrest: float  # levels by which this scene always changes
    tracks: tuple[Track, ...]
    thumb: Thumb


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
        len(memory.tracks),
    )
    tracks = (
        _TRACK.pack(
            track.region.x_px,
            track.region.y_px,
            track.region.side_px,
            track.region.angle,
            track.score,
            track.since_ms,
            track.certain,
        )
        for track in memory.tracks
    )
    return b"".join((head, *tracks, memory.thumb.tobytes()))


def unpack_memory(packed: bytes) -> SessionMemory | None:
    """None for a session's first frame, and for what another version wrote: the next frame starts anew."""
    if len(packed) < _HEAD.size or packed[0] != VERSION:
        return None
    _, width_px, height_px, *times, step, glances, unrest, count = _HEAD.unpack_from(packed)
    if len(packed) != _HEAD.size + count * _TRACK.size + THUMB_BYTES:
        return None
    tracks = []
    for place in range(count):
        x, y, side, angle, score, since_ms, certain = _TRACK.unpack_from(packed, _HEAD.size + place * _TRACK.size)
        tracks.append(Track(Region(x, y, side, angle), score, since_ms, certain))
    thumb = np.frombuffer(packed, np.uint8, offset=len(packed) - THUMB_BYTES).reshape(ROWS, COLUMNS)
    at_ms, detected_at_ms, looked_at_ms, swept_at_ms = times
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
        tracks=tuple(tracks),
        thumb=thumb,
    )
