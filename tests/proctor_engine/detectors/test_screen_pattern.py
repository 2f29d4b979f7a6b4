from dataclasses import replace

import numpy as np
import pytest

from proctor_engine import imaging
from proctor_engine.detectors.base import Detector
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.detectors.screen_pattern import ONE_FRAME_IN, SIDE_PX, look_for_pattern, measure_pattern
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from tests.fakes.observations import a_face
from tests.proctor_engine.recordings import Picture, astronaut, encode, read_clip
from tests.proctor_engine.screens import film_screen

LIMIT = 3.6
HEAD = (50, 160)  # top and left of the square over the astronaut's face


@pytest.fixture(scope="module")
def detector() -> Detector:
    return LiteRtDetector(4, 1_000)


def over_face(picture: Picture) -> float:
    top, left = HEAD
    return measure_pattern(np.ascontiguousarray(picture[top : top + SIDE_PX, left : left + SIDE_PX]))


def decode(jpeg: bytes) -> Picture:
    return imaging.decode_picture(jpeg, 1 << 22)


@pytest.mark.parametrize("quality", [60, 75, 92])
def test_a_face_has_no_pattern(quality: int) -> None:
    assert over_face(decode(encode(astronaut(), quality))) < LIMIT


def test_a_face_in_a_noisy_picture_has_no_pattern() -> None:
    noise = np.random.default_rng(4).normal(0, 6, astronaut().shape)
    noisy = np.clip(astronaut() + noise, 0, 255).astype(np.uint8)
    assert over_face(decode(encode(noisy, 75))) < LIMIT


def test_a_filmed_screen_whose_pixels_the_lens_resolves_shows_its_pattern() -> None:
    """Not every screen does: at random distances and blurs about one in five."""
    filmed = film_screen(astronaut(), screen_px_per_camera_px=0.8, blur_px=0.3, turn_deg=3.0)
    assert over_face(decode(encode(filmed, 75))) > LIMIT


def test_a_screen_that_the_lens_blurs_shows_nothing() -> None:
    filmed = film_screen(astronaut(), screen_px_per_camera_px=0.8, blur_px=2.0, turn_deg=3.0)
    assert over_face(decode(encode(filmed, 75))) < LIMIT


def test_only_some_frames_are_looked_at_and_only_where_a_face_is() -> None:
    picture = np.zeros((480, 640, 4), np.uint8)
    face = a_face()
    assert look_for_pattern(picture, ONE_FRAME_IN, [face]) is not None
    assert look_for_pattern(picture, ONE_FRAME_IN + 1, [face]) is None
    assert look_for_pattern(picture, ONE_FRAME_IN, []) is None
    assert look_for_pattern(picture, ONE_FRAME_IN, [replace(face, interocular_px=20.0)]) is None
    assert look_for_pattern(picture[:100], ONE_FRAME_IN, [face]) is None


@pytest.mark.parametrize("place", [(0.0, 0.0), (0.95, 0.95), (-0.2, 0.4)])
def test_a_face_at_the_edge_is_looked_at_within_the_picture(place: tuple[float, float]) -> None:
    face = a_face(left=place[0], top=place[1], width=0.05, height=0.05)
    look_for_pattern(np.zeros((480, 640, 4), np.uint8), 0, [face])


@pytest.mark.parametrize("clip", ["one_face", "head_turn", "two_faces"])
def test_no_face_before_a_real_camera_has_a_pattern(clip: str, detector: Detector) -> None:
    for jpeg in dict.fromkeys(read_clip(clip)[::6]):
        faces = list(examine(Question(0, b"", jpeg), detector, 1 << 22).observation.faces)
        pattern = look_for_pattern(decode(jpeg), 0, faces)
        assert pattern is not None
        assert pattern < LIMIT
