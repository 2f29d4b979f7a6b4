import asyncio
import os
import signal

import psutil

from proctor_engine.contract import Frame, Observed, Superseded, Unexamined, Unreadable
from proctor_engine.detectors.scripted import Act
from proctor_engine.pacing import FULL_SHARE
from proctor_engine.pool import Pool
from proctor_engine.seeing import split_memory
from tests.proctor_engine.conftest import MakeFrame, OpenPool
from tests.proctor_engine.harness import scripted_settings, until


async def memory_after(pool: Pool, frame: Frame) -> bytes:
    outcome = await pool.offer(frame)
    assert isinstance(outcome, Observed)
    return split_memory(outcome.memory)[1]


async def test_a_frame_is_observed_and_a_bad_one_is_unreadable(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool()
    seen = await pool.offer(make_frame(faces=3))
    assert isinstance(seen, Observed)
    assert len(seen.observation.faces) == 3
    refused = await pool.offer(make_frame(jpeg=b"not a picture"))
    assert refused == Unreadable("The frame is not a JPEG picture.")


async def test_a_frame_beyond_the_limit_never_reaches_a_child(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool(max_frame_bytes=2_000)
    refused = await pool.offer(make_frame(jpeg=b"\xff\xd8" + bytes(2_000)))
    assert refused == Unreadable("The frame is larger than 2000 bytes.")
    assert pool.health().in_flight == 0


async def test_a_slow_engine_sees_fewer_frames_never_older_ones(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool(frames_in_flight=1)
    looked_at = pool.offer(make_frame(act=Act.WAIT))
    middle, newest = pool.offer(make_frame()), pool.offer(make_frame())
    assert await middle == Superseded()
    assert isinstance(await looked_at, Observed)
    assert isinstance(await newest, Observed)


async def test_frames_of_a_session_are_answered_in_order_by_any_number_of_children(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=2)
    answered: list[str] = []
    slow, quick = pool.offer(make_frame("a", Act.WAIT)), pool.offer(make_frame("a"))
    slow.add_done_callback(lambda _: answered.append("slow"))
    quick.add_done_callback(lambda _: answered.append("quick"))
    await asyncio.gather(slow, quick)
    assert answered == ["slow", "quick"]


async def test_a_child_killed_in_mid_frame_costs_that_frame_and_nobody_else(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=2, frames_in_flight=1)
    other = pool.offer(make_frame("other", Act.WAIT))
    victim = pool.offer(make_frame("victim", Act.HANG))
    for child in pool._supervisors:
        if any(offer.frame.session_id == "victim" for offer in child._given.values()):
            assert child.process_id is not None
            os.kill(child.process_id, signal.SIGKILL)
    assert await victim == Unexamined("The engine child died.")
    assert isinstance(await other, Observed)
    assert isinstance(await pool.offer(make_frame("other")), Observed)
    await until(lambda: pool.health().ready == 2)
    assert pool.health().restarts == 1
    assert isinstance(await pool.offer(make_frame("victim")), Observed)


async def test_a_session_goes_on_where_it_was_when_another_child_takes_its_next_frame(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=1)
    for frames in (1, 2):
        assert len(await memory_after(pool, make_frame("a"))) == frames  # the scripted detector adds one every frame
    os.kill(pool.process_ids()[0], signal.SIGKILL)
    await until(lambda: pool.health().restarts == 1 and pool.health().ready == 1)
    assert len(await memory_after(pool, make_frame("a"))) == 3
    assert len(await memory_after(pool, make_frame("b"))) == 1
    pool.forget("a")
    assert len(await memory_after(pool, make_frame("a"))) == 1


async def test_a_memory_that_comes_with_a_frame_is_used_and_none_is_kept(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=1)
    outcome = await pool.offer(make_frame("a"), b"brought")
    assert isinstance(outcome, Observed)
    assert split_memory(outcome.memory)[1] == b"brought\0"
    assert len(await memory_after(pool, make_frame("a"))) == 1


async def test_a_session_whose_frames_kill_children_is_barred_and_the_others_go_on(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=1, bar_after_deaths=2, bar_seconds=600)
    for _ in range(2):
        assert await pool.offer(make_frame("poison", Act.DIE)) == Unexamined("The engine child died.")
        await until(lambda: pool.health().ready == 1)
    barred = await pool.offer(make_frame("poison", Act.DIE))
    assert isinstance(barred, Unexamined)
    assert "stopped the engine" in barred.reason
    assert isinstance(await pool.offer(make_frame("other")), Observed)
    assert pool.health().restarts == 2


async def test_with_no_child_ready_a_frame_is_unexamined_at_once(make_frame: MakeFrame) -> None:
    pool = Pool(scripted_settings())
    assert await pool.offer(make_frame()) == Unexamined("No engine child is ready.")
    await pool.start()
    assert await pool.offer(make_frame()) == Unexamined("No engine child is ready.")
    await pool.close()
    assert await pool.offer(make_frame()) == Unexamined("No engine child is ready.")


async def test_frames_that_wait_when_the_last_child_dies_are_told_so(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=1, frames_in_flight=1)
    dying = pool.offer(make_frame("a", Act.HANG))
    waiting = pool.offer(make_frame("b"))
    assert pool.health().waiting == 1
    os.kill(pool.process_ids()[0], signal.SIGKILL)
    assert await dying == Unexamined("The engine child died.")
    assert await waiting == Unexamined("No engine child is ready.")


async def test_more_sessions_than_may_wait_are_refused(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool(children=1, frames_in_flight=1, max_waiting_sessions=1)
    looked_at, waiting = pool.offer(make_frame("a", Act.WAIT)), pool.offer(make_frame("b"))
    assert await pool.offer(make_frame("c")) == Unexamined("Too many sessions wait for the engine.")
    assert isinstance(await looked_at, Observed)
    assert isinstance(await waiting, Observed)


async def test_a_forgotten_session_waits_no_longer(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool(children=1, frames_in_flight=1)
    looked_at, waiting = pool.offer(make_frame("a", Act.WAIT)), pool.offer(make_frame("b"))
    pool.forget("b")
    assert await waiting == Superseded()
    assert isinstance(await looked_at, Observed)


async def test_closing_answers_what_is_open_and_leaves_no_child(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool(children=1, frames_in_flight=1, stop_ask_seconds=0.1)
    child = pool.process_ids()[0]
    held, waiting = pool.offer(make_frame("a", Act.HANG)), pool.offer(make_frame("b"))
    await pool.close()
    await pool.close()
    assert isinstance(await held, Unexamined)
    assert isinstance(await waiting, Unexamined)
    assert not psutil.pid_exists(child)


async def test_work_is_spread_over_the_children(open_pool: OpenPool, make_frame: MakeFrame) -> None:
    pool = await open_pool(children=2, frames_in_flight=2)
    outcomes = [pool.offer(make_frame(f"session {number}", Act.WAIT)) for number in range(4)]
    assert [child.in_flight for child in pool._supervisors] == [2, 2]
    await asyncio.gather(*outcomes)


async def test_the_processor_time_that_frames_take_and_no_wait_becomes_the_interval_that_sessions_are_told(
    open_pool: OpenPool, make_frame: MakeFrame
) -> None:
    pool = await open_pool(children=1)
    assert pool.health().interval_ms == 0
    for _ in range(3):  # a quarter of a second and more: there is a look at the load in between
        outcomes = await asyncio.gather(*(pool.offer(make_frame(f"session {n}", Act.WAIT)) for n in range(4)))
        assert all(isinstance(outcome, Observed) for outcome in outcomes)
    health = pool.health()
    assert health.sessions == 4
    assert 0 < health.service_us < 200_000  # which is what the script waits
    assert 4 * health.service_us / 1_000 / FULL_SHARE - 1 <= health.interval_ms < 4 * 200
    last = outcomes[-1]
    assert isinstance(last, Observed)
    assert last.stages.detect_us >= 200_000
    assert last.stages.waited_us > 0
