"""The short form of `make fuzz-engine`: almost the right bytes, through everything that reads bytes."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from proctor_engine.detectors.base import load_detector
from proctor_engine.settings import EngineSettings
from tests.proctor_engine.engine_fuzz import (
    check_memory,
    check_picture,
    check_wire,
    memory_seeds,
    mutate_memory,
    mutate_picture,
    picture_seeds,
    wire_seeds,
)

DETECTOR = load_detector(EngineSettings(detector="scripted"))
CHANCE = st.integers(0, 1 << 30).map(random.Random)
PICTURES, THINGS = st.sampled_from(list(picture_seeds())), st.sampled_from(list(wire_seeds()))


@settings(max_examples=300, deadline=None)
@given(PICTURES, CHANCE, st.integers(1, 6))
def test_a_damaged_picture_is_unreadable_or_a_picture(jpeg: bytes, chance: random.Random, times: int) -> None:
    for _ in range(times):
        jpeg = mutate_picture(jpeg, chance)
    check_picture(DETECTOR)(jpeg)


@settings(max_examples=200, deadline=None)
@given(THINGS, st.binary(max_size=40), st.integers(0, 60), st.integers(0, 60))
def test_whatever_arrives_is_unpacked_or_refused(packed: bytes, noise: bytes, start: int, end: int) -> None:
    check_wire(packed[:start] + noise + packed[end:])


def test_no_memory_whatever_makes_its_session_blind() -> None:
    detector = load_detector(EngineSettings())
    remembered, check = list(memory_seeds(detector)), check_memory(detector)
    for seed in range(80):
        chance = random.Random(seed)
        check(mutate_memory(mutate_memory(chance.choice(remembered), chance), chance))
