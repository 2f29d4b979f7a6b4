import pytest

from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.model import Session
from guildhall.proctoring.rules import FrameRefused, admit_frame
from guildhall.proctoring.settings import ProctoringSettings
from tests.fakes.pictures import a_jpeg, a_jpeg_that_claims

SETTINGS = ProctoringSettings(max_frame_bytes=10_000, max_picture_px=64 * 64)
JPEG = a_jpeg(64, 48)


def a_session(state: SessionState = SessionState.OPEN) -> Session:
    return Session(
        id="ses_1",
        exam_id="exam-1",
        exam_title="Algebra",
        candidate_name="Ada",
        created_at_ms=0,
        state=state,
        connection=Connection.ONLINE,
        since_ms=0,
        epoch=1,
        owner="own_1",
        ordinals={},
        open={},
        pending={},
        baseline=None,
    )


def test_the_next_readable_picture_of_an_open_session_enters() -> None:
    admit_frame(a_session(), 6, 7, JPEG, SETTINGS)


@pytest.mark.parametrize("state", [SessionState.WAITING, SessionState.FINISHED])
def test_a_session_that_is_not_going_on_takes_no_frames_and_says_what_it_is(state: SessionState) -> None:
    with pytest.raises(FrameRefused) as refused:
        admit_frame(a_session(state), -1, 0, JPEG, SETTINGS)
    assert refused.value.detail == f"The session is {state.value}; frames are taken only while it is open."


@pytest.mark.parametrize("number", [6, 5, 0])
def test_a_number_that_does_not_rise_is_refused(number: int) -> None:
    with pytest.raises(FrameRefused, match=rf"^Frame {number} came after frame 6; numbers must rise\.$"):
        admit_frame(a_session(), 6, number, JPEG, SETTINGS)


def test_a_frame_may_be_as_large_as_allowed_and_not_a_byte_larger() -> None:
    largest = JPEG[:-2] + bytes(SETTINGS.max_frame_bytes - len(JPEG)) + JPEG[-2:]
    admit_frame(a_session(), 0, 1, largest, SETTINGS)
    with pytest.raises(FrameRefused, match=r"^The frame has 10001 bytes; at most 10000 are taken\.$"):
        admit_frame(a_session(), 0, 1, largest + b"\xd9", SETTINGS)


@pytest.mark.parametrize("jpeg", [b"", b"GIF89a", bytes(500)])
def test_what_is_not_a_jpeg_is_refused_before_any_decoder_sees_it(jpeg: bytes) -> None:
    with pytest.raises(FrameRefused, match="not a JPEG"):
        admit_frame(a_session(), 0, 1, jpeg, SETTINGS)


def test_a_small_file_that_claims_a_huge_picture_is_refused_by_its_claim() -> None:
    admit_frame(a_session(), 0, 1, a_jpeg_that_claims(64, 64), SETTINGS)
    with pytest.raises(FrameRefused, match=r"^The picture claims 65 x 64 pixels; at most 4096 are taken\.$"):
        admit_frame(a_session(), 0, 1, a_jpeg_that_claims(65, 64), SETTINGS)


def test_a_refusal_is_a_422_so_that_a_page_can_show_its_sentence() -> None:
    problem = FrameRefused("Too much.").as_problem()
    assert (problem.status, problem.type, problem.detail) == (422, "frame-refused", "Too much.")
