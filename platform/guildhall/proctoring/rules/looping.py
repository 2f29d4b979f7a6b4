"""Whether a candidate's pictures repeat those of minutes ago: the sign of a recording that runs in a loop.

Each picture is looked up among those before it, by the two prints the engine takes (`proctor_engine/detectors/
fingerprint.py`). A picture that is there has an echo, and a loop is many echoes with one and the same lag. A calm
person has none: the exact print of a live camera never comes back, and the rough one comes back only together with
the stillness around it, which is no echo.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import numpy.typing as npt

MOST_PRINTS = 3_000  # ten minutes at five a second, 60 KB a session (policy: drop oldest)
EVERY_MS = 150  # a faster camera is sampled more thinly
APART_MS = 4_000  # what a picture shares with those just before it is no echo
# A moment that matches a longer stretch than this, then or now, is stillness. Cameras in dim light repeat a picture for
# up to a third of a second, recordings of them too.
STILL_MS = 1_000
TOLERANCE_MS = 300  # of a lag: pictures travel for different times
NEAR_BITS = 8  # of 64: re-encoded recordings differ in up to 8 (a fifth of theirs in more), moments in 22 to 32
# People rock to and fro, and fans turn: where a picture like this was seen so shortly before, none is an echo. Of eight
# kinds of made sitters, one who rocked every 5 s was a loop without this. Shorter loops show in their exact prints.
PERIODIC_MS = 8_000
MOST_SHARE = 0.25  # a rough print that so much of the past has says nothing
MOST_LAGS = 8  # newest ones: after an hour, a loop of ten seconds has sixty
# Exact: a browser that takes five pictures a second of a loop of thirty meets one in six again.
EXACT_ECHOES, EXACT_WINDOW_MS = 4, 20_000
ROUGH_SHARE, ROUGH_ECHOES, ROUGH_WINDOW_MS = 0.7, 20, 8_000

_TIME, _EXACT, _ROUGH = struct.Struct("<q"), struct.Struct("<I"), struct.Struct("<Q")
_BITS_SET = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)
_at_ms = attrgetter("at_ms")
Times = npt.NDArray[np.int64]
Hits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Echo:
    """One picture, and how long ago pictures like it were seen; most have no lags."""

    at_ms: int
    exact_print: int  # 0 when only the rough print was found again
    lags_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """The prints of a session's last minutes, packed: renewing it for each picture is one copy of memory."""

    times: bytes = b""
    exact: bytes = b""
    rough: bytes = b""
    echoes: tuple[Echo, ...] = ()  # of the pictures of the last `EXACT_WINDOW_MS`

    @property
    def newest_ms(self) -> int | None:
        return _TIME.unpack(self.times[-_TIME.size :])[0] if self.times else None


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of pictures that repeats the one `lag_ms` before it."""

    since_ms: int
    lag_ms: int


def add_picture(past: Past, exact_print: int, rough_print: int, at_ms: int) -> Past:
    """The past with this picture in it; times must rise."""
    if past.newest_ms is not None and at_ms - past.newest_ms < EVERY_MS:
        return past
    echo = find_echo(past, exact_print, rough_print, at_ms)
    kept = MOST_PRINTS - 1
    return Past(
        past.times[-kept * _TIME.size :] + _TIME.pack(at_ms),
        past.exact[-kept * _EXACT.size :] + _EXACT.pack(exact_print),
        past.rough[-kept * _ROUGH.size :] + _ROUGH.pack(rough_print),
        (*_since(past.echoes, at_ms - EXACT_WINDOW_MS), echo),
    )


def find_echo(past: Past, exact_print: int, rough_print: int, at_ms: int) -> Echo:
    """When this picture was there before: the very same one, or else one like it."""
    times = np.frombuffer(past.times, np.int64)
    same = np.frombuffer(past.exact, np.uint32) == exact_print
    if same.any() and (lags := _lags(times, same, at_ms)):
        return Echo(at_ms, exact_print, lags)
    near = _count_bits(np.frombuffer(past.rough, np.uint64) ^ np.uint64(rough_print)) <= NEAR_BITS
    found = int(np.count_nonzero(near))
    if not found or found > MOST_SHARE * len(times):
        return Echo(at_ms, 0, ())
    lags = _lags(times, near, at_ms)
    return Echo(at_ms, 0, lags if min(lags, default=0) >= PERIODIC_MS else ())


def find_loop(past: Past) -> Loop | None:
    """The loop that the newest pictures are part of, if they are."""
    if not past.echoes:
        return None
    candidates = _candidates(past)
    if not candidates:  # as with nearly every frame of everybody: the rest is for those who repeat something
        return None
    late = _since(past.echoes, past.echoes[-1].at_ms - ROUGH_WINDOW_MS)
    exact = [echo for echo in past.echoes if echo.exact_print]
    for lag_ms in candidates:
        agreeing = _agreeing(exact, lag_ms)
        if len({echo.exact_print for echo in agreeing}) >= EXACT_ECHOES:
            return Loop(agreeing[0].at_ms, lag_ms)
        agreeing = _agreeing(late, lag_ms)
        if len(agreeing) >= max(ROUGH_ECHOES, ROUGH_SHARE * len(late)):
            return Loop(agreeing[0].at_ms, lag_ms)
    return None


def _candidates(past: Past) -> tuple[int, ...]:
    """The lags of the newest picture that has any: whatever repeats at all has its lag among them."""
    for echo in reversed(past.echoes):
        if echo.lags_ms:
            return echo.lags_ms
    return ()


def _since(echoes: tuple[Echo, ...], from_ms: int) -> tuple[Echo, ...]:
    """The newest, from that time on; they are in the order of their times."""
    return echoes[bisect_left(echoes, from_ms, key=_at_ms) :]


def _agreeing(echoes: Iterable[Echo], lag_ms: int) -> list[Echo]:
    """Those that have this lag, or nearly; an echo's lags are in rising order."""
    agreeing = []
    for echo in echoes:
        place = bisect_left(echo.lags_ms, lag_ms - TOLERANCE_MS)
        if place < len(echo.lags_ms) and echo.lags_ms[place] <= lag_ms + TOLERANCE_MS:
            agreeing.append(echo)
    return agreeing


def _lags(times: Times, hits: Hits, at_ms: int) -> tuple[int, ...]:
    """How long ago each short run of hits was, newest first; nothing while the present stands still."""
    when = times[hits]
    ages = at_ms - when
    if ((ages > STILL_MS) & (ages < APART_MS)).any():
        return ()
    when = when[ages >= APART_MS]
    if not when.size:
        return ()
    runs = np.split(when, np.flatnonzero(np.diff(when) > STILL_MS / 2) + 1)
    middles = [int(run[0] + run[-1]) // 2 for run in runs if run[-1] - run[0] <= STILL_MS]
    return tuple(at_ms - middle for middle in reversed(middles[-MOST_LAGS:]))


def _count_bits(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    """Bits set in each word: of its four quarters by a table, and these four bytes added by one multiplication.

    18 us for a full past, where sums within pairs, fours and eights take 70.
    """
    quarters = _BITS_SET[words.view(np.uint16)].view(np.uint32)
    return quarters * np.uint32(0x0101_0101) >> np.uint32(24)
