import math

import numpy as np
import pytest

from proctor_engine.detectors.regions import Region, cut_region, overlap, region_around


def test_a_regions_matrix_takes_the_middle_of_the_cut_out_to_its_centre() -> None:
    matrix = Region(300, 200, 150, 0.7).matrix(192)
    assert matrix @ (96, 96, 1) == pytest.approx((300, 200))


@pytest.mark.parametrize("angle", [0, math.pi / 2, -math.pi / 3])
def test_a_regions_edge_is_half_its_side_from_the_centre_along_its_angle(angle: float) -> None:
    matrix = Region(300, 200, 150, angle).matrix(192)
    edge = matrix @ (192, 96, 1)
    assert edge == pytest.approx((300 + 75 * math.cos(angle), 200 + 75 * math.sin(angle)))


def test_an_unturned_region_of_the_same_size_copies_pixels_without_a_shift() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (300, 300, 3), np.uint8)
    cut = cut_region(picture, Region(146, 106, 192, 0).matrix(192), 192)
    assert (cut == picture[10:202, 50:242]).all()


def test_what_lies_outside_the_picture_is_its_edge_repeated() -> None:
    picture = np.full((50, 50, 3), 77, np.uint8)
    assert (cut_region(picture, Region(0, 0, 200, 0.2).matrix(64), 64) == 77).all()


def test_the_margin_is_half_the_longer_side() -> None:
    assert region_around(0, 0, 40, 60, 0.1) == Region(20, 30, 90, 0.1)


def test_overlap_is_whole_for_the_same_nothing_for_apart_and_a_third_for_half_aside() -> None:
    region = Region(100, 100, 60, 0.4)
    assert overlap(region, region) == pytest.approx(1)
    assert overlap(region, Region(161, 100, 60, 0)) == 0
    assert overlap(region, Region(130, 100, 60, 0)) == pytest.approx(1 / 3)
