import dataclasses
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.contract import SHAPE_RATIOS, Face, Observation, Visibility, pack_observation, unpack_observation

single = st.floats(width=32, allow_nan=False, allow_infinity=False)
half = st.floats(width=16, allow_nan=False, allow_infinity=False)
shapes = st.just(()) | st.lists(half, min_size=SHAPE_RATIOS, max_size=SHAPE_RATIOS).map(tuple)
faces = st.builds(
    Face, **{field.name: single for field in dataclasses.fields(Face)} | {"shape": shapes, "landmarked": st.booleans()}
)
observations = st.builds(
    Observation,
    width_px=st.integers(0, 65_535),
    height_px=st.integers(0, 65_535),
    light=single,
    contrast=single,
    sharpness=single,
    examine_us=st.integers(0, 0xFFFF_FFFF),
    faces=st.lists(faces, max_size=5).map(tuple),
    exact_print=st.integers(0, 0xFFFF_FFFF),
    rough_print=st.integers(0, (1 << 64) - 1),
    screen_pattern=st.none() | single,
    visibility=st.builds(Visibility, single, single, single, single, single),
)


@given(observations)
def test_an_observation_survives_its_journey(observation: Observation) -> None:
    assert unpack_observation(pack_observation(observation)) == observation


@given(observations, st.data())
def test_an_observation_cut_short_is_refused(observation: Observation, data: st.DataObject) -> None:
    packed = pack_observation(observation)
    with pytest.raises(struct.error):
        unpack_observation(packed[: data.draw(st.integers(0, len(packed) - 1))])


def test_an_hour_in_one_frame_still_packs() -> None:
    slow = Observation(640, 480, 0.5, 0.2, 0.5, 1 << 40, ())
    assert unpack_observation(pack_observation(slow)).examine_us == 0xFFFF_FFFF
