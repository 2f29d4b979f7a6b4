"""What follows when nobody is waiting.

Any number of processes may run it: every step is a compare-and-set, or does nothing the second time.
"""

import asyncio

from guildhall.assessments.jobs.results import follow_results
from guildhall.assessments.service import AssessmentsService

__all__ = ["run_for_ever"]


async def run_for_ever(service: AssessmentsService) -> None:
    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(follow_results(service), name="assessments.follow_results")
