"""Each doubt on an attack made from recordings, or from scikit-image's face; and calm people, who raise none."""

from collections.abc import Iterable, Iterator
from itertools import count

import cv2
import numpy as np
import pytest

from guildhall.proctoring.model import CHANNEL_OF, Channel, Rule
from guildhall.proctoring.rules import Opened, Timeline, judge
from guildhall.proctoring.rules.authenticity import Feed, describe_feed, is_virtual
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation
from proctor_engine.detectors.base import Detector
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.exchange import Question
from proctor_engine.pipeline import examine
from tests.fakes.observations import CALM, COVERED, DARK, a_face, an_observation
from tests.proctor_engine.recordings import Picture, astronaut, encode, read_clip
from tests.proctor_engine.screens import film_screen

RULES = RuleSettings(feed_looped_after_seconds=3)  # loops here are of seconds
STEP_MS = 200
DOUBTS = [rule for rule in Rule if CHANNEL_OF[rule] is Channel.PLEASE_CHECK]
CLIPS = ("one_face", "head_turn", "two_faces", "empty_room")


@pytest.fixture(scope="module")
def detector() -> Detector:
    return LiteRtDetector(4, 1_000)


def examine_all(jpegs: Iterable[bytes], detector: Detector) -> Iterator[Observation]:
    memory = b""
    for at_ms, jpeg in zip(count(0, STEP_MS), jpegs, strict=False):
        answer = examine(Question(at_ms, memory, jpeg), detector, 1 << 22)
        memory = answer.memory
        yield answer.observation


def doubts(observations: Iterable[Observation], camera: str = "") -> list[Opened]:
    """What is opened of the channel "please check" while these are judged, five a second."""
    timeline = Timeline(feed=Feed().named(camera))
    opened = []
    for at_ms, observation in zip(count(1_000_000, STEP_MS), observations, strict=False):
        judgement = judge(timeline, observation, at_ms, RULES)
        timeline = judgement.timeline
        opened += [one for one in judgement.changes if isinstance(one, Opened) and one.rule in DOUBTS]
    return opened


def rules_of(opened: list[Opened]) -> set[Rule]:
    return {one.rule for one in opened}


def sitter(frames: int, picture: Picture | None = None) -> list[bytes]:
    """Somebody who sways a little before a camera that is a little noisy."""
    random = np.random.default_rng(11)
    picture = astronaut() if picture is None else picture
    x, y, film = 0.0, 0.0, []
    for _ in range(frames):
        x, y = x * 0.9 + random.normal(0, 2), y * 0.9 + random.normal(0, 1)
        moved = cv2.warpAffine(
            picture, np.array(((1, 0, x), (0, 1, y))), picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
        )
        film.append(encode(np.clip(moved + random.normal(0, 1.5, moved.shape), 0, 255).astype(np.uint8), 75))
    return film


def test_somebody_before_a_live_camera_raises_no_doubt(detector: Detector) -> None:
    assert doubts(examine_all(sitter(150), detector)) == []


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("every", [6, 2])
def test_no_calm_recording_raises_a_doubt(clip: str, every: int, detector: Detector) -> None:
    assert doubts(examine_all(read_clip(clip)[::every], detector)) == []


def test_a_feed_that_stops_and_goes_on_sending_is_frozen_once(detector: Detector) -> None:
    film = sitter(40)
    observations = list(examine_all(film + film[-1:] * 40, detector))
    (opened,) = doubts(observations)
    assert opened.rule is Rule.FEED_FROZEN
    assert opened.began_ms == 1_000_000 + 39 * STEP_MS
    assert doubts(observations[: 39 + round(RULES.feed_frozen_after_seconds * 1000 / STEP_MS)]) == []


@pytest.mark.parametrize("scene", [DARK, COVERED])
def test_a_camera_that_cannot_see_is_never_frozen(scene: Observation) -> None:
    still = Observation(**{name: getattr(scene, name) for name in scene.__slots__} | {"exact_print": 7})
    assert doubts([still] * 100) == []


def test_a_picture_that_comes_again_after_silence_is_not_frozen() -> None:
    timeline = Timeline()
    for at_ms in range(1_000, 120_000, 4_000):
        judgement = judge(timeline, an_observation(a_face(), exact_print=9), at_ms, RULES)
        timeline = judgement.timeline
        assert judgement.changes == ()


def test_pictures_without_prints_raise_nothing() -> None:
    assert doubts([CALM] * 200) == []


def test_a_recording_in_a_loop_is_found(detector: Detector) -> None:
    (opened,) = doubts(examine_all(sitter(45) * 2, detector))
    assert opened.rule is Rule.FEED_LOOPED
    assert "of 9 seconds before" in opened.reason


def test_a_loop_that_is_encoded_anew_is_found(detector: Detector) -> None:
    random = np.random.default_rng(12)
    film = [np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8) for jpeg in sitter(45)]
    anew = (encode(picture[..., ::-1], int(random.integers(60, 90))) for picture in film * 3)
    assert rules_of(doubts(examine_all(anew, detector))) == {Rule.FEED_LOOPED}


@pytest.mark.parametrize("clip", CLIPS)
def test_each_recording_in_a_loop_is_found(clip: str, detector: Detector) -> None:
    assert rules_of(doubts(examine_all(read_clip(clip)[::6] * 2, detector))) == {Rule.FEED_LOOPED}


def test_a_filmed_screen_whose_pixels_show_is_found(detector: Detector) -> None:
    filmed = film_screen(astronaut(), screen_px_per_camera_px=0.8, blur_px=0.3, turn_deg=3.0)
    assert rules_of(doubts(examine_all(sitter(150, filmed), detector))) == {Rule.SCREEN_FILMED}


def test_somebody_of_other_proportions_is_asked_about_and_not_accused(detector: Detector) -> None:
    other = np.asarray(cv2.resize(astronaut(), (680, 512)), np.uint8)[:, 50:562]
    (opened,) = doubts(examine_all(sitter(60) + sitter(60, other), detector))
    assert opened.rule is Rule.FACE_CHANGED
    assert "proves nothing" in opened.reason


@pytest.mark.parametrize(
    "camera",
    ["OBS Virtual Camera (m-de:vice)", "ManyCam Virtual Webcam", "Snap Camera", "XSplit VCam", "DroidCam Source 3"],
)
def test_a_camera_named_like_a_program_is_a_doubt_once(camera: str) -> None:
    (opened,) = doubts([CALM] * 50, camera)
    assert opened.rule is Rule.VIRTUAL_CAMERA
    assert camera in opened.reason


@pytest.mark.parametrize(
    "camera",
    ["", "FaceTime HD Camera", "Integrated Camera (04f2:b6d0)", "HD Pro Webcam C920", "Observer 4K", "Kandinsky"],
)
def test_a_camera_named_like_a_camera_is_none(camera: str) -> None:
    assert not is_virtual(camera, RULES)


def test_a_name_without_end_is_cut() -> None:
    assert len(Feed().named("OBS " * 1_000).camera) <= 80


@pytest.mark.parametrize("rule", DOUBTS)
def test_every_doubt_asks_to_check(rule: Rule) -> None:
    assert "please check" in describe_feed(rule, Feed())


def test_the_same_log_gives_the_same_doubts(detector: Detector) -> None:
    log = list(examine_all(sitter(45) * 2, detector))
    assert doubts(log) == doubts(log)
