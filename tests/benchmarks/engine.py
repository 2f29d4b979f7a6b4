"""`make bench-engine`: frames a second of one core, for the engine and for what a peer runs instead.

The peer is `FaceMesh(max_num_faces=2, refine_landmarks=True)` behind `cv2.imdecode`. All see the same frames in short
turns, in another order each round, pinned to one core, each in a process of its own. Time is the process's CPU time
with all its threads: on an idle core it is the wall's, on a shared one it is the fairer of the two. Figures are means
and ratios are those of the means: what a machine does in a second meets all of a round, and the median of short rounds
would leave out the sweeps, which are dear and rare. A ratio's `error` is its standard error (jackknife over rounds:
Efron and Stein, "The jackknife estimate of variance", 1981). `fresh` runs the detector on every frame, `default` as it
is set; the floor is decoding and models alone, each model as often as the engine runs it on this film at the default's
cadence, as it is once a session goes on: the sweep over the first seven frames, and the store of looks that a session
begins with, are in none of these. A face that turns is fitted twice in half of its frames, which the floor counts as
the engine does (until lately it counted one fit). The floor decodes and runs networks as the engine does now, so it
sinks with each of these that gets faster: `floor_share` is strict, and says only what is around them. `stock` is the
same of simplejpeg and LiteRT, at the same rates: `stock_floor_share` says how the engine stands beside models and
decoder as anybody has them, and may exceed 1. The last line on stdout is one JSON object.
"""

import argparse
import json
import math
import os
import random
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
import simplejpeg

from proctor_engine.native.library import load_library
from tests.proctor_engine.recordings import RECORDINGS, astronaut, encode, split_mjpeg

FRAME_MS = 200
COUNTED_MS = 600_000  # of a session's time, over which looks are counted: ten sweeps
KINDS = ("peer", "fresh", "default", "floor", "stock")
WARM_FRAMES = 180
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
        self.shares = _looks_a_frame(self, film)
        self._models = Owed((models.mesh.run_networks, *detectors), self.shares)

    def look(self, jpeg: bytes) -> None:
        from proctor_engine.imaging import decode_picture

        decode_picture(jpeg, 1 << 24)
        self._models.run()


class Stock:
    """As `Floor`, with the decoder and the runtime as they come: simplejpeg and LiteRT."""

    memory = b""

    def __init__(self, shares: list[float]) -> None:
        from proctor_engine import child
        from proctor_engine.detectors.attention_mesh import AttentionMesh
        from proctor_engine.detectors.box_detector import FULL, SHORT, BoxDetector
        from proctor_engine.detectors.model_files import load_parts

        child._keep_pages()
        mesh = AttentionMesh(load_parts(), compiled=False)
        detectors = (BoxDetector(SHORT, compiled=False), BoxDetector(FULL, compiled=False))
        sizes = ((128, 96), (192, 192))
        runs = [_run_of(detector, size) for detector, size in zip(detectors, sizes, strict=True)]
        self._models = Owed((mesh.run_networks, *runs), shares)

    def look(self, jpeg: bytes) -> None:
        simplejpeg.decode_jpeg(jpeg, "RGBA", fastdct=True, fastupsample=True, strict=True)
        self._models.run()


class Owed:
    """Models, each run as often a frame as its share says."""

    def __init__(self, runs: tuple[Callable[[], None], ...], shares: list[float]) -> None:
        self._runs, self._shares = runs, shares
        self._owed = [0.0] * len(runs)

    def run(self) -> None:
        for place, run in enumerate(self._runs):
            self._owed[place] += self._shares[place]
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


def _open_engine(kind: str, film: list[bytes], shares: list[float]) -> Engine | Stock | None:
    match kind:
        case "fresh":
            return Engine(detect_every_ms=0)
        case "default":
            return Engine()
        case "floor":
            return Floor(film)
        case "stock":
            return Stock(shares)
    return None


def work(kind: str, clip: str | None, core: int, shares: list[float]) -> None:
    """One of the five, told by lines on stdin how many frames to look at."""
    os.sched_setaffinity(0, {core})
    cv2.setNumThreads(1)
    film = film_of(clip)
    began = time.perf_counter()
    opened = _open_engine(kind, film, shares)
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
    """All five on one film, turn by turn."""
    command = [sys.executable, "-m", "tests.benchmarks.engine", "--core", str(core), "--clip", clip or "", "--kind"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    workers: dict[str, Worker] = {}
    try:
        shares: list[str] = []
        for kind in KINDS:
            process = subprocess.Popen([*command, kind, "--shares", *shares], text=True, **pipes)
            workers[kind] = Worker(process)
            warm = workers[kind].run(WARM_FRAMES)
            shares = [str(warm[looks]) for looks in SHARES] if kind == "floor" else shares
        turns = [_round(workers, frames) for _ in range(rounds)]
    finally:
        for worker in workers.values():
            worker.process.kill()
            worker.process.wait()
    took = {kind: [turn[kind]["ms"] for turn in turns] for kind in KINDS}
    mean = {kind: statistics.mean(times) for kind, times in took.items()}

    def ratio(over: str, under: str) -> float:
        return round(mean[over] / mean[under], 3)

    return {
        "peer_fps": round(1_000 / mean["peer"], 1),
        "fps_fresh": round(1_000 / mean["fresh"], 1),
        "fps_default": round(1_000 / mean["default"], 1),
        "film": clip if clip is not None and (RECORDINGS / "webcam" / f"{clip}.mjpeg").exists() else "drawn",
        "ratio_fresh": ratio("peer", "fresh"),
        "ratio_default": ratio("peer", "default"),
        "ratio_fresh_error": error_of_ratio(took["peer"], took["fresh"]),
        "ratio_default_error": error_of_ratio(took["peer"], took["default"]),
        "floor_share": ratio("floor", "default"),
        "stock_floor_share": ratio("stock", "default"),
        **{f"{looks}_a_frame": round(turns[-1]["floor"][looks], 3) for looks in SHARES},
        "peer_rss_mb": turns[-1]["peer"]["rss_mb"],
        "engine_rss_mb": turns[-1]["default"]["rss_mb"],
        "memory_bytes_a_session": turns[-1]["default"]["memory_bytes"],
        "engine_opened_seconds": round(turns[-1]["default"]["opened_seconds"], 2),
    }


def _round(workers: dict[str, Worker], frames: int) -> dict[str, dict[str, float]]:
    """A turn of each, in any order: none always runs in the wake of the same other."""
    order = random.sample(KINDS, len(KINDS))
    return {kind: workers[kind].run(frames) for kind in order}


def error_of_ratio(over: list[float], under: list[float]) -> float | None:
    """The standard error of the ratio of two means of as many turns, by leaving out one turn after the other.

    None of a single turn, which says nothing of it: JSON has no infinity.
    """
    count, all_over, all_under = len(over), sum(over), sum(under)
    if count == 1:
        return None
    without = [(all_over - one) / (all_under - other) for one, other in zip(over, under, strict=True)]
    return round(math.sqrt((count - 1) * statistics.pvariance(without)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", default="one_face", help="of the webcam recordings; '' for a made one")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--frames", type=int, default=36, help="in one turn; five such are the film")
    parser.add_argument("--shares", type=float, nargs="*", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--kind", choices=KINDS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    clip = chosen.clip or None
    if chosen.kind:
        work(chosen.kind, clip, chosen.core, chosen.shares)
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
