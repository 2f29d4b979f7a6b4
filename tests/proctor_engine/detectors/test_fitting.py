import numpy as np
import pytest

from proctor_engine.detectors.attention_mesh import Mesh
from proctor_engine.detectors.fitting import Fit, is_in_doubt, is_same, read_fit
from proctor_engine.detectors.memory import Track
from proctor_engine.detectors.mesh_geometry import LEFT_EYE, RIGHT_EYE, gaze_of
from proctor_engine.detectors.regions import Region

POINTS = np.random.default_rng(8).uniform(100, 300, (3, 478)).astype(np.float32)
MESH = Mesh.of(POINTS, 1.0)
CALM = Track(Region(200, 200, 100, 0), 0.9, 0, 0, certain=True, gaze_x=0.1)


def test_the_gaze_that_is_followed_is_the_gaze_that_is_told() -> None:
    points = dict(enumerate(MESH.points.tolist()))
    both = (gaze_of(points, LEFT_EYE)[0] + gaze_of(points, RIGHT_EYE)[0]) / 2
    assert read_fit(MESH).gaze_x == pytest.approx(both, abs=1e-4)


def test_a_calm_face_leaves_no_doubt() -> None:
    assert not is_in_doubt(CALM, Fit(MESH, Region(202, 201, 101, 0.01), 0.15))


@pytest.mark.parametrize(
    "fit",
    [
        Fit(MESH, CALM.region, 0.2),
        Fit(MESH, Region(206, 200, 100, 0), 0.1),
        Fit(MESH, Region(200, 200, 104, 0), 0.1),
        Fit(MESH, Region(200, 200, 100, -0.06), 0.1),
    ],
)
def test_eyes_or_a_head_that_move_do(fit: Fit) -> None:
    assert is_in_doubt(CALM, fit)


def test_boxes_of_one_face_are_the_same_and_those_of_neighbours_are_not() -> None:
    assert is_same(Region(200, 200, 100, 0), Region(215, 195, 130, 0.2))
    assert not is_same(Region(200, 200, 100, 0), Region(280, 200, 100, 0))
