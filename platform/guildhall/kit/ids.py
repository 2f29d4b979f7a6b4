"""Names for things: a prefix that says the kind, then a ULID, so that ids sort by the time they were made."""

import re
import secrets
import threading

from guildhall.kit.clock import Clock

CROCKFORD_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_LENGTH = 26
_RANDOM_BITS = 80
# Ids of one millisecond differ by a random step of up to this many bits, so that one id does not give away the next;
# 2^39 steps fit before the 80 random bits (made with the highest clear) are used up.
_STEP_BITS = 40
_PREFIX = re.compile(r"[a-z][a-z0-9]{0,15}")


class _UlidSource:
    """The ULIDs of this process: 48 bits of UTC milliseconds, then 80 random bits (github.com/ulid/spec).

    Each is greater than the one before, also within a millisecond and when the system's clock is set back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_ms = -1
        self._random = 0

    def next(self, now_ms: int) -> int:
        with self._lock:
            if now_ms > self._at_ms:
                self._at_ms = now_ms
                self._random = secrets.randbits(_RANDOM_BITS - 1)
            else:
                self._random += 1 + secrets.randbits(_STEP_BITS)
            return (self._at_ms << _RANDOM_BITS) + self._random


_source = _UlidSource()


def new_id(prefix: str, clock: Clock) -> str:
    """A new id such as `ses_01JD7Z8Q3W5T0C2K9V6B4N1M8X`; later ids of this process sort after it.

    Raises ValueError for a prefix that is not up to 16 lower-case letters and digits.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is no id prefix: use up to 16 lower-case letters and digits.")
    ulid = _source.next(clock.now_ms())
    digits = [CROCKFORD_BASE32[(ulid >> shift) & 31] for shift in range(5 * (ULID_LENGTH - 1), -1, -5)]
    return f"{prefix}_{''.join(digits)}"
