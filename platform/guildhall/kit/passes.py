"""Work that comes round for ever: every domain's jobs, in whichever process runs them."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import TypeVar

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable

log = get_logger(__name__)
D = TypeVar("D", bound=VersionedDocument)


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


async def carry_out_each(found: Iterable[D], carry_out: Callable[[D], Awaitable[object]], *, failed: str) -> int:
    """One pass over documents that are due: one that fails, which the event `failed` tells, keeps no other waiting.

    Returns for how many `carry_out` answered something true: what that says is the caller's. Raises StorageUnavailable:
    without a database the rest would fail as well, and the next pass comes.
    """
    done = 0
    for one in found:
        try:
            done += bool(await carry_out(one))
        except StorageUnavailable:
            raise
        except DomainError as error:
            log.warning(failed, document=one.id, reason=str(error))
        except Exception:
            log.exception(failed, document=one.id)
    return done


async def carry_out_all(
    pages: AsyncIterable[Iterable[D]], carry_out: Callable[[D], Awaitable[object]], *, failed: str
) -> int:
    """The same over everything, however much it is: `Documents.pages`."""
    done = 0
    async for page in pages:
        done += await carry_out_each(page, carry_out, failed=failed)
    return done
