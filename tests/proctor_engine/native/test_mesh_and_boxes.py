"""The compiled looks beside those of LiteRT and OpenCV, and with pictures and regions that nobody means well with."""

import math
from dataclasses import astuple

import numpy as np
import pytest

from proctor_engine.detectors.attention_mesh import AttentionMesh, Mesh
from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector, Range, Window
from proctor_engine.detectors.fitting import read_fit
from proctor_engine.detectors.mesh_geometry import face_of, measure_face
from proctor_engine.detectors.model_files import load_parts
from proctor_engine.detectors.regions import Region
from proctor_engine.native.library import load_library
from tests.proctor_engine.recordings import Picture, astronaut

pytestmark = pytest.mark.skipif(load_library() is None, reason="the engine's C was not built for this machine")


def with_fourth(picture: Picture) -> Picture:
    return np.dstack((picture, np.full(picture.shape[:2], 7, np.uint8)))


@pytest.fixture(scope="module", params=[3, 4, 5], ids=["AVX2", "AVX-512", "AVX512-FP16"])
def meshes(request: pytest.FixtureRequest) -> list[AttentionMesh]:
    if load_library(request.param) is None:
        pytest.skip("this processor has no such instructions")
    return [AttentionMesh(load_parts(), compiled=compiled, level=request.param) for compiled in (True, False)]


@pytest.fixture(scope="module", params=[SHORT, FULL], ids=["short", "full"])
def detectors(request: pytest.FixtureRequest) -> list[BoxDetector]:
    chosen: Range = request.param
    return [BoxDetector(chosen, compiled=compiled) for compiled in (True, False)]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("moved", [(0, 0, 0), (25, -10, 0.3), (-30, 20, -2.8)])
def test_landmarks_are_within_a_tenth_of_a_pixel(
    meshes: list[AttentionMesh], channels: int, moved: tuple[float, float, float]
) -> None:
    picture = with_fourth(astronaut()) if channels == 4 else astronaut()
    region = Region(222 + moved[0], 118 + moved[1], 190, moved[2])
    ours, theirs = (mesh.fit(picture, region) for mesh in meshes)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        apart = np.abs(ours.coordinates - theirs.coordinates)
        assert apart.max() < 0.15
        assert apart[:2].mean() < 0.02
        assert ours.flag == pytest.approx(theirs.flag, abs=1e-4)
        assert ours.box == pytest.approx(theirs.box, abs=0.15)


@pytest.mark.parametrize("moved", [(0, 0, 0), (25, -10, 0.3)])
def test_what_a_mesh_says_is_what_is_read_from_its_landmarks(
    meshes: list[AttentionMesh], moved: tuple[float, float, float]
) -> None:
    mesh = meshes[0].fit(astronaut(), Region(222 + moved[0], 118 + moved[1], 190, moved[2]))
    assert mesh is not None
    assert mesh.measures is not None
    plain = Mesh.of(mesh.coordinates, mesh.flag)
    assert mesh.box == plain.box
    of_each = {"presence": 0.9, "covered": 0.1}
    said = astuple(face_of(mesh.measures, mesh.box, 512, 512, 0.8, **of_each))
    read = astuple(measure_face(plain.points, plain.box, 512, 512, 0.8, **of_each))
    for one, other in zip(said, read, strict=True):
        assert one == pytest.approx(other, abs=1e-9)
    fits = read_fit(mesh), read_fit(plain)
    assert fits[0].gaze_x == pytest.approx(fits[1].gaze_x, abs=1e-9)
    assert astuple(fits[0].region) == pytest.approx(astuple(fits[1].region), abs=1e-9)


@pytest.mark.parametrize(
    "window",
    [
        *(None, Window(0, 0, 512), Window(100, 20, 300), Window(-60, -80, 400), Window(131.5, 17.25, 180)),
        *(Window(-900, -900, 400), Window(480, 480, 90), Window(-1000, -1200, 2600)),
    ],
)
@pytest.mark.parametrize("channels", [3, 4])
def test_boxes_are_the_same(detectors: list[BoxDetector], window: Window | None, channels: int) -> None:
    picture = with_fourth(astronaut()[:400]) if channels == 4 else np.ascontiguousarray(astronaut()[:400])
    ours, theirs = (detector.find(picture, window) for detector in detectors)
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.score == pytest.approx(other.score, abs=2e-3)
        edges = ((box.left, box.top, box.right, box.bottom, box.angle) for box in (one, other))
        assert next(edges) == pytest.approx(next(edges), abs=0.1)


@pytest.mark.parametrize("size", [(1, 1), (1, 640), (480, 1), (2, 2), (3, 5)])
@pytest.mark.parametrize("channels", [3, 4])
def test_pictures_of_any_size_are_looked_at(
    meshes: list[AttentionMesh], detectors: list[BoxDetector], size: tuple[int, int], channels: int
) -> None:
    picture = np.full((*size, channels), 130, np.uint8)
    assert detectors[0].find(picture) == []
    assert meshes[0].fit(picture, Region(0.5, 0.5, 1.0, 0.0)) is None


HOSTILE = (0.0, -1.0, 1e-9, 1e6, -1e6, 1e30, -1e30, math.inf, -math.inf, math.nan)


@pytest.mark.parametrize("number", HOSTILE)
@pytest.mark.parametrize("channels", [3, 4])
def test_no_region_and_no_window_reads_beyond_a_picture(
    meshes: list[AttentionMesh], detectors: list[BoxDetector], number: float, channels: int
) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (48, 64, channels), np.uint8)
    for place in range(4):
        numbers = [20.0, 20.0, 30.0, 0.1]
        numbers[place] = number
        if place == 3 and math.isinf(number):
            continue  # Python's own sine refuses it
        mesh = meshes[0].fit(picture, Region(*numbers))
        assert mesh is None or mesh.coordinates.shape == (3, 478)
    for place in range(3):
        numbers = [10.0, 10.0, 30.0]
        numbers[place] = number
        assert len(detectors[0].find(picture, Window(*numbers))) <= 128


def test_a_picture_with_gaps_between_its_rows_is_the_picture(detectors: list[BoxDetector]) -> None:
    wide = np.hstack((with_fourth(astronaut()), np.zeros((512, 100, 4), np.uint8)))
    assert detectors[0].find(wide[:, :512]) == detectors[0].find(with_fourth(astronaut()))
