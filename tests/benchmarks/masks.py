"""Masked faces: what share of them is still counted, and named as covered. Used by `make accuracy`.

Nobody in the labelled pictures beside the repository wears a mask, so masks are drawn: the lower half of each face of
a single-faced picture, along its own landmarks, in five cloths, with folds, a shade towards its edges and a sensor's
noise. A drawn mask is easier than a real one, which stands off the face and hides its outline: `detectors/cover.py`
tells what was measured on photographs of real ones.
"""

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from proctor_engine.contract import Face, Observation
from proctor_engine.detectors.attention_mesh import AttentionMesh
from proctor_engine.detectors.box_detector import SHORT, BoxDetector
from proctor_engine.detectors.cover import LEAST_SIDE_PX, UNKNOWN
from proctor_engine.detectors.fitting import fit_new
from proctor_engine.detectors.model_files import load_parts
from tests.proctor_engine.recordings import Picture

# By mesh index: down one side of the face's outline, over the chin and up the other, then back below the eyes and over
# the bridge of the nose, as a mask's upper edge lies.
OUTLINE: Final = (
    *(234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454),
    *(347, 277, 197, 47, 118),
)
CLOTHS: Final = {
    "surgical": (148, 188, 212),
    "white": (226, 226, 222),
    "black": (34, 34, 38),
    "skin": (196, 152, 128),
    "patterned": (120, 60, 70),
}
FOLDS: Final = 5  # across a mask
NOISE: Final = 3.0
Show = Callable[[Picture], Observation]


def wear(picture: Picture, points: npt.NDArray[np.float32], cloth: str) -> Picture:
    """The picture with a mask over the face whose landmarks (columns x, y) these are."""
    edge = points[list(OUTLINE), :2]
    left, top = edge.min(axis=0)
    right, bottom = edge.max(axis=0)
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    light = 1 - 0.25 * (2 * across - 1) ** 2 + 0.06 * np.sin(2 * np.pi * FOLDS * down)
    colour = np.array(CLOTHS[cloth], np.float32) * light[..., None]
    if cloth == "patterned":
        colour[(np.floor(12 * across) + np.floor(10 * down)) % 2 > 0] *= np.float32(1.7)
    noise = np.random.default_rng(3).standard_normal(colour.shape, np.float32)
    colour = np.asarray(colour + noise * np.float32(NOISE), np.float32)
    inside = np.zeros((rows, columns), np.float32)
    cv2.fillPoly(inside, [np.rint(edge).astype(np.int32)], 1.0)
    share = np.asarray(cv2.GaussianBlur(inside, (0, 0), 1.2), np.float32)[..., None]
    return np.asarray((picture * (1 - share) + colour * share).clip(0, 255), np.uint8)


def large_faces(pictures: Iterator[Picture]) -> Iterator[tuple[Picture, npt.NDArray[np.float32]]]:
    """Of pictures with one face those in which it is large enough to be said to be covered, and its landmarks."""
    detector, mesh = BoxDetector(SHORT), AttentionMesh(load_parts())
    for picture in pictures:
        fits = (fit_new(mesh, picture, found.region()) for found in detector.find(picture)[:1])
        for fit in fits:
            if fit is None:
                continue
            left, top, right, bottom = fit.mesh.box
            if max(right - left, bottom - top) >= LEAST_SIDE_PX:
                yield picture, fit.mesh.points[:, :2].copy()


def is_named(face: Face) -> bool:
    """Whether a face is told as covered: its lower half is, or the mesh refuses what both detectors see."""
    return not face.landmarked or face.covered > UNKNOWN


def mask_table(pictures: Iterator[Picture], show: Show) -> dict[str, Any]:
    """Of masked faces the shares counted (as one) and of all the share named; of bare ones the share named so too."""
    told: dict[str, list[Observation]] = {name: [] for name in ("bare", *CLOTHS)}
    for picture, points in large_faces(pictures):
        told["bare"].append(show(picture))
        for cloth in CLOTHS:
            told[cloth].append(show(wear(picture, points, cloth)))
    return {
        name: {
            "faces": len(seen),
            "counted": round(statistics.mean(len(one.faces) == 1 for one in seen), 3),
            "named": round(statistics.mean(any(map(is_named, one.faces)) for one in seen), 3),
        }
        for name, seen in told.items()
        if seen
    }


def masks_of(folder: Path, rows: list[dict[str, str]], read: Callable[[Path], Picture], show: Show) -> dict[str, Any]:
    """The table over a labelled folder's pictures of one person, and all cloths together."""
    table = mask_table((read(folder / row["file"]) for row in rows if row["face_count"] == "1"), show)
    worn = [figures for name, figures in table.items() if name != "bare"]
    if worn:
        shares = {name: round(statistics.mean(one[name] for one in worn), 3) for name in ("counted", "named")}
        table["all"] = {"faces": sum(one["faces"] for one in worn)} | shares
    return table
