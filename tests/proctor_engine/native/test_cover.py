"""The light at a face's landmarks is what numpy reads there."""

import math

import numpy as np
import pytest

from proctor_engine.detectors import cover
from proctor_engine.detectors.attention_mesh import Mesh
from proctor_engine.native.cover import LandmarkGroups
from proctor_engine.native.library import load_library
from tests.proctor_engine.native.test_frames import soft

pytestmark = pytest.mark.skipif(load_library() is None, reason="the engine's C was not built for this machine")


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_medians_and_spreads_are_those_of_numpy(channels: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    picture = soft(random, 120, 160, channels)
    mesh = Mesh.of(np.asarray(random.uniform(-20, 180, (3, 478)), np.float32), 1.0)  # some beyond the picture
    ours = cover.COMPILED.measure(picture, mesh.coordinates)
    assert ours is not None
    for one, other in zip(ours, cover._measured(picture, mesh), strict=True):
        assert one == pytest.approx(other, abs=1e-12)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e30, -1e30])
def test_no_landmark_is_read_beyond_a_picture(number: float) -> None:
    picture = np.full((2, 3, 4), 92, np.uint8)
    told = cover.COMPILED.measure(picture, np.full((3, 478), number, np.float32))
    assert told is not None
    assert told[0] == pytest.approx([math.log(100)] * len(cover.GROUPS) + [0])


def test_landmarks_that_no_mesh_has_are_refused() -> None:
    picture, nowhere = np.zeros((2, 2, 4), np.uint8), np.zeros((3, 478), np.float32)
    for groups in ([[1], [2], [3], [478]], [[1], [2], [3], [-1]], [[1], [2], [3]], [[1] * 200, [2], [3], [4]]):
        assert LandmarkGroups(groups).measure(picture, nowhere) is None
