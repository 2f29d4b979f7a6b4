"""What happens when nobody is waiting: last days, late answers, offers that run out, and what was killed midway.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from functools import partial

from guildhall.kit.passes import carry_out_all, pass_for_ever
from guildhall.opportunities.service import OpportunitiesService

_all = partial(carry_out_all, failed="opportunity_job_failed")


async def run_for_ever(service: OpportunitiesService) -> None:
    """A pass each `job_seconds`."""
    await pass_for_ever(
        lambda: look(service),
        service.context.settings.job_seconds,
        postponed="opportunity_jobs_postponed",
        failed="opportunity_jobs_failed",
    )


async def look(service: OpportunitiesService) -> None:
    """One pass."""
    store, now_ms, following = service.context.store, service.context.clock.now_ms(), service.following
    await _all(store.applications_unsettled(), following.of_application)
    await _all(store.opportunities_unsettled(), following.of_opportunity)
    await _all(store.applications_due(now_ms), service.settle_application)
    await _all(store.opportunities_due(now_ms), service.settle_opportunity)
    await service.review_digest.look()
    await service.forgetting.sweep()
