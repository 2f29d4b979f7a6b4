"""What was kept of somebody's looks is destroyed when its time is over, once, certified, whoever is killed."""

import itertools
from typing import Any

import pytest

from guildhall.kit.errors import NotFound
from guildhall.kit.signatures import Signer, key_id_of, verify_signature
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.admission import ProctoringPolicy, SaidOfThemselves
from guildhall.proctoring.model.reviews import Review
from guildhall.proctoring.model.strips import DESTROY, StripState
from guildhall.proctoring.rules.verifying import verify
from guildhall.proctoring.service.keys import EvidenceDestroyed
from guildhall.proctoring.service.retention import CERTIFICATE_TYPE, DAY_MS, Retention
from guildhall.proctoring.service.verifying import gather
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.service.test_strips import ASKING, absence, look, seated

SHORT = ProctoringPolicy(asked=ASKING.asked, evidence_days=30)


PUBLISHED: dict[str, str] = {}


async def publish(signer: Signer, at_ms: int) -> None:
    PUBLISHED[signer.key_id] = signer.public_key


def retention(hall: Hall) -> Retention:
    assert hall.blobs is not None
    return Retention(hall.store, hall.blobs, hall.audit, "the secret of this hall", hall.clock, publish)


async def left(hall: Hall) -> Session:
    """Somebody with an incident, pictures and a baseline, who has gone."""
    seat = await seated(hall, SHORT)
    await hall.store.admissions.admissions.change(
        seat.session.id,
        hall.clock.now_ms(),
        lambda one: one.model_copy(
            update={"evidence_due_ms": hall.clock.now_ms() + 30 * DAY_MS, "said": SaidOfThemselves(glasses=True)}
        ),
    )
    await absence(hall, seat)
    await hall.service.seating.leave(seat)
    await hall.service.strips.keep()
    return await hall.service.session(seat.session.id)


async def is_destroyed(hall: Hall, session: Session) -> bool:
    try:
        await hall.service.signals.records(session.id)
    except EvidenceDestroyed:
        return True
    return False


async def test_nothing_is_destroyed_before_its_time(hall: Hall) -> None:
    session = await left(hall)
    hall.clock.advance(30 * DAY_MS - 60_000)
    assert await retention(hall).sweep() == 0
    assert not await is_destroyed(hall, session)
    with pytest.raises(NotFound):
        await retention(hall).certificate(session.id)


async def test_after_it_nothing_of_their_looks_can_be_read_and_a_certificate_says_so(hall: Hall) -> None:
    session = await left(hall)
    assert session.baseline is not None
    hall.clock.advance(31 * DAY_MS)
    assert await retention(hall).sweep() == 1
    assert await is_destroyed(hall, session)
    assert (await look(hall, session)).state is StripState.DESTROYED
    assert hall.folder is not None
    assert [one for one in hall.folder.rglob("*") if one.is_file()] == []
    assert (await hall.service.session(session.id)).baseline is None
    assert (await hall.store.admissions.admissions.read(session.id)).said == SaidOfThemselves()
    deletion = await retention(hall).certificate(session.id)
    said = verify_signature(deletion.certificate, PUBLISHED, CERTIFICATE_TYPE)
    assert deletion.key_id == key_id_of(deletion.public_key)
    assert (said["sub"], said["strips"], said["kept_days"]) == (session.id, 1, 30)
    assert said["pictures"] > 5
    assert await retention(hall).sweep() == 0


async def test_what_stays_can_still_be_checked(hall: Hall) -> None:
    session = await left(hall)
    hall.clock.advance(31 * DAY_MS)
    await retention(hall).sweep()
    reports = verify(await gather(hall.store, session, hall.blobs))
    assert [one.fault for one in reports] == [None] * 5
    assert {entry.incident.session_id for entry in await hall.entries()} == {session.id}


async def test_whoever_is_still_here_and_whoever_is_under_review_waits(hall: Hall) -> None:
    there = await seated(hall, SHORT)
    await hall.store.admissions.admissions.change(
        there.session.id, 1, lambda one: one.model_copy(update={"evidence_due_ms": 1})
    )
    reviewed = await left(hall)
    await hall.store.reviews.open(
        Review(
            id=reviewed.id,
            created_at_ms=1,
            exam_id=reviewed.exam_id,
            attempt_id="",
            candidate_name="Ada",
            state=ReviewState.PENALISED,
            flags=(),
        )
    )
    hall.clock.advance(31 * DAY_MS)
    assert await retention(hall).sweep() == 0
    await hall.store.reviews.reviews.change(
        reviewed.id, 2, lambda one: one.model_copy(update={"state": ReviewState.CONFIRMED})
    )
    hall.clock.advance(2 * DAY_MS)
    assert await retention(hall).sweep() == 1
    assert await is_destroyed(hall, reviewed)
    assert not await is_destroyed(hall, there.session)


class Killed(BaseException):
    """Not an Exception: nothing on the way may catch it."""


async def test_killed_between_any_two_writes_it_is_destroyed_and_certified_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for last in itertools.count(1):
        session, remaining = await left(hall), last
        hall.clock.advance(31 * DAY_MS)
        doomed = retention(hall)

        def dying(write: Any) -> Any:
            async def once(*arguments: Any, **named: Any) -> Any:
                nonlocal remaining
                remaining -= 1
                if remaining <= 0:
                    raise Killed
                return await write(*arguments, **named)

            return once

        with monkeypatch.context() as patch:
            for place, name in (
                (hall.store.deletions, "add"),
                (hall.store.deletions, "replace"),
                (hall.store.signals, "destroy_key"),
                (hall.store.strips.strips, "delete"),
                (hall.store, "keep_calibration"),
                (hall.store.admissions.admissions, "replace"),
                (hall.blobs, "delete"),
                (hall.audit, "record"),
                (doomed._log, "record"),
            ):
                patch.setattr(place, name, dying(getattr(place, name)))
            try:
                await doomed.sweep()
                finished = True
            except Killed:
                finished = False
        hall.clock.advance(DAY_MS)
        assert await retention(hall).sweep() == (0 if finished else 1)
        deletion = await retention(hall).certificate(session.id)
        said = verify_signature(deletion.certificate, {deletion.key_id: deletion.public_key}, CERTIFICATE_TYPE)
        assert (said["strips"], said["begun_at_ms"]) == (1, deletion.begun_at_ms)
        lines = [line for line in await hall.service.evidence.lines(session.id) if line.action == DESTROY]
        audited = [
            one for one in await hall.audit.read(0, 500) if one.action == DESTROY and one.object_id == session.id
        ]
        assert (len(lines), len(audited)) == (1, 1)
        assert hall.folder is not None
        assert [one for one in hall.folder.rglob("*") if one.is_file()] == []
        assert await is_destroyed(hall, session)
        if finished:
            assert last > 8
            return
