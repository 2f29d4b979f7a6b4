import cv2
import numpy as np
import pytest

from proctor_engine import imaging
from proctor_engine.detectors.base import Grey
from proctor_engine.jpeg import UnreadableFrame
from tests.proctor_engine.recordings import Picture, astronaut, encode
from tests.proctor_engine.test_jpeg import claim_size

LIMIT_PX = 1920 * 1080


def grey_of(picture: Picture) -> Grey:
    return imaging.shrink_to_grey(picture, imaging.MEASURED_WIDTH_PX)


def test_a_picture_is_decoded_to_red_green_and_blue_in_four_bytes() -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 250
    decoded = imaging.decode_picture(encode(red), LIMIT_PX)
    assert decoded.shape == (48, 64, 4)
    assert np.abs(decoded[..., :3].astype(int) - red).max() < 10


def test_a_claim_of_50_000_by_50_000_is_refused_before_any_decoder_sees_it() -> None:
    with pytest.raises(UnreadableFrame, match="50000 x 50000 pixels; at most 2073600"):
        imaging.decode_picture(claim_size(encode(astronaut()), 50_000, 50_000), LIMIT_PX)


def test_a_picture_with_a_hole_in_it_is_an_error_and_never_a_grey_half() -> None:
    whole = encode(astronaut())
    holed = whole[: len(whole) // 2] + whole[-2:]  # its start and its end are in order
    with pytest.raises(UnreadableFrame, match="cannot be decoded"):
        imaging.decode_picture(holed, LIMIT_PX)


def test_a_size_that_its_pixels_do_not_fill_is_an_error() -> None:
    with pytest.raises(UnreadableFrame, match="cannot be decoded"):
        imaging.decode_picture(claim_size(encode(astronaut()), 1_400, 1_400), LIMIT_PX)


@pytest.mark.parametrize(("luma", "light"), [(0, 0.0), (128, 128 / 255), (255, 1.0)])
def test_light_is_the_mean_luma(luma: int, light: float) -> None:
    measured, contrast = imaging.light_and_contrast_of(np.full((40, 40), luma, np.uint8))
    assert measured == pytest.approx(light)
    assert contrast == 0


def test_contrast_reaches_a_half_for_black_beside_white() -> None:
    halves = np.zeros((40, 40), np.uint8)
    halves[:, 20:] = 255
    assert imaging.light_and_contrast_of(halves) == pytest.approx((0.5, 0.5))


def test_sharpness_falls_with_every_step_of_blur() -> None:
    face = astronaut()
    blurred = [np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8) for sigma in (1.0, 2.0, 4.0, 8.0)]
    measured = [imaging.sharpness_of(imaging.edges_of(grey_of(picture))) for picture in (face, *blurred)]
    assert measured == sorted(measured, reverse=True)
    assert measured[0] > 0.8
    assert measured[-1] < 0.2


def test_a_covered_lens_has_neither_contrast_nor_sharpness() -> None:
    noise = np.random.default_rng(1).normal(40, 3, (480, 640, 3))
    covered = grey_of(imaging.decode_picture(encode(np.clip(noise, 0, 255).astype(np.uint8)), LIMIT_PX))
    assert imaging.light_and_contrast_of(covered)[1] < 0.02
    assert imaging.sharpness_of(imaging.edges_of(covered)) < 0.35


@pytest.mark.parametrize(
    "box", [(0, 0, 1, 1), (-0.2, -0.2, 0.1, 0.1), (0.99, 0.99, 0.5, 0.5), (2, 2, 1, 1), (0.5, 0.5, 0, 0)]
)
def test_cutting_out_any_box_leaves_at_least_a_pixel(box: tuple[float, float, float, float]) -> None:
    _, cut = imaging.part_of(48, 64, *box)
    assert cut[0] >= 1
    assert cut[1] >= 1


def test_a_small_picture_is_not_enlarged() -> None:
    assert grey_of(np.zeros((48, 64, 3), np.uint8)).shape == (48, 64)
