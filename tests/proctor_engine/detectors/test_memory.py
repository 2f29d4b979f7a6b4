from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.detectors.change import COLUMNS, ROWS
from proctor_engine.detectors.memory import SessionMemory, Track, pack_memory, unpack_memory
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.unrest import ALL, FIELDS

THUMB = np.random.default_rng(2).integers(0, 256, (ROWS, COLUMNS), np.uint8).tobytes()
UNREST = bytes(range(FIELDS))
TRACK = Track(
    Region(320.5, 200.25, 180.125, -0.25),
    score=0.5,
    since_ms=1_795_414_582_155,
    confirmed_at_ms=1_795_414_582_255,
    certain=False,
)


def memory_of(*tracks: Track) -> SessionMemory:
    return SessionMemory(640, 480, 1_795_414_582_355, 1, -(1 << 62), 3, 5, 2.5, UNREST, 5, ALL, ALL // 3, tracks, THUMB)


@pytest.mark.parametrize("faces", [0, 1, 4])
def test_a_memory_survives_its_journey(faces: int) -> None:
    memory = memory_of(*[TRACK] * faces)
    again = unpack_memory(pack_memory(memory))
    assert again is not None
    assert again.thumb == THUMB
    assert repr(again) == repr(memory)


def test_four_faces_take_less_than_a_kilobyte() -> None:
    assert len(pack_memory(memory_of(*[TRACK] * 4))) < 1_024


def test_a_first_frame_has_none() -> None:
    assert unpack_memory(b"") is None


def test_what_another_version_wrote_is_none() -> None:
    assert unpack_memory(b"\xff" + pack_memory(memory_of(TRACK))[1:]) is None


@pytest.mark.parametrize(
    "region",
    [
        Region(float("nan"), 200, 180, 0),
        Region(320, float("inf"), 180, 0),
        Region(320, 200, 0, 0),
        Region(320, 200, 1e30, 0),
        Region(320, 200, 180, float("nan")),
    ],
)
def test_a_face_that_cannot_be_is_no_memory_rather_than_an_error_in_every_frame_to_come(region: Region) -> None:
    assert unpack_memory(pack_memory(memory_of(TRACK, replace(TRACK, region=region)))) is None


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e30])
def test_a_store_of_looks_that_cannot_be_is_no_memory(number: float) -> None:
    assert unpack_memory(pack_memory(replace(memory_of(TRACK), glances=number))) is None


@pytest.mark.parametrize(("pressing", "owed", "awaited"), [(ALL + 1, 0, 0), (0, ALL + 1, 0), (0, 0, ALL + 1)])
def test_a_look_owed_to_a_field_that_is_none_is_no_memory(pressing: int, owed: int, awaited: int) -> None:
    memory = replace(memory_of(TRACK), pressing=pressing, owed=owed, awaited=awaited)
    assert unpack_memory(pack_memory(memory)) is None


@given(st.binary(max_size=2_000))
def test_no_bytes_whatever_are_an_error(packed: bytes) -> None:
    unpack_memory(packed)
    unpack_memory(pack_memory(memory_of(TRACK))[: len(packed)])
