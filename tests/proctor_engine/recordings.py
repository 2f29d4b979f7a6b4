"""Pictures for tests: scikit-image's face, which is always there, and recordings beside the repository where they are.

The recordings are webcam clips (.mjpeg: plain JPEGs, one after another) and labelled stills.
"""

import csv
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import simplejpeg

RECORDINGS = Path(__file__).parents[3] / "shared" / "data"
Picture = npt.NDArray[np.uint8]


def encode(picture: Picture, quality: int = 90) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=quality, colorspace="RGB"))


def decode_by_libjpeg(jpeg: bytes) -> Picture:
    """As `decode_picture` would without a decoder of its own. Raise `ValueError` where anything is damaged."""
    return np.asarray(simplejpeg.decode_jpeg(jpeg, "RGBA", fastdct=True, fastupsample=True, strict=True), np.uint8)


def astronaut() -> Picture:
    """512 x 512, one face of about 60 px between the outer eye corners."""
    from skimage import data

    return np.asarray(data.astronaut(), np.uint8)


def split_mjpeg(clip: bytes) -> list[bytes]:
    """The pictures of a clip; an end marker followed by a start marker is where two of them meet."""
    return [
        b"\xff\xd8" * (index > 0) + part + b"\xff\xd9" * (index < last)
        for parts in [clip.split(b"\xff\xd9\xff\xd8")]
        for last in [len(parts) - 1]
        for index, part in enumerate(parts)
    ]


def read_clip(name: str) -> list[bytes]:
    """A webcam clip's pictures; skips the test where the recordings are not beside the repository."""
    clip = RECORDINGS / "webcam" / f"{name}.mjpeg"
    if not clip.exists():
        pytest.skip("the webcam recordings are not beside this repository")
    return split_mjpeg(clip.read_bytes())


def read_labels() -> list[dict[str, str]]:
    """Rows of the labelled stills, with `path` added; skips as `read_clip` does."""
    labels = RECORDINGS / "stills" / "labels.csv"
    if not labels.exists():
        pytest.skip("the labelled stills are not beside this repository")
    with labels.open() as rows:
        return [row | {"path": str(labels.parent / row["file"])} for row in csv.DictReader(rows)]


def read_still(path: str) -> Picture:
    """A still of `read_labels`, as RGB."""
    picture = cv2.imread(path)
    assert picture is not None, path
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
