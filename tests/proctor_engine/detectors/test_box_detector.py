import cv2
import numpy as np
import pytest

from proctor_engine.detectors.box_detector import (
    FULL,
    SHORT,
    BoxDetector,
    Detection,
    Range,
    Window,
    look_through,
    whole_window,
)
from tests.proctor_engine.oracle import detect_boxes
from tests.proctor_engine.recordings import Picture, astronaut


@pytest.fixture(scope="module", params=[SHORT, FULL], ids=["short", "full"])
def chosen(request: pytest.FixtureRequest) -> Range:
    assert isinstance(request.param, Range)
    return request.param


@pytest.fixture(scope="module", params=[True, False], ids=["compiled", "LiteRT"])
def detector(request: pytest.FixtureRequest, chosen: Range) -> BoxDetector:
    return BoxDetector(chosen, compiled=request.param)


def wide_pictures() -> dict[str, Picture]:
    face = astronaut()
    return {
        "square": face,
        "wide": np.ascontiguousarray(face[:301]),
        "tall": np.ascontiguousarray(face[:, 90:391]),
        "two": np.hstack((face[:300, 70:370], face[:300, 70:370])),
        "turned": np.ascontiguousarray(np.rot90(face[:300, 70:370])),
    }


@pytest.mark.parametrize("name", ["square", "wide", "tall", "two", "turned"])
def test_boxes_are_those_of_mediapipe_itself(detector: BoxDetector, chosen: Range, name: str) -> None:
    picture = wide_pictures()[name]
    floor = 0.6 if chosen is FULL else 0.5  # mediapipe's own
    found = detector.find(picture, whole_window(picture))
    ours = sorted((one for one in found if one.score > floor), key=lambda one: one.left)
    theirs = sorted(detect_boxes(picture, full_range=chosen is FULL), key=lambda found: found.left)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.score == pytest.approx(other.score, abs=5e-3)
        # mediapipe samples to a 32nd of a pixel, OpenCV 5 exactly: a tenth of a pixel here, a thousandth of a score.
        assert (mine.left, mine.top) == pytest.approx((other.left, other.top), abs=0.4)
        assert (mine.right - mine.left, mine.bottom - mine.top) == pytest.approx((other.width, other.height), abs=0.4)


@pytest.mark.parametrize("name", ["square", "wide", "tall", "two", "turned"])
def test_a_look_at_the_whole_picture_finds_what_one_at_a_square_around_it_does(
    detector: BoxDetector, name: str
) -> None:
    picture = wide_pictures()[name]
    looks = [detector.find(picture, window) for window in (None, whole_window(picture))]
    whole, square = (sorted(look, key=lambda one: one.left) for look in looks)
    assert len(whole) == len(square)
    for one, other in zip(whole, square, strict=True):
        width = other.right - other.left
        assert one.score == pytest.approx(other.score, abs=0.05)
        assert (one.left, one.top) == pytest.approx((other.left, other.top), abs=0.05 * width)
        assert (one.right - one.left, one.angle) == pytest.approx((width, other.angle), rel=0.05, abs=0.05)


@pytest.mark.parametrize("size", [(480, 640), (360, 640), (640, 480), (480, 480), (100, 640), (1, 1)])
def test_whatever_its_shape_all_of_a_picture_is_looked_at(size: tuple[int, int]) -> None:
    columns, rows = BoxDetector(SHORT)._input_size(np.zeros((*size, 4), np.uint8))
    assert max(columns, rows) == SHORT.input_px
    assert columns * max(size) >= SHORT.input_px * size[1]
    assert rows * max(size) >= SHORT.input_px * size[0]


def test_a_face_found_in_a_window_is_where_it_is_in_the_picture(detector: BoxDetector) -> None:
    (whole,) = detector.find(astronaut())
    (windowed,) = detector.find(astronaut(), Window(100, 20, 300))
    assert (windowed.left, windowed.top) == pytest.approx((whole.left, whole.top), abs=12)
    assert windowed.right - windowed.left == pytest.approx(whole.right - whole.left, rel=0.2)


def test_a_window_beyond_the_picture_is_black_there_and_no_error(detector: BoxDetector) -> None:
    assert detector.find(astronaut(), Window(-900, -900, 400)) == []


def test_no_face_in_nothing(detector: BoxDetector) -> None:
    assert detector.find(np.full((480, 640, 3), 90, np.uint8)) == []


def test_the_region_of_a_face_has_room_around_it() -> None:
    region = Detection(0.9, left=100, top=100, right=200, bottom=180, angle=0.3).region()
    assert (region.x_px, region.y_px, region.side_px, region.angle) == (150, 140, 150, 0.3)


@pytest.mark.parametrize(
    ("window", "scale", "columns", "rows"),
    [
        (Window(0, 0, 640), 5.0, 128, 96),  # a webcam's picture as the short-range detector sees it
        (Window(3, 7, 384), 2.0, 192, 192),
        (Window(448, 288, 192), 1.0, 192, 192),  # to the last row and column
        (Window(449, 288, 192), 1.0, 192, 192),  # one beyond it
        (Window(0, -80, 640), 5.0, 128, 128),
        (Window(3.5, 7, 384), 2.0, 192, 192),
        (Window(160, 120, 240), 1.25, 192, 192),
    ],
)
def test_what_is_looked_at_is_what_a_warp_shows(window: Window, scale: float, columns: int, rows: int) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (480, 640, 4), np.uint8)
    matrix = np.array(((scale, 0, window.left_px), (0, scale, window.top_px)))
    warped = cv2.warpAffine(picture, matrix, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    assert np.array_equal(look_through(picture, window, scale, columns, rows), warped)
