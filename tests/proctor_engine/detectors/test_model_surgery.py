from pathlib import Path

import numpy as np
import pytest

from proctor_engine.detectors.model_files import ATTENTION_MESH, SHORT_RANGE, read_model
from proctor_engine.detectors.model_graph import ModelGraph
from proctor_engine.detectors.model_surgery import EYES_PART, MESH_PART, SHORT_PART, Part, cut, prepare, write_body
from proctor_engine.detectors.network import Network, Tensor


@pytest.fixture(scope="module")
def whole() -> bytes:
    return read_model(ATTENTION_MESH)


def run(network: Network, *inputs: Tensor) -> list[Tensor]:
    for memory, values in zip(network.inputs, inputs, strict=True):
        memory[:] = values
    network.run()
    return [memory.copy() for memory in network.outputs]


def noise(shape: tuple[int, ...], low: float = 0, high: float = 1) -> Tensor:
    return np.asarray(np.random.default_rng(3).uniform(low, high, shape), np.float32)


def test_both_halves_run_without_mediapipes_operations(whole: bytes) -> None:
    mesh, eyes = (Network(cut(ModelGraph(whole), part)) for part in (MESH_PART, EYES_PART))
    assert [memory.shape for memory in mesh.inputs] == [(1, 192, 192, 3)]
    assert [memory.size for memory in mesh.outputs] == [468 * 3, 48 * 48 * 32, 1]
    assert [memory.shape for memory in eyes.inputs] == [(1, 16, 16, 32)] * 2
    assert [memory.size for memory in eyes.outputs] == [71 * 2, 5 * 2, 71 * 2, 5 * 2]


def test_a_part_that_is_the_whole_computes_what_the_whole_does() -> None:
    model = read_model(SHORT_RANGE)
    before = Network(model)
    after = Network(cut(ModelGraph(model), Part("all", inputs=(0,), outputs=(175, 174))))
    picture = noise((1, 128, 128, 3), -1)
    assert all((one == other).all() for one, other in zip(run(before, picture), run(after, picture), strict=True))


def test_what_makes_the_mesh_faster_changes_no_landmark(whole: bytes) -> None:
    light = noise((1, 192, 192, 3), 0, 255)
    plain = run(Network(cut(ModelGraph(whole), MESH_PART)), light / 255)
    faster = run(Network(prepare(MESH_PART, whole)), light)
    for one, other in zip(plain, faster, strict=True):
        assert one == pytest.approx(other, abs=2e-3)


def test_what_makes_the_eyes_faster_changes_nothing_in_them(whole: bytes) -> None:
    features = [noise((1, 16, 16, 32), -2, 2) for _ in range(2)]
    plain = run(Network(cut(ModelGraph(whole), EYES_PART)), *features)
    faster = run(Network(prepare(EYES_PART, whole)), *features)
    assert all((one == other).all() for one, other in zip(plain, faster, strict=True))


def test_what_makes_the_short_range_detector_faster_changes_no_score_and_no_box() -> None:
    model = read_model(SHORT_RANGE)
    light = noise((1, 128, 128, 3), 0, 255)
    boxes, logits = run(Network(model), light / 127.5 - 1)
    fewer_numbers, same_logits = run(Network(prepare(SHORT_PART, model)), light - 127.5)
    assert logits == pytest.approx(same_logits, abs=2e-3)
    assert boxes[:, :, :8] == pytest.approx(fewer_numbers, abs=2e-3)


def test_the_short_range_detector_takes_pictures_of_other_shapes() -> None:
    network = Network(prepare(SHORT_PART, read_model(SHORT_RANGE)), (1, 96, 128, 3))
    assert [memory.shape for memory in network.outputs] == [(1, 16 * 12 * 2 + 8 * 6 * 6, 8), (1, 672, 1)]


def test_a_part_brings_only_its_own_weights(whole: bytes) -> None:
    assert sum(len(cut(ModelGraph(whole), part)) for part in (MESH_PART, EYES_PART)) < len(whole)


def test_making_a_part_twice_writes_the_same_file_and_leaves_no_other(whole: bytes, tmp_path: Path) -> None:
    first = write_body("eyes", prepare(EYES_PART, whole), tmp_path)
    assert write_body("eyes", prepare(EYES_PART, whole), tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
