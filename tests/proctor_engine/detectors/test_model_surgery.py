from pathlib import Path

import numpy as np
import pytest

from proctor_engine.detectors.model_files import ATTENTION_MESH, SHORT_RANGE, read_model
from proctor_engine.detectors.model_surgery import EYES_PART, MESH_PART, Part, cut, write_part
from proctor_engine.detectors.network import Network


@pytest.fixture(scope="module")
def whole() -> bytes:
    return read_model(ATTENTION_MESH)


def test_both_halves_run_without_mediapipes_operations(whole: bytes) -> None:
    mesh, eyes = Network(cut(whole, MESH_PART)), Network(cut(whole, EYES_PART))
    assert [view().shape for view in mesh.inputs] == [(1, 192, 192, 3)]
    assert [view().size for view in mesh.outputs] == [468 * 3, 48 * 48 * 32, 1]
    assert [view().shape for view in eyes.inputs] == [(1, 16, 16, 32)] * 2
    assert [view().size for view in eyes.outputs] == [71 * 2, 5 * 2, 71 * 2, 5 * 2]


def test_a_part_that_is_the_whole_computes_what_the_whole_does() -> None:
    model = read_model(SHORT_RANGE)
    before, after = Network(model), Network(cut(model, Part("all", inputs=(0,), outputs=(175, 174))))
    noise = np.random.default_rng(3).uniform(-1, 1, (1, 128, 128, 3)).astype(np.float32)
    for network in (before, after):
        network.inputs[0]()[:] = noise
        network.run()
    assert all((old() == new()).all() for old, new in zip(before.outputs, after.outputs, strict=True))


def test_a_part_brings_only_its_own_weights(whole: bytes) -> None:
    assert len(cut(whole, MESH_PART)) + len(cut(whole, EYES_PART)) < len(whole)


def test_cutting_twice_writes_the_same_file_and_leaves_no_other(whole: bytes, tmp_path: Path) -> None:
    first = write_part(whole, EYES_PART, tmp_path)
    assert write_part(whole, EYES_PART, tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
