"""Evidence strips: which of a candidate's pictures are kept around an incident, and how they are laid in bytes. Pure.

A seat holds a `Reel` of the last seconds, in memory only. When an incident opens, what the reel holds is its "before";
pictures go on being added while it lasts, further and further apart, and for some seconds after its end.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from guildhall.proctoring.model.strips import Phase

SPACING_MS: Final = 1_000
BEFORE_MS: Final = 8_000
AFTER_MS: Final = 4_000
REEL_BYTES: Final = 256_000
"""Of one seat: eight pictures of 640 x 480 at quality .75 are some 250 KB (policy: the oldest goes)."""
DURING_BOUND: Final = 16
"""Pictures of one incident while it lasts (policy: every second one goes, and the spacing doubles)."""
STRIP_BYTES: Final = 1_500_000
"""Of a whole strip (policy: nothing is added any more; the strip says that it was cut)."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture as the candidate's page sent it, at the server's time of its arrival."""

    at_ms: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Reel:
    """The last pictures of a seat, oldest first, at most one a `SPACING_MS`."""

    shots: tuple[Shot, ...] = ()

    @property
    def size(self) -> int:
        return sum(len(shot.jpeg) for shot in self.shots)


@dataclass(frozen=True, slots=True)
class Strip:
    """What is kept of one incident; `closed_at_ms` is None while it goes on."""

    incident_id: str
    opened_at_ms: int
    shots: tuple[Shot, ...] = ()
    closed_at_ms: int | None = None
    spacing_ms: int = SPACING_MS
    is_cut: bool = False

    def phase_of(self, shot: Shot) -> Phase:
        if shot.at_ms < self.opened_at_ms:
            return Phase.BEFORE
        return Phase.AFTER if self.closed_at_ms is not None and shot.at_ms > self.closed_at_ms else Phase.DURING


class StripUnreadable(ValueError):
    """Bytes that no strip was packed into; the sentence says where."""


def film(reel: Reel, shot: Shot) -> Reel:
    """The reel with one more picture, unless the newest is less than `SPACING_MS` older.

    What is too old or too much goes, oldest first; a picture larger than a whole reel is not kept.
    """
    if reel.shots and shot.at_ms - reel.shots[-1].at_ms < SPACING_MS:
        return reel
    kept = [one for one in (*reel.shots, shot) if shot.at_ms - one.at_ms <= BEFORE_MS]
    size = sum(len(one.jpeg) for one in kept)
    while kept and size > REEL_BYTES:
        size -= len(kept.pop(0).jpeg)
    return Reel(tuple(kept))


def begin_strip(incident_id: str, opened_at_ms: int, reel: Reel) -> Strip:
    """An incident opened: a rule opens it only after its threshold, so the reel reaches over its beginning too."""
    return Strip(incident_id, opened_at_ms, reel.shots)


def add_shot(strip: Strip, shot: Shot) -> Strip:
    """The strip with one more picture, where its spacing and bounds allow it. Pictures come in the order of time."""
    if strip.is_cut or is_complete(strip, shot.at_ms):
        return strip
    is_after = strip.closed_at_ms is not None and shot.at_ms > strip.closed_at_ms
    spacing_ms = SPACING_MS if is_after else strip.spacing_ms
    if strip.shots and shot.at_ms - strip.shots[-1].at_ms < spacing_ms:
        return strip
    if sum(len(one.jpeg) for one in strip.shots) + len(shot.jpeg) > STRIP_BYTES:
        return replace(strip, is_cut=True)
    return _thin(replace(strip, shots=(*strip.shots, shot)))


def end_strip(strip: Strip, closed_at_ms: int) -> Strip:
    return replace(strip, closed_at_ms=closed_at_ms)


def is_complete(strip: Strip, now_ms: int) -> bool:
    """Whether nothing more belongs to it."""
    return strip.closed_at_ms is not None and now_ms > strip.closed_at_ms + AFTER_MS


def _thin(strip: Strip) -> Strip:
    """Over its bound, the middle loses every second picture; the first of it, which shows the opening, stays."""
    during = [shot for shot in strip.shots if strip.phase_of(shot) is Phase.DURING]
    if len(during) <= DURING_BOUND:
        return strip
    gone = {shot.at_ms for shot in during[1::2]}
    kept = tuple(shot for shot in strip.shots if shot.at_ms not in gone)
    return replace(strip, shots=kept, spacing_ms=2 * strip.spacing_ms)


_HEAD: Final = struct.Struct("<BqqBIH")
_SHOT: Final = struct.Struct("<qI")
_VERSION: Final = 1
_OPEN: Final = -1


def pack_strip(strip: Strip) -> bytes:
    """`unpack_strip` is the inverse, to the bit. Sealed with the session's key before it is stored."""
    name = strip.incident_id.encode()
    closed = _OPEN if strip.closed_at_ms is None else strip.closed_at_ms
    head = _HEAD.pack(_VERSION, strip.opened_at_ms, closed, strip.is_cut, strip.spacing_ms, len(name))
    shots = b"".join(_SHOT.pack(shot.at_ms, len(shot.jpeg)) + shot.jpeg for shot in strip.shots)
    return head + name + shots


def unpack_strip(packed: bytes) -> Strip:
    """Raises StripUnreadable."""
    try:
        version, opened, closed, is_cut, spacing_ms, length = _HEAD.unpack_from(packed)
        name = packed[_HEAD.size : _HEAD.size + length].decode()
    except (struct.error, UnicodeDecodeError) as error:
        raise StripUnreadable("The strip's beginning cannot be read.") from error
    if version != _VERSION or is_cut not in (0, 1) or _HEAD.size + length > len(packed):
        raise StripUnreadable("The strip's beginning cannot be read.")
    shots = tuple(_shots(packed, _HEAD.size + length))
    return Strip(name, opened, shots, None if closed == _OPEN else closed, spacing_ms, bool(is_cut))


def _shots(packed: bytes, offset: int) -> Iterator[Shot]:
    while offset < len(packed):
        start = offset + _SHOT.size
        if start > len(packed):
            raise StripUnreadable(f"The picture at byte {offset} is cut short.")
        at_ms, length = _SHOT.unpack_from(packed, offset)
        if start + length > len(packed):
            raise StripUnreadable(f"The picture at byte {offset} is cut short.")
        yield Shot(at_ms, packed[start : start + length])
        offset = start + length
