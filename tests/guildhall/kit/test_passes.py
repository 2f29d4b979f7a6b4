import asyncio

import pytest
from structlog.testing import capture_logs

from guildhall.kit.passes import pass_for_ever
from guildhall.kit.storage import StorageUnavailable


@pytest.mark.parametrize(
    ("met", "event", "has_traceback"),
    [
        (StorageUnavailable("The database is away."), "sweep_postponed", False),
        (RuntimeError("a fault of ours"), "sweep_failed", True),
    ],
)
async def test_the_next_pass_comes_whatever_this_one_met(met: Exception, event: str, has_traceback: bool) -> None:
    passes = 0
    third = asyncio.Event()

    async def make_pass() -> None:
        nonlocal passes
        passes += 1
        if passes == 3:
            third.set()
        raise met

    with capture_logs() as told:
        job = asyncio.create_task(pass_for_ever(make_pass, 0, postponed="sweep_postponed", failed="sweep_failed"))
        async with asyncio.timeout(10):
            await third.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert len(told) >= 2
    assert all((line["event"], bool(line.get("exc_info"))) == (event, has_traceback) for line in told)
