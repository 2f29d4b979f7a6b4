import cv2
import numpy as np
import pytest

from proctor_engine.contract import Visibility
from proctor_engine.imaging import MEASURED_WIDTH_PX, edges_of, shrink_to_grey
from proctor_engine.visibility import visibility_of
from tests.proctor_engine.films import (
    CLIPS,
    SKIN,
    Distort,
    clip,
    cover,
    decode,
    defocus,
    grain,
    overexpose,
    shake,
    soften,
    speckle,
)
from tests.proctor_engine.recordings import Picture, astronaut, encode, read_labels

LIMIT = 0.5  # of blur, grain and glare
LEAST_DETAIL = 0.1


def seen_in(picture: Picture) -> Visibility:
    return measure(encode(picture, 75))


def measure(jpeg: bytes) -> Visibility:
    picture = decode(jpeg)
    grey = shrink_to_grey(picture, MEASURED_WIDTH_PX)
    return visibility_of(picture, grey, edges_of(grey))


def portrait() -> Picture:
    return np.asarray(cv2.resize(astronaut()[:384], (640, 480), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("distort", [defocus(12), soften(8)], ids=["lens", "filter"])
def test_a_blur_is_told_from_what_is_in_focus_and_the_more_of_it_the_more(distort: Distort) -> None:
    chance = np.random.default_rng(1)
    blurs = [seen_in(distort(portrait(), far, chance)).blur for far in (0, 0.5, 1)]
    assert blurs[0] < 0.35
    assert blurs[0] < blurs[1] < blurs[2]
    assert blurs[2] > LIMIT


def test_a_picture_that_moved_is_blurred_in_whatever_direction_it_moved() -> None:
    chance = np.random.default_rng(1)
    assert all(seen_in(shake(50)(portrait(), 1, chance)).blur > LIMIT for _ in range(12))


@pytest.mark.parametrize("gain", [1.0, 0.5, 0.2])
def test_neither_light_nor_contrast_make_a_blur(gain: float) -> None:
    assert seen_in(np.asarray(portrait() * gain, np.uint8)).blur < 0.35
    assert seen_in(np.asarray(soften(8)(portrait(), 1, np.random.default_rng(1)) * gain, np.uint8)).blur > LIMIT


def test_a_plain_wall_with_a_door_is_in_focus_and_has_detail() -> None:
    wall = np.full((480, 640, 3), 190, np.uint8)
    wall[60:, 420:560] = 120
    seen = seen_in(wall)
    assert seen.blur < LIMIT
    assert seen.detail > LEAST_DETAIL


@pytest.mark.parametrize("distort", [grain, speckle], ids=["sensor", "dead pixels"])
def test_noise_is_told_from_texture(distort: Distort) -> None:
    assert seen_in(distort(portrait(), 0.9, np.random.default_rng(1))).grain > LIMIT
    assert seen_in(portrait()).grain == 0


def test_what_covers_a_lens_has_no_detail() -> None:
    assert seen_in(cover(SKIN, texture=9)(portrait(), 1, np.random.default_rng(1))).detail < LEAST_DETAIL


def test_glare_is_the_burnt_out_share_of_the_picture() -> None:
    half = np.full((480, 640, 3), 100, np.uint8)
    half[:240] = 255
    assert seen_in(half).glare == pytest.approx(0.5, abs=0.02)
    assert seen_in(overexpose(portrait(), 1, np.random.default_rng(1))).glare > LIMIT


def test_compression_is_told_by_its_blocks_whoever_did_it() -> None:
    assert measure(encode(portrait(), 1)).blocks > LIMIT
    assert seen_in(decode(encode(portrait(), 1))).blocks > LIMIT
    assert measure(encode(portrait(), 50)).blocks < 0.35


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (9, 640)])
def test_a_picture_of_next_to_nothing_is_measured_too(size: tuple[int, int]) -> None:
    grey = np.full(size, 90, np.uint8)
    seen = visibility_of(np.full((*size, 4), 90, np.uint8), grey, edges_of(grey))
    assert seen == Visibility(0, 0, 0, 0, 0)


def test_every_recording_is_in_focus_clean_and_full_of_detail() -> None:
    pictures = [decode_still(row["path"]) for row in read_labels()]
    pictures += [picture for name in CLIPS for picture in clip(name)[::10]]
    for picture in pictures:
        seen = seen_in(picture)
        assert seen.detail > 2 * LEAST_DETAIL
        assert max(seen.blur, seen.grain, seen.glare, seen.blocks) < LIMIT


def decode_still(path: str) -> Picture:
    picture = cv2.imread(path, cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
