import numpy as np
import pytest

from proctor_engine.native.half_weights import LIGHTEST, MIDDLE, HalfStore, Head, Singles

CHANNELS, DEPTH = 32, 16


def a_layer(kind: str, depth: int = DEPTH) -> Head:
    return {"kind": kind, "side": 3, "depth": depth, "halves": 0, "singles": -1, "bias": 0, "slope": 0}


def store_of(singles: Singles, weights: Singles) -> HalfStore:
    return HalfStore(singles, weights.astype(np.float16).ravel())


def test_each_two_numbers_lie_side_by_side_for_even_channels_then_for_odd_ones() -> None:
    weights = np.arange(DEPTH * CHANNELS, dtype=np.float32).reshape(DEPTH, CHANNELS)
    store = store_of(np.zeros(CHANNELS, np.float32), weights)
    layer = store.narrowed(a_layer("pointwise"), CHANNELS, DEPTH)
    kept = store.kept()[layer["halves"] :][: weights.size].reshape(DEPTH // 2, 2, CHANNELS // 2, 2)
    for pair in range(DEPTH // 2):
        for parity in range(2):
            numbers = kept[pair, parity].T
            assert (numbers == weights[2 * pair : 2 * pair + 2, parity::2]).all()


def test_colours_around_their_middle_give_a_stem_what_the_colours_gave() -> None:
    random = np.random.default_rng(3)
    weights, colours = random.normal(0, 0.01, (27, 16)).astype(np.float32), random.integers(0, 256, 27)
    bias = random.normal(0, 1, 16).astype(np.float32)
    store = HalfStore(np.concatenate((bias, weights.ravel())), np.zeros(0, np.float16))
    layer = store.narrowed(a_layer("stem", 27) | {"halves": -1, "singles": 16}, 16, 3)
    kept = store.kept().astype(np.float64)
    pairs = kept[layer["halves"] :][: 30 * 16].reshape(15, 16, 2)
    numbers = np.pad((colours - MIDDLE).reshape(3, 9), ((0, 0), (0, 1)), constant_values=77).reshape(15, 2)
    sums = np.einsum("pcn,pn->c", pairs, numbers) / LIGHTEST + kept[layer["bias"] :][:16]
    assert sums == pytest.approx(colours @ weights.astype(np.float64) + bias, abs=5e-3)


def test_a_weight_that_no_half_can_hold_is_refused() -> None:
    store = HalfStore(np.full(CHANNELS, 70_000, np.float32), np.zeros(DEPTH * CHANNELS, np.float16))
    with pytest.raises(ValueError, match="no half"):
        store.narrowed(a_layer("pointwise"), CHANNELS, DEPTH)
