import numpy as np
import pytest

from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.box_detector import SHORT, BoxDetector
from proctor_engine.detectors.model_files import load_parts
from proctor_engine.detectors.regions import Region
from tests.proctor_engine.oracle import EYE_ROWS, IRIS_ROWS, LIP_ROWS, FaceMeshOracle, distances
from tests.proctor_engine.recordings import Picture, astronaut

OTHER_ROWS = [row for row in range(468) if row not in {*EYE_ROWS, *LIP_ROWS}]


@pytest.fixture(scope="module", params=[True, False], ids=["compiled", "LiteRT"])
def attention_mesh(request: pytest.FixtureRequest) -> AttentionMesh:
    return AttentionMesh(load_parts(), compiled=request.param)


def turned(picture: Picture, quarter_turns: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture[:300, 70:370], quarter_turns))


def fitted(attention_mesh: AttentionMesh, picture: Picture) -> Mesh:
    (detection,) = BoxDetector(SHORT).find(picture)
    mesh = attention_mesh.fit(picture, detection.region())
    assert mesh is not None
    return mesh


@pytest.mark.parametrize("quarter_turns", [0, 1, 3])
def test_landmarks_are_those_of_face_mesh_itself(attention_mesh: AttentionMesh, quarter_turns: int) -> None:
    picture = turned(astronaut(), quarter_turns)
    oracle = FaceMeshOracle(1, tracked=False)
    (theirs,) = oracle.look(picture)
    oracle.close()
    apart = distances(fitted(attention_mesh, picture).points, theirs)
    assert apart[list(IRIS_ROWS)].mean() < 0.1
    assert apart[list(EYE_ROWS)].mean() < 0.1
    assert apart[OTHER_ROWS].mean() < 0.3


def test_a_face_has_depth_its_nose_nearer_than_its_cheeks(attention_mesh: AttentionMesh) -> None:
    points = fitted(attention_mesh, astronaut()).points
    assert points[1, 2] < points[234, 2]
    assert points[1, 2] < points[454, 2]


def test_where_no_face_is_there_is_no_mesh(attention_mesh: AttentionMesh) -> None:
    assert attention_mesh.fit(np.full((480, 640, 3), 90, np.uint8), Region(300, 200, 200, 0)) is None


def test_a_fit_leaves_nothing_behind_for_the_next(attention_mesh: AttentionMesh) -> None:
    first = fitted(attention_mesh, astronaut())
    fitted(attention_mesh, turned(astronaut(), 1))
    assert (fitted(attention_mesh, astronaut()).points == first.points).all()
