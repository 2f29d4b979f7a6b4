"""What happens to money when nobody is waiting: what was left midway, what expires, and the daily reconciliation.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from collections.abc import Awaitable, Callable

from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable
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
    """One pass. What one step meets, such as a row that was changed by hand, keeps no later one from its turn.

    Raises the first failure when all had theirs.
    """
    failures: list[Exception] = []
    for step in _steps(service):
        try:
            await step()
        except StorageUnavailable as error:
            failures.append(error)
        except Exception as error:
            log.exception("payments_step_failed", step=step.__qualname__)
            failures.append(error)
    if failures:
        raise failures[0]


def _steps(service: PaymentsService) -> tuple[Callable[[], Awaitable[object]], ...]:
    async def recover() -> None:
        await service.ledger.recover(service.clock.now_ms() - int(service.settings.recover_after_seconds * 1000))

    async def deliver() -> None:
        await service.provider.deliver(service.receive)

    return (
        recover,
        service.ledger.expire,
        deliver,
        service.inbox.look,
        service.paying.look,
        service.claiming.look,
        service.transfers.look_at_files,
        service.bank_lines.look,
        service.bank_reports.look,
        service.sealing.look,
        service.manual.look,
        service.holding.warn,
        service.reconciling.look,
        service.invoicing.look,
    )
