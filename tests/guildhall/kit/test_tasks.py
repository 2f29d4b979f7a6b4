import asyncio
import io
import json

import pytest

from guildhall.kit.logs import LogSettings, configure_logs
from guildhall.kit.tasks import TaskOwner


async def test_closing_cancels_what_runs_and_waits_until_it_has_ended() -> None:
    owner = TaskOwner("tests")
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.append("work")

    owner.start("work", work())
    await asyncio.sleep(0)
    await owner.close()
    assert ended == ["work"]
    assert len(owner) == 0


async def test_a_closed_owner_starts_nothing() -> None:
    owner = TaskOwner("tests")
    await owner.close()
    with pytest.raises(RuntimeError, match="tests is closed"):
        owner.start("late", asyncio.sleep(0))


async def test_a_crash_is_logged_and_takes_nothing_else_with_it() -> None:
    lines = io.StringIO()
    configure_logs(LogSettings(format="json"), lines)
    owner = TaskOwner("tests")

    async def crash() -> None:
        raise RuntimeError("on purpose")

    other = owner.start("other", asyncio.Event().wait())
    owner.start("crash", crash())
    async with asyncio.timeout(5):
        while not lines.getvalue():
            await asyncio.sleep(0)
    assert not other.done()
    (line,) = lines.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["task"]) == ("task_crashed", "tests:crash")
    assert "on purpose" in logged["exception"]
    await owner.close()


async def test_draining_waits_for_tasks_and_for_those_they_start_but_not_for_ever() -> None:
    owner = TaskOwner("tests")
    ended: list[int] = []

    async def work(more: int) -> None:
        await asyncio.sleep(0.005)
        ended.append(more)
        if more:
            owner.start("more", work(more - 1))

    owner.start("work", work(3))
    assert await owner.drain(5)
    assert ended == [3, 2, 1, 0]
    owner.start("stuck", asyncio.Event().wait())
    assert not await owner.drain(0.01)
    await owner.close()


async def test_a_task_may_close_its_own_owner() -> None:
    owner = TaskOwner("tests")
    closing = owner.start("closing", owner.close())
    async with asyncio.timeout(5):
        await closing
