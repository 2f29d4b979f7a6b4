import asyncio
from collections.abc import Callable, Coroutine

import pytest

from guildhall.kit.sockets.turns import Turns
from guildhall.kit.tasks import TaskOwner

Step = Callable[[], Coroutine[None, None, None]]


@pytest.fixture
def owner() -> TaskOwner:
    return TaskOwner("tests")


def step(happened: list[str], name: str, door: asyncio.Event | None = None) -> Step:
    async def take() -> None:
        happened.append(name)
        if door is not None:
            await door.wait()
            happened.append(f"end {name}")

    return take


async def test_turns_run_in_order_and_an_idle_line_has_no_task(owner: TaskOwner) -> None:
    turns, happened = Turns(owner, "line", 3), list[str]()
    door = asyncio.Event()
    for turn in (step(happened, "a", door), step(happened, "b"), step(happened, "c")):
        assert turns.take(turn)
    await asyncio.sleep(0)
    assert happened == ["a"]
    door.set()
    assert await owner.drain(5)
    assert happened == ["a", "end a", "b", "c"]
    assert len(owner) == 0
    assert turns.take(step(happened, "d"))
    assert await owner.drain(5)
    assert happened[-1] == "d"


async def test_the_newest_is_refused_when_as_many_wait_or_are_held_as_may(owner: TaskOwner) -> None:
    turns, happened = Turns(owner, "line", 2), list[str]()
    turns.hold()
    assert turns.take(step(happened, "a"))
    assert not turns.take(step(happened, "b"))
    turns.release()
    assert turns.take(step(happened, "c"))
    assert await owner.drain(5)
    assert happened == ["a", "c"]


async def test_closing_sends_the_waiting_away_and_runs_the_last_turn_after_the_running_one(owner: TaskOwner) -> None:
    turns, happened = Turns(owner, "line", 9), list[str]()
    door = asyncio.Event()
    turns.take(step(happened, "a", door))
    turns.take(step(happened, "b"))
    await asyncio.sleep(0)
    turns.close(step(happened, "last"))
    turns.close(step(happened, "once more"))
    assert not turns.take(step(happened, "late"))
    door.set()
    assert await owner.drain(5)
    assert happened == ["a", "end a", "last"]


async def test_a_turn_that_crashes_does_not_stop_the_line(owner: TaskOwner) -> None:
    turns, happened = Turns(owner, "line", 9), list[str]()

    async def crash() -> None:
        raise RuntimeError("on purpose")

    turns.take(crash)
    turns.take(step(happened, "next"))
    assert await owner.drain(5)
    assert happened == ["next"]
