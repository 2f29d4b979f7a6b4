"""What cameras send is decoded to the pixels of libjpeg-turbo, and nothing is taken that it refuses."""

import random
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proctor_engine.imaging import decode_picture
from proctor_engine.jpeg import UnreadableFrame
from proctor_engine.native import jpeg as native_jpeg
from proctor_engine.native.jpeg import decode_webcam_jpeg
from proctor_engine.native.library import load_library
from tests.proctor_engine.engine_fuzz import mutate_picture
from tests.proctor_engine.recordings import Picture, astronaut, decode_by_libjpeg, encode, read_clip
from tests.proctor_engine.test_jpeg import claim_size

MOST_PX = 1 << 20
SAMPLINGS = (
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
)
CHANCE = st.integers(0, 1 << 30)


@pytest.fixture(scope="module", params=[3, 4, 5], ids=["AVX2", "AVX-512", "AVX-512 with FP16"], autouse=True)
def level(request: pytest.FixtureRequest) -> Iterator[int]:
    if (library := load_library(request.param)) is None:
        pytest.skip("the engine's C was not built here, or this processor has no such instructions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native_jpeg, "load_library", lambda: library)
        yield request.param


def a_picture(seed: int, rows: int, columns: int, grain: float) -> Picture:
    """Soft colours under noise; with much of it, all that a coefficient can be."""
    chance = np.random.default_rng(seed)
    few = chance.integers(0, 256, (4, 5, 3)).astype(np.float32)
    large = cv2.resize(few, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return np.asarray((large + chance.normal(0, grain, large.shape)).clip(0, 255), np.uint8)


def encode_as(picture: Picture, *options: int) -> bytes:
    return cv2.imencode(".jpg", picture, options)[1].tobytes()


@settings(max_examples=250, deadline=None)
@given(
    seed=CHANCE,
    size=st.tuples(st.integers(1, 70), st.integers(1, 140)),
    grain=st.sampled_from((0.0, 4.0, 20.0, 300.0)),
    sampling=st.sampled_from((*SAMPLINGS, None)),
    quality=st.integers(1, 100),
    restart=st.integers(0, 12),
    is_optimized=st.booleans(),
)
@example(seed=1, size=(17, 129), grain=300.0, sampling=SAMPLINGS[0], quality=100, restart=1, is_optimized=True)
@example(seed=1, size=(480, 640), grain=300.0, sampling=SAMPLINGS[0], quality=100, restart=0, is_optimized=False)
@example(seed=1, size=(48, 64), grain=0.0, sampling=SAMPLINGS[2], quality=1, restart=0, is_optimized=False)
def test_whatever_a_camera_may_send_has_the_pixels_of_libjpeg(
    seed: int,
    size: tuple[int, int],
    grain: float,
    sampling: int | None,
    quality: int,
    restart: int,
    *,
    is_optimized: bool,
) -> None:
    picture = a_picture(seed, *size, grain)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_RST_INTERVAL, restart]
    options += [cv2.IMWRITE_JPEG_OPTIMIZE, int(is_optimized)]
    if sampling is not None:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    jpeg = encode_as(picture if sampling is not None else picture[:, :, 0], *options)
    decoded = decode_webcam_jpeg(jpeg, MOST_PX)
    assert decoded is not None
    assert np.array_equal(decoded, decode_by_libjpeg(jpeg))


@pytest.mark.parametrize("clip", ["one_face", "head_turn", "two_faces", "empty_room"])
def test_a_webcam_s_pictures_have_the_pixels_of_libjpeg(clip: str) -> None:
    for jpeg in read_clip(clip)[::20]:
        decoded = decode_webcam_jpeg(jpeg, MOST_PX)
        assert decoded is not None
        assert np.array_equal(decoded, decode_by_libjpeg(jpeg))


@settings(max_examples=1_000, deadline=None)
@given(seed=CHANCE, sampling=st.sampled_from(SAMPLINGS), restart=st.sampled_from((0, 2)), times=st.integers(1, 3))
def test_damage_is_never_taken_where_libjpeg_refuses_it(seed: int, sampling: int, restart: int, times: int) -> None:
    chance = random.Random(seed)
    options = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling, cv2.IMWRITE_JPEG_RST_INTERVAL, restart)
    jpeg = encode_as(a_picture(seed, 33, 40, 9.0), *options)
    for _ in range(times):
        jpeg = mutate_picture(jpeg, chance)
    if (decoded := decode_webcam_jpeg(jpeg, MOST_PX)) is not None:
        assert np.array_equal(decoded, decode_by_libjpeg(jpeg))  # which raises where it refuses


def test_a_picture_without_its_last_bits_is_not_taken() -> None:
    jpeg = encode(astronaut())
    assert decode_webcam_jpeg(jpeg, MOST_PX) is not None
    assert decode_webcam_jpeg(jpeg[:-4] + jpeg[-2:], MOST_PX) is None
    assert decode_webcam_jpeg(jpeg[:-2] + b"\x00" + jpeg[-2:], MOST_PX) is None
    assert decode_webcam_jpeg(jpeg[:-2], MOST_PX) is None
    for end in range(0, 700, 7):
        assert decode_webcam_jpeg(jpeg[:end], MOST_PX) is None


def test_a_restart_marker_out_of_turn_is_damage() -> None:
    jpeg = encode_as(a_picture(1, 48, 64, 4.0), cv2.IMWRITE_JPEG_RST_INTERVAL, 2)
    assert decode_webcam_jpeg(jpeg, MOST_PX) is not None
    assert decode_webcam_jpeg(jpeg.replace(b"\xff\xd1", b"\xff\xd2", 1), MOST_PX) is None


def test_a_code_of_nothing_but_ones_is_damage() -> None:
    jpeg = encode(astronaut()[:48, :64])
    at = jpeg.index(b"\xff\xc4\x00\x1f\x01")  # chroma's DC: 12 symbols, of which the last has the longest code, 11 bits
    lengths, symbols = bytearray(jpeg[at + 5 : at + 21]), jpeg[at + 21 : at + 33]
    assert lengths[10] == 1
    lengths[10] = 2
    with_ones = jpeg[:at] + b"\xff\xc4\x00\x20\x01" + lengths + symbols + b"\x00" + jpeg[at + 33 :]
    assert decode_webcam_jpeg(with_ones, MOST_PX) is None
    with pytest.raises(ValueError, match="Huffman"):
        decode_by_libjpeg(with_ones)


@pytest.mark.parametrize(
    "options",
    [
        (cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411),
        (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440),
    ],
    ids=["progressive", "4:1:1", "4:4:0"],
)
def test_other_kinds_are_left_to_libjpeg(options: tuple[int, int]) -> None:
    assert decode_webcam_jpeg(encode_as(a_picture(1, 48, 64, 4.0), *options), MOST_PX) is None


def test_colours_that_an_application_names_otherwise_are_left_to_libjpeg() -> None:
    jpeg = encode(astronaut())
    for said in (b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00", b"\xff\xe0\x00\x10JFIF\x00\x03" + bytes(8)):
        assert decode_webcam_jpeg(jpeg[:2] + said + jpeg[2:], MOST_PX) is None
    named = jpeg.replace(b"\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01", b"\x03R\x11\x00G\x11\x01B\x11\x01")
    assert named != jpeg
    assert decode_webcam_jpeg(named, MOST_PX) is None


def test_a_size_beyond_the_limit_takes_no_memory() -> None:
    small, large = encode(astronaut()[:48, :64]), claim_size(encode(astronaut()), 60_000, 60_000)
    assert decode_webcam_jpeg(small, MOST_PX) is not None
    kept = native_jpeg._Kept.room
    assert decode_webcam_jpeg(large, MOST_PX) is None
    assert native_jpeg._Kept.room is kept
    assert decode_webcam_jpeg(small, 48 * 64) is not None
    assert decode_webcam_jpeg(small, 48 * 64 - 1) is None  # though there is room for it


def test_a_picture_is_written_over_only_when_nobody_looks_at_it_or_a_part_of_it() -> None:
    one, other = encode(astronaut()[:64, :64]), encode(astronaut()[64:128, :64])
    held = decode_picture(one, MOST_PX)
    before = held.copy()
    corner = decode_picture(other, MOST_PX)[8:, 8:]
    seen = corner.copy()
    addresses = {decode_picture(jpeg, MOST_PX).ctypes.data for jpeg in (one, other, one)}
    assert np.array_equal(held, before)
    assert np.array_equal(corner, seen)
    assert len(addresses) == 1


def test_what_both_refuse_is_said_in_the_words_of_libjpeg() -> None:
    jpeg = encode(astronaut())
    with pytest.raises(UnreadableFrame, match="The picture cannot be decoded: "):
        decode_picture(jpeg[: len(jpeg) // 2] + jpeg[-2:], MOST_PX)
