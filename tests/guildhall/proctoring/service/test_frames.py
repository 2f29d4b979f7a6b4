import asyncio
from typing import Any

import pytest

from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.model import EntryKind, PendingEntry, Rule
from guildhall.proctoring.rules import FrameRefused
from guildhall.proctoring.service import frames
from guildhall.proctoring.service.tiles import closeup_topic
from proctor_engine.contract import Superseded, Unexamined, Unreadable
from tests.fakes.observations import CALM, DARK, EMPTY
from tests.guildhall.proctoring.conftest import Hall


async def test_a_verdict_tells_faces_and_pace_and_nothing_else_to_a_calm_candidate(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    verdict = await hall.send(seat)
    assert (verdict.verdict, verdict.faces, verdict.coaching, verdict.next_interval_ms) == ("judged", 1, None, 200)


async def test_while_the_engine_is_full_every_verdict_asks_for_a_slower_pace_and_then_for_the_usual_one(
    hall: Hall,
) -> None:
    seat = await hall.seat(await hall.invite())
    hall.engine.interval_ms = 480
    assert (await hall.send(seat)).next_interval_ms == 480
    hall.engine.outcome = Superseded()
    assert (await hall.send(seat)).next_interval_ms == 480
    hall.engine.outcome, hall.engine.interval_ms = None, 120
    assert (await hall.send(seat)).next_interval_ms == 200


async def test_a_candidate_in_the_dark_is_coached_at_once(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    verdict = await hall.send(seat, DARK)
    assert verdict.coaching is not None
    assert verdict.coaching.code == "dark"


async def test_an_absence_is_in_the_log_before_its_frame_is_acknowledged(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, CALM, 5)
    while not await hall.entries():
        await hall.send(seat, EMPTY)
    (entry,) = await hall.entries()
    assert (entry.number, entry.kind, entry.incident.rule) == (1, EntryKind.INCIDENT_OPENED, Rule.ABSENT)
    assert entry.incident.candidate_name == "Ada"
    await hall.play(seat, CALM, 5)
    opened, closed = await hall.entries()
    assert closed.kind is EntryKind.INCIDENT_CLOSED
    assert closed.incident.incident_id == opened.incident.incident_id
    assert closed.incident.closed_at_ms is not None


async def test_a_verdict_does_not_wait_for_a_database_that_hangs_and_nothing_is_lost_or_doubled(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, CALM, 1)
    back, decide, asked = asyncio.Event(), hall.store.decide, 0

    async def hang(*decision: Any) -> bool:
        nonlocal asked
        asked += 1
        await back.wait()
        return await decide(*decision)

    monkeypatch.setattr(hall.store, "decide", hang)
    monkeypatch.setattr(frames, "STORE_SECONDS", 0.01)
    async with asyncio.timeout(30):
        verdicts = await hall.play(seat, EMPTY, 5) + await hall.play(seat, CALM, 5)
        await hall.service.seating.keep_seats()
    assert {verdict.verdict for verdict in verdicts} == {"judged"}
    assert (asked, len(seat.undecided)) == (1, 2)
    back.set()
    assert seat.storing is not None
    await seat.storing
    assert [entry.kind for entry in await hall.entries()] == [EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED]
    assert (await hall.service.session(seat.session.id)).open == {}


async def test_a_settled_incident_leaves_nothing_in_the_outbox(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, EMPTY, 5)
    session = await hall.service.session(seat.session.id)
    assert session.pending == {}
    assert session.open.keys() == {Rule.ABSENT}


@pytest.mark.parametrize(
    ("outcome", "verdict"), [(Superseded(), "skipped"), (Unexamined("No engine child is up."), "unexamined")]
)
async def test_a_frame_nobody_looked_at_says_nothing_about_the_candidate(
    hall: Hall, outcome: Superseded | Unexamined, verdict: str
) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.send(seat)
    before = seat.timeline
    hall.engine.outcome = outcome
    assert (await hall.send(seat, EMPTY)).verdict == verdict
    assert seat.timeline is before


async def test_an_unreadable_picture_is_refused_with_the_engines_sentence(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    hall.engine.outcome = Unreadable("The picture ends in the middle.")
    with pytest.raises(FrameRefused, match=r"ends in the middle"):
        await hall.send(seat)
    hall.engine.outcome = None
    assert (await hall.send(seat)).verdict == "judged"


async def test_while_the_database_is_away_frames_go_on_and_the_incident_is_written_later(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await hall.seat(await hall.invite())
    decide = hall.store.decide

    async def away(session_id: str, epoch: int, key: str, entry: PendingEntry) -> bool:
        raise StorageUnavailable("The database cannot be reached.")

    monkeypatch.setattr(hall.store, "decide", away)
    verdicts = await hall.play(seat, EMPTY, 6)
    assert {verdict.verdict for verdict in verdicts} == {"judged"}
    assert await hall.entries() == []
    monkeypatch.setattr(hall.store, "decide", decide)
    await hall.play(seat, CALM, 3)
    assert [entry.kind for entry in await hall.entries()] == [EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED]


async def test_a_decision_whose_answer_was_lost_is_not_made_twice(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = await hall.seat(await hall.invite())
    decide = hall.store.decide
    calls = 0

    async def lose_the_first_answer(session_id: str, epoch: int, key: str, entry: PendingEntry) -> bool:
        nonlocal calls
        calls += 1
        answer = await decide(session_id, epoch, key, entry)
        if calls == 1:
            raise StorageUnavailable("The connection broke after the write.")
        return answer

    monkeypatch.setattr(hall.store, "decide", lose_the_first_answer)
    await hall.play(seat, EMPTY, 6)
    await hall.service.recorder.flush(seat)
    assert [entry.number for entry in await hall.entries()] == [1]
    assert (await hall.service.session(seat.session.id)).pending == {}


async def test_a_calm_candidate_is_asked_for_less_until_something_happens_or_somebody_enlarges_them(hall: Hall) -> None:
    seat, calm = await hall.seat(await hall.invite()), hall.settings.calm
    await hall.play(seat, CALM, calm.after_seconds + 5)
    verdict = await hall.send(seat)
    asked = (verdict.next_interval_ms, verdict.next_width_px, verdict.next_height_px, verdict.next_quality)
    assert asked == (calm.interval_ms, calm.least_width_px, 240, calm.jpeg_quality)
    full = (200, 640, 480, 0.75)
    verdict = await hall.send(seat, EMPTY)
    assert (verdict.next_interval_ms, verdict.next_width_px, verdict.next_height_px, verdict.next_quality) == full
    await hall.play(seat, CALM, calm.after_seconds + 5)
    subscription = await hall.bus.subscribe(closeup_topic(seat.session.id), lambda _: None)
    asked_ms = [(await hall.send(seat, after_ms=500)).next_interval_ms for _ in range(4)]
    assert asked_ms[-1] == 200
    await subscription.close()
    await hall.send(seat, after_ms=500)
    assert (await hall.send(seat, after_ms=500)).next_interval_ms == calm.interval_ms


async def test_a_full_engine_makes_a_calm_candidate_slower_still(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.play(seat, CALM, hall.settings.calm.after_seconds + 5)
    hall.engine.interval_ms = 900
    assert (await hall.send(seat)).next_interval_ms == 900
