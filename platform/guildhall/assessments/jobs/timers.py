"""The clock of all attempts: outages are given back, breaks and times end, what was killed midway is finished."""

from itertools import count

from guildhall.assessments.service import AssessmentsService
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)

FORGET_EVERY = 600
"""Passes between two looks at what is kept no longer: old beats, and answers that came after an end."""


async def keep_time(service: AssessmentsService) -> None:
    """Run for ever, a pass each `job_seconds`."""
    passes = count()

    async def make_pass() -> None:
        await look(service)
        if next(passes) % FORGET_EVERY == 0:
            await service.time_keeping.forget_old_beats()
            await service.late_answers.delete_due()

    await pass_for_ever(
        make_pass, service.context.settings.job_seconds, postponed="exam_clock_postponed", failed="exam_clock_failed"
    )


async def look(service: AssessmentsService) -> int:
    """One pass; how many attempts were due. Outages come first: what they give back may end that."""
    await service.time_keeping.give_back()
    due = await service.context.store.attempts_due(service.context.clock.now_ms())
    for attempt in due:
        try:
            await service.turns.settle(attempt.id)
        except StorageUnavailable:
            raise
        except DomainError as error:
            log.warning("attempt_not_settled", attempt_id=attempt.id, reason=str(error))
        except Exception:
            log.exception("attempt_not_settled", attempt_id=attempt.id)  # nor may one keep the others waiting
    return len(due)
