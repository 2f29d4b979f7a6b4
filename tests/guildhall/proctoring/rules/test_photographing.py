"""Which photograph is wanted, what takes the place of what, and what a candidate is told about a poor one."""

from typing import Any

import pytest

from guildhall.proctoring.model.admission import Admission, ConsentSignal, full_check_in
from guildhall.proctoring.model.photos import Photo, PhotoKind
from guildhall.proctoring.rules.admitting import NotReady, Stage, photos_left, scan_asked, stage_of
from guildhall.proctoring.rules.consenting import TEXTS, decide
from guildhall.proctoring.rules.photographing import advise, expect_wanted, taken
from guildhall.proctoring.settings import RuleSettings
from tests.fakes.observations import CALM, CROWD, DARK, EMPTY

RULES = RuleSettings()


def an_admission(*declines: ConsentSignal, **fields: Any) -> Admission:
    made = {
        "_id": "sit_1",
        "created_at_ms": 1,
        "exam_id": "exam-1",
        "policy": full_check_in(checks=(), must_pass=(), required=()),
        **fields,
    }
    admission = Admission.model_validate(made)
    for signal in admission.policy.asked:
        admission = decide(admission, signal, TEXTS[signal].hash, given=signal not in declines, at_ms=5)
    return admission


def a_photo(kind: PhotoKind, name: str = "pho_1", scan: int = 0, place: int = 0) -> Photo:
    return Photo(photo_id=name, kind=kind, at_ms=9, scan=scan, place=place, sha256=name)


def test_both_photographs_come_before_the_proctor_and_the_newest_of_a_kind_counts() -> None:
    admission = an_admission(needs_admission=True)
    assert stage_of(admission) is Stage.PHOTOS
    admission = taken(admission, a_photo(PhotoKind.FACE, "one"))
    admission = taken(admission, a_photo(PhotoKind.FACE, "two"))
    assert [one.photo_id for one in admission.photos] == ["two"]
    assert photos_left(admission) == (PhotoKind.ID_DOCUMENT,)
    assert stage_of(taken(admission, a_photo(PhotoKind.ID_DOCUMENT))) is Stage.READY


@pytest.mark.parametrize("declined", [ConsentSignal.PHOTOS, ConsentSignal.CAMERA])
def test_whoever_declines_is_asked_for_no_photograph_and_goes_on(declined: ConsentSignal) -> None:
    assert stage_of(an_admission(declined, needs_admission=True)) is Stage.READY


def test_nothing_is_taken_that_was_not_agreed_to_or_asked_for() -> None:
    with pytest.raises(NotReady, match="agree"):
        expect_wanted(an_admission(ConsentSignal.PHOTOS), PhotoKind.FACE, 0, 0)
    with pytest.raises(NotReady, match="Nobody asks"):
        expect_wanted(an_admission(), PhotoKind.ROOM, 1, 0)
    asked = scan_asked(an_admission(), "usr_p", 2, 7)
    expect_wanted(asked, PhotoKind.ROOM, 1, 1)
    for scan, place in ((2, 0), (1, 2)):
        with pytest.raises(NotReady, match="Nobody asks"):
            expect_wanted(asked, PhotoKind.ROOM, scan, place)


def test_a_room_scan_is_over_with_its_last_picture_in_whatever_order_they_came() -> None:
    asked = scan_asked(an_admission(), "usr_p", 2, 7)
    half = taken(taken(asked, a_photo(PhotoKind.ROOM, "b", 1, 1)), a_photo(PhotoKind.ROOM, "c", 1, 1))
    assert half.scans[-1].done_at_ms is None
    whole = taken(half, a_photo(PhotoKind.ROOM, "a", 1, 0))
    assert (whole.scans[-1].done_at_ms, whole.scans[-1].declined) == (9, False)
    assert {one.photo_id for one in whole.photos} == {"a", "c"}


def test_a_scan_is_not_asked_of_whoever_did_not_agree() -> None:
    with pytest.raises(NotReady):
        scan_asked(an_admission(ConsentSignal.ROOM_SCAN), "usr_p", 2, 7)


def test_a_poor_photograph_comes_with_what_to_do_and_a_document_is_not_told_to_show_a_face() -> None:
    assert advise(PhotoKind.FACE, CALM, RULES) == ""
    assert "light" in advise(PhotoKind.FACE, DARK, RULES)
    assert advise(PhotoKind.FACE, EMPTY, RULES) != ""
    assert "alone" in advise(PhotoKind.FACE, CROWD, RULES)
    assert "light" in advise(PhotoKind.ID_DOCUMENT, DARK, RULES)
    assert advise(PhotoKind.ID_DOCUMENT, EMPTY, RULES) == advise(PhotoKind.ID_DOCUMENT, CROWD, RULES) == ""
    assert advise(PhotoKind.FACE, None, RULES) == ""
