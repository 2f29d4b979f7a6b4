"""`make accuracy [FOLDER]`: what the engine says of pictures that people have labelled, and of planted second persons.

FOLDER holds pictures and a `labels.csv`: file, face_count, head_dir (front, image_left, image_right, up, down),
gaze_dir, eyes (open, closed), mouth (open, closed), each of the last ones empty where nobody can tell. Each picture is
shown for two seconds, ten frames as from a camera; the last one counts. More faces than the engine is set to look for
count as that many. Masks are drawn over single faces (`masks_drawn`). Planted: heads of the folder's single-faced
pictures pasted small beside the candidate of a clip, looked for within two seconds, from the start and soon after it
(`planted_faces`), and in sessions that have gone on for minutes before scenes that always stir (`planted_faces_warm`;
`--warm`: only those). `planted`: twenty sessions of `planted.py`, where the clips are beside the repository; `--planted
FIRST` sits only those, with the seeds from FIRST on: of seeds that nobody has looked at yet, the figures are those of a
stranger. The last line on stdout is one JSON object.
"""

import argparse
import csv
import itertools
import json
import os
import statistics
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from proctor_engine.contract import Face, Observation
from proctor_engine.detectors.base import Picture
from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.settings import EngineSettings
from tests.benchmarks.masks import masks_of
from tests.benchmarks.planted import plant_sessions
from tests.benchmarks.second_persons import FRAMES, Session, false_faces, plant_table, plant_warm_table, read_picture
from tests.proctor_engine.films import CLIPS, is_recorded
from tests.proctor_engine.recordings import RECORDINGS, encode

TURNED_DEG, NODDED_DEG = 15, 15
CLOSED_EYES, OPEN_MOUTH = 0.15, 0.12
PEER_FACES = 2


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


def _peer_count(picture: Picture) -> int:
    """Faces that FaceMesh sees; it is set to look for two, as peers set it."""
    from tests.proctor_engine.oracle import FaceMeshOracle

    oracle = FaceMeshOracle(PEER_FACES, tracked=False)
    try:
        return len(oracle.look(picture))
    finally:
        oracle.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=RECORDINGS / "stills")
    parser.add_argument("--masks", action="store_true", help="the labelled and the masked pictures only")
    parser.add_argument("--peer", action="store_true", help="also ask FaceMesh to count faces")
    parser.add_argument("--warm", action="store_true", help="only second persons who come into warm, stirring sessions")
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
    if chosen.warm:
        print(json.dumps({"planted_faces_warm": plant_warm_table(chosen.folder, detector)}))
        return
    table = label_table(chosen.folder, detector, peer=chosen.peer)
    for source, figures in table.items():
        print(source, json.dumps(figures))
    with (chosen.folder / "labels.csv").open() as labels:
        rows = list(csv.DictReader(labels))
    masks = masks_of(chosen.folder, rows, read_picture, lambda picture: show(detector, picture))
    print("masks, drawn", json.dumps(masks))
    if chosen.masks:
        return
    faces = plant_table(chosen.folder, detector, _peer_count if chosen.peer else None) | {
        "false_faces_per_hour": false_faces(detector)
    }
    warm = plant_warm_table(chosen.folder, detector) if is_recorded("one_face") else None
    planted = None
    if all(is_recorded(name) for name in CLIPS):
        planted = sit_planted(0)
        print("sessions", json.dumps(planted))
    figures = {"sources": table, "masks_drawn": masks, "planted_faces": faces, "planted_faces_warm": warm}
    print(json.dumps(figures | {"planted": planted}))


def sit_planted(first: int) -> dict[str, Any]:
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as workers:
        return plant_sessions(workers, first)


if __name__ == "__main__":
    main()
