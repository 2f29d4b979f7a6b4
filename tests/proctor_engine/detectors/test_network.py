import numpy as np

from proctor_engine.detectors.model_files import SHORT_RANGE, read_model
from proctor_engine.detectors.network import Network


def test_what_is_held_is_the_models_own_memory_whatever_runs_meanwhile() -> None:
    network, other = Network(read_model(SHORT_RANGE)), Network(read_model(SHORT_RANGE))
    held = network.outputs[1]
    network.inputs[0][:] = 0.5
    network.run()
    first = held.copy()
    for light in (-1.0, 0.0, 1.0):
        other.inputs[0][:] = network.inputs[0][:] = light
        other.run()
        network.run()
        assert (held == other.outputs[1]).all()
    network.inputs[0][:] = 0.5
    network.run()
    assert (held == first).all()


def test_the_memory_lives_as_long_as_what_runs_in_it() -> None:
    network = Network(read_model(SHORT_RANGE))
    run, memory = network.run, network.inputs[0]
    del network
    memory[:] = 1
    run()
    assert np.isfinite(memory).all()
