"""Work that comes round for ever: every domain's jobs, in whichever process runs them."""

import asyncio
from collections.abc import Awaitable, Callable

from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)


async def pass_for_ever(
    make_pass: Callable[[], Awaitable[object]], pause_seconds: float, *, postponed: str, failed: str
) -> None:
    """Run `make_pass` until cancelled, with a pause after each, whatever one of them met.

    All jobs of a process run side by side in one group: one that ended by an error would take all others with it. While
    the database is away the event `postponed` is logged with the reason; anything else is a fault of ours, and `failed`
    is logged with its traceback. Both are named whole by the caller, so that a line of the log is found in the code.
    """
    while True:
        try:
            await make_pass()
        except StorageUnavailable as error:
            log.warning(postponed, reason=str(error))
        except Exception:
            log.exception(failed)
        await asyncio.sleep(pause_seconds)
