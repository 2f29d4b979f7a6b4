"""Two numbers by which a picture is known again: the platform finds feeds with them that stand still or repeat.

Exact: the CRC-32 (ISO 3309) of 64 x 48 brightnesses, low bits and all. A camera's noise changes hundreds of them from
frame to frame, so two pictures of a live camera never share it, and the very same picture, decoded again, always does.
It is taken of the pixels because the bytes of a JPEG can differ (a comment, a time) where the picture does not.

Rough: 64 bits, one for each of 8 x 8 fields: whether the field's brightness beside the picture's falls into an odd or
an even step of 3 levels. It survives another encoding: re-encoded at qualities 40 to 90, recordings differ in 1 to 7
bits of 64 on average; moments of a moving person differ in 22 to 32. Of a scene where nothing moves it says nothing.
"""

import zlib

import cv2
import numpy as np

from proctor_engine.detectors.base import Grey

COLUMNS, ROWS = 64, 48  # seen through 2 x 2 pixels each: enough that every third block of the JPEG takes part
FIELDS = 8  # a side
STEP_LEVELS = 3.0  # of 255; with 2 the rough print of a picture encoded again differs half as much once more
MOST_STEPS = 128.0  # lifts a step above zero, where truncation is floor
UNTAKEN = 0  # the exact print of a picture nobody took one of


def exact_print_of(small: bytes) -> int:
    """The exact print (32 bits, never `UNTAKEN`) of a frame's `COLUMNS` x `ROWS` brightnesses."""
    return zlib.crc32(small) or 1


def take_prints(grey: Grey) -> tuple[int, int]:
    """The exact print and the rough print (64 bits) of a frame's luma; `imaging.glimpse_of` makes both in C."""
    small = cv2.resize(grey, (COLUMNS, ROWS), interpolation=cv2.INTER_LINEAR)
    fields = cv2.resize(small.astype(np.float32), (FIELDS, FIELDS), interpolation=cv2.INTER_AREA)
    steps = (fields - np.add.reduce(fields, axis=None) / (FIELDS * FIELDS)) * np.float32(1 / STEP_LEVELS) + np.float32(
        MOST_STEPS
    )
    rough = int.from_bytes(np.packbits(steps.astype(np.uint8) & 1).tobytes(), "big")
    return exact_print_of(small.tobytes()), rough
