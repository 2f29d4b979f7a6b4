"""Counting attempts at credentials, before they are looked at; `rules/throttling.py` says what the counts mean."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from guildhall.accounts.model import UNTOUCHED, Tally
from guildhall.accounts.rules.throttling import (
    Axis,
    Verdict,
    bar_axes,
    bar_limit,
    delay_axes,
    delay_limit,
    judge_attempt,
    wait_left_ms,
    with_attempt,
)
from guildhall.accounts.settings import ThrottleSettings
from guildhall.accounts.store import AccountsStore
from guildhall.kit.clock import Clock

_RACES = 30  # compare-and-sets lost to attempts from the same place before this one is told to wait


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as it was counted; `succeed` and `take_back` undo it."""

    verdict: Verdict
    delays: dict[Axis, str] = field(default_factory=dict)
    bars: dict[Axis, str] = field(default_factory=dict)


class Throttle:
    def __init__(self, store: AccountsStore, clock: Clock, settings: ThrottleSettings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    async def admit(self, purpose: str, subject: str, prefix: str, device_id: str) -> Attempt:
        """Count an attempt at `subject`'s credential from this network, or from this known device (else empty).

        The same work for a subject that does not exist. A refused attempt counts for nothing, so that whoever waits is
        let in when the wait is over, whatever was tried meanwhile.
        """
        is_known = bool(device_id)
        named = {
            Axis.DEVICE: (device_id, subject),
            Axis.PAIR: (subject, prefix),
            Axis.ADDRESS: (prefix,),
            Axis.ACCOUNT: (subject,),
            Axis.EVERYBODY: (),
        }
        delays = {axis: _key(purpose, axis, named[axis]) for axis in delay_axes(is_known_device=is_known)}
        if await self._must_wait(delays):
            return Attempt(Verdict.WAIT)
        for axis, key in delays.items():
            if not await self._take(axis, key):
                return Attempt(Verdict.WAIT)
        now_ms = self._clock.now_ms()
        bars, counts = {}, {}
        for axis in bar_axes(is_known_device=is_known):
            window_ms = bar_limit(axis, self._settings).window_seconds * 1000
            bars[axis] = f"{_key(purpose, axis, named[axis])}:{now_ms // window_ms}"
            counts[axis] = await self._store.count_attempt(bars[axis], 1, now_ms + 2 * window_ms)
        return Attempt(judge_attempt({}, counts, self._settings), delays, bars)

    async def succeed(self, attempt: Attempt) -> None:
        """The credential was right: forget the failures of this device or pair, take the attempt back elsewhere."""
        await self._take_back(attempt, forgotten={Axis.DEVICE, Axis.PAIR})

    async def take_back(self, attempt: Attempt) -> None:
        """The credential was not looked at, so this was no guess."""
        await self._take_back(attempt, forgotten=frozenset())

    async def _take_back(self, attempt: Attempt, forgotten: Collection[Axis]) -> None:
        for axis, key in attempt.delays.items():
            seen = await self._store.tally(key)
            is_last = axis in forgotten or seen.failures <= 1
            left = UNTOUCHED if is_last else Tally(seen.failures - 1, seen.last_at_ms)
            # Where somebody counts at this very moment, this success is forgotten instead: one attempt too many stays.
            forget_at_ms = seen.last_at_ms + round(delay_limit(axis, self._settings).forget_seconds * 1000)
            await self._store.move_tally(key, seen, left, forget_at_ms)
        for axis, key in attempt.bars.items():
            window_ms = bar_limit(axis, self._settings).window_seconds * 1000
            await self._store.count_attempt(key, -1, self._clock.now_ms() + 2 * window_ms)

    async def _must_wait(self, delays: dict[Axis, str]) -> bool:
        """Looked at before anything is counted: else whoever waits for one axis would be counted on the others."""
        now_ms = self._clock.now_ms()
        for axis, key in delays.items():
            if wait_left_ms(await self._store.tally(key), delay_limit(axis, self._settings), now_ms):
                return True
        return False

    async def _take(self, axis: Axis, key: str) -> bool:
        limit = delay_limit(axis, self._settings)
        for _ in range(_RACES):
            now_ms = self._clock.now_ms()
            seen = await self._store.tally(key)
            if wait_left_ms(seen, limit, now_ms):
                return False
            forget_at_ms = now_ms + round(limit.forget_seconds * 1000)
            if await self._store.move_tally(key, seen, with_attempt(seen, limit, now_ms), forget_at_ms):
                return True
        return False


def _key(purpose: str, axis: Axis, parts: tuple[str, ...]) -> str:
    """Hashed: the counters name nobody."""
    hashed = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    return f"{purpose}:{axis.value}:{hashed}"
