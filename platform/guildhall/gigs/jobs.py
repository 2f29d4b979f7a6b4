"""What happens when nobody is waiting: every clock of gigs, and what was killed midway.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from guildhall.gigs.service import GigsService
from guildhall.kit.documents import VersionedDocument
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)
D = TypeVar("D", bound=VersionedDocument)


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
    await _each(await store.contracts_unsettled(), service.following.of_contract)
    await _each(await store.weeks_unsettled(), service.following.of_week)
    await _each(await store.contracts_due(now_ms), service.settle)
    await _each(await store.weeks_due(now_ms), service.settle_week)


async def _each(found: Iterable[D], carry_out: Callable[[D], Awaitable[object]]) -> None:
    """One that fails keeps none of the others waiting."""
    for one in found:
        try:
            await carry_out(one)
        except StorageUnavailable:
            raise
        except DomainError as error:
            log.warning("gigs_job_failed", about=one.id, reason=str(error))
        except Exception:
            log.exception("gigs_job_failed", about=one.id)
