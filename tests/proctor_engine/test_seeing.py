from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.contract import Face, Visibility
from proctor_engine.detectors.base import Detected, DetectedFace, Sight
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from proctor_engine.scene import FIELDS
from proctor_engine.seeing import MEASURED_EVERY_MS, Scene, Seen, see, split_memory, what_holds
from tests.fakes.observations import a_face
from tests.proctor_engine.films import soften
from tests.proctor_engine.recordings import Picture, astronaut, encode

FACE = DetectedFace(0.3, 0.1, 0.3, 0.4, 0.9, 1, 2, 3, 0.1, 0.2, 0.3, 0.04, 80)
SCENE = Scene(7_000, bytes(range(FIELDS)), (0.2, 0.4, 0.6, 0.8), (0.0, 0.2, 1.0, 0.4))
SEEN = Seen(10_000, 0.5, True, 0.75, 0.625, Visibility(0.5, 0.25, 0.125, 0.0, 0.75), SCENE)


def faces(sharpness: float) -> list[Face]:
    return [replace(a_face(), sharpness=sharpness)]


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
    assert soon == pytest.approx(first, abs=0.002)  # it travels in a byte
    assert later != pytest.approx(first, abs=1e-6)


def test_without_a_face_every_frame_is_measured() -> None:
    first, second = blur_told((astronaut(), 0), (blurred(astronaut()), 200), sees=Sees())
    assert second > 2 * first


def test_a_blur_that_comes_is_told_at_once_also_while_the_face_is_still_found() -> None:
    first, second = blur_told((astronaut(), 0), (blurred(astronaut()), 200), sees=Sees(FACE))
    assert second > 2 * first


def test_what_was_measured_holds_only_for_a_picture_as_light_with_a_face_as_sharp() -> None:
    packed, seen = SEEN.pack(), split_memory(SEEN.pack())[0]
    assert seen is not None
    assert what_holds(packed + b"its own", 10_200, 0.5, faces(0.75)) == (seen.sharpness, seen.visibility)
    assert what_holds(packed, 10_000 + MEASURED_EVERY_MS - 1, 0.5, faces(0.75)) is not None
    assert what_holds(packed, 10_000 + MEASURED_EVERY_MS, 0.5, faces(0.75)) is None
    assert what_holds(packed, 10_200, 0.6, faces(0.75)) is None
    assert what_holds(packed, 10_200, 0.5, faces(0.5)) is None
    assert what_holds(packed, 10_200, 0.5, []) is None
    assert what_holds(packed, 9_999, 0.5, faces(0.75)) is None
    assert what_holds(packed[:-1], 10_200, 0.5, faces(0.75)) is None
    assert what_holds(see(None, astronaut(), 10_000, 0.5, []).pack(), 10_200, 0.5, faces(0.75)) is None


def test_what_was_measured_travels_in_front_of_the_detectors_own_memory() -> None:
    seen, rest = split_memory(SEEN.pack() + b"its own")
    assert rest == b"its own"
    assert seen is not None
    assert (seen.at_ms, seen.has_face, seen.scene) == (SEEN.at_ms, True, SCENE)
    assert seen.visibility.blur == pytest.approx(SEEN.visibility.blur, abs=0.002)
    assert (seen.light, seen.face_sharpness) == pytest.approx((SEEN.light, SEEN.face_sharpness), abs=0.002)
    assert split_memory(b"") == (None, b"")


def test_before_anybody_was_seen_there_is_no_scene_to_be_hidden() -> None:
    seen, _ = split_memory(see(None, astronaut(), 10_000, 0.5, []).pack())
    assert seen is not None
    assert seen.scene is None


def test_a_scene_is_kept_for_half_a_minute_while_it_changes_and_as_long_as_nobody_is_seen() -> None:
    seen, old = None, 0
    for at_ms in range(0, 40_000, 1_000):
        seen = see(seen, astronaut(), at_ms, 0.5, faces(0.75))
        assert seen.scene is not None
        old = max(old, at_ms - seen.scene.at_ms)
    assert 25_000 < old < 30_000
    for at_ms in range(40_000, 90_000, 10_000):
        seen = see(seen, astronaut(), at_ms, 0.5, [])
    assert seen is not None
    assert seen.scene is not None
    assert seen.scene.at_ms <= 40_000


@given(st.binary(max_size=200))
def test_no_bytes_whatever_are_an_error(packed: bytes) -> None:
    seen, _ = split_memory(packed)
    what_holds(packed, 0, 0.5, faces(0.75))
    if seen is not None:
        see(seen, np.zeros((48, 64, 4), np.uint8), 0, 0.5, [])
        seen.pack()
