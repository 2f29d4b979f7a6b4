import numpy as np
import pytest

from proctor_engine.detectors.change import Change
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.windows import LEAST_PX, change_window, face_window, sweep_windows


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (1280, 720), (512, 512), (640, 160)])
def test_a_sweep_leaves_no_pixel_out_and_no_window_hangs_out_of_the_picture(width: int, height: int) -> None:
    seen = np.zeros((height, width), np.bool_)
    whole, *tiles = sweep_windows(width, height)
    assert whole.side_px == max(width, height)
    for tile in tiles:
        left, top, side = round(tile.left_px), round(tile.top_px), round(tile.side_px)
        seen[max(top, 0) : top + side, max(left, 0) : left + side] = True
        assert (left >= 0 and left + side <= width) or side > width
        assert (top >= 0 and top + side <= height) or side > height
    assert seen.all()


def test_a_change_is_in_the_middle_of_its_window() -> None:
    window = change_window(Change(0.5, 0.25, 0.6, 0.5, cells=5, levels=50), 640, 480)
    assert window is not None
    assert (window.left_px + window.side_px / 2, window.top_px + window.side_px / 2) == (352, 180)
    assert window.side_px == 150


def test_a_small_change_may_be_part_of_a_face() -> None:
    window = change_window(Change(0.5, 0.5, 0.53, 0.54, cells=1, levels=9), 640, 480)
    assert window is not None
    assert window.side_px == LEAST_PX


def test_a_change_of_half_the_picture_has_no_window() -> None:
    assert change_window(Change(0, 0, 0.6, 1, cells=400, levels=9_000), 640, 480) is None


def test_a_face_fills_a_quarter_of_its_window() -> None:
    window = face_window(Region(300, 200, 60, 0.2))  # of a face of 40 px
    assert (window.left_px, window.top_px, window.side_px) == pytest.approx((220, 120, 160))
