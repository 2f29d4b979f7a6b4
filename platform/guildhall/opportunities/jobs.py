"""What happens when nobody is waiting: last days, late answers, offers that run out, and what was killed midway.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable
from guildhall.opportunities.service import OpportunitiesService

log = get_logger(__name__)
D = TypeVar("D", bound=VersionedDocument)


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
    await _each(await store.applications_unsettled(), following.of_application)
    await _each(await store.opportunities_unsettled(), following.of_opportunity)
    await _each(await store.applications_due(now_ms), service.settle_application)
    await _each(await store.opportunities_due(now_ms), service.settle_opportunity)
    await service.forgetting.sweep()


async def _each(found: Iterable[D], carry_out: Callable[[D], Awaitable[object]]) -> None:
    """One that fails keeps none of the others waiting."""
    for one in found:
        try:
            await carry_out(one)
        except StorageUnavailable:
            raise
        except DomainError as error:
            log.warning("opportunity_job_failed", document=one.id, reason=str(error))
        except Exception:
            log.exception("opportunity_job_failed", document=one.id)
