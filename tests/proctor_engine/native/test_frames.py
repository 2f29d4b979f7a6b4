"""Compiled looks at every frame are those of numpy and OpenCV."""

import cv2
import numpy as np
import pytest

from proctor_engine import imaging
from proctor_engine.detectors import change
from proctor_engine.detectors.fingerprint import exact_print_of, take_prints
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.unrest import CALM, FIELDS, LEAST_LEVELS, RESTLESS
from proctor_engine.native.frames import find_strongest, glimpse
from proctor_engine.native.library import load_library
from tests.proctor_engine.recordings import Picture

pytestmark = pytest.mark.skipif(load_library() is None, reason="the engine's C was not built for this machine")


def soft(random: np.random.Generator, rows: int, columns: int, channels: int) -> Picture:
    few = random.integers(0, 256, (5, 7, channels)).astype(np.float32)
    large = cv2.resize(few, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return np.asarray((large + random.normal(0, 4, large.shape)).clip(0, 255), np.uint8).reshape(
        rows, columns, channels
    )


@pytest.mark.parametrize("size", [(480, 640), (720, 1280), (360, 640), (481, 643), (1, 1), (121, 32), (3, 500)])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_glimpse_is_that_of_opencv_to_the_bit(size: tuple[int, int], channels: int) -> None:
    picture = soft(np.random.default_rng(1), *size, channels)
    step = max(size[0] // imaging.GLIMPSED_ROWS, 1)
    found = glimpse(picture, step)
    grey = imaging.grey_of(picture[::step])
    assert found is not None
    assert np.array_equal(found.grey, grey)
    assert (found.light / 255, found.contrast / 255) == pytest.approx(imaging.light_and_contrast_of(grey), abs=1e-12)
    if found.thumb is not None:
        assert found.thumb == change.shrink_to_thumb(grey)
    assert (found.thumb is not None) == (size[1] % 32 == 0 and grey.shape[0] % 24 == 0)


def test_every_colour_has_the_luma_of_opencv() -> None:
    colours = np.random.default_rng(2).integers(0, 256, (512, 512, 4), np.uint8)
    found = glimpse(colours, 1)
    assert found is not None
    assert np.array_equal(found.grey, cv2.cvtColor(colours, cv2.COLOR_RGBA2GRAY))


@pytest.mark.parametrize("seed", range(120))
def test_the_strongest_news_is_the_one_that_numpy_and_opencv_find(seed: int) -> None:
    random = np.random.default_rng(seed)
    before = soft(random, 24, 32, 1)[:, :, 0]
    moved = np.roll(before, int(random.integers(0, 2)), axis=1).astype(np.float64)
    moved[5:9, 20 : int(random.integers(20, 26))] += int(random.integers(-60, 61))
    now = np.asarray((moved + random.integers(-30, 31) + random.normal(0, 3, moved.shape)).clip(0, 255), np.uint8)
    one, other = (Region(*random.uniform((-50, -50, 40, -1), (700, 500, 260, 1))) for _ in range(2))
    explained = [change._explained_by(face, 640, 480) for face in (one, other)[: seed % 3]]
    near = Region(one.x_px + 9, one.y_px - 4, one.side_px * 1.03, one.angle + 0.02)
    motion = change._motion(one, near, 640, 480) if seed % 2 else None
    squares = [(face.x_px, face.y_px, face.side_px, face.angle) for face in (one, other, near)]
    moved_pair = (squares[0], squares[2]) if seed % 2 else None
    unrest = random.integers(0, 2 * RESTLESS, FIELDS, np.uint8).tobytes() if seed % 4 > 1 else CALM
    said = find_strongest(before.tobytes(), now.tobytes(), squares[: seed % 3], moved_pair, 640, 480, unrest)
    expected = change._news_in(change._find_beyond(before, now, explained, motion), unrest)
    assert said is not None
    found, levels = said
    if motion is None:
        assert (found and change._change_of(*found)) == expected.news
        assert sum(expected.levels) < LEAST_LEVELS or levels == expected.levels
    elif found is None or expected.news is None:
        assert (expected.news.levels if expected.news else found[-1] if found else 0) <= LEAST_LEVELS + 2
    else:  # a warp's halves may be rounded otherwise, by a level of a cell
        assert found[-1] == pytest.approx(expected.news.levels, abs=2)
        assert found[-2] == pytest.approx(expected.news.cells, abs=2)


def test_of_a_frame_in_which_nothing_changes_no_levels_of_the_frame_before_are_left() -> None:
    still = np.full((24, 32), 90, np.uint8)
    stirred = still.copy()
    stirred[4:9, 20:25] = 200
    changed = find_strongest(still.tobytes(), stirred.tobytes(), [], None, 640, 480, CALM)
    calm = find_strongest(still.tobytes(), still.tobytes(), [], None, 640, 480, CALM)
    assert changed is not None
    assert changed[0] is not None
    assert sum(changed[1]) > LEAST_LEVELS
    assert calm is not None
    assert calm[0] is None
    assert [*calm[1]] == [0] * FIELDS


@pytest.mark.parametrize("size", [(120, 640), (120, 1280), (103, 999), (48, 64), (96, 128), (480, 64), (47, 640)])
@pytest.mark.parametrize("seed", range(10))
def test_prints_are_those_of_numpy_and_opencv_to_the_bit(size: tuple[int, int], seed: int) -> None:
    found = glimpse(soft(np.random.default_rng(seed), *size, 4), 1)
    assert found is not None
    if found.prints is not None:
        small, rough = found.prints
        assert (exact_print_of(small), rough) == take_prints(found.grey)
    assert (found.prints is None) == (size in {(96, 128), (47, 640)})
