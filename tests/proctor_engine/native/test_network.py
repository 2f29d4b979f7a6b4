import cv2
import numpy as np
import pytest

from proctor_engine.detectors.model_files import FULL_RANGE, ModelParts, load_parts, read_model
from proctor_engine.detectors.network import Network
from proctor_engine.native.library import Library, load_library
from proctor_engine.native.network import NativeNetwork
from tests.proctor_engine.recordings import astronaut


@pytest.fixture(scope="module", params=[3, 4, 5], ids=["AVX2", "AVX-512", "AVX512-FP16"])
def library(request: pytest.FixtureRequest) -> Library:
    if (found := load_library(request.param)) is None:
        pytest.skip("the engine's C was not built here, or this processor has no such instructions")
    return found


@pytest.fixture(scope="module")
def parts() -> ModelParts:
    return load_parts()


def values_of(
    network: NativeNetwork, sizes: list[list[tuple[int, int, int]]]
) -> list[np.ndarray[tuple[int], np.dtype[np.float32]]]:
    """Each output's parts one after the other, without the channels of nothing."""
    return [
        np.concatenate(
            [
                network.view(place, rows, columns)[:, :, :channels].ravel()
                for place, (rows, columns, channels) in zip(places, shapes, strict=True)
            ]
        )
        for places, shapes in zip(network.outputs, sizes, strict=True)
    ]


def noise(shape: tuple[int, ...], low: float, high: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(np.random.default_rng(5).uniform(low, high, shape), np.float32)


MESH = [[(1, 1, 1404)], [(48, 48, 32)], [(1, 1, 1)]]
EXACTLY, IN_HALVES = 2e-4, 4e-3  # of the largest number that a network says


def allowed(library: Library) -> float:
    return IN_HALVES if library.has_halves else EXACTLY


def cut_face() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(cv2.resize(astronaut()[23:213, 127:317], (192, 192)), np.float32)


def assert_same(
    network: NativeNetwork, model: Network, sizes: list[list[tuple[int, int, int]]], within: float = EXACTLY
) -> None:
    for _ in range(2):  # what the first leaves behind is nothing to the second
        network.run()
    model.run()
    for mine, theirs in zip(values_of(network, sizes), model.outputs, strict=True):
        assert mine == pytest.approx(theirs.ravel(), abs=within * max(float(np.abs(theirs).max()), 1.0))


def test_the_mesh_is_that_of_litert(library: Library, parts: ModelParts) -> None:
    network = NativeNetwork(library, parts.mesh_plan, in_halves=library.has_halves)
    model = Network(parts.mesh)
    for light in (noise((192, 192, 3), 0, 255), cut_face(), np.zeros((192, 192, 3)), np.full((192, 192, 3), 255)):
        model.inputs[0][0] = light
        network.view(network.inputs[0], 192, 192)[:] = model.inputs[0][0]
        assert_same(network, model, MESH, allowed(library))


def test_the_eyes_are_those_of_litert(library: Library, parts: ModelParts) -> None:
    network = NativeNetwork(library, parts.eyes_plan, in_halves=library.has_halves)
    model = Network(parts.eyes)
    for place, memory in zip(network.inputs, model.inputs, strict=True):
        memory[0] = noise((16, 16, 32), -1, 1)
        network.view(place, 16, 16)[:] = memory[0]
    assert_same(network, model, [[(1, 1, 142)], [(1, 1, 10)]] * 2, allowed(library))


def test_halves_tell_places_within_a_fiftieth_of_a_pixel_on_average(parts: ModelParts) -> None:
    libraries = [load_library(level) for level in (4, 5)]
    networks = [
        NativeNetwork(library, parts.mesh_plan, in_halves=library.has_halves) for library in libraries if library
    ]
    if len(networks) < len(libraries):
        pytest.skip("this processor or the compiler has no halves")
    for network in networks:
        network.view(network.inputs[0], 192, 192)[:] = cut_face()
        network.run()
    single, half = (values_of(network, MESH) for network in networks)
    assert 0 < np.abs(single[0] - half[0]).mean() < 0.02


@pytest.mark.parametrize(("columns", "rows"), [(128, 128), (128, 96), (128, 80), (96, 128)])
def test_the_short_range_detector_is_that_of_litert(
    library: Library, parts: ModelParts, columns: int, rows: int
) -> None:
    network = NativeNetwork(library, parts.short_plan, (rows, columns))
    model = Network(parts.short, (1, rows, columns, 3))
    model.inputs[0][0] = noise((rows, columns, 3), -127.5, 127.5)
    network.view(network.inputs[0], rows, columns)[:] = model.inputs[0][0]
    near, far = (rows // 8, columns // 8), (rows // 16, columns // 16)
    assert_same(network, model, [[(*near, 16), (*far, 48)], [(*near, 2), (*far, 6)]])


def test_the_full_range_detector_is_that_of_litert(library: Library, parts: ModelParts) -> None:
    network, model = NativeNetwork(library, parts.full_plan), Network(read_model(FULL_RANGE))
    light = noise((192, 192, 3), -127.5, 127.5)
    network.view(network.inputs[0], 192, 192)[:] = light
    model.inputs[0][0] = light * np.float32(2 / 255)
    network.run()
    model.run()
    for mine, theirs in zip(values_of(network, [[(24, 24, 64)], [(24, 24, 4)]]), model.outputs, strict=True):
        cells = mine.reshape(24, 24, 2, 2, -1).transpose(0, 2, 1, 3, 4).ravel()
        assert cells == pytest.approx(theirs.ravel(), abs=2e-4 * float(np.abs(theirs).max()))
