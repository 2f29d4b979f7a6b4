"""Photographs of the check-in: only of who agreed, sealed, every look on record first, gone when their time is over."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.messages.admission import PhotoTaken
from guildhall.proctoring.model import ProctorClaims
from guildhall.proctoring.model.admission import ConsentSignal, full_check_in
from guildhall.proctoring.model.photos import PhotoKind
from guildhall.proctoring.rules.admitting import NotReady
from guildhall.proctoring.rules.photographing import PhotoRefused, photo_blob_key
from guildhall.proctoring.service.photo_retention import HOUR_MS
from guildhall.proctoring.service.photos import NoPhoto, NotAPerson, PhotoDesk
from guildhall.proctoring.service.retention import DAY_MS
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.store.admissions import NoAdmission
from tests.fakes.observations import DARK
from tests.fakes.pictures import a_jpeg, a_jpeg_that_claims
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.service.test_retention import retention
from tests.guildhall.proctoring.service.test_strips import seated

POLICY = full_check_in(checks=(), must_pass=(), required=(), photo_hours=2, evidence_days=30)
PROCTOR = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id="usr_p", name="Pat")
FACE, DOCUMENT = a_jpeg(320, 240, 90), a_jpeg(320, 240, 160)


def a_picture(kind: str = "face", jpeg: bytes = FACE, scan: int = 0, place: int = 0) -> PhotoTaken:
    return PhotoTaken.model_validate({"kind": kind, "scan": scan, "place": place, "jpeg": jpeg})


def blobs_of(hall: Hall) -> Sequence[Path]:
    assert hall.folder is not None
    return [one for one in hall.folder.rglob("*") if one.is_file()]


async def photographed(hall: Hall) -> tuple[Seat, str]:
    seat = await seated(hall, POLICY)
    admission = await hall.service.photos.take(seat, a_picture())
    return seat, admission.photos[0].photo_id


async def test_a_photograph_is_sealed_where_it_lies_and_shown_as_it_was_taken(hall: Hall) -> None:
    seat, photo_id = await photographed(hall)
    assert blobs_of(hall)
    assert all(b"\xff\xd8" not in one.read_bytes()[:40] and FACE not in one.read_bytes() for one in blobs_of(hall))
    assert await hall.service.photos.show(PROCTOR, seat.session.id, photo_id) == FACE


async def test_who_looked_is_on_record_in_both_logs(hall: Hall) -> None:
    seat, photo_id = await photographed(hall)
    await hall.service.photos.show(PROCTOR, seat.session.id, photo_id)
    for lines in (await hall.audit.read(0, 50), await hall.service.evidence.lines(seat.session.id)):
        (line,) = [one for one in lines if one.action == "proctoring.view_photo"]
        assert (line.actor, line.details["photo"], line.details["kind"]) == ("usr_p", photo_id, "face")


async def test_nobody_is_shown_what_could_not_be_written_down(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    seat, photo_id = await photographed(hall)

    async def away(*_: object, **__: object) -> None:
        raise StorageUnavailable("the database is away")

    monkeypatch.setattr(hall.audit, "record", away)
    with pytest.raises(StorageUnavailable):
        await hall.service.photos.show(PROCTOR, seat.session.id, photo_id)


async def test_another_exams_proctor_and_one_without_an_account_see_nothing(hall: Hall) -> None:
    seat, photo_id = await photographed(hall)
    with pytest.raises(NoAdmission):
        await hall.service.photos.show(PROCTOR.model_copy(update={"exam_id": "exam-2"}), seat.session.id, photo_id)
    with pytest.raises(NotAPerson):
        await hall.service.photos.show(PROCTOR.model_copy(update={"account_id": ""}), seat.session.id, photo_id)


async def test_nothing_is_kept_of_whoever_declined_or_of_what_is_no_picture(hall: Hall) -> None:
    seat = await seated(hall, POLICY, declines=(ConsentSignal.PHOTOS,))
    with pytest.raises(NotReady):
        await hall.service.photos.take(seat, a_picture())
    seat = await seated(hall, POLICY)
    for bad in (b"no picture", a_jpeg_that_claims(9_000, 9_000), FACE + bytes(500_000)):
        with pytest.raises(PhotoRefused):
            await hall.service.photos.take(seat, a_picture(jpeg=bad))
    assert blobs_of(hall) == []


async def test_taken_again_it_takes_the_place_of_the_one_before_and_sent_twice_it_is_one(hall: Hall) -> None:
    seat, first = await photographed(hall)
    again = await hall.service.photos.take(seat, a_picture())
    assert [one.photo_id for one in again.photos] == [first]
    changed = await hall.service.photos.take(seat, a_picture(jpeg=DOCUMENT))
    assert len(changed.photos) == len(blobs_of(hall)) == 1
    with pytest.raises(NoPhoto):
        await hall.service.photos.show(PROCTOR, seat.session.id, first)


async def test_a_dark_photograph_is_kept_with_what_to_do_about_it(hall: Hall) -> None:
    seat = await seated(hall, POLICY)
    await hall.send(seat, DARK)
    admission = await hall.service.photos.take(seat, a_picture())
    assert "light" in admission.photos[0].advice


async def test_a_room_is_shown_to_who_asked_or_declined_and_the_seat_goes_on(hall: Hall) -> None:
    seat = await seated(hall, POLICY)
    photos = hall.service.photos
    asked = await photos.ask_scan(PROCTOR, seat.session.id, 2)
    assert asked.scans[-1].done_at_ms is None
    for place in range(2):  # a camera that stands still gives the same picture twice
        done = await photos.take(seat, a_picture("room", FACE, 1, place))
    assert done.scans[-1].done_at_ms is not None
    second = await photos.ask_scan(PROCTOR, seat.session.id, 2)
    declined = await photos.decline_scan(seat, second.scans[-1].number)
    assert declined.scans[-1].declined
    assert [one.kind for one in declined.photos] == [PhotoKind.ROOM, PhotoKind.ROOM]


async def test_the_action_room_scan_asks_for_pictures_only_of_whoever_agreed_to_them(hall: Hall) -> None:
    willing, unwilling = await seated(hall, POLICY), await seated(hall, POLICY, declines=(ConsentSignal.ROOM_SCAN,))
    for seat, scans in ((willing, 1), (unwilling, 0)):
        await hall.service.photos.ask_scan_where_agreed(PROCTOR, seat.session.id)
        assert len((await hall.service.photos.of(PROCTOR, seat.session.id)).scans) == scans


async def test_photographs_are_deleted_when_their_hours_are_over_and_not_while_the_session_goes_on(hall: Hall) -> None:
    seat, photo_id = await photographed(hall)
    hall.clock.advance(5 * HOUR_MS)
    await retention(hall).sweep()
    assert await hall.service.photos.show(PROCTOR, seat.session.id, photo_id) == FACE
    await hall.service.seating.finish(seat)
    await hall.service.seating.leave(seat)
    hall.clock.advance(2 * HOUR_MS + HOUR_MS)
    await retention(hall).sweep()
    assert blobs_of(hall) == []
    admission = await hall.service.photos.of(PROCTOR, seat.session.id)
    assert (admission.photos, admission.photos_due_ms) == ((), 0)


async def test_with_the_key_go_the_photographs_too_also_one_that_nothing_refers_to(hall: Hall) -> None:
    seat, photo_id = await photographed(hall)
    await hall.store.admissions.admissions.change(
        seat.session.id,
        hall.clock.now_ms(),
        # As after a kill between the line in the log and the admission; and with hours that outlast the evidence.
        lambda one: one.model_copy(update={"photos": (), "photos_due_ms": 0, "evidence_due_ms": hall.clock.now_ms()}),
    )
    await hall.service.seating.finish(seat)
    await hall.service.seating.leave(seat)
    hall.clock.advance(31 * DAY_MS)
    assert await retention(hall).sweep() == 1
    assert blobs_of(hall) == []
    assert hall.blobs is not None
    assert await hall.blobs.get(photo_blob_key(seat.session.id, photo_id)) is None


async def test_a_reviewer_gets_the_face_and_never_the_document_and_its_owner_gets_both(hall: Hall) -> None:
    seat, _ = await photographed(hall)
    photos = hall.service.photos
    await photos.take(seat, a_picture("id_document", DOCUMENT))
    assert [photo.kind for photo, _ in await photos.every(seat.session.id, "usr_r")] == [PhotoKind.FACE]
    assert [jpeg for _, jpeg in await photos.every(seat.session.id, "usr_ada", tuple(PhotoKind))] == [FACE, DOCUMENT]
    lines = await hall.service.evidence.lines(seat.session.id)
    assert [one.actor for one in lines if one.action == "proctoring.view_photo"] == ["usr_r", "usr_ada", "usr_ada"]
    for one in blobs_of(hall):
        one.unlink()
    assert await photos.every(seat.session.id, "usr_r") == ()


async def test_without_a_place_for_blobs_nothing_is_taken(hall: Hall) -> None:
    seat = await seated(hall, POLICY)
    desk = PhotoDesk(hall.store, hall.service.signals, None, hall.audit, hall.bus, hall.clock, hall.settings)
    with pytest.raises(Exception, match="keeps no photographs"):
        await desk.take(seat, a_picture())
