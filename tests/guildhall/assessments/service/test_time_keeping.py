import asyncio
from collections.abc import Awaitable

import pytest

from guildhall.assessments.jobs.timers import look
from guildhall.assessments.lifecycle import AttemptEvent, AttemptState
from guildhall.assessments.model.attempts import SuspensionKind
from guildhall.assessments.rules.clock import left_ms
from guildhall.assessments.store import AssessmentsStore
from tests.guildhall.assessments.conftest import DURATION_SECONDS, ExamHall, given

ALL_MS = DURATION_SECONDS * 1000


async def test_an_outage_is_found_by_the_first_beat_after_it_and_given_back_to_the_millisecond(house: ExamHall) -> None:
    ada, bob = await house.begin("ada"), await house.begin("bob")
    await house.serve(10_000)
    house.clock.advance(41_234)  # nobody beats
    restarted = house.another()
    outage = await restarted.service.time_keeping.beat()
    assert outage is not None
    assert outage.ended_at_ms - outage.began_at_ms == 41_234
    await look(restarted.service)
    for attempt in (ada, bob):
        stored = await house.read(attempt)
        assert left_ms(stored.clock, house.clock.now_ms()) == ALL_MS - 10_000
        (suspension,) = stored.clock.suspensions
        assert (suspension.kind, suspension.key) == (SuspensionKind.OUTAGE, outage.id)
        assert stored.due_at_ms == house.clock.now_ms() + ALL_MS - 10_000 + 2_000
    assert await house.store.outages_unsettled() == []


async def test_whoever_starts_says_that_they_serve_once_somebody_can_come_in_however_long_that_takes(
    house: ExamHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    wait_for = asyncio.wait_for

    async def waiting(awaited: Awaitable[bool], timeout: float) -> bool:
        waited.append(timeout)
        return await wait_for(awaited, timeout)

    monkeypatch.setattr(asyncio, "wait_for", waiting)
    is_reached = asyncio.Event()
    keeper = house.service.time_keeping
    beating = asyncio.create_task(keeper.beat_for_ever(is_reached))
    while not waited:
        await asyncio.sleep(0)
    assert waited[0] >= 60, "a busy machine was slower than the 2 s that were allowed once"
    assert await house.store.newest_beat_ms() is None
    is_reached.set()
    async with asyncio.timeout(30):
        while await house.store.newest_beat_ms() is None:
            await asyncio.sleep(0.01)
    keeper.stop()
    beating.cancel()


async def test_a_short_gap_is_no_outage_and_neither_is_one_of_several_processes(house: ExamHall) -> None:
    await house.begin()
    other = house.another()
    for _ in range(20):
        house.clock.advance(1_900)
        assert await other.service.time_keeping.beat() is None
    assert await house.service.time_keeping.beat() is None


async def test_the_first_start_ever_is_no_outage(house: ExamHall) -> None:
    assert await house.service.time_keeping.beat() is None
    assert await house.service.time_keeping.outages_since(0) == []


async def test_a_night_without_attempts_is_told_to_other_clocks_and_gives_nobody_time_who_begins_later(
    house: ExamHall,
) -> None:
    await house.service.time_keeping.beat()
    house.clock.advance(40_000)
    before = await house.service.time_keeping.outages_since(0)  # while nobody serves yet
    assert await house.another().service.time_keeping.beat() is not None
    assert await house.service.time_keeping.outages_since(0) == before
    assert [one.ended_at_ms - one.began_at_ms for one in before] == [40_000]
    attempt = await house.begin()
    await look(house.service)
    assert left_ms((await house.read(attempt)).clock, house.clock.now_ms()) == ALL_MS


async def test_whoever_wrote_an_outage_down_and_was_killed_before_their_beat_leaves_no_gap(
    house: ExamHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await house.begin()

    async def killed(*_: object) -> None:
        raise RuntimeError

    house.clock.advance(10_000)
    with monkeypatch.context() as power_cut:
        power_cut.setattr(AssessmentsStore, "beat", killed)
        with pytest.raises(RuntimeError):
            await house.another().service.time_keeping.beat()
    house.clock.advance(700)  # shorter than what counts as an outage by itself
    await house.another().service.time_keeping.beat()
    await look(house.service)
    assert left_ms((await house.read(attempt)).clock, house.clock.now_ms()) == ALL_MS


async def test_two_processes_that_start_at_once_find_one_outage(house: ExamHall) -> None:
    await house.begin()
    house.clock.advance(10_000)
    one, two = house.another(), house.another()
    assert await one.service.time_keeping.beat() is not None
    assert await two.service.time_keeping.beat() is None
    assert len(await house.store.outages_since(0)) == 1


async def test_time_runs_out_without_the_browser_after_the_grace_and_not_before(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1"))
    await house.serve(ALL_MS + 1_999)
    await look(house.service)
    assert (await house.read(attempt)).state is AttemptState.RUNNING
    await house.serve(1)
    await look(house.another().service)
    over = await house.read(attempt)
    assert (over.state, over.head, over.unsettled) == (AttemptState.EXPIRED, 2, True)
    assert over.over_at_ms == house.clock.now_ms()


async def test_nobody_is_expired_while_nobody_serves_and_the_outage_is_given_back_first(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.serve(ALL_MS - 5_000)
    house.clock.advance(60_000)  # the deadline passes while only a worker lives
    worker = house.another()
    await look(worker.service)
    assert (await house.read(attempt)).state is AttemptState.RUNNING
    await house.another().service.time_keeping.beat()
    await worker.service.turns.settle(attempt.id)  # before the follower came to it
    stored = await house.read(attempt)
    assert stored.state is AttemptState.RUNNING
    assert left_ms(stored.clock, house.clock.now_ms()) == 5_000
    await house.serve(7_000)
    await look(worker.service)
    assert (await house.read(attempt)).state is AttemptState.EXPIRED


async def test_a_pause_during_an_outage_is_credited_once(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.service.supervision.turn(attempt.id, AttemptEvent.PAUSE, "usr_grace", "fire alarm")
    await house.serve(3_000)
    house.clock.advance(20_000)
    await house.service.time_keeping.beat()
    await look(house.service)
    await house.serve(2_000)
    await house.service.supervision.turn(attempt.id, AttemptEvent.RESUME, "usr_grace", "all is well")
    stored = await house.read(attempt)
    assert left_ms(stored.clock, house.clock.now_ms()) == ALL_MS
    shown = (await house.service.sitting.show(stored)).clock
    assert sum(credit.credited_ms for credit in shown.credits) == 25_000
    assert {credit.kind for credit in shown.credits} == {"pause", "outage"}


async def test_a_break_ends_by_itself_when_its_budget_is_used_up(house: ExamHall) -> None:
    attempt = await house.begin(break_seconds=60)
    await house.act(attempt, AttemptEvent.TAKE_BREAK)
    await house.serve(59_000)
    await look(house.service)
    assert (await house.read(attempt)).state is AttemptState.ON_BREAK
    await house.serve(1_000)
    await look(house.service)
    stored = await house.read(attempt)
    assert stored.state is AttemptState.RUNNING
    assert left_ms(stored.clock, house.clock.now_ms()) == ALL_MS
    assert stored.history[-1].by == "system:clock"


async def test_an_outage_during_a_break_gives_the_break_back_too(house: ExamHall) -> None:
    attempt = await house.begin(break_seconds=60)
    await house.act(attempt, AttemptEvent.TAKE_BREAK)
    house.clock.advance(100_000)
    await house.service.time_keeping.beat()
    await look(house.service)
    stored = await house.read(attempt)
    assert stored.state is AttemptState.ON_BREAK
    assert stored.due_at_ms == house.clock.now_ms() + 60_000


async def test_beats_of_the_long_dead_are_forgotten_but_never_the_newest(house: ExamHall) -> None:
    await house.service.time_keeping.beat()
    house.clock.advance(7_200_000)
    await house.service.time_keeping.forget_old_beats()
    assert await house.store.newest_beat_ms() == house.clock.now_ms() - 7_200_000
    await house.another().service.time_keeping.beat()
    await house.service.time_keeping.forget_old_beats()
    assert await house.store.newest_beat_ms() == house.clock.now_ms()
