import asyncio
import contextlib

import pytest

from proctor_engine.tasks import end_tasks, log_crash, run_together


async def swallow_once() -> None:
    """As redis-py does while it connects."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(600)
    await asyncio.sleep(600)


async def fail() -> None:
    raise OSError("gone")


async def test_the_first_failure_ends_the_others_and_is_raised() -> None:
    async with asyncio.timeout(10):
        with pytest.raises(OSError, match="gone"):
            await run_together(swallow_once(), fail())
    assert len(asyncio.all_tasks()) == 1


async def test_being_cancelled_gets_through_though_the_work_swallows_it() -> None:
    together = asyncio.ensure_future(run_together(swallow_once(), swallow_once()))
    await asyncio.sleep(0.01)
    together.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait((together,))
    assert together.cancelled()
    assert len(asyncio.all_tasks()) == 1


async def test_a_task_that_swallows_its_end_is_asked_again() -> None:
    task = asyncio.ensure_future(swallow_once())
    await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        await end_tasks(task)
    assert task.done()


async def test_being_cancelled_while_ending_others_leaves_none_behind() -> None:
    inner = asyncio.ensure_future(run_together(run_together(swallow_once(), swallow_once()), swallow_once()))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        while not inner.done():
            inner.cancel()
            await asyncio.sleep(0.01)
    assert inner.cancelled()
    assert len(asyncio.all_tasks()) == 1


async def test_a_crash_is_told_and_an_ordinary_end_is_not(caplog: pytest.LogCaptureFixture) -> None:
    crashed, ended = asyncio.ensure_future(fail()), asyncio.ensure_future(asyncio.sleep(0))
    crashed.set_name("the link")
    for task in (crashed, ended):
        task.add_done_callback(log_crash)
    await asyncio.wait((crashed, ended))
    await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records] == ["the link crashed"]
