"""The camera and the light are nobody's behaviour: real pictures through the real engine and the real rules.

The short form of `make soak-engine`.
"""

from itertools import islice

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.proctoring.model import CHANNEL_OF, Channel, Rule
from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.detectors.base import Detector, load_detector
from proctor_engine.settings import EngineSettings
from tests.journeys.scenes import _room
from tests.journeys.screening import Course, Screening, show_distorted, show_plain
from tests.proctor_engine.films import (
    CAMERA_QUALITY,
    CLIPS,
    DISTORTIONS,
    FRAME_MS,
    SKIN,
    Distortion,
    clip,
    cover,
    darken,
    defocus,
    drawn,
    is_recorded,
    soften,
    swing,
)
from tests.proctor_engine.recordings import Picture, encode

COURSE = Course(calm=17, coming=1, held=17, clear=0)  # 3.4 s: longer than any rule waits, and a calibration takes
BLINDING = (
    "defocus 40 px",
    "motion 140 px",
    "fogged lens",
    "speckle",
    "hand, light leaks",
    "finger, light shines through",
    "shutter, light leaks",
    "tape, clear",
)
SMALL_QUALITY = round(100 * ProctoringSettings().calm.jpeg_quality)
HARMLESS = ("gain 0.15", "defocus 8 px", "JPEG 5", "flicker 50 Hz")


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector(EngineSettings())


@pytest.fixture(scope="module")
def face() -> list[Picture]:
    return list(drawn(10))


@pytest.fixture(scope="module")
def plain(detector: Detector, face: list[Picture]) -> Screening:
    return show_plain(detector, face, len(COURSE.steps()))


def room() -> Picture:
    """Sharp, and nobody in it."""
    return np.clip(_room() + np.random.default_rng(2).normal(0, 2, (480, 640, 3)), 0, 255).astype(np.uint8)


def show(session: Screening, picture: Picture, frames: int) -> Screening:
    for _ in range(frames):
        session.show(encode(picture, CAMERA_QUALITY))
    return session


def test_a_calm_film_raises_nothing(plain: Screening) -> None:
    assert plain.opened == []
    assert set(plain.counts) == {1}


def test_a_calm_person_whose_pictures_become_small_and_large_again_raises_nothing(
    detector: Detector, face: list[Picture]
) -> None:
    session = Screening(detector)
    for place, picture in enumerate(islice(swing(face), 80)):
        if place % 40 < 20:
            session.show(encode(picture, CAMERA_QUALITY))
        else:
            small = cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA)
            session.show(encode(np.asarray(small, np.uint8), SMALL_QUALITY))
    assert session.opened == []
    assert set(session.counts) == {1}


@pytest.mark.parametrize("name", BLINDING)
def test_what_hides_a_face_raises_cannot_see_and_nothing_else(
    detector: Detector, face: list[Picture], plain: Screening, name: str
) -> None:
    (distortion,) = (one for one in DISTORTIONS if one.name == name)
    shown = show_distorted(detector, face, distortion, COURSE, plain)
    assert shown.is_blind
    assert shown.behaviour == set()
    assert shown.visibility


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_face_is_still_seen_through_raises_nothing_at_all(
    detector: Detector, face: list[Picture], plain: Screening, name: str
) -> None:
    (distortion,) = (one for one in DISTORTIONS if one.name == name)
    shown = show_distorted(detector, face, distortion, COURSE, plain)
    assert (shown.behaviour, shown.visibility) == (set(), set())


@settings(max_examples=5, derandomize=True)
@given(st.sampled_from(CLIPS), st.sampled_from(("gain", "gaussian", "defocus", "cover")), st.floats(0, 1))
def test_darkening_blurring_or_covering_a_clip_never_raises_behaviour_risk(
    detector: Detector, plains: dict[str, tuple[list[Picture], Screening]], name: str, kind: str, strength: float
) -> None:
    """Of any clip, to any degree: what is said of behaviour is what the clip itself says, or less."""
    if name not in plains:
        film = clip(name)[:17]
        plains[name] = film, show_plain(detector, film, len(COURSE.steps()))
    film, plain = plains[name]
    distort = {
        "gain": darken(0.5 * 0.02**strength),
        "gaussian": soften(30 * strength),
        "defocus": defocus(40 * strength),
        "cover": cover(SKIN, texture=9, share=strength),
    }[kind]
    shown = show_distorted(detector, film, Distortion(kind, distort), COURSE, plain)
    assert shown.behaviour == set()


@pytest.fixture(scope="module")
def plains() -> dict[str, tuple[list[Picture], Screening]]:
    """Of each clip, its pictures and what it says by itself; a drawn one stands in where there are no recordings."""
    return {}


def test_an_empty_room_in_focus_is_an_absence(detector: Detector, face: list[Picture]) -> None:
    session = show(Screening(detector), face[0], 18)
    assert show(session, room(), 20).opened == [Rule.ABSENT]


def test_the_recorded_empty_room_is_an_absence_by_lamplight_too(detector: Detector) -> None:
    if not is_recorded("empty_room"):
        pytest.skip("the webcam recordings are not beside this repository")
    nobody = Screening(detector)
    for picture in islice(swing(clip("empty_room")), 20):
        nobody.show(encode((picture * 0.35).astype(np.uint8), CAMERA_QUALITY))
    assert nobody.opened == [Rule.ABSENT]


def test_whether_somebody_has_left_a_blurred_picture_is_not_told(detector: Detector, face: list[Picture]) -> None:
    chance, blur = np.random.default_rng(1), defocus(40)
    session = show(Screening(detector), face[0], 18)
    show(session, blur(face[0], 1, chance), 10)
    show(session, blur(room(), 1, chance), 30)
    assert session.opened
    assert {CHANNEL_OF[rule] for rule in session.opened} == {Channel.VISIBILITY}


def test_an_absence_seen_before_the_lens_was_covered_ends_when_it_was_last_seen(
    detector: Detector, face: list[Picture]
) -> None:
    session = show(Screening(detector), room(), 20)
    (hand,) = (one for one in DISTORTIONS if one.name == "hand")
    covered = hand.distort(room(), 1, np.random.default_rng(1))
    show(session, covered, 20_000 // FRAME_MS)
    assert session.opened == [Rule.ABSENT, Rule.CAMERA_COVERED]
    assert [rule for rule, track in session.timeline.tracks.items() if track.open] == [Rule.CAMERA_COVERED]
    assert CHANNEL_OF[Rule.CAMERA_COVERED] is Channel.VISIBILITY
