import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.jpeg import UnreadableFrame, read_jpeg_size
from tests.fakes.pictures import a_scan_bomb
from tests.proctor_engine.recordings import encode

PICTURE = encode(np.full((48, 64, 3), 90, np.uint8))


def claim_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The same picture with another size in its frame header."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 4 :]


def test_a_picture_tells_its_width_and_height() -> None:
    assert read_jpeg_size(PICTURE) == (64, 48)


def test_a_header_that_claims_50_000_by_50_000_is_told_as_it_claims() -> None:
    assert read_jpeg_size(claim_size(PICTURE, 50_000, 50_000)) == (50_000, 50_000)


def test_fill_bytes_before_a_marker_are_passed_over() -> None:
    assert read_jpeg_size(PICTURE[:2] + b"\xff\xff" + PICTURE[2:]) == (64, 48)


def test_a_camera_that_pads_after_the_end_is_accepted() -> None:
    assert read_jpeg_size(PICTURE + bytes(32)) == (64, 48)


@pytest.mark.parametrize("other", [b"", b"\x89PNG\r\n\x1a\n" + bytes(64), b"GIF89a", b"\xff", b"<html>"])
def test_what_is_not_a_jpeg_is_refused_in_a_sentence(other: bytes) -> None:
    with pytest.raises(UnreadableFrame, match=r"^The frame is not a JPEG picture\.$"):
        read_jpeg_size(other)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_picture_cut_short_is_refused_in_a_sentence(share: float) -> None:
    with pytest.raises(UnreadableFrame, match="cut short"):
        read_jpeg_size(PICTURE[: int(len(PICTURE) * share)])


@pytest.mark.parametrize("size", [(0, 48), (64, 0)])
def test_a_size_of_nothing_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableFrame, match="names no size"):
        read_jpeg_size(claim_size(PICTURE, *size))


@pytest.mark.parametrize("header", [b"\xff\xc0\x00\x11", b"\xff\xc0\x00\x07\x08\x00\x30\x00\x40\xff\xda\x00\x08"])
def test_a_header_that_ends_before_its_size_is_refused(header: bytes) -> None:
    with pytest.raises(UnreadableFrame, match=r"names no size|damaged"):
        read_jpeg_size(b"\xff\xd8" + header + b"\xff\xd9")


def test_32_000_scans_are_refused_whatever_the_kind_of_picture() -> None:
    with pytest.raises(UnreadableFrame, match=r"^The picture is a progressive JPEG; send baseline ones\.$"):
        read_jpeg_size(a_scan_bomb(progressive=True))
    with pytest.raises(UnreadableFrame, match="of several scans"):
        read_jpeg_size(a_scan_bomb(progressive=False))


@pytest.mark.parametrize(
    ("marker", "kind"),
    [(0xC2, "a progressive"), (0xC3, "a lossless"), (0xC5, "a hierarchical"), (0xC9, "an arithmetic")],
)
def test_only_sequential_pictures_are_taken(marker: int, kind: str) -> None:
    assert read_jpeg_size(PICTURE.replace(b"\xff\xc0", b"\xff\xc1", 1)) == (64, 48)
    with pytest.raises(UnreadableFrame, match=f"is {kind}"):
        read_jpeg_size(PICTURE.replace(b"\xff\xc0", bytes((0xFF, marker)), 1))


@pytest.mark.parametrize("part", [b"\xff", b"\xff\xfe\x00\x02", b"\xff\x01"])
def test_a_header_of_endless_parts_is_not_walked_to_its_end(part: bytes) -> None:
    with pytest.raises(UnreadableFrame, match="more than 256 parts"):
        read_jpeg_size(PICTURE[:2] + part * 300 + PICTURE[2:])


def test_another_picture_hidden_where_only_a_decoder_looks_is_refused() -> None:
    hidden = PICTURE[2 : PICTURE.index(b"\xff\xda")]  # a decoder passes over FF 00 and reads what follows
    with pytest.raises(UnreadableFrame, match="damaged"):
        read_jpeg_size(PICTURE[:2] + b"\xff\x00" + (2 + len(hidden)).to_bytes(2, "big") + hidden + PICTURE[2:])


def test_a_second_frame_header_is_refused() -> None:
    header = PICTURE[PICTURE.index(b"\xff\xc0") :][:19]
    with pytest.raises(UnreadableFrame, match="damaged"):
        read_jpeg_size(PICTURE[:2] + header + PICTURE[2:])


def test_a_picture_that_starts_its_pixels_without_a_size_is_refused() -> None:
    with pytest.raises(UnreadableFrame, match="names no size"):
        read_jpeg_size(b"\xff\xd8\xff\xda\x00\x02\xff\xd9")


def test_a_scan_that_ends_where_it_should_count_its_components_is_refused() -> None:
    """Found by `make fuzz-engine`: an IndexError, in the platform's own event loop."""
    with pytest.raises(UnreadableFrame, match="damaged"):
        read_jpeg_size(PICTURE[: PICTURE.index(b"\xff\xda")] + b"\xff\xda\xff\xd9")


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_else(noise: bytes) -> None:
    for jpeg in (noise, b"\xff\xd8" + noise + b"\xff\xd9"):
        with contextlib.suppress(UnreadableFrame):
            assert min(read_jpeg_size(jpeg)) > 0
