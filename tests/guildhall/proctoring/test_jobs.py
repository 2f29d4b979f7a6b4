import asyncio

import pytest

from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring import jobs
from guildhall.proctoring.jobs import follow_the_dead, sweep
from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.messages import Card
from guildhall.proctoring.model import EntryKind, PendingEntry, Rule
from guildhall.proctoring.service.cards import card_topic
from guildhall.proctoring.service.seats import Seat
from tests.fakes.observations import CALM, EMPTY
from tests.guildhall.proctoring.conftest import Hall


class Killed(BaseException):
    """Not an Exception: nothing on the way may catch it."""


async def die_after_deciding(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """A process that is killed between deciding an absence and writing it to the log."""
    doomed = hall.another()
    seat = await doomed.seat(await hall.invite())

    async def die(exam_id: str, session_id: str, key: str, entry: PendingEntry) -> None:
        raise Killed

    monkeypatch.setattr(doomed.store, "append", die)
    with pytest.raises(Killed):
        await doomed.play(seat, EMPTY, 6)
    return seat


LEASE_MS = 15_000


async def run_sweep(hall: Hall) -> int:
    return await sweep(hall.store, hall.bus, hall.clock.now_ms(), LEASE_MS)


async def standing(hall: Hall, seat: Seat) -> Standing:
    return (await hall.service.session(seat.session.id)).standing


async def test_the_candidates_of_a_dead_process_are_marked_away_and_the_walls_are_told(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.service.seating.renew_lease()
    hall.clock.advance(round(hall.settings.lease_seconds * 1000) + 1)
    cards: list[Card] = []
    await hall.bus.subscribe(card_topic("exam-1"), lambda body: cards.append(Card.model_validate_json(body)))
    assert await run_sweep(hall) == 1
    assert await standing(hall, seat) is Standing.AWAY
    assert [(card.session_id, card.state) for card in cards] == [(seat.session.id, Standing.AWAY)]
    assert await run_sweep(hall) == 0


async def test_the_candidates_of_a_living_process_are_left_alone(hall: Hall) -> None:
    await hall.service.seating.renew_lease()
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, CALM, 2)
    hall.clock.advance(round(hall.settings.lease_seconds * 1000) - 2_000)
    assert await run_sweep(hall) == 0
    assert await standing(hall, seat) is Standing.LIVE


async def test_an_owner_that_starts_during_a_sweep_is_not_taken_for_dead(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = hall.store.online_sessions
    session = await hall.invite()

    async def start_meanwhile(after_id: str, limit: int) -> object:
        if not after_id:
            await hall.service.seating.renew_lease()
            await hall.seat(session)
        return await read(after_id, limit)

    monkeypatch.setattr(hall.store, "online_sessions", start_meanwhile)
    assert await run_sweep(hall) == 0


async def test_what_a_dead_process_decided_reaches_the_log_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = await die_after_deciding(hall, monkeypatch)
    assert await hall.entries() == []
    for _ in range(2):
        await run_sweep(hall)
        lines = [(entry.number, entry.kind, entry.incident.rule) for entry in await hall.entries()]
        assert lines == [(1, EntryKind.INCIDENT_OPENED, Rule.ABSENT), (2, EntryKind.INCIDENT_CLOSED, Rule.ABSENT)]
    session = await hall.service.session(seat.session.id)
    assert (session.pending, session.standing) == ({}, Standing.AWAY)


async def test_two_sweepers_at_once_do_it_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    await die_after_deciding(hall, monkeypatch)
    other = hall.another()
    await hall.seat(await hall.invite("Bob"))
    assert sum(await asyncio.gather(run_sweep(hall), run_sweep(other))) == 2
    assert [entry.number for entry in await hall.entries()] == [1, 2]


async def test_what_a_dead_process_left_open_ends_when_it_was_last_known_to_watch(hall: Hall) -> None:
    await hall.service.seating.renew_lease()
    watched_until_ms = hall.clock.now_ms() + 10_000
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, EMPTY, 10)
    await hall.service.seating.renew_lease()
    hall.clock.advance(60 * 60 * 1000)
    await run_sweep(hall)
    _, closed = await hall.entries()
    assert closed.incident.closed_at_ms == watched_until_ms
    assert (await hall.service.session(seat.session.id)).open == {}


async def test_a_candidate_who_came_back_elsewhere_meanwhile_stays_live(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await hall.seat(await hall.invite())
    alive = hall.store.leases

    async def come_back_meanwhile() -> dict[str, int]:
        found = await alive()
        await hall.another().seat(seat.session)
        return found

    monkeypatch.setattr(hall.store, "leases", come_back_meanwhile)
    assert await run_sweep(hall) == 0
    assert await standing(hall, seat) is Standing.LIVE


async def test_a_sweep_goes_through_every_page(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAGE", 2)
    for _ in range(5):
        await hall.seat(await hall.invite())
    assert await run_sweep(hall) == 5


async def test_a_database_that_is_away_postpones_the_sweep_and_does_not_end_the_job(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await hall.seat(await hall.invite())
    alive = hall.store.leases
    failures = 2

    async def away_at_first() -> dict[str, int]:
        nonlocal failures
        if failures:
            failures -= 1
            raise StorageUnavailable("The database cannot be reached.")
        return await alive()

    monkeypatch.setattr(hall.store, "leases", away_at_first)
    often = hall.settings.model_copy(update={"lease_seconds": 0.01})
    job = TaskOwner("test")
    job.start("sweep", follow_the_dead(hall.store, hall.bus, hall.clock, often))
    async with asyncio.timeout(10):
        while await standing(hall, seat) is not Standing.AWAY:
            await asyncio.sleep(0.01)
    await job.close()
