"""Records of the signal log as bytes and back: what is read is, to the bit, what was judged. Pure.

A record is its kind, the server's time, the length of its body, and the body: for a picture the engine's own packed
observation (163 bytes with one face), which is also how the observation came here.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from guildhall.proctoring.lifecycle import CheckInEvent
from guildhall.proctoring.model import Rule
from guildhall.proctoring.model.signals import (
    Asked,
    CameraCalled,
    Muted,
    Orphaned,
    Record,
    Resumed,
    Seen,
    Silence,
    Standpoint,
    Stopped,
)
from proctor_engine.contract import pack_observation, unpack_observation

_HEAD = struct.Struct("<BqI")
_TIME = struct.Struct("<q")
_NEVER: Final = -1
LEVEL: Final = 1  # of zlib: level 6 takes twice the time and saves 3 % of a chunk of observations
SEEN, SILENCE, ASKED, CAMERA, STOPPED, RESUMED, ORPHANED, MUTED = range(1, 9)


class LogUnreadable(ValueError):
    """Bytes that no record was packed into; the sentence says where."""


def pack_record(record: Record) -> bytes:
    """`unpack_records` is the inverse; a picture takes 6 us."""
    kind, body = _pack_body(record)
    return _HEAD.pack(kind, record.at_ms, len(body)) + body


def _pack_body(record: Record) -> tuple[int, bytes]:
    match record:
        case Seen():
            return SEEN, pack_observation(record.observation)
        case Silence():
            return SILENCE, _TIME.pack(_NEVER if record.arrived_ms is None else record.arrived_ms)
        case Asked():
            return ASKED, record.event.value.encode()
        case CameraCalled():
            return CAMERA, record.label.encode("utf-8", "replace")
        case Stopped():
            return STOPPED, b""
        case Resumed():
            return RESUMED, record.standpoint.model_dump_json().encode()
        case Orphaned():
            return ORPHANED, _TIME.pack(record.ended_ms)
        case Muted():
            return MUTED, ",".join(sorted(record.rules)).encode()


def unpack_records(packed: bytes) -> Iterator[Record]:
    """Raises LogUnreadable."""
    offset = 0
    while offset < len(packed):
        try:
            kind, at_ms, length = _HEAD.unpack_from(packed, offset)
            start = offset + _HEAD.size
            if start + length > len(packed):
                raise LogUnreadable(f"The record at byte {offset} is cut short.")
            yield _unpack_body(kind, at_ms, packed[start : start + length])
        except (struct.error, ValueError) as error:
            raise LogUnreadable(f"The record at byte {offset} cannot be read.") from error
        offset = start + length


def _unpack_body(kind: int, at_ms: int, body: bytes) -> Record:
    match kind:
        case 1:
            return Seen(at_ms, unpack_observation(body))
        case 2:
            (arrived_ms,) = _TIME.unpack(body)
            return Silence(at_ms, None if arrived_ms == _NEVER else arrived_ms)
        case 3:
            return Asked(at_ms, CheckInEvent(body.decode()))
        case 4:
            return CameraCalled(at_ms, body.decode())
        case 5:
            return Stopped(at_ms)
        case 6:
            return Resumed(at_ms, Standpoint.model_validate_json(body))
        case 7:
            return Orphaned(at_ms, *_TIME.unpack(body))
        case 8:
            return Muted(at_ms, frozenset(Rule(name) for name in body.decode().split(",") if name))
        case _:
            raise LogUnreadable(f"There is no record of kind {kind}.")


def compress(records: Iterable[bytes]) -> bytes:
    return zlib.compress(b"".join(records), LEVEL)


def decompress(payload: bytes) -> bytes:
    """Raises LogUnreadable."""
    try:
        return zlib.decompress(payload)
    except zlib.error as error:
        raise LogUnreadable("The chunk's records cannot be read.") from error
