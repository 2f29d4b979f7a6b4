"""The short form of `make parity-engine`: faces beside FaceMesh's, on films drawn of one face."""

import cv2
import numpy as np
import pytest

from proctor_engine.detectors.attention_mesh import AttentionMesh
from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector
from proctor_engine.detectors.confirming import Models
from proctor_engine.detectors.model_files import load_parts
from tests.proctor_engine.films import drawn
from tests.proctor_engine.parity import Film, compare, heads_of, hide, pass_through, tile
from tests.proctor_engine.recordings import Picture


@pytest.fixture(scope="module", params=[True, False], ids=["compiled", "LiteRT"])
def models(request: pytest.FixtureRequest) -> Models:
    is_compiled = request.param
    short_range, full_range = (BoxDetector(chosen, compiled=is_compiled) for chosen in (SHORT, FULL))
    return Models(short_range, full_range, AttentionMesh(load_parts(), compiled=is_compiled))


@pytest.fixture(scope="module")
def face() -> list[Picture]:
    return list(drawn(12))


def room() -> Picture:
    shapes = np.random.default_rng(4).uniform(90, 170, (6, 8, 3)).astype(np.float32)
    return np.asarray(cv2.resize(shapes, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize(("scene", "faces"), [("alone", 1), ("four", 4), ("enters and leaves", 1), ("hidden", 1)])
def test_landmarks_and_losses_are_those_of_face_mesh_at_the_same_track_state(
    models: Models, face: list[Picture], scene: str, faces: int
) -> None:
    (head,) = heads_of(face, models.short_range)
    films: dict[str, Film] = {
        "alone": iter(face),
        "four": tile([head, head[3:], head[::-1], head[6:]], 2, 10),
        "enters and leaves": pass_through(face, room(), 24),
        "hidden": hide(face, 40, 6),
    }
    figures = compare(models, films[scene]).figures()
    assert figures["faces"] == faces
    assert figures["pairs"] >= 9
    assert figures["iris_px"] <= 0.1
    assert figures["eye_px"] <= 0.1
    assert figures["other_px"] <= 0.3
    assert figures["lost_by_one"] == 0
