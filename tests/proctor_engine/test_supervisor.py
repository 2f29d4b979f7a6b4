import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from proctor_engine import supervisor as supervision
from proctor_engine.channel import PoolChannel
from proctor_engine.contract import Observed, Outcome, Unexamined
from proctor_engine.detectors.scripted import Act
from proctor_engine.mailbox import Offer
from proctor_engine.supervisor import ChildState, PoolLine, Supervisor
from tests.proctor_engine.conftest import MakeFrame
from tests.proctor_engine.harness import scripted_settings, until

Supervise = Callable[..., Awaitable[Supervisor]]


class Told:
    """What the supervisor told its pool."""

    def __init__(self) -> None:
        self.blamed: list[str] = []

    def line(self) -> PoolLine:
        return PoolLine(lambda offer, outcome: offer.answer(outcome), self.blamed.append, lambda: None)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def supervise(told: Told) -> AsyncIterator[Supervise]:
    running: list[tuple[Supervisor, asyncio.Task[None]]] = []

    async def begin(**changes: object) -> Supervisor:
        supervisor = Supervisor(1, scripted_settings(**changes), told.line())
        running.append((supervisor, asyncio.create_task(supervisor.run())))
        await until(lambda: supervisor.state is ChildState.READY)
        return supervisor

    yield begin
    for supervisor, task in running:
        supervisor.stop()
        await task
        assert supervisor.state is ChildState.STOPPED


def give(
    supervisor: Supervisor, make_frame: MakeFrame, act: Act = Act.LOOK, session: str = "a"
) -> asyncio.Future[Outcome]:
    offer = Offer(make_frame(session, act), asyncio.get_running_loop().create_future())
    supervisor.give(offer, b"")
    return offer.outcome


def pid_of(supervisor: Supervisor) -> int:
    assert supervisor.process_id is not None
    return supervisor.process_id


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_hung_child_is_killed_at_its_deadline_and_replaced(
    supervise: Supervise, told: Told, make_frame: MakeFrame
) -> None:
    supervisor = await supervise(frame_deadline_seconds=0.3)
    first = pid_of(supervisor)
    hung = give(supervisor, make_frame, Act.HANG, "poison")
    behind = give(supervisor, make_frame, session="innocent")
    assert await hung == Unexamined("The engine child hung in a frame.")
    assert isinstance(await behind, Unexamined)
    await until(lambda: supervisor.state is ChildState.READY)
    assert pid_of(supervisor) != first
    assert not is_alive(first)
    assert supervisor.restarts == 1
    assert told.blamed == ["poison"]
    assert isinstance(await give(supervisor, make_frame), Observed)


async def test_a_child_stopped_while_idle_is_found_by_its_ping(supervise: Supervise, told: Told) -> None:
    supervisor = await supervise(ping_interval_seconds=0.1, ping_timeout_seconds=0.3)
    first = pid_of(supervisor)
    os.kill(first, signal.SIGSTOP)
    await until(lambda: supervisor.restarts == 1)
    assert told.blamed == []
    await until(lambda: supervisor.state is ChildState.READY)
    assert not is_alive(first)


async def test_an_idle_child_that_answers_its_pings_is_left_alone(supervise: Supervise) -> None:
    supervisor = await supervise(ping_interval_seconds=0.02, ping_timeout_seconds=5)
    first = pid_of(supervisor)
    await asyncio.sleep(0.4)
    assert pid_of(supervisor) == first
    assert supervisor.restarts == 0


async def test_slow_frames_in_a_row_are_not_taken_for_a_hang(supervise: Supervise, make_frame: MakeFrame) -> None:
    supervisor = await supervise(frame_deadline_seconds=0.9, frames_in_flight=8)
    outcomes = [give(supervisor, make_frame, Act.WAIT) for _ in range(8)]  # 1.6 s together
    assert all([isinstance(await outcome, Observed) for outcome in outcomes])
    assert supervisor.restarts == 0


async def test_a_child_that_dies_too_often_cools_down_before_the_next(supervise: Supervise) -> None:
    supervisor = await supervise(restart_budget=1, restart_window_seconds=60, restart_cooldown_seconds=0.5)
    os.kill(pid_of(supervisor), signal.SIGKILL)
    await until(lambda: supervisor.restarts == 1)
    await until(lambda: supervisor.state is ChildState.READY)
    os.kill(pid_of(supervisor), signal.SIGKILL)
    await until(lambda: supervisor.state is ChildState.COOLING)
    assert supervisor.process_id is None
    await until(lambda: supervisor.state is ChildState.READY)
    assert supervisor.restarts == 2


async def test_a_child_that_never_gets_ready_is_given_up(told: Told) -> None:
    supervisor = Supervisor(1, scripted_settings(start_deadline_seconds=0.01), told.line())
    task = asyncio.create_task(supervisor.run())
    await until(lambda: supervisor.restarts >= 1)
    supervisor.stop()
    await task
    assert supervisor.process_id is None


async def test_no_more_open_files_is_a_failed_start_and_the_child_comes_back(supervise: Supervise) -> None:
    supervisor = await supervise(restart_budget=2, restart_window_seconds=60, restart_cooldown_seconds=0.3)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        os.kill(pid_of(supervisor), signal.SIGKILL)
        await until(lambda: supervisor.state is ChildState.COOLING)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert supervisor.restarts == 3
    await until(lambda: supervisor.state is ChildState.READY)


async def test_a_fault_of_ours_at_the_start_counts_as_a_failed_start(
    supervise: Supervise, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = await supervise(restart_budget=1, restart_window_seconds=60, restart_cooldown_seconds=0.3)

    async def fail(*_: object) -> PoolChannel:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr(supervision, "open_channel", fail)
        os.kill(pid_of(supervisor), signal.SIGKILL)
        await until(lambda: supervisor.state is ChildState.COOLING)
    assert supervisor.restarts == 2
    await until(lambda: supervisor.state is ChildState.READY)


async def test_a_fault_of_ours_while_a_child_lives_ends_that_child_and_answers_its_frames(
    supervise: Supervise, make_frame: MakeFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = await supervise(restart_cooldown_seconds=0.3)
    first = pid_of(supervisor)

    def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr(supervisor, "_reason_to_end", fail)
        assert await give(supervisor, make_frame, Act.HANG) == Unexamined("The engine child was lost.")
    await until(lambda: not is_alive(first))
    await until(lambda: supervisor.state is ChildState.READY)
    assert isinstance(await give(supervisor, make_frame), Observed)


async def test_stopping_climbs_past_a_child_that_neither_hears_nor_heeds(
    supervise: Supervise, told: Told, make_frame: MakeFrame
) -> None:
    supervisor = await supervise(stop_ask_seconds=0.1, stop_terminate_seconds=0.1)
    child = pid_of(supervisor)
    held = give(supervisor, make_frame, Act.HANG)
    os.kill(child, signal.SIGSTOP)  # SIGTERM waits for SIGCONT; only SIGKILL ends it
    supervisor.stop()
    assert await held == Unexamined("The engine is stopping.")
    await until(lambda: supervisor.state is ChildState.STOPPED)
    assert not is_alive(child)
    assert told.blamed == []


async def test_a_detector_that_fails_says_nothing_about_the_candidate(
    supervise: Supervise, told: Told, make_frame: MakeFrame
) -> None:
    supervisor = await supervise()
    assert await give(supervisor, make_frame, Act.RAISE) == Unexamined("The detector failed on this frame.")
    assert told.blamed == []
    assert supervisor.restarts == 0


async def test_a_child_has_room_for_as_many_frames_as_the_settings_say(
    supervise: Supervise, make_frame: MakeFrame
) -> None:
    supervisor = await supervise(frames_in_flight=2)
    outcomes = [give(supervisor, make_frame)]
    assert supervisor.has_room
    outcomes.append(give(supervisor, make_frame))
    assert not supervisor.has_room
    await asyncio.gather(*outcomes)
    assert supervisor.has_room
