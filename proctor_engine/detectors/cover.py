"""How surely the lower half of a face is covered, by a mask, a scarf or a hand: from a few dozen of its pixels.

Four things are asked at landmarks. Has what should be skin around the mouth the colour and the brightness of the skin
above it? Are the nostrils darker than the tip of the nose? Is the line between the lips darker than what is around
them? Does anything about a mouth differ from its surroundings at all? The answers are weighed as logistic regression
weighed them on one half of 203 masked and 307 bare faces, with masks and hands drawn over the bare ones. Over both
halves together .5 and more is said of 88 % of real masks (patterned and skin-coloured ones are missed), 97-100 % of
drawn ones, 69 % of hands before the mouth and 3-7 % of bare faces; of none in the labelled stills and clips. Faces
that the mesh refuses altogether are in none of these figures.
"""

import math

import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.attention_mesh import Mesh
from proctor_engine.detectors.base import Picture
from proctor_engine.native.cover import LandmarkGroups

UNKNOWN = 0.5  # where there are no landmarks, or the face is too small to tell
LEAST_SIDE_PX = 60.0  # of the box around all landmarks
# By mesh index. Hair falls over foreheads: two of these ten may be covered by it.
ABOVE = (9, 8, 151, 108, 337, 117, 346, 118, 347, 6)
BELOW = (205, 425, 207, 427, 192, 416, 199, 200, 175, 208, 428, 211, 431, 164, 167, 393)  # cheeks, chin, upper lip
NOSTRILS, NOSE_TIP = (20, 250, 238, 458, 242, 462, 60, 290), (4, 5, 195, 45, 275)
LIPS, LIP_LINE = (0, 17, 37, 267, 84, 314, 11, 16, 12, 15), (13, 14, 82, 312)
AROUND_LIPS = (164, 167, 393, 18, 200, 83, 313, 186, 410)
GROUPS = (ABOVE, BELOW, NOSTRILS, NOSE_TIP, LIPS, LIP_LINE, AROUND_LIPS)
ROWS = np.array([row for group in GROUPS for row in group])
ENDS = np.cumsum([len(group) for group in GROUPS]).tolist()
COMPILED = LandmarkGroups(GROUPS)
SPREAD = len(GROUPS)  # where it stands behind the groups' medians
LUMA = np.array((0.299, 0.587, 0.114))
DARKEST = 8  # of 255, added before logarithms: below it a camera's noise is larger than any colour
# Of the logarithms' differences, in the order in which `covered_by` asks.
REDNESS, LESS_RED = 9.1, 6.3
BLUENESS, MORE_BLUE = 7.0, 4.6
BRIGHTNESS, LIP_LINE_LIGHT, NOSTRIL_LIGHT = 2.5, 3.7, 4.5
LUMA_SPREAD, REDNESS_SPREAD = -6.6, -17.4
BIAS = 0.33
MOST_LIP_LINE, MOST_NOSTRIL = (-0.5, 0.3), (-0.6, 0.6)
MOST_LUMA_SPREAD, MOST_REDNESS_SPREAD = 0.5, 0.3


def covered_by(picture: Picture, mesh: Mesh) -> float:
    """0 (free) .. 1 (covered). `following` asks now and then, not in every frame."""
    left, top, right, bottom = mesh.box
    if max(right - left, bottom - top) < LEAST_SIDE_PX:
        return UNKNOWN
    luma, redness, blueness = COMPILED.measure(picture, mesh.coordinates) or _measured(picture, mesh)
    bright, red, blue = luma[1] - luma[0], redness[1] - redness[0], blueness[1] - blueness[0]
    lip_line, nostrils = luma[5] - luma[6], luma[2] - luma[3]
    score = (
        BIAS
        + REDNESS * abs(red)
        - LESS_RED * red
        + BLUENESS * abs(blue)
        + MORE_BLUE * blue
        + BRIGHTNESS * abs(bright)
        + LIP_LINE_LIGHT * min(max(lip_line, MOST_LIP_LINE[0]), MOST_LIP_LINE[1])
        + NOSTRIL_LIGHT * min(max(nostrils, MOST_NOSTRIL[0]), MOST_NOSTRIL[1])
        + LUMA_SPREAD * min(luma[SPREAD], MOST_LUMA_SPREAD)
        + REDNESS_SPREAD * min(redness[SPREAD], MOST_REDNESS_SPREAD)
    )
    return 1 / (1 + math.exp(-score))


def _measured(picture: Picture, mesh: Mesh) -> list[list[float]]:
    """Of each logarithm the median of each group, then the spread over a mouth."""
    return [[*map(_median, groups), _spread(groups)] for groups in _sample(picture, mesh)]


def _sample(picture: Picture, mesh: Mesh) -> list[list[list[float]]]:
    """Logarithms of luma, of red over green and of blue over green, for each group of landmarks."""
    height, width = picture.shape[:2]
    xs, ys = mesh.coordinates[:2].take(ROWS, axis=1)
    columns, rows = np.rint(xs).astype(np.intp), np.rint(ys).astype(np.intp)
    np.clip(columns, 0, width - 1, out=columns)
    np.clip(rows, 0, height - 1, out=rows)
    light = picture[rows, columns, :3] + float(DARKEST)
    red, green, blue = np.log(light).T
    return [_grouped(values) for values in (np.log(light @ LUMA), red - green, blue - green)]


def _grouped(values: npt.NDArray[np.float64]) -> list[list[float]]:
    ordered: list[float] = values.tolist()
    return [ordered[begin:end] for begin, end in zip((0, *ENDS), ENDS, strict=False)]


def _median(values: list[float]) -> float:
    """`statistics.median` takes twice as long."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _spread(groups: list[list[float]]) -> float:
    """Standard deviation over all there is of a mouth."""
    values = groups[4] + groups[5] + groups[6]
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
