"""Second persons pasted small beside the candidate of a clip, and how soon the engine tells of them.

Used by `make accuracy`. Heads are those of single-faced pictures. A session is new, or it has gone on for minutes
before a scene that always stirs: the engine has learnt by then what is usual there, and nobody may be hidden by it.
"""

import csv
import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from proctor_engine.contract import Observation
from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.box_detector import SHORT, BoxDetector
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.exchange import Question
from proctor_engine.imaging import decode_picture
from proctor_engine.pipeline import examine
from tests.proctor_engine.films import whole_clip
from tests.proctor_engine.recordings import RECORDINGS, encode, split_mjpeg

FRAME_MS, FRAMES = 200, 10
PLANTED_PX = (80, 56, 40, 24)
LEAST_DONOR_PX = 90
LIMIT_PX = 1 << 26
SESSIONS: Final = 2  # of each scene
PLACES: Final = 16  # in each session
WARM_FRAMES: Final = (450, 900)  # a minute and a half, three minutes
SEED: Final = 9_000  # no limit was chosen on the scenes of these
PeerCount = Callable[[Picture], int]


@dataclass
class Session:
    """Frames through the engine, five a second."""

    detector: LiteRtDetector
    memory: bytes = b""
    at_ms: int = 0

    def see(self, jpeg: bytes) -> Observation:
        self.at_ms += FRAME_MS
        answer = examine(Question(self.at_ms, self.memory, jpeg), self.detector, LIMIT_PX)
        self.memory = answer.memory
        return answer.observation


def read_picture(path: Path) -> Picture:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"{path} is not a picture.")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


@dataclass(frozen=True)
class Newcomer:
    head: Picture
    left: int
    top: int

    def paste(self, picture: Picture) -> Picture:
        height, across = self.head.shape[:2]
        planted = picture.copy()
        planted[self.top : self.top + height, self.left : self.left + across] = self.head
        return planted

    def is_seen(self, seen: Observation, size: float) -> bool:
        """Whether a face is told of where the head is."""
        x, y = self.left + self.head.shape[1] / 2, self.top + self.head.shape[0] / 2
        return any(
            abs((face.left + face.width / 2) * seen.width_px - x) < size
            and abs((face.top + face.height / 2) * seen.height_px - y) < size
            for face in seen.faces
        )


def place_head(head: Picture, scale: float, picture: Picture, chance: np.random.Generator) -> Newcomer:
    """The head, so many times as large, somewhere beside the candidate."""
    small = np.asarray(cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    (height, across), (rows, columns) = small.shape[:2], picture.shape[:2]
    at_left = chance.random() < 0.5 and across < 0.28 * columns
    left = int(chance.uniform(0, 0.28 * columns - across) if at_left else chance.uniform(0.72, 1) * columns)
    return Newcomer(small, min(left, columns - across), int(chance.uniform(0, max(0.6 * rows - height, 1))))


def donors(folder: Path) -> Iterator[tuple[Picture, float]]:
    """Heads of single-faced pictures, and their mirror images, with the width of the detector's box."""
    short_range = BoxDetector(SHORT)
    with (folder / "labels.csv").open() as rows:
        for row in csv.DictReader(rows):
            if row["face_count"] != "1":
                continue
            picture = read_picture(folder / row["file"])
            for face in short_range.find(picture)[:1]:
                width = face.right - face.left
                left, right = int(face.left - 0.35 * width), int(face.right + 0.35 * width)
                top, bottom = int(face.top - 0.6 * width), int(face.bottom + 0.35 * width)
                if width < LEAST_DONOR_PX or min(left, top) < 0:
                    continue
                if right > picture.shape[1] or bottom > picture.shape[0]:
                    continue
                head = picture[top:bottom, left:right]
                yield head, width
                yield np.ascontiguousarray(head[:, ::-1]), width


def candidates() -> Iterator[list[Picture]]:
    """Clips of one calm person, 640 wide, five frames a second."""
    for name in ("one_face", "head_turn"):
        path = RECORDINGS / "webcam" / f"{name}.mjpeg"
        if path.exists():
            frames = split_mjpeg(path.read_bytes())[::6]
            yield [decode_picture(frame, LIMIT_PX)[:, :, :3].copy() for frame in frames]


def plant_table(folder: Path, detector: LiteRtDetector, peer_count: PeerCount | None) -> dict[str, Any]:
    """Recall within two seconds of somebody who sits there from the start, and of somebody who comes later."""
    random = np.random.default_rng(5)
    heads, clips = list(donors(folder)), list(candidates())
    table: dict[str, Any] = {}
    delays: list[int] = []
    for size in PLANTED_PX:
        found: dict[str, list[bool]] = defaultdict(list)
        for (head, width), clip, first in itertools.product(heads, clips, (0, 8)):
            newcomer = place_head(head, size / width, clip[0], random)
            session, delay = Session(detector), None
            for number, picture in enumerate(clip[: first + FRAMES]):
                planted = newcomer.paste(picture) if number >= first else picture
                seen = session.see(encode(planted, 85))
                if number >= first and newcomer.is_seen(seen, size):
                    delay = (number - first) * FRAME_MS
                    break
            found["later" if first else "start"].append(delay is not None)
            if delay is not None:
                delays.append(delay)
            if peer_count is not None and not first:
                found["peer"].append(peer_count(planted) > 1)
        table[str(size)] = {when: round(statistics.mean(hits), 3) for when, hits in found.items()}
        print("planted", size, "px:", table[str(size)], "of", len(found["start"]), "each", flush=True)
    return {"recall": table, "delay_s_p50": statistics.median(delays) / 1_000 if delays else None}


def plant_warm_table(folder: Path, detector: LiteRtDetector) -> dict[str, Any]:
    """Recall within two seconds of somebody who comes into a session of minutes, by scene and size."""
    heads, clip = list(donors(folder)), whole_clip("one_face")
    found: dict[str, dict[int, list[bool]]] = {scene: {size: [] for size in PLANTED_PX} for scene in SCENES}
    delays: list[int] = []
    for (scene, stir), number in itertools.product(SCENES.items(), range(SESSIONS)):
        chance = np.random.default_rng(SEED + number)
        film, session = stir(clip, chance), Session(detector)
        for picture in itertools.islice(film, WARM_FRAMES[number]):
            session.see(_shown(picture, chance))
        warm, coming = (session.memory, session.at_ms), list(itertools.islice(film, FRAMES))
        for size, _ in itertools.product(PLANTED_PX, range(PLACES)):
            head, width = heads[int(chance.integers(len(heads)))]
            newcomer = place_head(head, size / width, coming[0], chance)
            session.memory, session.at_ms = warm
            pictures = (_shown(newcomer.paste(picture), chance) for picture in coming)
            frame = next((n for n, jpeg in enumerate(pictures) if newcomer.is_seen(session.see(jpeg), size)), None)
            found[scene][size].append(frame is not None)
            delays += [] if frame is None else [frame * FRAME_MS]
    recall = {
        scene: {str(size): round(statistics.mean(hits), 3) for size, hits in by_size.items()}
        for scene, by_size in found.items()
    }
    for scene, shares in recall.items():
        print("planted,", scene, shares, "of", SESSIONS * PLACES, "each", flush=True)
    everywhere = {
        str(size): round(statistics.mean(itertools.chain(*(found[scene][size] for scene in SCENES))), 3)
        for size in PLANTED_PX
    }
    places = SESSIONS * PLACES
    delay_s = statistics.median(delays) / 1_000 if delays else None
    return {"recall": recall, "recall_all": everywhere, "places_a_scene": places, "delay_s_p50": delay_s}


def _shown(picture: Picture, chance: np.random.Generator) -> bytes:
    """As a camera of its own noise sends it."""
    noise = chance.standard_normal(picture.shape, np.float32) * np.float32(1.5)
    return encode(np.asarray(np.clip(picture + noise, 0, 255), np.uint8), 75)


def _as_it_is(clip: Sequence[Picture], chance: np.random.Generator) -> Iterator[Picture]:
    """The recording at five frames a second, forwards and backwards: it always stirs at the picture's edges."""
    film = [frame for phase in range(6) for frame in (clip[phase::6] if phase % 2 == 0 else clip[phase::6][::-1])]
    return itertools.islice(itertools.cycle(film), int(chance.integers(len(film))), None)


def _with_street(clip: Sequence[Picture], chance: np.random.Generator) -> Iterator[Picture]:
    """The same with a window at one side, behind which everything moves and the light changes."""
    rows, columns = clip[0].shape[:2]
    width, height = int(chance.integers(50, 100)), int(chance.integers(120, 300))
    left, top = int(chance.integers(2)) * (columns - width), int(chance.integers(rows - height))
    few = chance.uniform(30, 225, (height // 20, width // 7, 3)).astype(np.float32)
    street = cv2.resize(few, (3 * width, height), interpolation=cv2.INTER_CUBIC)
    at = float(width)
    for picture in _as_it_is(clip, chance):
        at = min(max(at + chance.normal(0, 18), 0), 2 * width - 1)
        light = 1 + 0.15 * chance.standard_normal()
        shown, seen = picture.copy(), street[:, int(at) : int(at) + width] * light
        shown[top : top + height, left : left + width] = np.clip(seen, 0, 255)
        yield shown


SCENES: Final = {"as recorded": _as_it_is, "street at an edge": _with_street}


def false_faces(detector: LiteRtDetector) -> dict[str, float]:
    """Faces told of in an empty room, and second ones beside a single person, an hour."""
    table = {}
    for name, people in (("empty_room", 0), ("one_face", 1), ("head_turn", 1), ("two_faces", 2)):
        path = RECORDINGS / "webcam" / f"{name}.mjpeg"
        if path.exists():
            frames, session = split_mjpeg(path.read_bytes()), Session(detector)
            film = [*frames[::6], *frames[3::6][::-1]] * 10
            wrong = sum(len(session.see(frame).faces) != people for frame in film)
            table[name] = round(wrong / (len(film) * FRAME_MS / 3_600_000), 1)
    return table
