import functools

import numpy as np
import pytest

from proctor_engine.squares import FEWEST, MOST, mosaic_of, squares_of
from tests.proctor_engine.films import CLIPS, clip, decode, is_recorded, pixelate
from tests.proctor_engine.recordings import Picture, astronaut, encode

LIMIT = 0.5


@functools.cache
def pictures() -> list[Picture]:
    return [np.ascontiguousarray(astronaut()[:480]), *(clip(name)[0] for name in CLIPS if is_recorded(name))]


def sent(picture: Picture, quality: int = 75) -> Picture:
    return decode(encode(picture, quality))


@pytest.mark.parametrize("side", [13, 16, 17.4, 20, 22.4, 27.3, 33, 36.1, 40])
def test_a_picture_of_squares_of_any_size_is_one(side: float) -> None:
    for picture in pictures():
        assert mosaic_of(sent(pixelate(picture, (side - 1) / 39, np.random.default_rng(1)))) > LIMIT


@pytest.mark.parametrize("side", [16, 23, 37])
def test_squares_of_whole_pixels_are_found_where_they_do_not_fill_the_picture(side: int) -> None:
    for picture in pictures():
        squares = picture[::side, ::side].repeat(side, axis=0).repeat(side, axis=1)
        assert mosaic_of(sent(squares[: picture.shape[0], : picture.shape[1]])) > LIMIT


@pytest.mark.parametrize("quality", [92, 75, 40])
def test_a_picture_as_a_camera_sends_it_is_none(quality: int) -> None:
    for picture in pictures():
        assert mosaic_of(sent(picture, quality)) < 0.4


def test_neither_blinds_nor_shelves_are_squares() -> None:
    blinds = np.full((480, 640, 3), 200, np.uint8)
    blinds[np.arange(480) // 16 % 2 == 1] = 60
    assert mosaic_of(sent(blinds)) < LIMIT
    assert mosaic_of(sent(np.ascontiguousarray(blinds.transpose(1, 0, 2)))) < LIMIT


@pytest.mark.parametrize("size", [(1, 1), (480, 2), (2 * MOST - 1, 640), (2 * MOST, 2 * MOST), (333, 501), (720, 960)])
def test_pictures_of_any_size_are_measured(size: tuple[int, int]) -> None:
    random = np.random.default_rng(FEWEST)
    assert 0 <= squares_of(random.integers(0, 256, (*size, 4), np.uint8)) < 2
    assert squares_of(np.zeros((*size, 4), np.uint8)) == 1
