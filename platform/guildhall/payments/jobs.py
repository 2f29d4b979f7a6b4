"""What happens to money when nobody is waiting: what was left midway, what expires, and the daily reconciliation.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.payments.service import PaymentsService

log = get_logger(__name__)


async def run_for_ever(service: PaymentsService) -> None:
    """A pass each `job_seconds`."""
    await pass_for_ever(
        lambda: look(service),
        service.settings.job_seconds,
        postponed="payments_jobs_postponed",
        failed="payments_jobs_failed",
    )


async def look(service: PaymentsService) -> None:
    """One pass."""
    await service.ledger.recover(service.clock.now_ms() - int(service.settings.recover_after_seconds * 1000))
    await service.ledger.expire()
    await service.provider.deliver(service.receive)
    await service.inbox.look()
    await service.paying.look()
    await service.claiming.look()
    await service.transfers.look_at_files()
    await service.bank_lines.look()
    await service.manual.look()
    await service.holding.warn()
    await service.reconciling.look()
    # The last: where somebody has changed an invoice by hand it raises, and the reconciliation has to say so.
    await service.invoicing.look()
