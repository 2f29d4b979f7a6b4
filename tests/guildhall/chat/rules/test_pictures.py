"""What rides along with a picture is gone, and the picture is the same: held against another decoder (OpenCV)."""

import struct
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.chat.rules.pictures import Damaged, without_metadata

PLACE = b"GPS 52.52 N 13.40 E, taken by Vera"
rng = np.random.default_rng(7)
PIXELS = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (64, 48))


def encoded(ending: str, *options: int) -> bytes:
    is_written, body = cv2.imencode(ending, PIXELS, list(options))
    assert is_written
    return body.tobytes()


def decoded(body: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)


def tiff(turned: int, order: str = "<") -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(f"{order}HHIHH", 0x010F, 2, 1, 0, 0) + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    return struct.pack(f"{order}2sHIH", mark, 42, 8, 2) + entries + struct.pack(f"{order}I", 0) + PLACE


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(turned: int = 1, *options: int, order: str = "<") -> bytes:
    plain = encoded(".jpg", *options)
    along = segment(0xE1, b"Exif\x00\x00" + tiff(turned, order)) + segment(
        0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE
    )
    along += segment(0xED, b"Photoshop 3.0\x00" + PLACE) + segment(0xFE, PLACE) + segment(0xE2, b"MPF\x00" + PLACE)
    return plain[:2] + along + plain[2:] + b"\xff\xd8" + PLACE  # ... and a second picture behind it


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    plain = encoded(".png")
    along = chunk(b"eXIf", tiff(1)) + chunk(b"tEXt", b"Comment\x00" + PLACE) + chunk(b"iTXt", b"XML\x00" + PLACE)
    return plain[:33] + along + plain[33:] + PLACE


def riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)


def webp(turned: int) -> bytes:
    plain = encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 101)
    size = struct.pack("<I", 63)[:3] + struct.pack("<I", 47)[:3]
    chunks = (
        riff(b"VP8X", bytes([0x0C, 0, 0, 0]) + size) + plain[12:] + riff(b"EXIF", tiff(turned)) + riff(b"XMP ", PLACE)
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks + PLACE


def gif() -> bytes:
    """Two pictures of one pixel, which loop."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    remark = b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\x00"
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\x00"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + loops + remark + xmp + picture + picture + b"\x3b" + PLACE


JPEGS = [jpeg(), jpeg(1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), jpeg(1, cv2.IMWRITE_JPEG_RST_INTERVAL, 2)]
PICTURES = [*(("image/jpeg", body) for body in JPEGS), ("image/png", png()), ("image/webp", webp(1))]


@pytest.mark.parametrize(("content_type", "body"), PICTURES)
def test_what_rides_along_is_gone_and_every_pixel_is_there(content_type: str, body: bytes) -> None:
    clean = without_metadata(body, content_type)
    assert PLACE in body
    assert b"52.52" not in clean
    assert np.array_equal(decoded(clean), decoded(body))
    assert without_metadata(clean, content_type) == clean


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_is_still_turned_as_its_camera_was_held(order: str) -> None:
    for turned in range(2, 9):
        clean = without_metadata(jpeg(turned, order=order), "image/jpeg")
        assert b"52.52" not in clean
        assert np.array_equal(decoded(clean), decoded(jpeg(turned, order=order)))
    assert decoded(without_metadata(jpeg(6), "image/jpeg")).shape == (64, 48, 3)
    assert b"EXIF" in without_metadata(webp(6), "image/webp")
    assert b"EXIF" not in without_metadata(webp(1), "image/webp")


def test_the_colours_of_a_photograph_stay() -> None:
    plain = encoded(".jpg")
    colours = segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + b"c" * 40)
    assert colours in without_metadata(plain[:2] + colours + plain[2:], "image/jpeg")


def test_an_animation_loops_on_without_its_remarks() -> None:
    clean = without_metadata(gif(), "image/gif")
    assert b"52.52" not in clean
    assert clean.count(b"\x2c\x00\x00\x00\x00") == 2
    assert b"NETSCAPE2.0" in clean


def test_what_is_no_picture_stays_as_it_is() -> None:
    assert without_metadata(b"%PDF-1.7", "application/pdf") == b"%PDF-1.7"


@pytest.mark.parametrize(("content_type", "body"), [*PICTURES, ("image/gif", gif())])
@given(cut=st.integers(2, 400), at=st.integers(2, 400), byte=st.integers(0, 255))
def test_what_is_cut_off_or_changed_is_damaged_or_a_picture_and_never_anything_else(
    content_type: str, body: bytes, cut: int, at: int, byte: int
) -> None:
    for wrong in (body[: max(12, len(body) - cut)], body[:cut], body[:at] + bytes([byte]) + body[at + 1 :]):
        try:
            assert len(without_metadata(wrong, content_type)) <= len(wrong) + 60
        except Damaged:
            continue
