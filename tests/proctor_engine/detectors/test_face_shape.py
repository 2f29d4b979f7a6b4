import math

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from proctor_engine.contract import SHAPE_RATIOS, Face
from proctor_engine.detectors.base import Detector
from proctor_engine.detectors.face_shape import LEAST_INTEROCULAR_PX, MOST_TURN_DEG, measure_shape
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from tests.proctor_engine.recordings import Picture, astronaut, encode

Landmarks = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return LiteRtDetector(4, 1_000)


def a_mesh(interocular_px: float = 100.0) -> Landmarks:
    points = np.random.default_rng(8).normal(0, 40, (478, 3)).astype(np.float32)
    points[33], points[263] = (0, 0, 0), (interocular_px, 0, 0)
    return points


def face_in(detector: Detector, picture: Picture) -> Face:
    return examine(Question(0, b"", encode(picture, 85)), detector, 1 << 22).observation.faces[0]


def test_proportions_do_not_depend_on_size_place_or_turn() -> None:
    mesh, angle = a_mesh(), math.radians(25)
    turn = np.array(((math.cos(angle), -math.sin(angle), 0), (math.sin(angle), math.cos(angle), 0), (0, 0, 1)))
    moved = (mesh @ turn.T * 1.7 + (300, 200, 5)).astype(np.float32)
    assert measure_shape(moved, 0, 0) == pytest.approx(measure_shape(mesh, 0, 0), abs=0.004)


def test_there_are_none_of_a_face_that_is_turned_or_small() -> None:
    assert len(measure_shape(a_mesh(), MOST_TURN_DEG, -MOST_TURN_DEG)) == SHAPE_RATIOS
    assert measure_shape(a_mesh(), MOST_TURN_DEG + 1, 0) == ()
    assert measure_shape(a_mesh(), 0, -MOST_TURN_DEG - 1) == ()
    assert measure_shape(a_mesh(LEAST_INTEROCULAR_PX - 1), 0, 0) == ()


def test_a_mesh_that_has_collapsed_is_a_shape_of_finite_numbers() -> None:
    mesh = np.zeros((478, 3), np.float32)
    mesh[263] = (100, 0, 0)
    assert all(map(math.isfinite, measure_shape(mesh, 0, 0)))


def test_one_face_in_other_light_focus_and_size_keeps_its_proportions(detector: Detector) -> None:
    picture = astronaut()
    as_enrolled = face_in(detector, picture).shape
    dimmer = (picture * 0.6).astype(np.uint8)
    softer = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)
    larger = np.asarray(cv2.resize(picture, None, fx=1.5, fy=1.5), np.uint8)
    for changed in (dimmer, softer, larger):
        shape = face_in(detector, changed).shape
        assert math.dist(shape, as_enrolled) / math.sqrt(SHAPE_RATIOS) < 0.045


def test_a_face_of_other_proportions_has_another_shape(detector: Detector) -> None:
    picture = astronaut()
    wider = np.asarray(cv2.resize(picture, (640, 512)), np.uint8)
    apart = math.dist(face_in(detector, wider).shape, face_in(detector, picture).shape) / math.sqrt(SHAPE_RATIOS)
    assert apart > 0.045
