"""A process that begins while the database is away: it says so and waits, instead of ending with a stack of calls."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from guildhall.kit.logs import get_logger
from guildhall.kit.storage.port import StorageUnavailable

PAUSE_SECONDS: Final = 1.0
log = get_logger(__name__)


async def until_it_answers(ask: Callable[[], Awaitable[object]]) -> None:
    """Repeat what a start needs of the database, which must be safe to repeat, until it went through.

    Called where a process composes itself. A worker that was started again beside a database that was started again
    ended with a traceback (seen when both were killed within 5 s), and under honcho takes every other process along.
    """
    while True:
        try:
            await ask()
        except StorageUnavailable as error:
            log.warning("storage_awaited", reason=str(error), again_in_seconds=PAUSE_SECONDS)
        else:
            return
        await asyncio.sleep(PAUSE_SECONDS)
