import asyncio
from typing import Any

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.jobs import sweep
from guildhall.proctoring.lifecycle import Connection, Standing
from guildhall.proctoring.model import EntryKind, PendingEntry, Rule, Session
from guildhall.proctoring.rules import FrameRefused
from guildhall.proctoring.service import seating
from guildhall.proctoring.service.moves import SessionNotFound, SessionTakenOver
from tests.fakes.observations import CALM, EMPTY
from tests.guildhall.proctoring.conftest import Hall


async def test_a_candidate_who_joins_is_live_and_one_who_drops_is_away(hall: Hall) -> None:
    session = await hall.invite()
    assert session.standing is Standing.WAITING
    seat = await hall.seat(session)
    assert (await hall.service.session(session.id)).standing is Standing.LIVE
    await hall.service.seating.leave(seat)
    assert (await hall.service.session(session.id)).standing is Standing.AWAY


async def test_losing_the_network_never_ends_a_session(hall: Hall) -> None:
    session = await hall.invite()
    for _ in range(5):
        await hall.service.seating.leave(await hall.seat(session))
    assert (await hall.service.session(session.id)).state.value == "open"


async def test_nobody_can_sit_in_a_session_that_does_not_exist(hall: Hall) -> None:
    async def evict() -> None: ...

    with pytest.raises(SessionNotFound, match="ses_nowhere"):
        await hall.service.seating.take("ses_nowhere", evict)


async def test_a_second_device_takes_over_and_the_first_one_is_told(hall: Hall) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    second = await elsewhere.seat(session)
    assert first.lost
    await hall.service.seating.keep_seats()
    assert hall.evicted == [session.id]
    with pytest.raises(FrameRefused, match="another tab"):
        await hall.send(first)
    assert (await elsewhere.send(second)).verdict == "judged"


async def test_a_second_tab_at_the_same_process_takes_over_at_once(hall: Hall) -> None:
    session = await hall.invite()
    first, second = await hall.seat(session), await hall.seat(session)
    assert hall.evicted == [session.id]
    with pytest.raises(FrameRefused, match="another tab"):
        await hall.send(first)
    assert (await hall.send(second)).verdict == "judged"
    assert hall.service.seating.seats == {session.id: second}


async def test_the_loser_of_a_take_over_cannot_mark_the_winner_away(hall: Hall) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    await elsewhere.seat(session)
    first.lost = False  # the bus was away: this process has not heard yet
    await hall.service.seating.leave(first)
    assert (await hall.service.session(session.id)).connection is Connection.ONLINE


async def test_an_owner_that_has_not_heard_of_its_loss_writes_nothing(hall: Hall) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    await elsewhere.seat(session)
    first.lost = False
    with pytest.raises(FrameRefused, match="another tab"):
        await hall.play(first, EMPTY, 6)
    assert await hall.entries() == []
    assert first.lost


async def test_a_candidate_who_drops_while_the_database_is_away_is_marked_away_when_it_is_back(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> bool:
        raise StorageUnavailable("The database cannot be reached.")

    session = await hall.invite()
    seat = await hall.seat(session)
    with monkeypatch.context() as broken:
        broken.setattr(hall.store, "decide", away)
        broken.setattr(hall.store, "move_session", away)
        await hall.play(seat, EMPTY, 6)
        await hall.service.seating.leave(seat)
    assert await hall.entries() == []
    await hall.service.seating.keep_seats()
    assert [entry.incident.rule for entry in await hall.entries()] == [Rule.ABSENT, Rule.ABSENT]
    assert (await hall.service.session(session.id)).standing is Standing.AWAY


async def test_an_absence_that_began_on_one_process_ends_on_the_next_as_the_same_incident(hall: Hall) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    await hall.play(first, EMPTY, 5)
    second = await elsewhere.seat(session)
    await elsewhere.play(second, EMPTY, 5)
    await elsewhere.play(second, CALM, 3)
    opened, closed = await hall.entries()
    assert (opened.kind, closed.kind) == (EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED)
    assert opened.incident.incident_id == closed.incident.incident_id


async def test_an_absence_ends_with_the_watching_and_not_when_the_candidate_comes_back(hall: Hall) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.play(seat, EMPTY, 5)
    last_seen_ms = hall.clock.now_ms()
    hall.clock.advance(400)
    await hall.service.seating.leave(seat)
    hall.clock.advance(30 * 60 * 1000)
    await hall.play(await hall.seat(session), CALM, 3)
    _, closed = await hall.entries()
    assert closed.incident.closed_at_ms == last_seen_ms


async def test_a_candidate_whose_owner_was_taken_for_dead_is_live_again_with_its_next_lease(hall: Hall) -> None:
    session = await hall.invite()
    await hall.service.seating.renew_lease()
    seat = await hall.seat(session)
    hall.clock.advance(60_000)  # a laptop that slept, or a database that was away
    assert await sweep(hall.store, hall.bus, hall.clock.now_ms(), 15_000) == 1
    await hall.service.seating.renew_lease()
    await hall.service.seating.keep_seats()
    assert (await hall.service.session(session.id)).standing is Standing.LIVE
    assert (await hall.send(seat)).verdict == "judged"
    await hall.service.seating.finish(seat)
    await hall.service.seating.leave(seat)
    assert (await hall.service.session(session.id)).connection is Connection.OFFLINE


async def test_a_take_over_nobody_could_hear_of_is_noticed_when_the_bus_is_back(hall: Hall) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    await elsewhere.seat(session)
    first.lost = False
    hall.bus._subscribers.tell_of_gap()
    await hall.service.seating.keep_seats()
    assert hall.evicted == [session.id]


async def test_an_old_tab_cannot_finish_what_goes_on_in_a_new_one(hall: Hall) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    second = await elsewhere.seat(session)
    first.lost = False
    with pytest.raises(SessionTakenOver):
        await hall.service.seating.finish(first)
    assert (await elsewhere.send(second)).verdict == "judged"


async def test_no_tick_beside_finishing_opens_anything(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.play(seat, CALM, 4)
    hall.clock.advance(10_000)
    await hall.service.seating.keep_seats()
    decide = hall.store.decide
    ticks: list[asyncio.Task[None]] = []

    async def tick_meanwhile(session_id: str, epoch: int, key: str, entry: PendingEntry) -> bool:
        monkeypatch.setattr(hall.store, "decide", decide)
        hall.clock.advance(10_000)
        ticks.append(asyncio.create_task(hall.service.seating.keep_seats()))
        await asyncio.sleep(0)
        return await decide(session_id, epoch, key, entry)

    monkeypatch.setattr(hall.store, "decide", tick_meanwhile)
    await hall.service.seating.finish(seat)
    await asyncio.gather(*ticks)
    assert ticks
    assert (await hall.service.session(session.id)).open == {}
    assert len(await hall.entries()) == 2


async def test_a_hundred_who_leave_together_are_seen_off_once_each(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    seats = [await hall.seat(await hall.invite()) for _ in range(100)]
    moves = 0
    move = hall.store.move_session

    async def count(seen: Session, **to: Any) -> Session | None:
        nonlocal moves
        moves += 1
        return await move(seen, **to)

    monkeypatch.setattr(hall.store, "move_session", count)
    await asyncio.gather(*(hall.service.seating.leave(seat) for seat in seats))
    assert moves == 100


async def test_what_a_killed_owner_decided_is_carried_out_by_the_next_one_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException): ...

    async def die(*_: object) -> None:
        raise Killed

    session = await hall.invite()
    seat = await hall.seat(session)
    monkeypatch.setattr(hall.store, "append", die)
    with pytest.raises(Killed):
        await hall.play(seat, EMPTY, 6)
    assert len((await hall.service.session(session.id)).pending) == 1
    elsewhere = hall.another()
    await elsewhere.seat(session)
    assert [entry.incident.rule for entry in await hall.entries()] == [Rule.ABSENT]
    assert (await hall.service.session(session.id)).pending == {}


async def test_silence_is_noticed_by_the_clock_and_ends_with_the_next_frame(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, CALM, 4)
    hall.clock.advance(5_100)
    await hall.service.seating.keep_seats()
    (opened,) = await hall.entries()
    assert opened.incident.rule is Rule.NO_FRAMES
    await hall.send(seat)
    assert [entry.kind for entry in await hall.entries()] == [EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED]


async def test_a_database_that_hangs_in_one_seat_does_not_stop_the_clock_of_the_others(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = await hall.seat(await hall.invite("Ada")), await hall.seat(await hall.invite("Grace"))
    await hall.play(first, CALM, 1)
    await hall.play(other, CALM, 1)
    is_asked, never = asyncio.Event(), asyncio.Event()

    async def hang(*_: object) -> bool:
        is_asked.set()
        await never.wait()
        return True

    monkeypatch.setattr(hall.store, "decide", hang)
    monkeypatch.setattr(seating, "CLOCK_SECONDS", 0.01)
    async with hall.service.running():
        hall.clock.advance(5_100)
        async with asyncio.timeout(10):
            await is_asked.wait()
        await hall.play(other, CALM, 0.2)
        hall.clock.advance(5_100)
        async with asyncio.timeout(10):
            while not any(entry.kind is EntryKind.INCIDENT_CLOSED for entry in other.undecided):
                await asyncio.sleep(0.01)
            while Rule.NO_FRAMES not in other.open_incidents:
                await asyncio.sleep(0.01)
        never.set()


async def test_while_the_database_is_away_one_seat_a_round_asks_it_and_each_has_its_turn(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = [await hall.seat(await hall.invite()) for _ in range(3)]
    for seat in seats:
        await hall.play(seat, CALM, 1)
    hall.clock.advance(5_100)
    asked: list[str] = []

    async def refuse(session_id: str, *_: object) -> bool:
        asked.append(session_id)
        raise StorageUnavailable("away")

    with monkeypatch.context() as away:
        away.setattr(hall.store, "decide", refuse)
        for _ in seats:
            await hall.service.seating.keep_seats()
    assert sorted(asked) == sorted(seat.session.id for seat in seats)
    await hall.service.seating.keep_seats()
    assert len(await hall.entries()) == 3


async def test_a_seat_that_cannot_be_rechecked_is_asked_again(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    session, elsewhere = await hall.invite(), hall.another()
    first = await hall.seat(session)
    await elsewhere.seat(session)
    first.lost, first.recheck = False, True

    async def refuse(_: str) -> None:
        raise StorageUnavailable("away")

    with monkeypatch.context() as away:
        away.setattr(hall.store, "session", refuse)
        await hall.service.seating.keep_seats()
    assert hall.evicted == []
    await hall.service.seating.keep_seats()
    assert hall.evicted == [session.id]


async def test_finishing_closes_what_is_open_and_cannot_be_undone_by_coming_back(hall: Hall) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.play(seat, EMPTY, 5)
    assert (await hall.service.seating.finish(seat)).standing is Standing.FINISHED
    assert (await hall.service.seating.finish(seat)).standing is Standing.FINISHED
    assert [entry.kind for entry in await hall.entries()] == [EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED]
    with pytest.raises(MoveRefused):
        await hall.seat(session)
