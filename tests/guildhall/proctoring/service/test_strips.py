"""Evidence strips: kept only of who agreed, whole or told as missing whoever is killed, and never looked at unseen."""

import asyncio
import base64
import itertools
from typing import Any

import pytest

from guildhall.kit.errors import NotFound
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import Connection
from guildhall.proctoring.messages.evidence import StripShown
from guildhall.proctoring.model import EntryKind, Incident, PendingEntry, ProctorClaims, Rule, Session
from guildhall.proctoring.model.admission import Admission, ConsentSignal, ProctoringPolicy
from guildhall.proctoring.model.strips import Phase, StripState, blob_key
from guildhall.proctoring.rules.consenting import TEXTS, decide
from guildhall.proctoring.service import strips
from guildhall.proctoring.service.evidence import VIEW, NotForProctors
from guildhall.proctoring.service.moves import SessionNotFound
from guildhall.proctoring.service.photos import NotAPerson
from guildhall.proctoring.service.seats import Seat
from tests.fakes.observations import CALM, CROWD, EMPTY
from tests.guildhall.proctoring.conftest import JPEG, Hall
from tests.guildhall.proctoring.replays import check_replays

WATCHED = ProctoringPolicy().asked
ASKING = ProctoringPolicy(asked=(*WATCHED, ConsentSignal.STRIPS))


async def seated(hall: Hall, policy: ProctoringPolicy = ASKING, *, declines: tuple[ConsentSignal, ...] = ()) -> Seat:
    """Somebody who said yes to everything that is asked but what they decline."""
    session = await hall.invite()
    now_ms = hall.clock.now_ms()
    admission = Admission(id=session.id, created_at_ms=now_ms, exam_id=session.exam_id, policy=policy)
    for signal in policy.asked:
        given = signal not in declines
        admission = decide(admission, signal, TEXTS[signal].hash, given=given, at_ms=now_ms)
    await hall.store.admissions.made(admission)
    seat = await hall.seat(session)
    await hall.service.admissions.attach(seat, admission)
    return seat


async def absence(hall: Hall, seat: Seat) -> None:
    """Calm, absent for six seconds, calm again until the strip is complete."""
    await hall.play(seat, CALM, 10)
    await hall.play(seat, EMPTY, 6)
    await hall.service.strips.keep()
    await hall.play(seat, CALM, 8)
    await hall.service.strips.keep()


async def look(hall: Hall, session: Session, incident_id: str = "") -> StripShown:
    stored = await hall.service.session(session.id)
    return await hall.service.evidence.strip(
        stored, incident_id or f"{session.id}:absent:1", "usr_reviewer", is_candidate=False
    )


async def test_a_strip_shows_before_during_and_after_as_they_were_sent(hall: Hall) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    shown = await look(hall, seat.session)
    assert (shown.state, shown.rule, shown.sentence) == (StripState.WHOLE, Rule.ABSENT, "")
    assert {one.phase for one in shown.pictures} == set(Phase)
    assert all(base64.b64decode(one.jpeg) == JPEG for one in shown.pictures)
    assert sorted(shown.pictures, key=lambda one: one.at_ms) == list(shown.pictures)


async def test_a_strip_can_be_looked_at_while_its_incident_goes_on(hall: Hall) -> None:
    seat = await seated(hall)
    await hall.play(seat, CALM, 3)
    await hall.play(seat, EMPTY, 5)
    await hall.service.strips.keep()
    shown = await look(hall, seat.session)
    assert (shown.state, shown.closed_at_ms) == (StripState.KEEPING, None)
    assert shown.pictures


@pytest.mark.parametrize(
    ("policy", "declines"),
    [
        (ProctoringPolicy(), ()),
        (ProctoringPolicy(asked=ASKING.asked, required=()), (ConsentSignal.STRIPS,)),
        (ProctoringPolicy(asked=ASKING.asked, required=()), (ConsentSignal.CAMERA,)),
    ],
)
async def test_nothing_is_held_or_kept_of_whoever_was_not_asked_or_did_not_agree(
    hall: Hall, policy: ProctoringPolicy, declines: tuple[ConsentSignal, ...]
) -> None:
    seat = await seated(hall, policy, declines=declines)
    if ConsentSignal.CAMERA not in declines:
        await absence(hall, seat)
        shown = await look(hall, seat.session)
        assert (shown.state, shown.pictures) == (StripState.NOT_KEPT, ())
        assert shown.sentence
    assert (seat.film.reel.shots, seat.film.strips) == ((), {})
    assert await hall.store.strips.of_session(seat.session.id) == []
    assert hall.folder is not None
    assert not list(hall.folder.rglob("*"))


async def test_a_session_that_nobody_was_asked_for_is_not_filmed(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await absence(hall, seat)
    assert seat.film.reel.shots == ()
    assert (await look(hall, seat.session)).state is StripState.NOT_KEPT


async def test_taking_consent_back_ends_what_is_under_way_and_forgets_the_last_seconds(hall: Hall) -> None:
    seat = await seated(hall, ProctoringPolicy(asked=ASKING.asked))
    await hall.play(seat, CALM, 10)
    await hall.play(seat, EMPTY, 5)
    held = len(next(iter(seat.film.strips.values())).strip.shots)
    hall.clock.advance(1)
    signal = ConsentSignal.STRIPS
    admission = await hall.store.admissions.admissions.change(
        seat.session.id,
        hall.clock.now_ms(),
        lambda one: decide(one, signal, TEXTS[signal].hash, given=False, at_ms=hall.clock.now_ms()),
    )
    await hall.service.admissions.attach(seat, admission)
    await hall.play(seat, EMPTY, 6)
    await hall.service.strips.keep()
    assert seat.film.reel.shots == ()
    assert len((await look(hall, seat.session)).pictures) == held
    await hall.play(seat, CALM, 2)
    await hall.play(seat, EMPTY, 6)
    assert (await look(hall, seat.session, f"{seat.session.id}:absent:2")).state is StripState.NOT_KEPT


async def test_leaving_ends_a_strip_with_what_there_is(hall: Hall) -> None:
    seat = await seated(hall)
    await hall.play(seat, CALM, 4)
    await hall.play(seat, CROWD, 4)
    await hall.service.seating.leave(seat)
    await hall.service.strips.keep()
    shown = await look(hall, seat.session, f"{seat.session.id}:several_faces:1")
    assert shown.state is StripState.WHOLE
    assert shown.pictures
    assert await check_replays(hall.store, hall.service.signals, hall.settings.rules) == 1


async def test_every_look_is_in_the_audit_and_in_the_sessions_own_log_before_it_is_shown(hall: Hall) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    for _ in range(2):
        await look(hall, seat.session)
    audited = [one for one in await hall.audit.read(0, 50) if one.action == "proctoring.view_strip"]
    assert [(one.actor, one.object_id) for one in audited] == [("usr_reviewer", f"{seat.session.id}:absent:1")] * 2
    views = (await hall.service.evidence.views(seat.session.id)).views
    assert [one.is_candidate for one in views] == [False, False]
    assert (await hall.store.strips.log(hall.clock).check(seat.session.id)).is_whole


async def test_what_cannot_be_written_down_is_not_shown(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = await seated(hall)
    await absence(hall, seat)

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr(hall.audit, "record", broken)
    with pytest.raises(RuntimeError):
        await look(hall, seat.session)


async def test_an_incident_that_is_none_is_not_found(hall: Hall) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    for incident_id in (f"{seat.session.id}:absent:9", "x", "sit_other:absent:1"):
        with pytest.raises(NotFound):
            await look(hall, seat.session, incident_id)


async def test_a_destroyed_key_destroys_the_pictures(hall: Hall) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    await hall.store.signals.destroy_key(seat.session.id, 1)
    shown = await look(hall, seat.session)
    assert (shown.state, shown.pictures) == (StripState.DESTROYED, ())


async def test_pictures_that_were_changed_or_lost_are_told_as_missing(hall: Hall) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    (kept,) = await hall.store.strips.of_session(seat.session.id)
    assert hall.blobs is not None
    blob = await hall.blobs.get(kept.blob)
    assert blob is not None
    assert JPEG[:40] not in blob.body
    await hall.blobs.put(kept.blob, blob.body[:-1] + bytes([blob.body[-1] ^ 1]), blob.content_type)
    assert (await look(hall, seat.session)).state is StripState.MISSING
    await hall.blobs.delete(kept.blob)
    assert (await look(hall, seat.session)).state is StripState.MISSING


class Killed(BaseException):
    """Not an Exception: nothing on the way may catch it."""


async def test_killed_between_any_two_writes_a_strip_is_whole_as_far_as_it_goes_or_told_as_missing(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process dies before its n-th write of a strip, for every n."""
    seen: list[StripState] = []
    for last in itertools.count(1):
        doomed, left = hall.another(), last
        seat = await seated(doomed)

        def dying(write: Any) -> Any:
            async def once(*arguments: Any, **named: Any) -> Any:
                nonlocal left
                left -= 1
                if left <= 0:
                    raise Killed
                return await write(*arguments, **named)

            return once

        with monkeypatch.context() as patch:
            for place, name in (
                (doomed.blobs, "put"),
                (doomed.blobs, "delete"),
                (doomed.service.strips._log, "record"),
                (doomed.store.strips.strips, "add"),
                (doomed.store.strips.strips, "replace"),
            ):
                patch.setattr(place, name, dying(getattr(place, name)))
            try:
                await absence(doomed, seat)
                finished = True
            except Killed:
                finished = False
        hall.clock.advance(60_000)
        stored = await hall.service.session(seat.session.id)
        if not finished:
            await hall.store.move_session(
                stored, state=stored.state, connection=Connection.OFFLINE,
                at_ms=stored.since_ms, owner="", epoch=stored.epoch,
            )  # fmt: skip
        shown = await look(hall, stored)
        seen.append(shown.state)
        assert bool(shown.pictures) is (shown.state in {StripState.CUT_SHORT, StripState.WHOLE})
        assert shown.state is not StripState.KEEPING
        if finished:
            assert last > 6
            assert set(seen) == {StripState.MISSING, StripState.CUT_SHORT, StripState.WHOLE}
            assert hall.blobs is not None
            assert await hall.blobs.get(blob_key(stored.id, shown.incident_id, 1)) is None
            return


async def test_a_strip_of_an_incident_that_was_never_decided_is_not_kept(hall: Hall) -> None:
    """Another owner had the session by the time that this one opened it."""
    seat = await seated(hall)
    await hall.play(seat, CALM, 4)
    seat.lost = True
    incident = (await _opening_of(hall)).model_copy(update={"incident_id": f"{seat.session.id}:absent:7"})
    seat.film.follow(_told(incident))
    assert seat.film.strips
    await hall.service.strips.keep()
    assert seat.film.strips == {}
    assert [one.id for one in await hall.store.strips.of_session(seat.session.id)] == []


async def _opening_of(hall: Hall) -> Incident:
    other = await hall.seat(await hall.invite("Bob"))
    await hall.play(other, EMPTY, 5)
    return (await hall.entries())[0].incident


def _told(incident: Incident) -> PendingEntry:
    return PendingEntry(at_ms=incident.opened_at_ms, kind=EntryKind.INCIDENT_OPENED, incident=incident)


async def test_while_the_blobs_are_away_a_strip_waits_and_is_kept_later(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await seated(hall)

    async def away(*_: Any) -> None:
        raise StorageUnavailable("the blobs are away")

    with monkeypatch.context() as patch:
        patch.setattr(hall.blobs, "put", away)
        await absence(hall, seat)
        await hall.service.seating.leave(seat)
        await hall.service.strips.keep()
        assert (await look(hall, seat.session)).state is StripState.MISSING
    await hall.service.strips.keep()
    assert (await look(hall, seat.session)).state is StripState.WHOLE


async def test_a_proctor_of_the_exam_is_shown_it_on_the_wall_and_that_is_logged(hall: Hall) -> None:
    seat = await seated(hall)
    await absence(hall, seat)
    session_id, incident_id = seat.session.id, f"{seat.session.id}:absent:1"
    claims = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id="usr_grace")
    show = hall.service.evidence.strip_on_wall
    assert (await show(claims, session_id, incident_id)).pictures
    lines = await hall.service.evidence.lines(session_id)
    assert [one.actor for one in lines if one.action == VIEW] == ["usr_grace"]
    with pytest.raises(SessionNotFound):
        await show(claims.model_copy(update={"exam_id": "exam-2"}), session_id, incident_id)
    with pytest.raises(NotAPerson):
        await show(claims.model_copy(update={"account_id": ""}), session_id, incident_id)
    assert len(await hall.service.evidence.lines(session_id)) == len(lines)
    await hall.store.admissions.admissions.change(
        session_id,
        hall.clock.now_ms(),
        lambda one: decide(
            one, ConsentSignal.STRIPS, TEXTS[ConsentSignal.STRIPS].hash, given=False, at_ms=hall.clock.now_ms()
        ),
    )
    with pytest.raises(NotForProctors):
        await show(claims, session_id, incident_id)
    assert (await look(hall, seat.session)).pictures


async def test_a_round_that_fails_is_not_the_last_one(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "ROUND_SECONDS", 0)
    rounds = 0

    async def keep() -> None:
        nonlocal rounds
        rounds += 1
        raise ValueError("a fault of ours")

    monkeypatch.setattr(hall.service.strips, "keep", keep)
    keeping = asyncio.create_task(hall.service.strips.keep_for_ever())
    while rounds < 3:
        assert not keeping.done()
        await asyncio.sleep(0)
    keeping.cancel()
    await asyncio.wait([keeping])
