"""What follows a dead process: its candidates are marked away, and the entries it decided reach the log."""

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.passes import carry_out_each, pass_for_ever
from guildhall.proctoring.service.acting import Acting
from guildhall.proctoring.service.cards import announce_card
from guildhall.proctoring.service.incidents import IncidentRecorder
from guildhall.proctoring.service.moves import mark_lost
from guildhall.proctoring.service.retention import Retention
from guildhall.proctoring.service.review_following import ReviewFollower
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore

PAGE = 200
RETENTION_SECONDS = 600
UNFOLLOWED_MS = 3_000  # after this long whoever decided something has died, or could not reach the database


async def follow_cases(acting: Acting, store: ProctoringStore, clock: Clock) -> None:
    """Run for ever, every second: carry out what others decided, and end what has run out. Any number may run it."""
    await pass_for_ever(
        lambda: sweep_cases(acting, store, clock.now_ms()), 1, postponed="cases_postponed", failed="cases_failed"
    )


async def sweep_cases(acting: Acting, store: ProctoringStore, now_ms: int) -> int:
    """One pass; returns how many cases it had to look at."""
    pending = await store.cases.pending(now_ms - UNFOLLOWED_MS)
    due = await store.cases.due(now_ms)
    await carry_out_each(pending, acting.follow, failed="case_not_followed")
    await carry_out_each(due, acting.lapse, failed="case_not_followed")
    return len(pending) + len(due)


async def follow_reviews(follower: ReviewFollower) -> None:
    """Run for ever, every second: open reviews of exams that are over, and carry out what was decided in them."""

    async def make_pass() -> None:
        await follower.open_due()
        await follower.follow_due()

    await pass_for_ever(make_pass, 1, postponed="reviews_postponed", failed="reviews_failed")


async def destroy_what_is_due(retention: Retention) -> None:
    """Run for ever, every ten minutes: what was kept of somebody's looks ends with the time that its exam sets."""
    await pass_for_ever(retention.sweep, RETENTION_SECONDS, postponed="retention_postponed", failed="retention_failed")


async def follow_the_dead(store: ProctoringStore, bus: Bus, clock: Clock, settings: ProctoringSettings) -> None:
    """Run for ever, once a lease. Any number of workers may run it: every step is a compare-and-set or idempotent."""
    lease_ms = round(settings.lease_seconds * 1000)
    await pass_for_ever(
        lambda: sweep(store, bus, clock.now_ms(), lease_ms),
        settings.lease_seconds,
        postponed="sweep_postponed",
        failed="sweep_failed",
    )


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
            await recorder.close_orphaned(session, lease_ends_ms - lease_ms, now_ms)
            moved = await mark_lost(store, session, now_ms)
            if moved is not None:
                helped += 1
                await announce_card(bus, moved)
    await store.forget_leases(now_ms - 24 * 60 * 60 * 1000)
    return helped
