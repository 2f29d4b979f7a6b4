import numpy as np
import pytest

from proctor_engine.contract import Observation
from proctor_engine.detectors.base import Detected, DetectedFace, Sight
from proctor_engine.detectors.scripted import Script, ScriptedDetector, paint
from proctor_engine.exchange import Question
from proctor_engine.jpeg import UnreadableFrame
from proctor_engine.pipeline import examine
from proctor_engine.seeing import split_memory
from tests.proctor_engine.recordings import Picture, encode

LIMIT_PX = 640 * 480


def face_at(left: float, size: float) -> DetectedFace:
    return DetectedFace(left, 0.2, size, size, 0.9, 1, 2, 3, 0.1, 0.2, 0.3, 0.04, 80)


class Sees:
    """Finds the same faces in every picture."""

    def __init__(self, *faces: DetectedFace) -> None:
        self._faces = list(faces)

    def detect(self, sight: Sight) -> Detected:
        assert sight.picture.ndim == 3
        assert sight.grey.ndim == 2
        return Detected(self._faces, sight.memory + b"!")


def seen_in(picture: Picture, *faces: DetectedFace) -> Observation:
    return examine(Question(0, b"", encode(picture)), Sees(*faces), LIMIT_PX).observation


def test_an_observation_tells_the_pictures_size_and_what_its_script_names() -> None:
    question = Question(0, b"", encode(paint(Script(faces=2, yaw_deg=-30))))
    observation = examine(question, ScriptedDetector(), LIMIT_PX).observation
    assert (observation.width_px, observation.height_px) == (320, 240)
    assert [face.yaw_deg for face in observation.faces] == [-30, -30]
    assert observation.examine_us > 0


def test_faces_come_largest_first() -> None:
    seen = seen_in(np.zeros((48, 64, 3), np.uint8), face_at(0, 0.1), face_at(0.5, 0.4))
    assert [face.width for face in seen.faces] == [0.4, 0.1]


def test_each_face_is_measured_where_it_is() -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:, 160:] = 200
    seen = seen_in(picture, face_at(0.1, 0.2), face_at(0.7, 0.19))
    assert [round(face.light, 1) for face in seen.faces] == [0.0, 0.8]
    assert round(seen.light, 1) == 0.4


def test_a_picture_beyond_the_limit_is_unreadable() -> None:
    with pytest.raises(UnreadableFrame):
        seen_in(np.zeros((481, 640, 3), np.uint8))


def test_a_detectors_memory_comes_in_with_the_frame_and_goes_out_with_the_answer() -> None:
    memory = b""
    for frames in (1, 2, 3):
        memory = examine(Question(0, memory, encode(np.zeros((48, 64, 3), np.uint8))), Sees(), LIMIT_PX).memory
        assert split_memory(memory)[1] == b"!" * frames
