"""Small JPEGs, good and bad."""

import struct

import cv2
import numpy as np


def a_jpeg(width_px: int = 64, height_px: int = 48, grey: int = 128) -> bytes:
    picture = np.full((height_px, width_px, 3), grey, np.uint8)
    return cv2.imencode(".jpg", picture)[1].tobytes()


def a_jpeg_that_claims(width_px: int, height_px: int) -> bytes:
    """A real picture whose header lies about its size."""
    jpeg = bytearray(a_jpeg())
    start_of_frame = jpeg.index(b"\xff\xc0")
    jpeg[start_of_frame + 5 : start_of_frame + 9] = struct.pack(">HH", height_px, width_px)
    return bytes(jpeg)


def a_truncated_jpeg() -> bytes:
    jpeg = a_jpeg(320, 240)
    return jpeg[: len(jpeg) // 2]


def a_scan_bomb(*, progressive: bool) -> bytes:
    """A small picture of 1920 x 1080 pixels with 32,000 empty scans: seconds of work for a decoder that begins it."""
    kind = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    jpeg = cv2.imencode(".jpg", np.full((1080, 1920, 3), 90, np.uint8), kind)[1].tobytes()
    # FF DA, length, one component, which, its tables, spectral band 1..63 (0..63), no approximation
    scan = b"\xff\xda\x00\x08\x01\x01\x00" + (b"\x01\x3f\x00" if progressive else b"\x00\x3f\x00")
    kept = jpeg[:-2] if progressive else jpeg[: jpeg.index(b"\xff\xda")]
    return kept + scan * 32_000 + jpeg[-2:]
