import math

import numpy as np
import numpy.typing as npt
import pytest

from proctor_engine.detectors import mesh_geometry as mesh

Landmarks = npt.NDArray[np.float64]


def a_frontal_face() -> Landmarks:
    """The points the measures use, as a head that looks straight into the camera; z away from it."""
    points = np.zeros((478, 3))
    points[33], points[133], points[362], points[263] = (-45, -30, 5), (-15, -30, 0), (15, -30, 0), (45, -30, 5)
    points[159], points[145], points[386], points[374] = (-30, -34, 0), (-30, -26, 0), (30, -34, 0), (30, -26, 0)
    points[468], points[473] = (-30, -30, 0), (30, -30, 0)
    points[234], points[454] = (-70, 0, 60), (70, 0, 60)
    points[10], points[152] = (0, -80, 0), (0, 80, 0)
    points[13], points[14], points[61], points[291] = (0, 40, -5), (0, 40, -5), (-25, 40, 0), (25, 40, 0)
    return points


def by_index(points: Landmarks) -> mesh.Points:
    return {row: [float(value) for value in point] for row, point in enumerate(points)}


def turned(yaw_deg: float = 0, pitch_deg: float = 0, roll_deg: float = 0) -> mesh.Points:
    """Nose to the picture's right, nose up, head clockwise: each on its own, of positive degrees."""
    yaw, pitch, roll = map(math.radians, (yaw_deg, pitch_deg, roll_deg))
    turn = np.array([[math.cos(yaw), 0, -math.sin(yaw)], [0, 1, 0], [math.sin(yaw), 0, math.cos(yaw)]])
    nod = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    tilt = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    points = a_frontal_face() @ (tilt @ nod @ turn).T + (320, 240, 0)
    return by_index(np.asarray(points))


def test_the_nose_of_a_head_turned_by_the_test_points_where_the_test_says() -> None:
    nose = np.array([0, 0, -50])  # before the face: towards the camera
    points = a_frontal_face()
    points[1] = nose
    yaw = math.radians(30)
    turn = np.array([[math.cos(yaw), 0, -math.sin(yaw)], [0, 1, 0], [math.sin(yaw), 0, math.cos(yaw)]])
    assert (points @ turn.T)[1][0] > 20


@pytest.mark.parametrize("degrees", [-60, -30, -10, 0, 10, 30, 60])
def test_each_direction_is_recovered(degrees: float) -> None:
    assert mesh.head_pose_deg(turned(yaw_deg=degrees)) == pytest.approx((degrees, 0, 0), abs=1e-6)
    assert mesh.head_pose_deg(turned(pitch_deg=degrees)) == pytest.approx((0, degrees, 0), abs=1e-6)
    assert mesh.head_pose_deg(turned(roll_deg=degrees)) == pytest.approx((0, 0, degrees), abs=1e-6)


def test_a_head_turned_far_never_flips_to_the_other_side() -> None:
    yaws = [mesh.head_pose_deg(turned(yaw_deg=degrees, pitch_deg=15, roll_deg=-10))[0] for degrees in range(-80, 81, 5)]
    assert yaws == sorted(yaws)


@pytest.mark.parametrize("roll_deg", [0, 40, -40])
@pytest.mark.parametrize(
    ("shift", "gaze"), [((-15, 0), (-1, 0)), ((15, 0), (1, 0)), ((0, 3), (0, 0.2)), ((0, 0), (0, 0))]
)
def test_gaze_follows_the_iris_however_the_head_is_tilted(
    shift: tuple[float, float], gaze: tuple[float, float], roll_deg: float
) -> None:
    straight = a_frontal_face()
    straight[468, :2] += shift
    roll = math.radians(roll_deg)
    tilt = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    assert mesh.gaze_of(by_index(straight @ tilt.T), mesh.LEFT_EYE) == pytest.approx(gaze, abs=1e-9)


def test_openness_is_a_share_of_the_width() -> None:
    face = dict(by_index(a_frontal_face()))
    assert mesh.eye_openness(face, mesh.LEFT_EYE) == pytest.approx(8 / 30)
    assert mesh.mouth_openness(face) == 0 or mesh.mouth_openness(face) < 1e-6
    face[14] = [0, 55, 0]
    assert mesh.mouth_openness(face) == pytest.approx(15 / 50)


def test_the_outer_eye_corners_tell_the_size() -> None:
    assert mesh.interocular_px(by_index(a_frontal_face())) == pytest.approx(90)


def test_a_collapsed_mesh_divides_by_nothing() -> None:
    assert math.isfinite(mesh.mouth_openness(by_index(np.zeros((478, 3)))))
