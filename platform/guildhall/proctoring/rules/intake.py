"""`admit_frame`: may this picture enter? Step 3 of the frame's journey, before any decoder sees a byte."""

from guildhall.kit.errors import Invalid
from guildhall.proctoring.lifecycle import SessionState
from guildhall.proctoring.model import Session
from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.contract import UnreadableFrame, read_jpeg_size


class FrameRefused(Invalid):
    """The frame does not enter; the sentence tells the candidate's page why. Nothing else changes."""

    type = "frame-refused"
    title = "This frame was not accepted"


def admit_frame(session: Session, last_number: int, number: int, jpeg: bytes, settings: ProctoringSettings) -> None:
    """Raise `FrameRefused` unless this is the next readable picture of a session that is going on.

    How often frames may come is the socket's limit (`namespace/candidate.py`), since it must hold before decoding.
    """
    if session.state is not SessionState.OPEN:
        raise FrameRefused(f"The session is {session.state.value}; frames are taken only while it is open.")
    admit_picture(last_number, number, jpeg, settings)


def admit_picture(last_number: int, number: int, jpeg: bytes, settings: ProctoringSettings) -> None:
    """Raise `FrameRefused` unless this is the next readable picture, of whomever."""
    if number <= last_number:
        raise FrameRefused(f"Frame {number} came after frame {last_number}; numbers must rise.")
    if len(jpeg) > settings.max_frame_bytes:
        raise FrameRefused(f"The frame has {len(jpeg)} bytes; at most {settings.max_frame_bytes} are taken.")
    try:
        width_px, height_px = read_jpeg_size(jpeg)
    except UnreadableFrame as error:
        raise FrameRefused(str(error)) from error
    if width_px * height_px > settings.max_picture_px:
        raise FrameRefused(
            f"The picture claims {width_px} x {height_px} pixels; at most {settings.max_picture_px} are taken."
        )
