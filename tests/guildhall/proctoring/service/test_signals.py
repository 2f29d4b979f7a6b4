"""The signal log: replay equals live, wherever the owner is killed; and one edited byte is found."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.jobs import sweep
from guildhall.proctoring.model import Rule
from guildhall.proctoring.rules.chaining import check_chain
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.service.keys import EvidenceDestroyed
from tests.fakes.observations import CALM, COVERED, CROWD, DARK, EMPTY, a_face, an_observation
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.replays import check_replays

AWAY = an_observation(a_face(yaw_deg=41.3))
FILM = ((CALM, 5), (EMPTY, 5), (CALM, 3), (CROWD, 2), (DARK, 4), (CALM, 2), (AWAY, 4), (COVERED, 3), (CALM, 2))


class Killed(BaseException):
    """Not an Exception: nothing on the way may catch it."""


async def replays(hall: Hall) -> int:
    return await check_replays(hall.store, hall.service.signals, hall.settings.rules)


async def film(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    for observation, seconds in FILM:
        await hall.play(seat, observation, seconds)
        await hall.service.seating.keep_seats()
    await hall.service.seating.leave(seat)


async def test_a_session_replayed_from_its_log_gives_the_stored_incidents_byte_for_byte(hall: Hall) -> None:
    await film(hall)
    assert {entry.incident.rule for entry in await hall.entries()} >= {Rule.ABSENT, Rule.SEVERAL_FACES}
    assert await replays(hall) == 1


async def test_incidents_say_which_rule_set_opened_them(hall: Hall) -> None:
    await film(hall)
    versions = {entry.incident.rule_version for entry in await hall.entries()}
    assert versions == {version_of(hall.settings.rules)}


async def test_silence_and_coming_back_are_replayed_too(hall: Hall) -> None:
    session = await hall.invite()
    for _ in range(2):
        seat = await hall.seat(session)
        await hall.play(seat, EMPTY, 5)
        for _ in range(20):
            hall.clock.advance(500)
            await hall.service.seating.keep_seats()
        await hall.play(seat, EMPTY, 4)
        await hall.service.seating.leave(seat)
        hall.clock.advance(10_000)
    assert Rule.NO_FRAMES in {entry.incident.rule for entry in await hall.entries()}
    assert await replays(hall) == 1


@pytest.mark.parametrize("is_swept", [False, True])
async def test_killed_between_any_two_writes_the_replay_still_equals_what_is_stored(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, is_swept: bool
) -> None:
    """A process dies before its n-th write, for every n; another one goes on, after the job for the dead or without."""
    for last in itertools.count(1):
        doomed, session, left = hall.another(), await hall.invite(f"n{last}"), last
        seat = await doomed.seat(session)

        def dying(write: Any) -> Any:
            async def once(*arguments: Any) -> Any:
                nonlocal left
                left -= 1
                if left <= 0:
                    raise Killed
                return await write(*arguments)

            return once

        with monkeypatch.context() as patch:
            for place, name in (
                (doomed.store, "decide"),
                (doomed.store, "append"),
                (doomed.store, "settle"),
                (doomed.store.signals, "add"),
                (doomed.store, "keep_calibration"),
            ):
                patch.setattr(place, name, dying(getattr(place, name)))
            try:
                await doomed.play(seat, CALM, 4)
                await doomed.play(seat, EMPTY, 5)
                await doomed.play(seat, CALM, 2)
                finished = True
            except Killed:
                finished = False
        hall.clock.advance(60_000)
        if is_swept:
            await sweep(hall.store, hall.bus, hall.clock.now_ms(), 15_000)
            await replays(hall)
        seat = await hall.seat(session)
        await hall.play(seat, CROWD, 3)
        await hall.service.seating.leave(seat)
        assert await replays(hall) == last
        if finished:
            assert last > 6
            return


async def test_an_owner_that_was_taken_for_dead_and_was_not_goes_on_from_what_is_stored(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, EMPTY, 5)
    hall.clock.advance(60_000)
    await sweep(hall.store, hall.bus, hall.clock.now_ms(), 15_000)
    await hall.play(seat, EMPTY, 5)
    seat.recheck = True
    await hall.service.seating.keep_seats()
    await hall.play(seat, EMPTY, 5)
    await hall.service.seating.leave(seat)
    assert await replays(hall) == 1


async def test_a_destroyed_key_leaves_a_chain_that_can_be_checked_and_nothing_that_can_be_read(hall: Hall) -> None:
    await film(hall)
    (session,) = await hall.store.sessions_of("exam-1", 5)
    await hall.service.signals._keys.destroy(session.id, 1)  # type: ignore[union-attr]
    with pytest.raises(EvidenceDestroyed):
        await hall.service.signals.records(session.id)
    assert check_chain(session.id, await hall.service.signals.chunks(session.id)).is_whole


async def test_an_edited_byte_of_any_chunk_is_found_where_it_is(hall: Hall) -> None:
    await film(hall)
    (session,) = await hall.store.sessions_of("exam-1", 5)
    chunks = await hall.service.signals.chunks(session.id)
    assert len(chunks) > 5

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(chunks) - 1))
        chunk = chunks[place]
        at, by = data.draw(st.integers(0, len(chunk.payload) - 1)), data.draw(st.integers(1, 255))
        payload = bytearray(chunk.payload)
        payload[at] ^= by
        edited: dict[str, Any] = data.draw(
            st.sampled_from(
                (
                    {"payload": bytes(payload)},
                    {"sealed_at_ms": chunk.sealed_at_ms + by},
                    {"epoch": chunk.epoch + by},
                    {"records": chunk.records + by},
                    {"rule_version": chunk.rule_version + "0"},
                )
            )
        )
        told = [*chunks[:place], chunk.model_copy(update=edited), *chunks[place + 1 :]]
        fault = check_chain(session.id, told).fault
        assert fault is not None
        assert fault.number == chunk.number

    holds()
