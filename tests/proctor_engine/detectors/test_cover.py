"""On one real face, bare and with masks and hands drawn over it."""

import cv2
import numpy as np
import pytest

from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.box_detector import SHORT, BoxDetector
from proctor_engine.detectors.cover import UNKNOWN, covered_by
from proctor_engine.detectors.fitting import fit_new
from proctor_engine.detectors.model_files import load_parts
from proctor_engine.imaging import decode_picture
from tests.proctor_engine.recordings import Picture, astronaut, read_clip

# Along the jaw from ear to ear, then back over cheeks and nose.
MASK = (93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 345, 195, 116)
MODEL = AttentionMesh(load_parts())
SHORT_RANGE = BoxDetector(SHORT)


def fit(picture: Picture) -> Mesh:
    fitted = fit_new(MODEL, picture, SHORT_RANGE.find(picture)[0].region())
    assert fitted is not None
    return fitted.mesh


def masked(picture: Picture, mesh: Mesh, colour: tuple[int, int, int]) -> Picture:
    """The picture with a plain mask, under a camera's noise."""
    outline = mesh.points[list(MASK), :2].round().astype(np.int32)
    painted = cv2.fillPoly(picture.copy(), [outline], colour, lineType=cv2.LINE_AA)
    noise = np.random.default_rng(3).normal(0, 4, picture.shape)
    return np.asarray((painted + noise).clip(0, 255), np.uint8)


@pytest.fixture(scope="module")
def face() -> Picture:
    return np.ascontiguousarray(cv2.resize(astronaut()[:300, 70:370], (480, 480)))


def test_a_bare_face_is_free(face: Picture) -> None:
    assert covered_by(face, fit(face)) < 0.2


@pytest.mark.parametrize("colour", [(120, 170, 205), (230, 230, 226), (35, 35, 38), (120, 120, 122)])
def test_a_masked_face_is_covered_whatever_the_masks_colour(face: Picture, colour: tuple[int, int, int]) -> None:
    mesh = fit(face)
    assert covered_by(masked(face, mesh, colour), mesh) > 0.5


def test_a_fourth_channel_changes_nothing(face: Picture) -> None:
    four = np.ascontiguousarray(np.dstack((face, np.full(face.shape[:2], 255, np.uint8))))
    assert covered_by(four, fit(face)) == covered_by(face, fit(face))


def test_of_a_small_face_nobody_can_tell(face: Picture) -> None:
    mesh = fit(face)
    small = Mesh.of(np.asarray(mesh.coordinates / 10, np.float32), mesh.flag)
    assert covered_by(face, small) == UNKNOWN


def test_landmarks_outside_the_picture_are_no_error(face: Picture) -> None:
    mesh = fit(face)
    assert 0 <= covered_by(face, Mesh.of(mesh.coordinates + np.float32(400), mesh.flag)) <= 1


@pytest.mark.parametrize("clip", ["one_face", "head_turn", "two_faces"])
def test_nobody_in_the_clips_is_called_covered(clip: str) -> None:
    for jpeg in read_clip(clip)[::30]:
        picture = decode_picture(jpeg, 1 << 24)
        assert covered_by(picture, fit(picture)) < 0.5
