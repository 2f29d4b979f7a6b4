"""Films for the fake camera: real recordings where they are at hand, else made from scikit-image's one face.

A film is concatenated JPEGs at 30 frames/s, as Chromium's fake video capture reads them.
"""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

RECORDINGS = Path(os.environ.get("RECORDINGS_FOLDER", Path(__file__).parents[3] / "shared" / "data" / "webcam"))
FRAMES_PER_SECOND = 30
Picture = npt.NDArray[np.uint8]


def film(*scenes: tuple[str, float]) -> bytes:
    """Join scenes by name and length in seconds: `film(("one_face", 6), ("empty_room", 6))`."""
    return b"".join(b"".join(_reel(name, round(seconds * FRAMES_PER_SECOND))) for name, seconds in scenes)


def _reel(name: str, length: int) -> list[bytes]:
    shots = _shots(name)
    return [shots[index % len(shots)] for index in range(length)]


@cache
def _shots(name: str) -> tuple[bytes, ...]:
    recording = RECORDINGS / f"{name}.mjpeg"
    return split_film(recording.read_bytes()) if recording.exists() else _drawn(name)


def split_film(joined: bytes) -> tuple[bytes, ...]:
    """The JPEGs of a film; a picture begins at each start-of-image marker that follows an end-of-image marker."""
    start, end = b"\xff\xd8", b"\xff\xd9"
    return tuple(start + part + end for part in joined.removeprefix(start).removesuffix(end).split(end + start))


def _drawn(name: str) -> tuple[bytes, ...]:
    draw: dict[str, Callable[[], Picture]] = {
        "one_face": lambda: _portrait(_astronaut()),
        "two_faces": _pair,
        "empty_room": _room,
        "head_turn": lambda: _portrait(_turned(_astronaut(), yaw_deg=46.0)),
        "dark_room": lambda: (_room() * 0.02).astype(np.uint8),
    }
    still = draw[name]()
    noise = np.random.default_rng(7)
    shots = []
    for _ in range(FRAMES_PER_SECOND):
        grainy = np.clip(still + noise.normal(0, 2.5, still.shape), 0, 255).astype(np.uint8)
        shots.append(cv2.imencode(".jpg", grainy[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
    return tuple(shots)


@cache
def _astronaut() -> Picture:
    from skimage import data

    picture: Picture = np.ascontiguousarray(data.astronaut())
    return picture


def _room() -> Picture:
    """A wall with a window and a shelf: light, with edges, and nobody in it."""
    rows, columns = np.mgrid[0:480, 0:640]
    wall: Picture = np.stack([150 + rows // 12, 140 + columns // 20, 120 + rows // 16], axis=-1).astype(np.uint8)
    cv2.rectangle(wall, (60, 60), (240, 300), (235, 240, 245), -1)
    cv2.line(wall, (150, 60), (150, 300), (90, 80, 70), 6)
    cv2.rectangle(wall, (380, 120), (600, 140), (80, 60, 40), -1)
    for left in range(390, 590, 25):
        cv2.rectangle(wall, (left, 60 + left % 30), (left + 18, 120), (left % 200, 70, 255 - left % 180), -1)
    return wall


def _portrait(face: Picture) -> Picture:
    """The astronaut's head and shoulders in a 640 x 480 frame, a face of about 105 px between the outer eye corners."""
    scaled = cv2.resize(face[0:360, 60:450], None, fx=1.64, fy=1.333, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(scaled[:480, :640]).astype(np.uint8)


def _pair() -> Picture:
    half = cv2.resize(_astronaut()[0:384, 96:352], (320, 480), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.hstack([half, half[:, ::-1]])).astype(np.uint8)


def _turned(face: Picture, yaw_deg: float) -> Picture:
    """The same head turned: its mesh rotated about the vertical axis, and the picture bent to follow."""
    import mediapipe as mp
    from skimage.transform import PiecewiseAffineTransform, warp

    height, width = face.shape[:2]
    with mp.solutions.face_mesh.FaceMesh(static_image_mode=True) as mesh:
        marks: Any = mesh.process(face).multi_face_landmarks[0].landmark
    points = np.array([(mark.x * width, mark.y * height, mark.z * width) for mark in marks])
    center = points.mean(axis=0)
    angle = np.radians(yaw_deg)
    around = points - center
    turned_x = around[:, 0] * np.cos(angle) - around[:, 2] * np.sin(angle) + center[0]
    frame = np.array([(x, y) for x in (0, width / 2, width) for y in (0, height / 2, height)])
    before = np.vstack([points[:, :2], frame])
    after = np.vstack([np.column_stack([turned_x, points[:, 1]]), frame])
    bend = PiecewiseAffineTransform.from_estimate(after, before)
    bent = warp(face, bend, mode="edge", preserve_range=True)
    return np.asarray(bent).astype(np.uint8)
