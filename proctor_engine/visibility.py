"""How well anything at all could be seen in a picture, whatever is in it: what an absence has to be read beside.

A second difference answers to detail of about a pixel's size, so its mean square at several sizes of one picture says
how detail is spread over them. Field, "Relations between the statistics of natural images and the response properties
of cortical cells", JOSA A 1987: what is in focus has about as much at each, whatever it shows. Blur takes the fine (of
motion: along its direction), and a sensor's noise is nothing but the finest: at half the size a quarter is left of it.

Measured on 4 clips and 66 labelled stills: in the direction where it is most, coarse over fine is 1.1-9.4 in every one
that is in focus and 12-60 in every blurred one in which a face was lost; at half the size .74 and more of the finest
is left, below .4 in every noisy one in which a face was lost. Steps between JPEG's blocks are 1-2.3 times those
within them as a camera sends them, and above 4.4 from a quality of 3 down, where small faces are lost.
"""

import cv2
import numpy as np

from proctor_engine.contract import Visibility
from proctor_engine.detectors.base import Grey, Picture
from proctor_engine.imaging import Edges, edges_of
from proctor_engine.native.views import WholeView

FINE_WIDTH_PX, COARSE_WIDTH_PX = 160, 40
DIRECTIONS = tuple(
    np.array(kernel, np.float32)
    for kernel in (
        ((0, 0, 0), (1, -2, 1), (0, 0, 0)),
        ((0, 1, 0), (0, -2, 0), (0, 1, 0)),
        ((1, 0, 0), (0, -2, 0), (0, 0, 1)),
        ((0, 0, 1), (0, -2, 0), (1, 0, 0)),
    )
)
HALF_DETAIL = 50.0  # of the Laplacian's mean square: a detail of 0.5, as for a sharpness
HALF_BLUR_RATIO = 11.0  # coarse over fine: a blur of 0.5
ROUNDING = 0.4  # what whole numbers and JPEG leave in a picture of nothing
GLARING = 250  # of 255
BLOCK_PX = 8
HALF_BLOCKS_RATIO = 4.3  # steps between blocks over those within them: blocks of 0.5
EVERY_ROW = 4  # a quarter of the rows tells as much


def visibility_of(picture: Picture, grey: Grey, edges: Edges) -> Visibility:
    """Measure a picture, its luma as `imaging.shrink_to_grey` gives it, and the luma's edges.

    Called by `pipeline.examine`.
    """
    fine = _shrink(grey, FINE_WIDTH_PX)
    coarse = _shrink(fine, COARSE_WIDTH_PX)
    coarse_squares, fine_squares = (
        [_mean_square(cv2.filter2D(size, cv2.CV_16S, direction)) for direction in DIRECTIONS] for size in (coarse, fine)
    )
    glare = cv2.countNonZero(cv2.threshold(grey, GLARING - 1, 255, cv2.THRESH_BINARY)[1])
    green = picture[::EVERY_ROW, :, 1]
    return _judged(
        finest=_mean_square(edges),
        detail=_mean_square(edges_of(fine)),
        directions=list(zip(coarse_squares, fine_squares, strict=True)),
        glare=glare / grey.size,
        steps=(_step_at(green, BLOCK_PX), _step_at(green, BLOCK_PX // 2)),
    )


def visibility_in(view: WholeView) -> Visibility:
    """The same of a picture that has been measured already."""
    return _judged(
        finest=view.edge_square,
        detail=view.fine_edge_square,
        directions=view.directions,
        glare=view.glare,
        steps=(view.between, view.within),
    )


def _judged(
    *, finest: float, detail: float, directions: list[tuple[float, float]], glare: float, steps: tuple[float, float]
) -> Visibility:
    ratio = max(max(coarse - ROUNDING, 0.0) / (fine + ROUNDING) for coarse, fine in directions)
    return Visibility(
        detail=detail / (detail + HALF_DETAIL),
        blur=ratio / (ratio + HALF_BLUR_RATIO),
        grain=max(0.0, 1 - detail / finest) if finest else 0.0,
        glare=glare,
        blocks=_blocks_of(*steps),
    )


def _blocks_of(between: float, within: float) -> float:
    """How much of the picture is JPEG's own squares, of 8 px before it was shrunk."""
    # Rounding makes steps of 1 everywhere; without them a plain wall would be nothing but blocks.
    ratio = (between + 0.5) / (within + 0.5) - 1
    return max(0.0, ratio / (ratio + HALF_BLOCKS_RATIO - 1)) if ratio > 0 else 0.0


def _step_at(green: Grey, column: int) -> float:
    """Mean step into every eighth column from this one on."""
    after = green[:, column::BLOCK_PX]
    before = green[:, column - 1 :: BLOCK_PX][:, : after.shape[1]]
    return float(cv2.norm(np.ascontiguousarray(after), np.ascontiguousarray(before), cv2.NORM_L1)) / max(after.size, 1)


def _shrink(grey: Grey, width_px: int) -> Grey:
    rows, columns = grey.shape
    if columns <= width_px:
        return grey
    size = (width_px, max(1, round(rows * width_px / columns)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _mean_square(differences: cv2.typing.MatLike) -> float:
    return float(cv2.norm(differences, cv2.NORM_L2SQR)) / differences.size
