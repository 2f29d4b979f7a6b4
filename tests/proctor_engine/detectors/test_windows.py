import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.detectors.change import Change
from proctor_engine.detectors.regions import Region
from proctor_engine.detectors.unrest import ALL
from proctor_engine.detectors.windows import (
    LEAST_PX,
    change_window,
    face_window,
    fields_at,
    fields_touched,
    owed_window,
    sweep_windows,
)

SIZES = ((640, 480), (480, 640), (1280, 720), (320, 240), (640, 160))


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


@given(st.integers(1, ALL), st.sampled_from(SIZES), st.sampled_from((3, 4)))
def test_what_is_owed_is_shown_whole_look_by_look_and_nothing_is_owed_for_ever(
    owed: int, size: tuple[int, int], most: int
) -> None:
    looks = 0
    while owed:
        window = owed_window(owed, *size, most)
        shown = fields_at(window, *size)
        assert shown & owed & -owed, "the first of them is shown"
        assert shown & ~fields_touched(window, *size) == 0
        owed, looks = owed & ~shown, looks + 1
    assert looks <= 12


@given(st.integers(1, ALL), st.sampled_from(SIZES))
def test_a_look_at_what_is_owed_wastes_nothing_beyond_the_picture(owed: int, size: tuple[int, int]) -> None:
    window = owed_window(owed, *size)
    for begins, length in ((window.left_px, size[0]), (window.top_px, size[1])):
        if window.side_px <= length:
            assert 0 <= begins <= length - window.side_px + 1e-6
        else:
            assert begins == pytest.approx((length - window.side_px) / 2)


def test_a_window_that_cuts_a_field_has_not_shown_it() -> None:
    window = change_window(Change(0.48, 0.48, 0.52, 0.52, cells=1, levels=9), 640, 480)  # where four meet
    assert window is not None
    assert fields_at(window, 640, 480) == 0
    assert fields_touched(window, 640, 480) != 0
