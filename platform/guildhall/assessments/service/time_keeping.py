"""Outages of ours: found by the gap between heartbeats, and given back to everybody who was sitting.

They are written down while nobody sits, too: other clocks of the house run on, and give them back by themselves.

Every web process says from its event loop, twice a second, that it serves: so a process that was killed, a loop that
stands still and a database that is away all show as the same gap. Whoever finds one writes it down *before* their own
next beat. That is what lets an attempt be expired safely: see `Turns._expire`.
"""

import asyncio
import contextlib

from guildhall.assessments.lifecycle import SITTING
from guildhall.assessments.model.attempts import Outage
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.turns import Turns
from guildhall.kit.ids import new_id
from guildhall.kit.logs import get_logger
from guildhall.kit.outages import Outage as OutageTold
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)

REACHED_SECONDS = 60.0
"""For whoever serves the application without saying that the port is open.

It was 2 s: at a load of 30 the port was open 1.5 to 2.3 s after that, and an outage gave so much too little back.
"""
BEATS_KEPT_MS = 60 * 60 * 1000


class TimeKeeping:
    def __init__(self, context: Context, turns: Turns) -> None:
        self._context = context
        self._store = context.store
        self._turns = turns
        self._owner = new_id("own", context.clock)
        self._is_stopping = False

    async def beat(self) -> Outage | None:
        """Say that this process serves; the outage that this ends, where there was one."""
        ended = await self._end_outage()
        await self._store.beat(self._owner, self._context.clock.now_ms())
        return ended

    async def beat_for_ever(self, is_reached: asyncio.Event) -> None:
        """Of a web process alone, from when it can be reached until `stop`.

        The first beat ends what was an outage, so it waits until somebody can come in, or for REACHED_SECONDS where
        nobody says so.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_reached.wait(), REACHED_SECONDS)
        while not self._is_stopping:
            try:
                await self.beat()
            except StorageUnavailable as error:
                log.warning("beat_not_stored", reason=str(error))
            await asyncio.sleep(self._context.settings.beat_seconds)

    def stop(self) -> None:
        """No more beats: the process is about to end."""
        self._is_stopping = True

    async def _end_outage(self) -> Outage | None:
        newest_beat_ms = await self._store.newest_beat_ms()
        if newest_beat_ms is None:
            return None  # the first time ever that anybody serves
        after_ms = round(self._context.settings.outage_after_seconds * 1000)
        if self._context.clock.now_ms() - newest_beat_ms <= after_ms:
            return None
        # Whoever wrote an outage down and was killed before their beat: the next goes on from its end, however short.
        last_end_ms = await self._store.newest_outage_end_ms() or 0
        newest_beat_ms = await self._store.newest_beat_ms() or 0  # again: another process may have ended it meanwhile
        if self._context.clock.now_ms() - newest_beat_ms <= after_ms:
            return None
        began_ms = max(newest_beat_ms, last_end_ms)
        now_ms = self._context.clock.now_ms()
        if now_ms <= began_ms:
            return None
        outage = Outage(id=f"out_{began_ms}", began_at_ms=began_ms, ended_at_ms=now_ms)
        await self._store.add_outage(outage)
        log.warning("outage_found", began_at_ms=began_ms, seconds=(now_ms - began_ms) / 1000)
        return outage

    async def outages_since(self, at_ms: int) -> list[OutageTold]:
        """Whatever ended after this moment, for clocks elsewhere in the house; the one that goes on now until now.

        A job may look before a web process serves again and has written down that nobody did.
        """
        known = [OutageTold(one.began_at_ms, one.ended_at_ms) for one in await self._store.outages_since(at_ms)]
        newest_beat_ms, now_ms = await self._store.newest_beat_ms(), self._context.clock.now_ms()
        after_ms = round(self._context.settings.outage_after_seconds * 1000)
        if newest_beat_ms is not None and now_ms - newest_beat_ms > after_ms:
            known.append(OutageTold(newest_beat_ms, now_ms))
        return known

    async def give_back(self) -> int:
        """One pass of the follower: every sitting attempt gets the unsettled outages. How many outages it settled.

        Killed at any line, it is done again by the next: an outage that an attempt has changes nothing.
        """
        outages = await self._store.outages_unsettled()
        if not outages:
            return 0
        after_id = ""
        while page := await self._store.attempts_in_states(sorted(SITTING), after_id):
            after_id = page[-1].id
            for attempt in page:
                await self._turns.give_back(attempt, outages)
        for outage in outages:
            await self._store.settle_outage(outage.id)
        return len(outages)

    async def forget_old_beats(self) -> None:
        """Those of processes that ended long ago. The newest stays, however old: the next outage begins with it."""
        newest = await self._store.newest_beat_ms()
        if newest is not None:
            await self._store.forget_beats(newest - BEATS_KEPT_MS)
