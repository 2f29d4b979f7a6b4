import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.contract import Visibility
from proctor_engine.detectors.base import Detected, DetectedFace, Sight
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from proctor_engine.seeing import MEASURED_EVERY_MS, Seen, see, split_memory
from tests.proctor_engine.films import soften
from tests.proctor_engine.recordings import Picture, astronaut, encode

FACE = DetectedFace(0.3, 0.1, 0.3, 0.4, 0.9, 1, 2, 3, 0.1, 0.2, 0.3, 0.04, 80)
SEEN = Seen(10_000, 0.5, 0.75, 0.625, Visibility(0.5, 0.25, 0.125, 0.0, 0.75))


class Sees:
    """One face in every picture, or none."""

    def __init__(self, *faces: DetectedFace) -> None:
        self._faces = list(faces)

    def detect(self, sight: Sight) -> Detected:
        return Detected(list(self._faces), sight.memory)


def blur_told(*shown: tuple[Picture, int], sees: Sees) -> list[float]:
    """The blur that each of the pictures, shown at these times, is said to have."""
    memory, told = b"", []
    for picture, at_ms in shown:
        answer = examine(Question(at_ms, memory, encode(picture)), sees, 1 << 20)
        memory = answer.memory
        told.append(answer.observation.visibility.blur)
    return told


def blurred(picture: Picture) -> Picture:
    return soften(8)(picture, 1, np.random.default_rng(1))


def test_while_a_face_is_seen_as_well_as_before_nothing_is_measured_for_a_second() -> None:
    sharp, other = astronaut(), np.ascontiguousarray(astronaut()[:, ::-1])
    face = Sees(replace(FACE, left=0.0, width=1.0, top=0.0, height=1.0))
    first, soon, later = blur_told((sharp, 0), (other, MEASURED_EVERY_MS - 1), (other, MEASURED_EVERY_MS), sees=face)
    assert soon == pytest.approx(first, abs=1e-6)  # it travels in single precision
    assert later != pytest.approx(first, abs=1e-4)


def test_without_a_face_every_frame_is_measured() -> None:
    first, second = blur_told((astronaut(), 0), (blurred(astronaut()), 200), sees=Sees())
    assert second > 2 * first


def test_a_blur_that_comes_is_told_at_once_also_while_the_face_is_still_found() -> None:
    first, second = blur_told((astronaut(), 0), (blurred(astronaut()), 200), sees=Sees(FACE))
    assert second > 2 * first


def test_what_was_measured_holds_only_for_a_picture_as_light_with_a_face_as_sharp() -> None:
    assert SEEN.holds(10_200, 0.5, 0.75)
    assert not SEEN.holds(10_200, 0.6, 0.75)
    assert not SEEN.holds(10_200, 0.5, 0.5)
    assert not SEEN.holds(10_200, 0.5, None)
    assert not SEEN.holds(9_999, 0.5, 0.75)
    assert not see(astronaut(), 10_000, 0.5, None).holds(10_200, 0.5, 0.75)


def test_what_was_measured_travels_in_front_of_the_detectors_own_memory() -> None:
    assert split_memory(SEEN.pack() + b"its own") == (SEEN, b"its own")
    assert split_memory(b"") == (None, b"")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -0.5, 7.0])
@pytest.mark.parametrize("place", range(1, 8))
def test_numbers_that_no_picture_has_are_as_good_as_none(number: float, place: int) -> None:
    numbers = list(struct.unpack("<q8f", SEEN.pack()))
    numbers[place] = number
    seen, rest = split_memory(struct.pack("<q8f", *numbers) + b"its own")
    assert rest == b"its own"
    assert seen is None or (place == 2 and not seen.holds(10_200, 0.5, 0.75))


@given(st.binary(max_size=100))
def test_no_bytes_whatever_are_an_error(packed: bytes) -> None:
    split_memory(packed)
