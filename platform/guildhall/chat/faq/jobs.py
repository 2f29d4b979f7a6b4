"""What follows when entries change: the audit log is told, versions are kept, matchers are trained.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from guildhall.chat.faq.model import FaqEntry
from guildhall.chat.faq.service import FaqService
from guildhall.kit.passes import carry_out_all, pass_for_ever

AUDIT_AFTER_MS = 5_000  # whoever did it tells the audit log at once, unless they were killed
DAY_MS = 86_400_000


async def run_for_ever(service: FaqService) -> None:
    """A pass each `job_seconds`."""
    await pass_for_ever(
        lambda: look(service),
        service.context.settings.job_seconds,
        postponed="faq_jobs_postponed",
        failed="faq_jobs_failed",
    )


async def look(service: FaqService) -> None:
    """One pass."""
    store, now_ms = service.context.store, service.context.clock.now_ms()

    async def follow(entry: FaqEntry) -> None:
        await service.entries.keep_version(entry)
        await service.entries.tell_audit(entry)

    await carry_out_all(store.unaudited(now_ms - AUDIT_AFTER_MS), follow, failed="faq_entry_not_followed")
    await service.training.train_due()
    await renew_thresholds(service)


async def renew_thresholds(service: FaqService) -> None:
    """Once a day the bands are set anew, by what became of the questions since."""
    before_ms = service.context.clock.now_ms() - DAY_MS
    for site in sorted(service.context.sites):
        records = await service.context.store.matchers_of(site)
        if any(record.matcher and record.trained_at_ms <= before_ms and not record.fault for record in records):
            await service.training.train_site(site, again=True)
