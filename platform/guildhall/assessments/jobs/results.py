"""What was handed in is graded, marks are taken in, corrected keys applied, results released, and what follows done."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from guildhall.assessments.model.results import Result
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.documents import VersionedDocument
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)
D = TypeVar("D", bound=VersionedDocument)

LONGEST_REST_SECONDS = 1.0


async def follow_results(service: AssessmentsService) -> None:
    """Run for ever, a pass each `job_seconds`."""
    await pass_for_ever(
        lambda: tidy_results(service),
        service.context.settings.job_seconds,
        postponed="results_postponed",
        failed="results_failed",
    )


async def tidy_results(service: AssessmentsService) -> None:
    """One pass of everything."""
    store, grading = service.context.store, service.grading

    async def carry_out(result: Result) -> None:
        await service.follow_ups.carry_out(result)

    await _each(await store.attempts_unsettled(), grading.settle_attempt)
    await _each(await store.marks_unsettled(), grading.settle_mark)
    await _each(await store.versions_to_regrade(), service.corrections.regrade)
    await _each(await store.results_to_release(service.context.clock.now_ms()), grading.release_due)
    await _each(await store.results_unsettled(), carry_out)


async def _each(documents: Sequence[D], settle: Callable[[D], Awaitable[None]]) -> None:
    """One after the other, resting as long as each took.

    A thousand who hand in at once are a thousand to grade, at 19 ms of processor time each. Where everything runs in
    one process that must not keep those waiting who still hand in; a busy loop makes the work longer, and so the rest.
    """
    for document in documents:
        began = time.perf_counter()
        try:
            await settle(document)
        except StorageUnavailable:
            raise
        except Exception:  # one document's trouble must not keep all the others waiting
            log.exception("result_not_settled", document=document.id)
        await asyncio.sleep(min(time.perf_counter() - began, LONGEST_REST_SECONDS))
