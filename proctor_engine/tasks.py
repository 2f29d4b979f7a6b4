"""Background tasks: running some together, ending them for certain, telling when one crashed."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)

CANCEL_AGAIN_SECONDS = 0.1


async def run_together(*work: Coroutine[Any, Any, None]) -> None:
    """Run until the first ends or fails, end the others, raise what it raised.

    `asyncio.TaskGroup` will not do around redis-py, which swallows a cancellation while it connects: a group cancels
    each of its tasks once, and would wait for ever. Here, being cancelled always reaches the caller.
    """
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end_tasks(*tasks)
    for task in ended:
        task.result()


async def end_tasks(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until all have ended; what they raised is dropped.

    Whoever is cancelled meanwhile still sees them end first: nested ends would otherwise leave tasks behind.
    """
    was_cancelled = False
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        try:
            await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
        except asyncio.CancelledError:
            was_cancelled = True
    for task in tasks:
        if not task.cancelled():
            task.exception()  # marks it as seen
    if was_cancelled:
        raise asyncio.CancelledError


def log_crash(task: asyncio.Task[None]) -> None:
    """Done-callback for a task that should outlive everything: a bug that ends it is told when it happens."""
    if not task.cancelled() and (crash := task.exception()) is not None:
        log.critical("%s crashed", task.get_name(), exc_info=crash)
