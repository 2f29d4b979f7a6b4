"""`make bench-engine`: frames a second of one core, for the engine and for what a peer runs instead.

The peer is `FaceMesh(max_num_faces=2, refine_landmarks=True)` behind `cv2.imdecode`. Both see the same frames in turns
of 180, pinned to one core, each in a process of its own. Time is the process's CPU time with all its threads: on an
idle core it is the wall's, on a shared one it is the fairer of the two. Figures are means, ratios the median of
rounds. `fresh` runs the detector on every frame, `default` as it is set; the floor is decoding and models alone, each
model as often as the engine runs it on this film at the default's cadence, as it is once a session goes on: the sweep
over the first seven frames, and the store of looks that a session begins with, are in none of these. A face that turns
is fitted twice in half of its frames, which the floor counts as the engine does (until lately it counted one fit). The
last line on stdout is one JSON object.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from proctor_engine.native.library import load_library
from tests.proctor_engine.recordings import RECORDINGS, astronaut, encode, split_mjpeg

FRAME_MS = 200
COUNTED_MS = 600_000  # of a session's time, over which looks are counted: ten sweeps
KINDS = ("peer", "fresh", "default", "floor")
SHARES = ("mesh_looks", "short_looks", "full_looks")
Look = Callable[[bytes], None]


def film_of(clip: str | None) -> list[bytes]:
    """A clip at five frames a second, forwards and backwards so that it never jumps; or a face that moves gently."""
    path = RECORDINGS / "webcam" / f"{clip}.mjpeg"
    if clip is None or not path.exists():
        return list(_moving_face())
    frames = split_mjpeg(path.read_bytes())
    return [frame for phase in range(6) for frame in (frames[phase::6] if phase % 2 == 0 else frames[phase::6][::-1])]


def said_of(clip: str | None) -> str:
    """Which film is looked at, and by what: a line for whoever reads the figures."""
    library = load_library()
    is_there = clip is not None and (RECORDINGS / "webcam" / f"{clip}.mjpeg").exists()
    film = f"the recording {clip}" if is_there else "a drawn film, since the recordings are not beside this repository"
    by = f"compiled for {library.name}" if library is not None else "LiteRT and OpenCV, nothing compiled"
    return f"film: {film}; engine: {by}"


def _moving_face() -> Iterator[bytes]:
    face, random = astronaut(), np.random.default_rng(7)
    for frame in range(180):
        t = frame / 5
        move = cv2.getRotationMatrix2D((222, 118), 3 * np.sin(0.9 * t), 1.6 + 0.08 * np.sin(0.7 * t))
        move = move + np.array(((0, 0, 98 + 25 * np.sin(0.5 * t)), (0, 0, 122 + 10 * np.sin(0.8 * t))))
        moved = cv2.warpAffine(face, move, (640, 480), borderMode=cv2.BORDER_REFLECT)
        yield encode(np.asarray((moved + random.normal(0, 3, moved.shape)).clip(0, 255), np.uint8), 78)


def open_peer() -> Look:
    from tests.proctor_engine.oracle import FaceMeshOracle

    mesh = FaceMeshOracle(2, tracked=True)._mesh

    def look(jpeg: bytes) -> None:
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert mesh.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)).multi_face_landmarks is not None

    return look


class Engine:
    """The pipeline as a child runs it, memory and all."""

    def __init__(self, **settings: int) -> None:
        from proctor_engine import child
        from proctor_engine.detectors.litert import LiteRtDetector
        from proctor_engine.settings import EngineSettings

        child._keep_pages()
        chosen = EngineSettings.model_validate(settings)
        self.detector = LiteRtDetector(chosen.max_faces, chosen.detect_every_ms)
        child._leave_garbage()
        self.memory = b""
        self._at_ms = 0

    def look(self, jpeg: bytes) -> None:
        from proctor_engine.exchange import Question, pack_answer, pack_question, unpack_question
        from proctor_engine.pipeline import examine

        self._at_ms += FRAME_MS
        question = unpack_question(pack_question(Question(self._at_ms, self.memory, jpeg)))
        answer = examine(question, self.detector, 1 << 24)
        pack_answer(answer)
        self.memory = answer.memory
        assert answer.observation.faces


class Floor(Engine):
    """Decoding and the models' own time, each at the rate at which the engine ran it on this film."""

    def __init__(self, film: list[bytes]) -> None:
        super().__init__()
        models = self.detector._tracker._models
        detectors = (_run_of(models.short_range, (128, 96)), _run_of(models.full_range, (192, 192)))
        self._runs = (models.mesh.run_networks, *detectors)
        self.shares = _looks_a_frame(self, film)
        self._owed = [0.0] * len(self._runs)

    def look(self, jpeg: bytes) -> None:
        from proctor_engine.imaging import decode_picture

        decode_picture(jpeg, 1 << 24)
        for place, run in enumerate(self._runs):
            self._owed[place] += self.shares[place]
            while self._owed[place] >= 1:
                run()
                self._owed[place] -= 1


def _run_of(detector: Any, size: tuple[int, int]) -> Callable[[], None]:
    run: Callable[[], None] = detector.look_of(*size).network.run
    return run


def _looks_a_frame(engine: Engine, film: list[bytes]) -> list[float]:
    """How often a frame the mesh, the short-range and the full-range detector are run."""
    models = engine.detector._tracker._models
    looks = ((models.mesh, "fit"), (models.short_range, "find"), (models.full_range, "find"))
    counts, own = [0] * len(looks), [getattr(model, name) for model, name in looks]

    def counting(place: int) -> Callable[..., Any]:
        def look(*arguments: Any) -> Any:
            counts[place] += 1
            return own[place](*arguments)

        return look

    for place, (model, name) in enumerate(looks):
        setattr(model, name, counting(place))
    begun, passes = list(counts), max(round(COUNTED_MS / FRAME_MS / len(film)), 1)
    for turn in range(1 + passes):
        begun = list(counts) if turn == 1 else begun  # the first is no measure of the rest
        for jpeg in film:
            Engine.look(engine, jpeg)
    for (model, name), look in zip(looks, own, strict=True):
        setattr(model, name, look)
    return [(count - before) / (passes * len(film)) for count, before in zip(counts, begun, strict=True)]


def stages_us(film: list[bytes]) -> dict[str, float]:
    """Median microseconds of processor time of each stage of a frame."""
    from proctor_engine import imaging
    from proctor_engine.detectors.base import Sight
    from proctor_engine.detectors.change import find_change, shrink_to_thumb
    from proctor_engine.detectors.fitting import region_of
    from proctor_engine.detectors.mesh_geometry import measure_face
    from proctor_engine.seeing import see

    engine = Engine()
    models = engine.detector._tracker._models
    took: dict[str, list[int]] = {}

    def timed(stage: str, work: Callable[..., Any], *arguments: Any) -> Any:
        began = time.thread_time_ns()
        result = work(*arguments)
        took.setdefault(stage, []).append(time.thread_time_ns() - began)
        return result

    thumb = None
    for jpeg in film:
        picture = timed("decode", imaging.decode_picture, jpeg, 1 << 24)
        glimpse = timed("glimpse", imaging.glimpse_of, picture)
        timed("see", see, None, picture, engine._at_ms, 0.5, [])
        (face, *_) = timed("short_range", models.short_range.find, picture)
        timed("full_range", models.full_range.find, picture)
        mesh = timed("mesh", models.mesh.fit, picture, face.region())
        region = timed("region", region_of, mesh)
        before, thumb = thumb, timed("thumb", shrink_to_thumb, glimpse.grey)
        if before is not None:
            timed("change", find_change, before, thumb, [region], None, 640, 480)
        timed("measure", measure_face, mesh.points, mesh.box, 640, 480, 0.9)
        sight = Sight(picture, glimpse.grey, engine._at_ms, engine.memory, glimpse.thumb)
        engine.memory = timed("detect", engine.detector.detect, sight).memory
        engine._at_ms += FRAME_MS
    return {stage: round(statistics.median(times) / 1_000, 1) for stage, times in took.items()}


def rss_mb() -> float:
    fields = Path("/proc/self/status").read_text().split()
    return round(int(fields[fields.index("VmRSS:") + 1]) / 1024, 1)


def _open_engine(kind: str, film: list[bytes]) -> Engine | None:
    match kind:
        case "fresh":
            return Engine(detect_every_ms=0)
        case "default":
            return Engine()
        case "floor":
            return Floor(film)
    return None


def work(kind: str, clip: str | None, core: int) -> None:
    """One of the four, told by lines on stdin how many frames to look at."""
    os.sched_setaffinity(0, {core})
    cv2.setNumThreads(1)
    film = film_of(clip)
    began = time.perf_counter()
    opened = _open_engine(kind, film)
    look = opened.look if opened is not None else open_peer()
    opened_seconds = time.perf_counter() - began
    place = 0
    for line in sys.stdin:
        frames = [film[(place + step) % len(film)] for step in range(int(line))]
        place += len(frames)
        began = time.process_time()
        for jpeg in frames:
            look(jpeg)
        report = {"ms": (time.process_time() - began) * 1_000 / len(frames), "rss_mb": rss_mb()}
        if opened is not None:
            report |= {"memory_bytes": len(opened.memory), "opened_seconds": opened_seconds}
        if isinstance(opened, Floor):
            report |= dict(zip(SHARES, opened.shares, strict=True))
        print(json.dumps(report), flush=True)


@dataclass
class Worker:
    process: subprocess.Popen[str]

    def run(self, frames: int) -> dict[str, float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{frames}\n")
        self.process.stdin.flush()
        report: dict[str, float] = json.loads(self.process.stdout.readline())
        return report


def compare(clip: str | None, core: int, rounds: int, frames: int) -> dict[str, Any]:
    """All four on one film, turn by turn."""
    command = [sys.executable, "-m", "tests.benchmarks.engine", "--core", str(core), "--clip", clip or "", "--kind"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    workers = {kind: Worker(subprocess.Popen([*command, kind], text=True, **pipes)) for kind in KINDS}
    try:
        for worker in workers.values():
            worker.run(frames)  # warm
        turns = [{kind: worker.run(frames) for kind, worker in workers.items()} for _ in range(rounds)]
    finally:
        for worker in workers.values():
            worker.process.kill()
            worker.process.wait()
    mean = {kind: statistics.mean(turn[kind]["ms"] for turn in turns) for kind in KINDS}

    def ratio(over: str, under: str) -> float:
        return round(statistics.median(turn[over]["ms"] / turn[under]["ms"] for turn in turns), 3)

    return {
        "peer_fps": round(1_000 / mean["peer"], 1),
        "fps_fresh": round(1_000 / mean["fresh"], 1),
        "fps_default": round(1_000 / mean["default"], 1),
        "film": clip if clip is not None and (RECORDINGS / "webcam" / f"{clip}.mjpeg").exists() else "drawn",
        "ratio_fresh": ratio("peer", "fresh"),
        "ratio_default": ratio("peer", "default"),
        "floor_share": ratio("floor", "default"),
        **{f"{looks}_a_frame": round(turns[-1]["floor"][looks], 3) for looks in SHARES},
        "peer_rss_mb": turns[-1]["peer"]["rss_mb"],
        "engine_rss_mb": turns[-1]["default"]["rss_mb"],
        "memory_bytes_a_session": turns[-1]["default"]["memory_bytes"],
        "engine_opened_seconds": round(turns[-1]["default"]["opened_seconds"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", default="one_face", help="of the webcam recordings; '' for a made one")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--frames", type=int, default=180, help="in one turn")
    parser.add_argument("--kind", choices=KINDS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    clip = chosen.clip or None
    if chosen.kind:
        work(chosen.kind, clip, chosen.core)
        return
    print(said_of(clip), flush=True)
    print("microseconds, median:", stages_us(film_of(clip)))
    others = {
        name: compare(name, chosen.core, max(chosen.rounds // 2, 1), chosen.frames)
        for name in ("head_turn",)
        if clip != name and (RECORDINGS / "webcam" / f"{name}.mjpeg").exists()
    }
    for name, figures in others.items():
        print(name, json.dumps(figures))
    print(json.dumps(compare(clip, chosen.core, chosen.rounds, chosen.frames)))


if __name__ == "__main__":
    main()
