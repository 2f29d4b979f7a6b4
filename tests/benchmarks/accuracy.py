"""`make accuracy [FOLDER]`: what the engine says of pictures that people have labelled, and of planted second persons.

FOLDER holds pictures and a `labels.csv`: file, face_count, head_dir (front, image_left, image_right, up, down),
gaze_dir, eyes (open, closed), mouth (open, closed), each of the last ones empty where nobody can tell. Each picture is
shown for two seconds, ten frames as from a camera; the last one counts. More faces than the engine is set to look for
count as that many. Planted: heads of the folder's single-faced pictures pasted small beside the candidate of a clip,
looked for within two seconds (`planted_faces`). Masks are drawn over single faces (`masks_drawn`). `planted`: twenty
sessions of `planted.py`, where the clips are beside the repository; `--planted FIRST` sits only those, with the seeds
from FIRST on: of seeds that nobody has looked at yet, the figures are those of a stranger. The last line on stdout is
one JSON object.
"""

import argparse
import csv
import itertools
import json
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from proctor_engine.contract import Face, Observation
from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.box_detector import SHORT, BoxDetector
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.exchange import Question
from proctor_engine.imaging import decode_picture
from proctor_engine.pipeline import examine
from proctor_engine.settings import EngineSettings
from tests.benchmarks.masks import masks_of
from tests.benchmarks.planted import plant_sessions
from tests.proctor_engine.films import CLIPS, is_recorded
from tests.proctor_engine.recordings import RECORDINGS, encode, split_mjpeg

FRAME_MS, FRAMES = 200, 10
TURNED_DEG, NODDED_DEG = 15, 15
CLOSED_EYES, OPEN_MOUTH = 0.15, 0.12
PLANTED_PX = (80, 56, 40, 24)
LEAST_DONOR_PX = 90
PEER_FACES = 2
LIMIT_PX = 1 << 26


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


def show(detector: LiteRtDetector, picture: Picture) -> Observation:
    """The last frame of a picture held before the camera for two seconds."""
    session, jpeg = Session(detector), encode(picture, 92)
    return [session.see(jpeg) for _ in range(FRAMES)][-1]


def head_direction(face: Face) -> str:
    if abs(face.yaw_deg) >= TURNED_DEG:
        return "image_left" if face.yaw_deg < 0 else "image_right"
    return "front"


def judge(row: dict[str, str], seen: Observation, max_faces: int) -> dict[str, bool]:
    """Which of the row's labels the observation agrees with; directions only where one face is meant and seen."""
    verdicts = {"face_count_right": len(seen.faces) == min(int(row["face_count"]), max_faces)}
    if row["face_count"] != "1" or not seen.faces:
        return verdicts
    face = seen.faces[0]
    if row["head_dir"] in {"front", "image_left", "image_right"}:
        verdicts["head_dir_right"] = head_direction(face) == row["head_dir"]
    if row["head_dir"] in {"up", "down"}:
        verdicts["head_dir_right"] = (face.pitch_deg if row["head_dir"] == "up" else -face.pitch_deg) >= NODDED_DEG
    if row["eyes"] in {"open", "closed"}:
        verdicts["eyes_right"] = (face.eye_openness < CLOSED_EYES) == (row["eyes"] == "closed")
    if row["mouth"] in {"open", "closed"}:
        verdicts["mouth_right"] = (face.mouth_openness > OPEN_MOUTH) == (row["mouth"] == "open")
    return verdicts


def label_table(folder: Path, detector: LiteRtDetector, *, peer: bool) -> dict[str, dict[str, Any]]:
    """Shares of right answers by source (what stands before `__` in a file's name)."""
    verdicts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    faces: dict[str, list[int]] = defaultdict(list)
    with (folder / "labels.csv").open() as rows:
        for row in csv.DictReader(rows):
            picture = read_picture(folder / row["file"])
            seen = show(detector, picture)
            judged = judge(row, seen, EngineSettings().max_faces)
            if peer:
                judged["peer_face_count_right"] = _peer_count(picture) == min(int(row["face_count"]), PEER_FACES)
            faces[row["file"].split("__")[0]].append(int(row["face_count"]))
            for source, (name, right) in itertools.product((row["file"].split("__")[0], "all"), judged.items()):
                verdicts[source][name].append(right)
            if wrong := [name for name, right in judged.items() if not right]:
                print("wrong", row["file"], row["face_count"], len(seen.faces), *wrong)
    return {
        source: {"faces": sum(faces[source]) if source in faces else sum(map(sum, faces.values()))}
        | {name: round(statistics.mean(rights), 3) for name, rights in by_name.items()}
        | {f"{name}_of": len(rights) for name, rights in by_name.items()}
        for source, by_name in verdicts.items()
    }


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


def plant_table(folder: Path, detector: LiteRtDetector, *, peer: bool) -> dict[str, Any]:
    """Recall within two seconds of somebody who sits there from the start, and of somebody who comes later."""
    random = np.random.default_rng(5)
    heads, clips = list(donors(folder)), list(candidates())
    table: dict[str, Any] = {}
    delays: list[int] = []
    for size in PLANTED_PX:
        found: dict[str, list[bool]] = defaultdict(list)
        for (head, width), clip, first in itertools.product(heads, clips, (0, 8)):
            scale = size / width
            small = np.asarray(cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
            (height, across), (rows, columns) = small.shape[:2], clip[0].shape[:2]
            at_left = random.random() < 0.5 and across < 0.28 * columns
            left = int(random.uniform(0, 0.28 * columns - across) if at_left else random.uniform(0.72, 1) * columns)
            left, top = min(left, columns - across), int(random.uniform(0, max(0.6 * rows - height, 1)))
            session, delay = Session(detector), None
            for number, picture in enumerate(clip[: first + FRAMES]):
                planted = picture.copy()
                if number >= first:
                    planted[top : top + height, left : left + across] = small
                seen = session.see(encode(planted, 85))
                if number >= first and _is_seen(seen, left + across / 2, top + height / 2, size):
                    delay = (number - first) * FRAME_MS
                    break
            found["later" if first else "start"].append(delay is not None)
            if delay is not None:
                delays.append(delay)
            if peer and not first:
                found["peer"].append(_peer_count(planted) > 1)
        table[str(size)] = {when: round(statistics.mean(hits), 3) for when, hits in found.items()}
        print("planted", size, "px:", table[str(size)], "of", len(found["start"]), "each", flush=True)
    return {"recall": table, "delay_s_p50": statistics.median(delays) / 1_000 if delays else None}


def _is_seen(seen: Observation, x: float, y: float, size: float) -> bool:
    return any(
        abs((face.left + face.width / 2) * seen.width_px - x) < size
        and abs((face.top + face.height / 2) * seen.height_px - y) < size
        for face in seen.faces
    )


def _peer_count(picture: Picture) -> int:
    """Faces that FaceMesh sees; it is set to look for two, as peers set it."""
    from tests.proctor_engine.oracle import FaceMeshOracle

    oracle = FaceMeshOracle(PEER_FACES, tracked=False)
    try:
        return len(oracle.look(picture))
    finally:
        oracle.close()


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=RECORDINGS / "stills")
    parser.add_argument("--masks", action="store_true", help="the labelled and the masked pictures only")
    parser.add_argument("--peer", action="store_true", help="also ask FaceMesh to count faces")
    parser.add_argument(
        "--planted", type=int, metavar="FIRST", help="only the planted sessions, of seeds from FIRST on"
    )
    chosen = parser.parse_args()
    if chosen.planted is not None:
        if not all(is_recorded(name) for name in CLIPS):
            sys.exit("The planted sessions are made of recorded clips, which are not here.")
        print(json.dumps({"planted": sit_planted(chosen.planted)}))
        return
    if not (chosen.folder / "labels.csv").exists():
        sys.exit(f"{chosen.folder} has no labels.csv.")
    settings = EngineSettings()
    detector = LiteRtDetector(settings.max_faces, settings.detect_every_ms)
    table = label_table(chosen.folder, detector, peer=chosen.peer)
    for source, figures in table.items():
        print(source, json.dumps(figures))
    with (chosen.folder / "labels.csv").open() as labels:
        rows = list(csv.DictReader(labels))
    masks = masks_of(chosen.folder, rows, read_picture, lambda picture: show(detector, picture))
    print("masks, drawn", json.dumps(masks))
    if chosen.masks:
        return
    faces = plant_table(chosen.folder, detector, peer=chosen.peer) | {"false_faces_per_hour": false_faces(detector)}
    planted = None
    if all(is_recorded(name) for name in CLIPS):
        planted = sit_planted(0)
        print("sessions", json.dumps(planted))
    print(json.dumps({"sources": table, "masks_drawn": masks, "planted_faces": faces, "planted": planted}))


def sit_planted(first: int) -> dict[str, Any]:
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as workers:
        return plant_sessions(workers, first)


if __name__ == "__main__":
    main()
