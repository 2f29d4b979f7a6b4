"""What follows when nobody is waiting.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

import asyncio

from guildhall.assessments.jobs.results import follow_results
from guildhall.assessments.jobs.timers import keep_time
from guildhall.assessments.service import AssessmentsService

__all__ = ["run_for_ever"]


async def run_for_ever(service: AssessmentsService) -> None:
    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(follow_results(service), name="assessments.follow_results")
        jobs.create_task(keep_time(service), name="assessments.keep_time")
