"""A screen that shows a picture, filmed by a camera: for tests of what gives such a picture away."""

import cv2
import numpy as np
import numpy.typing as npt

from tests.proctor_engine.recordings import Picture

SAMPLES = 4  # a camera pixel, each way
GAP = 0.05  # of a screen pixel: the black between its stripes of colour, and between its rows
GAMMA = 2.2

Coordinates = npt.NDArray[np.float64]


def film_screen(picture: Picture, *, screen_px_per_camera_px: float, blur_px: float, turn_deg: float) -> Picture:
    """The picture as a screen of red, green and blue stripes shows it and a turned camera with a blurred lens sees it.

    Each sample is the average of the stripes over its own width: points would add a moire of their own.
    """
    height, width = picture.shape[:2]
    scale = screen_px_per_camera_px
    size = (round(width * scale), round(height * scale))
    shown = (cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR) / 255.0) ** GAMMA
    down, along = np.mgrid[0 : height * SAMPLES, 0 : width * SAMPLES].astype(np.float64) / SAMPLES
    down, along = down - height / 2, along - width / 2
    cosine, sine = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))
    u = (cosine * along - sine * down) * scale + size[0] / 2
    v = (sine * along + cosine * down) * scale + size[1] / 2
    column = np.clip(np.floor(u).astype(np.int64), 0, size[0] - 1)
    row = np.clip(np.floor(v).astype(np.int64), 0, size[1] - 1)
    rows = _share(v, GAP, 1 - GAP, scale / SAMPLES)
    light = np.empty((*u.shape, 3), np.float32)
    for colour in range(3):
        stripe = _share(u, (colour + GAP) / 3, (colour + 1 - GAP) / 3, scale / SAMPLES)
        light[..., colour] = shown[row, column, colour] * stripe * rows
    seen = cv2.GaussianBlur(light, (0, 0), blur_px * SAMPLES)
    seen = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(seen, 0, 1) ** (1 / GAMMA) * 255, np.uint8)


def _share(place: Coordinates, low: float, high: float, width: float) -> Coordinates:
    """Mean over `width` of a wave that is 1 between `low` and `high` of each screen pixel, made 1 on average."""

    def area(edge: Coordinates) -> Coordinates:
        whole = np.floor(edge)
        return np.asarray(whole * (high - low) + np.clip(edge - whole - low, 0, high - low))

    return (area(place + width / 2) - area(place - width / 2)) / width / (high - low)
