"""What happens when nobody is waiting: every clock of gigs, and what was killed midway.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from functools import partial

from guildhall.gigs.service import GigsService
from guildhall.kit.passes import carry_out_all, pass_for_ever

_all = partial(carry_out_all, failed="gigs_job_failed")


async def run_for_ever(service: GigsService) -> None:
    """A pass each `job_seconds`."""
    await pass_for_ever(
        lambda: look(service),
        service.context.settings.job_seconds,
        postponed="gigs_jobs_postponed",
        failed="gigs_jobs_failed",
    )


async def look(service: GigsService) -> None:
    """One pass."""
    store, now_ms = service.context.store, service.context.clock.now_ms()
    await _all(store.contracts_unsettled(), service.following.of_contract)
    await _all(store.weeks_unsettled(), service.following.of_week)
    await _all(store.contracts_due(now_ms), service.settle)
    await _all(store.weeks_due(now_ms), service.settle_week)
