import itertools
import math

import cv2
import numpy as np
import pytest

from proctor_engine.detectors.change import COLUMNS, ROWS, Change, Thumb, find_change, shrink_to_thumb
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.unrest import CALM, learn
from proctor_engine.detectors.windows import change_window
from tests.proctor_engine.recordings import Picture, astronaut, read_clip

WIDTH_PX, HEIGHT_PX = 640, 480
FACE = Region(320, 200, 200, 0)
RANDOM = np.random.default_rng(7)


def scene(seed: int = 1) -> Picture:
    """A grey room with soft shapes, as a camera sees one."""
    shapes = np.random.default_rng(seed).uniform(40, 200, (12, 16)).astype(np.float32)
    return np.asarray(cv2.resize(shapes, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)


def noisy(grey: Picture, sigma: float = 6) -> Picture:
    return np.asarray((grey + RANDOM.normal(0, sigma, grey.shape)).clip(0, 255), np.uint8)


def change_between(
    before: Picture, now: Picture, faces: tuple[Region, ...] = (), moved: tuple[Region, Region] | None = None
) -> Change | None:
    return find_change(shrink_to_thumb(before), shrink_to_thumb(now), faces, moved, WIDTH_PX, HEIGHT_PX).news


def with_face(grey: Picture, left: int, top: int, size: int) -> Picture:
    face = cv2.cvtColor(astronaut()[50:200, 150:300], cv2.COLOR_RGB2GRAY)
    planted = grey.copy()
    planted[top : top + size, left : left + size] = cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA)
    return planted


def test_noise_is_no_change() -> None:
    assert change_between(noisy(scene()), noisy(scene())) is None


@pytest.mark.parametrize("levels", [-30, 30])
def test_a_camera_that_changes_its_exposure_is_no_change(levels: int) -> None:
    grey = np.asarray(scene() * 0.5 + 60, np.uint8)
    assert change_between(noisy(grey), noisy(np.asarray(grey.astype(np.int64) + levels, np.uint8))) is None


def test_a_sway_of_less_than_a_cell_is_no_change() -> None:
    wider = np.asarray(cv2.resize(scene(), (800, 600)), np.uint8)
    assert change_between(wider[60:540, 80:720], wider[69:549, 65:705]) is None


@pytest.mark.parametrize("size_px", [80, 56, 40])
def test_a_face_that_appears_is_a_change_where_it_is(size_px: int) -> None:
    calm = np.asarray(scene() * 0.4 + 90, np.uint8)  # before strong edges, a face this small goes unnoticed
    change = change_between(noisy(calm), noisy(with_face(calm, 500, 60, size_px)))
    assert change is not None
    window = change_window(change, WIDTH_PX, HEIGHT_PX)
    assert window is not None
    assert window.left_px < 500 + size_px * 0.3
    assert window.left_px + window.side_px > 500 + size_px * 0.7
    assert window.top_px < 60 + size_px * 0.3
    assert window.top_px + window.side_px > 60 + size_px * 0.7


def test_what_moves_around_and_below_a_tracked_face_is_no_change() -> None:
    grey = scene()
    moved = grey.copy()
    moved[180:, 250:390] = 255 - moved[180:, 250:390]
    assert change_between(grey, moved) is not None
    assert change_between(grey, moved, (FACE,)) is None


def test_a_picture_that_moves_with_the_tracked_face_is_no_change_and_a_face_in_it_is() -> None:
    wider = np.asarray(cv2.resize(scene(5), (960, 720)), np.uint8)
    turn = cv2.getRotationMatrix2D((160 + FACE.x_px, 120 + FACE.y_px), -8, 1.1)
    turn = turn + np.array(((0, 0, 40), (0, 0, 25)))
    grey = wider[120:600, 160:800]
    swung = np.asarray(cv2.warpAffine(wider, turn, (960, 720)), np.uint8)[120:600, 160:800]
    now = Region(FACE.x_px + 40, FACE.y_px + 25, FACE.side_px * 1.1, math.radians(8))
    assert change_between(grey, swung, (now,)) is not None
    assert change_between(grey, swung, (now,), (FACE, now)) is None
    assert change_between(grey, with_face(swung, 520, 80, 60), (now,), (FACE, now)) is not None


def test_of_two_changes_the_greater_is_told() -> None:
    change = change_between(scene(), with_face(with_face(scene(), 20, 30, 24), 480, 300, 120))
    assert change is not None
    assert change.left > 0.6


def test_what_is_usual_in_one_place_hides_nothing_in_another() -> None:
    calm = np.asarray(scene() * 0.4 + 90, np.uint8)
    before, now = shrink_to_thumb(calm), shrink_to_thumb(with_face(with_face(calm, 20, 30, 56), 480, 300, 120))
    greater = find_change(before, now, (), None, WIDTH_PX, HEIGHT_PX)
    unrest = CALM
    for _ in range(30):
        at_right = [level if field % 8 > 4 else 0 for field, level in enumerate(greater.levels)]
        unrest = learn(unrest, at_right, fades=False)
    lesser = find_change(before, now, (), None, WIDTH_PX, HEIGHT_PX, unrest)
    assert greater.news is not None
    assert lesser.news is not None
    assert (greater.news.left > 0.6, lesser.news.left > 0.6) == (True, False)
    assert lesser.levels == greater.levels


def test_an_upside_down_face_region_hides_no_more_than_the_picture() -> None:
    everywhere = Region(320, -50, 4_000, 3)
    assert change_between(scene(), scene(2), (everywhere,)) is None


@pytest.mark.parametrize("clip", ["head_turn", "two_faces", "empty_room"])
def test_a_real_camera_in_a_calm_room_shows_no_change(clip: str) -> None:
    thumbs: list[Thumb] = []
    for jpeg in read_clip(clip)[::6]:
        grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        thumbs.append(shrink_to_thumb(np.asarray(cv2.resize(grey, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)))
    people = () if clip == "empty_room" else (Region(320, 100, 600, 0),)  # who may move as they like
    changes = [find_change(a, b, people, None, WIDTH_PX, HEIGHT_PX).news for a, b in itertools.pairwise(thumbs)]
    assert changes == [None] * (len(thumbs) - 1)


def test_a_thumb_is_small() -> None:
    assert len(shrink_to_thumb(scene())) == COLUMNS * ROWS == 768
