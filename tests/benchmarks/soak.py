"""`make soak-engine [MINUTES=10]`: nobody is ever accused by a camera.

A calm candidate at five frames a second for so many minutes (no incident at all), then every clip under every
distortion of `tests/proctor_engine/films.py`, coming suddenly and slowly: "cannot see" may be said, and must be where
nobody can be found; nothing else may that the clip itself does not show. The last line on stdout is one JSON object.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import Any

import cv2
import numpy as np

from proctor_engine.detectors.litert import LiteRtDetector
from proctor_engine.settings import EngineSettings
from tests.journeys.screening import SLOW_FRAMES, Course, Screening, Showing, show_distorted, show_plain
from tests.proctor_engine.films import CLIPS, DISTORTIONS, FRAME_MS, clip, is_recorded, whole_clip
from tests.proctor_engine.recordings import encode

COURSES = {"sudden": Course(), "slow": Course(coming=SLOW_FRAMES)}


def open_detector() -> LiteRtDetector:
    cv2.setNumThreads(1)
    return LiteRtDetector(EngineSettings().max_faces, EngineSettings().detect_every_ms)


def calm_film(frames: int) -> Iterator[bytes]:
    """Of the calm clip, to and fro by chance: a clip that only began again would rightly be told as a loop."""
    chance, pictures, place, way = np.random.default_rng(11), whole_clip("one_face"), 0, 1
    for frame in range(frames):
        way = -way if chance.random() < 0.1 or not 0 <= place + way < len(pictures) else way
        place = min(max(place + way, 0), len(pictures) - 1)
        picture = pictures[place]
        light = 1 + 0.15 * np.sin(2 * np.pi * frame / 700)
        noise = chance.standard_normal(picture.shape, np.float32) * 2
        yield encode(np.asarray(np.clip(picture * np.float32(light) + noise, 0, 255), np.uint8), 75)


def sit_calmly(minutes: float) -> dict[str, Any]:
    session = Screening(open_detector())
    took_ms = [session.show(jpeg).examine_us / 1_000 for jpeg in calm_film(round(minutes * 60_000 / FRAME_MS))]
    return {
        "frames": len(session.counts),
        "incidents": sorted(session.opened),
        "frames_without_one_face": sum(count != 1 for count in session.counts),
        "memory_bytes": len(session.memory),
        "examine_ms_p50": round(statistics.median(took_ms), 2),
        "examine_ms_p99": round(statistics.quantiles(took_ms, n=100)[-1], 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def show_all(name: str, coming: str) -> list[tuple[str, str, str, Showing]]:
    """One clip under every distortion; the rows appear as they come, for whoever waits."""
    detector, pictures, course = open_detector(), clip(name), COURSES[coming]
    plain, table = show_plain(detector, pictures, len(course.steps())), []
    for distortion in DISTORTIONS:
        shown = show_distorted(detector, pictures, distortion, course, plain)
        table.append((name, coming, distortion.name, shown))
        print(f"{name:11} {coming:7} {distortion.name:30} {row_of(shown)}", flush=True)
    return table


def clips() -> tuple[str, ...]:
    return tuple(name for name in CLIPS if is_recorded(name)) or ("drawn",)


def row_of(shown: Showing) -> str:
    said = " ".join(sorted(shown.behaviour | shown.visibility))
    return f"{'' if shown.is_true else 'WRONG '}{said or '-'}  [{shown.counts}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    chosen = parser.parse_args()
    began = time.monotonic()
    with ProcessPoolExecutor(chosen.workers) as workers:
        calm = workers.submit(sit_calmly, chosen.minutes)
        tables = [workers.submit(show_all, name, coming) for coming, name in product(COURSES, clips())]
        showings = [showing for table in tables for showing in table.result()]
        print("calm", json.dumps(calm.result()))
    wrong = [f"{name}, {distortion}, {coming}" for name, coming, distortion, shown in showings if not shown.is_true]
    figures = {
        "minutes": chosen.minutes,
        "calm": calm.result(),
        "films": len(showings),
        "blind_films": sum(shown.is_blind for *_, shown in showings),
        "films_true": len(showings) - len(wrong),
        "wrong": wrong,
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(figures))
    sys.exit(bool(wrong or calm.result()["incidents"]))


if __name__ == "__main__":
    main()
