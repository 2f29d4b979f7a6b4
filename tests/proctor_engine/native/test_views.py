"""Compiled measures of how well something can be seen are those of numpy and OpenCV."""

import math
from dataclasses import astuple

import numpy as np
import pytest

from proctor_engine import imaging
from proctor_engine.native.library import load_library
from proctor_engine.native.views import view_part, view_whole
from proctor_engine.scene import scene_of
from proctor_engine.visibility import visibility_in, visibility_of
from tests.proctor_engine.native.test_frames import soft

pytestmark = pytest.mark.skipif(load_library() is None, reason="the engine's C was not built for this machine")


@pytest.mark.parametrize("size", [(480, 640), (960, 1280), (720, 960)])
@pytest.mark.parametrize("noise", [0, 12, 200])
def test_a_whole_picture_is_measured_as_opencv_does(size: tuple[int, int], noise: int) -> None:
    random = np.random.default_rng(noise)
    picture = soft(random, *size, 4)
    picture = np.asarray((picture + random.normal(0, noise, picture.shape)).clip(0, 255), np.uint8)
    view = view_whole(picture)
    assert view is not None
    grey = imaging.shrink_to_grey(picture, imaging.MEASURED_WIDTH_PX)
    edges = imaging.edges_of(grey)
    assert imaging.sharpness_from(view.edge, view.edge_square) == pytest.approx(imaging.sharpness_of(edges), abs=1e-9)
    assert astuple(visibility_in(view)) == pytest.approx(astuple(visibility_of(picture, grey, edges)), abs=1e-9)
    ours, theirs = (np.frombuffer(fields, np.uint8) for fields in (view.fields, scene_of(grey, edges)))
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "size", [(480, 640, 3), (360, 640, 4), (100, 300, 4), (480, 641, 4), (1, 1, 4), (20_000, 640, 4)]
)
def test_pictures_that_there_are_no_loops_for_are_left_to_opencv(size: tuple[int, int, int]) -> None:
    assert view_whole(np.zeros(size, np.uint8)) is None


@pytest.mark.parametrize("size", [(480, 640), (720, 1280), (240, 320), (333, 500), (1080, 1920), (2, 2)])
@pytest.mark.parametrize("seed", range(2))
def test_a_face_is_measured_as_opencv_does(size: tuple[int, int], seed: int) -> None:
    random = np.random.default_rng(seed)
    picture = soft(random, *size, 4)
    for _ in range(5):
        box = (*random.uniform(-0.1, 0.9, 2), *random.uniform(0.01, 0.8, 2))
        part = imaging.shrink_part(picture, *box)
        expected = (imaging.light_and_contrast_of(part)[0], imaging.sharpness_of(imaging.edges_of(part)))
        assert imaging.look_at_part(picture, *box) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("number", [-1.0, 0.0, 2.0, 1e-30, 1e30, -1e30, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("size", [(48, 64), (1, 1), (480, 640), (3, 900)])
def test_no_part_beyond_a_picture_is_read(number: float, size: tuple[int, int]) -> None:
    picture = np.full((*size, 4), 77, np.uint8)
    for place in range(4):
        numbers = [0.2, 0.2, 0.5, 0.5]
        numbers[place] = number
        view = view_part(picture, *numbers)
        assert view is None or (view.level, view.edge_square) == (77, 0)
