"""What a picture is, by its bytes and never by its name: its format and size, read from its header alone. Pure.

Whoever decodes asks here first: a file of a few kilobytes can claim gigapixels.
"""

import struct
from typing import Final, Literal, NamedTuple

from guildhall.kit.errors import Invalid

PICTURE_BYTES_MAX: Final = 5 * 1024 * 1024
PICTURE_PIXELS_MAX: Final = 16_000_000
SIDE_PX_MAX: Final = 10_000

_PNG: Final = b"\x89PNG\r\n\x1a\n"  # W3C PNG, section 5.2; width and height stand in IHDR, which comes first (11.2.1)
_JPEG: Final = b"\xff\xd8\xff"
# The start-of-frame markers of ITU T.81, table B.1: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length: TEM and RST


class NoPicture(Invalid):
    type = "no-picture"
    title = "Not a picture that can be used"


class PictureHeader(NamedTuple):
    content_type: Literal["image/png", "image/jpeg"]
    width_px: int
    height_px: int


def read_header(body: bytes) -> PictureHeader:
    """Raises NoPicture, with the reason, for what is no PNG or JPEG or has too many pixels."""
    if len(body) > PICTURE_BYTES_MAX:
        raise NoPicture(f"A picture has {PICTURE_BYTES_MAX // 1_048_576} MB at most: make it smaller.")
    if body.startswith(_PNG):
        header = PictureHeader("image/png", *_png_size(body))
    elif body.startswith(_JPEG):
        header = PictureHeader("image/jpeg", *_jpeg_size(body))
    else:
        raise NoPicture("This is no PNG or JPEG picture, whatever its name says: save it as one of these.")
    width, height = header.width_px, header.height_px
    if not (0 < width <= SIDE_PX_MAX and 0 < height <= SIDE_PX_MAX and width * height <= PICTURE_PIXELS_MAX):
        raise NoPicture(
            f"The picture is {width} x {height} pixels; {PICTURE_PIXELS_MAX // 1_000_000} million at most are taken, "
            f"{SIDE_PX_MAX} at most on a side."
        )
    return header


def _png_size(body: bytes) -> tuple[int, int]:
    if len(body) < 24 or body[12:16] != b"IHDR":  # noqa: PLR2004 - signature, length, name, width and height
        raise _damaged()
    width, height = struct.unpack(">II", body[16:24])
    return int(width), int(height)


def _jpeg_size(body: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(body):
        if body[at] != 0xFF:  # noqa: PLR2004 - every marker begins with it
            break
        marker = body[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - fill byte
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return int(width), int(height)
        else:
            at += 2 + max(int(struct.unpack(">H", body[at + 2 : at + 4])[0]), 2)
    raise _damaged()


def _damaged() -> NoPicture:
    return NoPicture("The picture is damaged: open it, save it anew, and try again.")
