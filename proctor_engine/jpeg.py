"""The size a JPEG claims, read from its markers alone: no decoder sees a picture that fails here.

Markers as in ITU-T T.81 (JPEG), table B.1. Pure Python, about 8 us for a webcam frame.
"""

SOI = b"\xff\xd8"
EOI = b"\xff\xd9"
FILL = 0xFF  # also what every marker begins with
SOS = 0xDA
# Frame headers of sequential Huffman JPEGs: baseline (what canvas.toBlob writes) and extended.
SOF_TAKEN = frozenset({0xC0, 0xC1})
# Progressive, lossless, hierarchical and arithmetic ones. A progressive 1920 x 1080 JPEG of 330 KB can hold 32,000
# empty scans, and took 7.6 s to decode.
SOF_REFUSED = {
    **dict.fromkeys((0xC2, 0xC6, 0xCA, 0xCE), "a progressive"),
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "a lossless"),
    **dict.fromkeys((0xC5, 0xCD), "a hierarchical"),
    0xC9: "an arithmetic-coded",
}
# What may stand before the pixels: frame header, Huffman and quantization tables, restart interval, comment, APP0..15.
# Anything else is an error to the decoder too, or (FF 00) would be passed over by it and walked into here.
SEGMENTS = SOF_TAKEN | frozenset({0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})
# TEM and the restart markers stand alone, without a length.
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
LENGTH_BYTES = 2
PART_BYTES = 5  # marker, length, and the first byte of what follows, which says how many components a scan has
# Some cameras pad after the end marker; a picture cut short has none near its end.
EOI_WITHIN_BYTES = 64
# Markers and fill bytes walked; a webcam frame has about 10. 400 KB of fill bytes would be 40 ms of an event loop.
STEPS_MAX = 256
DAMAGED = "The picture's header is damaged."
NO_SIZE = "The picture's header names no size."


class UnreadableFrame(Exception):
    """These bytes are not a picture the engine will decode; `reason` is a sentence for the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the header claims them.

    Called by the platform before it admits a frame. Raise `UnreadableFrame` when the bytes are not a JPEG, end before
    its end marker, have no size, or are of a kind that can take a decoder long: only sequential pictures with all
    their pixels in one scan are taken.
    """
    if not jpeg.startswith(SOI):
        raise UnreadableFrame("The frame is not a JPEG picture.")
    if jpeg.rfind(EOI, max(0, len(jpeg) - EOI_WITHIN_BYTES)) < 0:
        raise UnreadableFrame("The picture is cut short: its end is missing.")
    frame_at: int | None = None
    position = len(SOI)
    for _ in range(STEPS_MAX):
        if position + PART_BYTES > len(jpeg):
            raise UnreadableFrame(NO_SIZE if frame_at is None else DAMAGED)
        marker = jpeg[position + 1]
        if jpeg[position] == FILL and marker == SOS:
            return _read_frame_header(jpeg, frame_at, position)
        if marker in SOF_TAKEN:
            if frame_at is not None:
                raise UnreadableFrame(DAMAGED)
            frame_at = position
        if jpeg[position] == FILL and marker in SEGMENTS:  # nearly all, which need not go through the rest
            length = jpeg[position + 2] << 8 | jpeg[position + 3]
            position += 2 + length if length >= LENGTH_BYTES else _part_bytes(jpeg, position, marker)
        else:
            position += _part_bytes(jpeg, position, marker)
    raise UnreadableFrame(f"The picture's header has more than {STEPS_MAX} parts.")


def _part_bytes(jpeg: bytes, position: int, marker: int) -> int:
    """How much of the header to walk over from here, where only the first scan is yet to come."""
    if jpeg[position] != FILL:
        raise UnreadableFrame(DAMAGED)
    if marker == FILL:  # any number of them may stand before a marker
        return 1
    if marker in STANDALONE:
        return 2
    if marker in SOF_REFUSED:
        raise UnreadableFrame(f"The picture is {SOF_REFUSED[marker]} JPEG; send baseline ones.")
    length = int.from_bytes(jpeg[position + 2 : position + 4], "big")
    if length < LENGTH_BYTES or marker not in SEGMENTS:  # the length counts itself
        raise UnreadableFrame(DAMAGED)
    return 2 + length


def _read_frame_header(jpeg: bytes, frame_at: int | None, scan_at: int) -> tuple[int, int]:
    """The size, once the first scan is known to be the only one that the decoder will take."""
    # FF Cn, length (2), precision (1), height (2), width (2), components (1)
    if frame_at is None or frame_at + 10 > scan_at:
        raise UnreadableFrame(NO_SIZE)
    height = int.from_bytes(jpeg[frame_at + 5 : frame_at + 7], "big")
    width = int.from_bytes(jpeg[frame_at + 7 : frame_at + 9], "big")
    if not width or not height:
        raise UnreadableFrame(NO_SIZE)
    # FF DA, length (2), components (1). libjpeg decodes one scan after the other only when the first lacks some.
    if jpeg[scan_at + 4] != jpeg[frame_at + 9]:
        raise UnreadableFrame("The picture is a JPEG of several scans; send baseline ones with a single scan.")
    return width, height
