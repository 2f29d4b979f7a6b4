import numpy as np
import pytest

from proctor_engine import imaging
from proctor_engine.detectors.fingerprint import take_prints
from tests.proctor_engine.recordings import Picture, astronaut, encode, read_clip

DECODED_PX = 1 << 22


def prints_of(jpeg: bytes) -> tuple[int, int]:
    picture = imaging.decode_picture(jpeg, DECODED_PX)
    return take_prints(imaging.shrink_to_grey(picture, imaging.MEASURED_WIDTH_PX))


def bits_apart(one: int, other: int) -> int:
    return (one ^ other).bit_count()


def noisy(picture: Picture, seed: int) -> Picture:
    noise = np.random.default_rng(seed).normal(0, 1.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def test_the_same_picture_has_the_same_prints_whatever_else_its_bytes_say() -> None:
    jpeg = encode(astronaut())
    commented = jpeg[:2] + b"\xff\xfe\x00\x06time" + jpeg[2:]
    assert prints_of(commented) == prints_of(jpeg)


def test_a_cameras_noise_changes_every_exact_print() -> None:
    exact = {prints_of(encode(noisy(astronaut(), seed), 75))[0] for seed in range(40)}
    assert len(exact) == 40


@pytest.mark.parametrize("quality", [50, 75, 85])
def test_a_picture_encoded_again_keeps_its_rough_print_and_no_other_picture_has_it(quality: int) -> None:
    moments = [np.roll(astronaut(), shift, axis=1) for shift in range(0, 160, 20)]
    rough = [prints_of(encode(moment, 92))[1] for moment in moments]
    again = [prints_of(encode(moment, quality))[1] for moment in moments]
    apart = np.array([[bits_apart(one, other) for other in again] for one in rough])
    assert apart.diagonal().mean() < 6
    assert apart[~np.eye(len(moments), dtype=bool)].min() > apart.diagonal().max()


def test_an_exact_print_is_never_the_one_that_means_none() -> None:
    assert take_prints(np.zeros((240, 320), np.uint8))[0] != 0


@pytest.mark.parametrize("size", [(1, 1), (90, 320), (320, 180)])
def test_pictures_of_any_size_have_prints(size: tuple[int, int]) -> None:
    exact, rough = take_prints(np.full(size, 90, np.uint8))
    assert 0 < exact < 1 << 32
    assert 0 <= rough < 1 << 64


def test_no_two_pictures_of_a_calm_person_share_an_exact_print() -> None:
    clip = read_clip("one_face")
    assert len({prints_of(jpeg)[0] for jpeg in clip}) == len(clip)
