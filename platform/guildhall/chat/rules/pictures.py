"""Pictures without what rides along: where and when a photograph was taken, by which camera, and remarks. Pure.

Nothing is decoded or encoded again, so a screenshot stays as sharp and an animation as lively as it was; whole blocks
of the file are left out. How a photograph is to be turned is kept, and its colours. What stands behind the end of a
picture (phones put a film or a second picture there, with a place of its own) goes too. By the formats' specifications:
ITU T.81 (JPEG) with Exif 2.32, PNG (W3C, third edition), WebP (RFC 9649) and GIF89a.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final

_MARKER: Final = 0xFF
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPLICATION: Final = range(0xE0, 0xF0)
_JFIF, _EXIF, _COLOURS, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_EXIF_HEAD: Final = b"Exif\x00\x00"
_COLOURS_HEAD: Final = b"ICC_PROFILE\x00"
_ORIENTATION, _SHORT = 0x0112, 3
_TURNS: Final = range(2, 9)

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_REMARKS: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
_GIF_BLOCK, _GIF_PICTURE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_COMMENT, _GIF_APPLICATION = 0xFE, 0xFF
_GIF_LOOPS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})


class Damaged(ValueError):
    """The file is no whole picture of its kind."""


def without_metadata(body: bytes, content_type: str) -> bytes:
    """The same picture; what is no picture is given back as it is. Raises Damaged."""
    strip = _STRIP.get(content_type)
    if strip is None:
        return body
    try:
        return strip(body)
    except (IndexError, struct.error) as fault:
        raise Damaged("The picture ends too early.") from fault


def _jpeg(body: bytes) -> bytes:
    out = bytearray(body[:2])
    at, turned = 2, 1
    kept: list[bytes] = []
    while body[at] == _MARKER:
        marker = body[at + 1]
        if marker == _MARKER:  # a fill byte
            at += 1
        elif marker == _END:
            return bytes(out) + b"".join(kept) + b"\xff\xd9"
        elif marker in _ALONE:
            kept.append(body[at : at + 2])
            at += 2
        else:
            end = at + 2 + _length(body, at + 2, ">H", least=2)
            segment = body[at:end]
            if len(segment) != end - at:
                raise Damaged("A segment of the JPEG is cut off.")
            if marker == _EXIF and segment[4:10] == _EXIF_HEAD and turned == 1:
                turned = _orientation(segment[10:])
                if turned in _TURNS:
                    kept.insert(0, _exif(turned))
            elif _is_kept(marker, segment):
                kept.append(segment)
            at = end
            if marker == _SCAN:
                end = _end_of_scan(body, at)
                kept.append(body[at:end])
                at = end
    raise Damaged("The JPEG is damaged.")


def _is_kept(marker: int, segment: bytes) -> bool:
    if marker == _COMMENT:
        return False
    if marker in _APPLICATION:
        is_plain = marker == _JFIF and segment[4:9] == b"JFIF\x00"
        return is_plain or marker == _ADOBE or (marker == _COLOURS and segment[4:16] == _COLOURS_HEAD)
    return True


def _end_of_scan(body: bytes, at: int) -> int:
    """Where the next marker is that is none of the scan's own."""
    while True:
        at = body.find(b"\xff", at)
        if at < 0 or at + 1 >= len(body):
            raise Damaged("The JPEG ends too early.")
        if body[at + 1] != 0 and body[at + 1] not in _ALONE:
            return at
        at += 2


def _orientation(tiff: bytes) -> int:
    """How the picture is to be turned, 1 to 8; 1 where it says nothing that can be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None or struct.unpack_from(f"{order}H", tiff, 2)[0] != 42:  # noqa: PLR2004 - TIFF 6.0, section 2
            return 1
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for entry in range(struct.unpack_from(f"{order}H", tiff, first)[0]):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
            if (tag, kind, count) == (_ORIENTATION, _SHORT, 1):
                return int(value)
    except struct.error:
        return 1
    return 1


def _tiff(turned: int) -> bytes:
    """An Exif block that holds how a picture is turned and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, turned, 0, 0)


def _exif(turned: int) -> bytes:
    body = _EXIF_HEAD + _tiff(turned)
    return struct.pack(">BBH", _MARKER, _EXIF, len(body) + 2) + body


def _png(body: bytes) -> bytes:
    out, at = bytearray(_PNG_SIGNATURE), len(_PNG_SIGNATURE)
    while True:
        end = at + 12 + _length(body, at, ">I")
        chunk = body[at:end]
        if len(chunk) != end - at:
            raise Damaged("A chunk of the PNG is cut off.")
        name = chunk[4:8]
        if name not in _PNG_REMARKS:
            out += chunk
        if name == b"IEND":
            return bytes(out)
        at = end


def _webp(body: bytes) -> bytes:
    out, at, turned = bytearray(), 12, 1
    whole = min(len(body), 8 + _length(body, 4, "<I"))
    while at + 8 <= whole:
        size = _length(body, at + 4, "<I")
        end = at + 8 + size + size % 2
        chunk = body[at:end]
        if len(chunk) < 8 + size:
            raise Damaged("A chunk of the WebP is cut off.")
        if chunk[:4] == b"EXIF":
            turned = _orientation(chunk[8:].removeprefix(_EXIF_HEAD))
        elif chunk[:4] != b"XMP ":
            out += chunk
        at = end
    if out[:4] == b"VP8X":
        out[8] &= 0xFF ^ (_WEBP_EXIF | _WEBP_XMP)
        if turned in _TURNS:
            tiff = _tiff(turned)
            out[8] |= _WEBP_EXIF
            out += b"EXIF" + struct.pack("<I", len(tiff)) + tiff
    if not out:
        raise Damaged("The WebP is empty.")
    return b"RIFF" + struct.pack("<I", 4 + len(out)) + b"WEBP" + bytes(out)


def _gif(body: bytes) -> bytes:
    at = 13 + _table(body[10])
    out = bytearray(body[:at])
    while True:
        kind = body[at]
        if kind == _GIF_END:
            return bytes(out) + bytes([_GIF_END])
        begin = at
        if kind == _GIF_PICTURE:
            at = _end_of_blocks(body, at + 11 + _table(body[at + 9]))
            is_kept = True
        elif kind == _GIF_BLOCK:
            label = body[at + 1]
            named = body[at + 3 : at + 14] if label == _GIF_APPLICATION else b""
            at = _end_of_blocks(body, at + 2)
            is_kept = label != _GIF_COMMENT and (label != _GIF_APPLICATION or named in _GIF_LOOPS)
        else:
            raise Damaged("The GIF is damaged.")
        if is_kept:
            out += body[begin:at]


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << ((flags & 0x07) + 1) if flags & 0x80 else 0


def _end_of_blocks(body: bytes, at: int) -> int:
    for size in _sizes(body, at):
        at += 1 + size
    return at


def _sizes(body: bytes, at: int) -> Iterator[int]:
    """Of each block, the last one's included, which is empty."""
    while True:
        size = body[at]
        yield size
        if size == 0:
            return
        at += 1 + size


def _length(body: bytes, at: int, form: str, least: int = 0) -> int:
    length = int(struct.unpack_from(form, body, at)[0])
    if length < least:
        raise Damaged("The picture is damaged.")
    return length


_STRIP: Final[dict[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}
