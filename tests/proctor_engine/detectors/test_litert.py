import gc

import cv2
import numpy as np
import pytest

from proctor_engine.contract import Observation
from proctor_engine.detectors.base import DetectedFace, Detector, Sight, load_detector
from proctor_engine.exchange import Question
from proctor_engine.imaging import MEASURED_WIDTH_PX, shrink_to_grey
from proctor_engine.pipeline import examine
from proctor_engine.settings import EngineSettings
from tests.proctor_engine.recordings import Picture, astronaut, encode, read_clip, read_labels, read_still

LIMIT_PX = 4_000_000
BESIDE = 0.05  # of the picture


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector(EngineSettings())


def see(detector: Detector, picture: Picture) -> list[DetectedFace]:
    """The faces of a picture that is all of its session."""
    return detector.detect(Sight(picture, shrink_to_grey(picture, MEASURED_WIDTH_PX))).faces


def face_twice() -> Picture:
    """Near enough that both are within the short-range detector's reach."""
    near = astronaut()[:300, 70:370]
    return np.hstack((near, near))


def test_one_face_is_found_where_it_is(detector: Detector) -> None:
    (face,) = see(detector, astronaut())
    assert face.left == pytest.approx(0.345, abs=BESIDE)
    assert face.top == pytest.approx(0.13, abs=BESIDE)
    assert face.width == pytest.approx(0.18, abs=BESIDE)
    assert 0.5 < face.score <= 1
    assert 50 < face.interocular_px < 70
    assert abs(face.yaw_deg) < 8
    assert face.eye_openness > 0.2


def test_a_face_and_its_copy_are_two_faces_with_their_own_scores(detector: Detector) -> None:
    faces = see(detector, face_twice())
    assert sorted(round(face.left, 1) for face in faces) == [0.2, 0.7], faces
    assert all(face.score > 0.6 for face in faces)


def test_an_empty_picture_has_no_face(detector: Detector) -> None:
    assert see(detector, np.full((480, 640, 3), 90, np.uint8)) == []


def test_nothing_is_remembered_from_the_picture_before(detector: Detector) -> None:
    alone = see(detector, astronaut())
    see(detector, face_twice())
    assert see(detector, astronaut()) == alone


def test_a_frame_leaves_no_cycle_of_objects_behind(detector: Detector) -> None:
    """A child looks for cycles a hundredth as often as Python does: `child._leave_garbage`."""
    shown = [encode(picture) for picture in (astronaut(), face_twice(), np.full((480, 640, 3), 90, np.uint8))]
    memory = b""
    gc.collect()
    gc.disable()
    try:
        for frame in range(24):
            memory = examine(Question(200 * frame, memory, shown[frame // 4 % 3]), detector, LIMIT_PX).memory
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_head_tilted_clockwise_has_positive_roll(detector: Detector) -> None:
    upright = astronaut()
    centre = (224, 115)  # of the face
    for degrees in (-25, 25):
        turn = cv2.getRotationMatrix2D(centre, -degrees, 1)
        (face,) = see(detector, np.asarray(cv2.warpAffine(upright, turn, (512, 512)), np.uint8))
        assert face.roll_deg == pytest.approx(degrees, abs=10)


def test_a_mirrored_face_tilts_the_other_way(detector: Detector) -> None:
    (face,) = see(detector, astronaut())
    (mirrored,) = see(detector, np.ascontiguousarray(astronaut()[:, ::-1]))
    assert mirrored.roll_deg == pytest.approx(-face.roll_deg, abs=3)


def examine_clip(name: str, detector: Detector) -> list[Observation]:
    """Every sixth frame of 30 a second, as a session of its own."""
    seen, memory = [], b""
    for number, jpeg in enumerate(read_clip(name)[::6]):
        answer = examine(Question(number * 200, memory, jpeg), detector, LIMIT_PX)
        memory = answer.memory
        seen.append(answer.observation)
    return seen


@pytest.mark.parametrize(("clip", "faces"), [("one_face", 1), ("head_turn", 1), ("two_faces", 2), ("empty_room", 0)])
def test_a_webcam_clip_has_its_faces_in_every_frame(clip: str, faces: int, detector: Detector) -> None:
    assert {len(seen.faces) for seen in examine_clip(clip, detector)} == {faces}


def test_a_woman_who_turns_from_one_side_to_the_other_is_seen_to(detector: Detector) -> None:
    yaws = [seen.faces[0].yaw_deg for seen in examine_clip("head_turn", detector)]
    assert yaws[0] < -25
    assert max(yaws) > 20


def test_a_calm_face_looks_ahead(detector: Detector) -> None:
    faces = [seen.faces[0] for seen in examine_clip("one_face", detector)]
    assert all(abs(face.yaw_deg) < 10 and abs(face.gaze_x) < 0.2 for face in faces)


def test_labelled_heads_are_turned_to_the_side_their_label_says(detector: Detector) -> None:
    rows = [row for row in read_labels() if row["head_dir"] in {"image_left", "image_right"}]
    for row in rows:
        (face,) = see(detector, read_still(row["path"]))
        assert (face.yaw_deg < -15) if row["head_dir"] == "image_left" else (face.yaw_deg > 15), row["file"]
    assert len(rows) >= 9


def test_a_frame_of_a_labelled_empty_place_has_no_face(detector: Detector) -> None:
    for row in read_labels():
        if row["face_count"] == "0" and row["file"].startswith("intel"):
            assert not see(detector, read_still(row["path"])), row["file"]
