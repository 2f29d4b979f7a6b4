"""What happens when nobody is waiting: reminders, leases, promises, expiry, exams, and what was killed midway.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from functools import partial

from guildhall.kit.passes import carry_out_all, pass_for_ever
from guildhall.onboarding.service import OnboardingService

_all = partial(carry_out_all, failed="onboarding_job_failed")


async def run_for_ever(service: OnboardingService) -> None:
    """A pass each `job_seconds`."""
    await pass_for_ever(
        lambda: look(service),
        service.context.settings.job_seconds,
        postponed="onboarding_jobs_postponed",
        failed="onboarding_jobs_failed",
    )


async def look(service: OnboardingService) -> None:
    """One pass."""
    store, now_ms = service.context.store, service.context.clock.now_ms()
    await _all(store.unsettled(), service.following.carry_out)
    await _all(store.due(now_ms), service.settle)
    await service.forgetting.sweep()
    applying = [flow for flow in await service.flows() if flow.plan.applies_from_ms <= now_ms]
    if applying:
        newest = applying[0]
        await _all(store.behind(newest), lambda one: service.adopt(one, newest))
