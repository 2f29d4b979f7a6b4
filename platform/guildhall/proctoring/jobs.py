"""What follows a dead process: its candidates are marked away, and the entries it decided reach the log."""

import asyncio

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.service.cards import announce_card
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.moves import mark_lost
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore, entry_key

log = get_logger(__name__)

PAGE = 200


async def follow_the_dead(store: ProctoringStore, bus: Bus, clock: Clock, settings: ProctoringSettings) -> None:
    """Run for ever, once a lease. Any number of workers may run it: every step is a compare-and-set or idempotent."""
    while True:
        try:
            await sweep(store, bus, clock.now_ms(), round(settings.lease_seconds * 1000))
        except StorageUnavailable as error:
            log.warning("sweep_postponed", reason=str(error))
        await asyncio.sleep(settings.lease_seconds)


async def sweep(store: ProctoringStore, bus: Bus, now_ms: int, lease_ms: int) -> int:
    """One pass; returns how many candidates of dead processes it marked away.

    What a dead process left open ends when its lease was last renewed: until then somebody was watching.
    """
    recorder = IncidentRecorder(store, bus)
    helped = 0
    after_id = ""
    while page := await store.online_sessions(after_id, PAGE):
        after_id = page[-1].id
        leases = await store.leases()  # after the page: an owner that started meanwhile is known
        for session in page:
            lease_ends_ms = leases.get(session.owner, 0)
            if lease_ends_ms >= now_ms:
                continue
            for entry in session.outbox():
                await recorder.carry_out(session, entry_key(entry.incident, entry.kind), entry)
            await recorder.close_orphaned(session, lease_ends_ms - lease_ms, now_ms)
            moved = await mark_lost(store, session, now_ms)
            if moved is not None:
                helped += 1
                await announce_card(bus, moved)
    await store.forget_leases(now_ms - 24 * 60 * 60 * 1000)
    return helped
