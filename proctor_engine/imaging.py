"""JPEG bytes to pixels within limits, and how well something can be seen in them."""

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from proctor_engine.detectors.base import RGB_CHANNELS, Grey, Picture
from proctor_engine.detectors.fingerprint import exact_print_of
from proctor_engine.jpeg import UnreadableFrame, read_jpeg_size
from proctor_engine.native.frames import glimpse
from proctor_engine.native.jpeg import decode_webcam_jpeg
from proctor_engine.native.views import view_part
from proctor_engine.records import record

# The whole picture is measured at this width: a quarter of the pixels of a webcam frame and half of its noise.
MEASURED_WIDTH_PX = 320
# Faces are measured in that same luma, and no larger than this, so that near and far ones share a scale.
MEASURED_FACE_PX = 112
GLIMPSED_ROWS = 120
# The variance of the Laplacian that maps to 0.5. Measured on webcam frames: see `sharpness_of`.
HALF_SHARP_VARIANCE = 50.0


Edges = npt.NDArray[np.int16]  # as many as the pixels they are of


def decode_picture(jpeg: bytes, max_picture_px: int) -> Picture:
    """Decode a JPEG to RGBA, strictly: a truncated or damaged picture is an error, never a grey half.

    The fourth channel says nothing: OpenCV cuts regions out of four bytes a pixel in half the time it takes with three.

    What cameras send is decoded here, all other pictures by libjpeg-turbo, to the same pixels. A picture may be written
    over by the next one as soon as neither it nor a view of it is held.

    Raise `UnreadableFrame` with a sentence. The size is checked before the decoder takes any memory.
    """
    if (decoded := decode_webcam_jpeg(jpeg, max_picture_px)) is not None:
        return decoded
    width, height = read_jpeg_size(jpeg)
    if width * height > max_picture_px:
        raise UnreadableFrame(f"The picture is {width} x {height} pixels; at most {max_picture_px} in all are decoded.")
    try:
        picture: Picture = simplejpeg.decode_jpeg(jpeg, "RGBA", fastdct=True, fastupsample=True, strict=True)
    except ValueError as damage:
        raise UnreadableFrame(f"The picture cannot be decoded: {damage}.") from damage
    return picture


def shrink_to_grey(picture: Picture, width_px: int) -> Grey:
    """The picture's luma, at most this wide.

    By a whole factor first, which takes an eighth of the time of any other, and the rest without a filter: it is
    less than a factor of two.
    """
    height, width = picture.shape[:2]
    shrunk: npt.NDArray[np.uint8] = picture
    if (factor := width // width_px) > 1:
        size = (width // factor, max(1, height // factor))
        shrunk = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return shrink(grey_of(shrunk), width_px)


@record(frozen=True, slots=True)
class Glimpse:
    """What is asked of every frame: the luma of some of its rows, its mean, 0..1, and standard deviation, 0..0.5.

    The luma may be written over by the next glimpse.
    """

    grey: Grey
    light: float
    contrast: float
    thumb: bytes | None = None  # as `change.shrink_to_thumb` has it, where it was made at once
    prints: tuple[int, int] | None = None  # as `fingerprint.take_prints` has them, where they were taken at once


def glimpse_of(picture: Picture) -> Glimpse:
    """Of every so manieth row, about 120 in all: a quarter of a webcam picture's takes a third of the time of all."""
    step = max(picture.shape[0] // GLIMPSED_ROWS, 1)
    if (found := glimpse(picture, step)) is not None:
        prints = (exact_print_of(found.prints[0]), found.prints[1]) if found.prints is not None else None
        return Glimpse(found.grey, found.light / 255, found.contrast / 255, found.thumb, prints)
    grey = grey_of(picture[::step])
    return Glimpse(grey, *light_and_contrast_of(grey))


def look_at_part(picture: Picture, left: float, top: float, width: float, height: float) -> tuple[float, float]:
    """Light and sharpness of a box of the picture (fractions), measured as `shrink_part` makes it."""
    if (view := view_part(picture, left, top, width, height)) is not None:
        return view.level / 255, sharpness_from(view.edge, view.edge_square)
    part = shrink_part(picture, left, top, width, height)
    return light_and_contrast_of(part)[0], sharpness_of(edges_of(part))


def shrink_part(picture: Picture, left: float, top: float, width: float, height: float) -> Grey:
    """A box of the picture (fractions) as `shrink_to_grey` and then `shrink` to `MEASURED_FACE_PX` would have it."""
    rows, columns = picture.shape[:2]
    factor = max(columns // MEASURED_WIDTH_PX, 1)
    (x, y), (across, down) = part_of(rows // factor, columns // factor, left, top, width, height)
    part = picture[y * factor : (y + down) * factor, x * factor : (x + across) * factor]
    if factor > 1:
        part = np.asarray(cv2.resize(part, (across, down), interpolation=cv2.INTER_AREA), np.uint8)
    return shrink(grey_of(part), _final_size((across, down), min(1.0, MEASURED_WIDTH_PX / (columns // factor)))[0])


def _final_size(size: tuple[int, int], share: float) -> tuple[int, int]:
    """As large as a part is measured."""
    columns, rows = size
    width = min(MEASURED_FACE_PX, max(round(columns * share), 1))
    return (width, max(1, round(rows * width / columns))) if columns > width else size


def grey_of(picture: Picture) -> Grey:
    """The picture's luma, with or without the fourth channel that decoded ones have."""
    to_grey = cv2.COLOR_RGBA2GRAY if picture.shape[2] > RGB_CHANNELS else cv2.COLOR_RGB2GRAY
    return np.asarray(cv2.cvtColor(picture, to_grey), np.uint8)


def shrink(grey: Grey, width_px: int) -> Grey:
    """The same, at most this wide; made for less than a factor of two."""
    height, width = grey.shape
    if width <= width_px:
        return grey
    size = (width_px, max(1, round(height * width_px / width)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def light_and_contrast_of(grey: Grey) -> tuple[float, float]:
    """Mean luma, 0..1, and its standard deviation, 0..0.5."""
    mean, deviation = cv2.meanStdDev(grey)
    return float(mean[0, 0]) / 255, float(deviation[0, 0]) / 255


def edges_of(grey: Grey) -> Edges:
    """The Laplacian: how each pixel differs from those around it. Of a whole picture it is taken once."""
    return np.asarray(cv2.Laplacian(grey, cv2.CV_16S), np.int16)


def sharpness_of(edges: Edges) -> float:
    """0 (blurred) .. 1 (crisp): the variance of the Laplacian v, as v / (v + 50).

    Variance of the Laplacian: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000.
    """
    # meanStdDev says the same and takes six times as long on 16-bit numbers.
    return sharpness_from(cv2.sumElems(edges)[0] / edges.size, cv2.norm(edges, cv2.NORM_L2SQR) / edges.size)


def sharpness_from(mean: float, mean_square: float) -> float:
    """The same of the Laplacian's mean and mean square."""
    variance = max(mean_square - mean * mean, 0.0)
    return variance / (variance + HALF_SHARP_VARIANCE)


def part_of(
    rows: int, columns: int, left: float, top: float, width: float, height: float
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Corner and size of a box (fractions) in a picture of so many rows and columns: at least one of each."""
    x0 = min(max(int(left * columns), 0), columns - 1)
    y0 = min(max(int(top * rows), 0), rows - 1)
    x1 = min(max(round((left + width) * columns), x0 + 1), columns)
    y1 = min(max(round((top + height) * rows), y0 + 1), rows)
    return (x0, y0), (x1 - x0, y1 - y0)
