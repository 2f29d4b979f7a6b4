"""`make fuzz-engine [SECONDS=60]`: bytes that nobody trusts, through everything in the engine that reads bytes.

Three targets, one after the other, each in a process of its own under atheris (libFuzzer; it keeps the inputs that
reach new branches of the engine's Python): pictures through `read_jpeg_size`, `decode_picture` (which takes what
libjpeg-turbo takes, to the same pixels) and `examine`; what comes out of Redis through every unpacker; and what claims
to be a session's memory through the detector. No crash, no hang (2 s of processor time), no more memory than the limit,
and no error but the one that each declares. SECONDS are of processor time, a third for each target, so that a busy
machine takes longer and looks at no less. What is found stays in var/fuzz. The last line on stdout is one JSON object.
The short form is `test_attacks.py`.
"""

import argparse
import contextlib
import json
import math
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from proctor_engine import streams
from proctor_engine.channel import ChannelBroken, Kind, Message, MessageDecoder, pack_message
from proctor_engine.contract import (
    EngineHealth,
    Frame,
    Observation,
    Observed,
    Unreadable,
    unpack_observation,
)
from proctor_engine.detectors.base import Detector
from proctor_engine.detectors.memory import unpack_memory
from proctor_engine.exchange import Answer, Question, pack_answer, pack_question, unpack_answer, unpack_question
from proctor_engine.imaging import decode_picture
from proctor_engine.jpeg import UnreadableFrame, read_jpeg_size
from proctor_engine.pipeline import examine
from proctor_engine.seeing import split_memory
from tests.fakes.pictures import a_jpeg_that_claims, a_scan_bomb
from tests.proctor_engine.films import decode
from tests.proctor_engine.recordings import astronaut, decode_by_libjpeg, encode

MOST_PX = 640 * 480
MOST_BYTES = 200_000
# Beside the 130 MB that Python, OpenCV and the models take: the pixels of one picture are 1.2 MB.
RSS_LIMIT_MB = 400
HANG_SECONDS = 2  # of processor time
# Of the clock's, after which libFuzzer's alarm ends it all. At 2, SIGALRM once ended a long run: probably the machine
# stood still, which is no hang. Not reproduced.
STUCK_SECONDS = 60
MOST_WAITING = 20  # seconds of the clock for one of processor time
INSTRUMENTED = ["proctor_engine"]
TARGETS = ("pictures", "wire", "memory")
FIGURES = {
    "runs": r"stat::number_of_executed_units:\s*(\d+)",
    "new_inputs": r"stat::new_units_added:\s*(\d+)",
    "slowest_s": r"stat::slowest_unit_time_sec:\s*(\d+)",
    "peak_rss_mb": r"stat::peak_rss_mb:\s*(\d+)",
}
FLOATS = (math.nan, math.inf, -math.inf, 0.0, -1.0, 1e-30, 1e30, 3e38, -3e38, 0.5, 80.0)
TIMES = (0, 1, -1, 799, 800, (1 << 63) - 1, -(1 << 63), 1 << 62, 0x01010101)
NEAR_SHARE = 0.7  # of mutations that know what they damage
FIELDS_BYTES = 274  # of a memory, before its thumbnail
Check = Callable[[bytes], None]


def a_face() -> bytes:
    return encode(np.asarray(cv2.resize(astronaut()[:240, 100:340], (160, 160)), np.uint8), 70)


def picture_seeds() -> Iterator[bytes]:
    """Pictures of many kinds: whole, lying, of several scans, with segments of every sort."""
    face = decode(a_face())
    yield a_face()
    for factor in (cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444):
        for options in ([], [cv2.IMWRITE_JPEG_PROGRESSIVE, 1], [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]):
            kind = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor, cv2.IMWRITE_JPEG_QUALITY, 40, *options]
            yield cv2.imencode(".jpg", face, kind)[1].tobytes()
    yield cv2.imencode(".jpg", face[:, :, 0])[1].tobytes()
    yield a_jpeg_that_claims(65_000, 65_000)
    yield a_scan_bomb(progressive=False)[:4_000] + b"\xff\xd9"


def wire_seeds() -> Iterator[bytes]:
    """One of each thing that travels."""
    observation = Observation(640, 480, 0.5, 0.25, 0.5, 4_000, ())
    question, answer = pack_question(Question(1, b"memory", b"jpeg")), pack_answer(Answer(b"memory", observation))
    frame = streams.pack_frame(Frame("session", 1, 2, 3, b"jpeg"), 4, "asker", b"memory")
    yield from (question, answer, frame[b"frame"], pack_message(Message(Kind.FRAME, 1, question)))
    yield from (streams.pack_outcome(outcome, 7)[b"outcome"] for outcome in (Observed(observation), Unreadable("no")))
    yield streams.pack_health(EngineHealth(1, 1, 0, 0, 0), 5)


def memory_seeds(detector: Detector) -> Iterator[bytes]:
    """What sessions of one, two and no faces remember."""
    face, nobody = a_face(), encode(np.full((160, 160, 3), 90, np.uint8))
    pair = encode(np.hstack([decode(face)] * 2))
    for jpeg in (face, nobody, pair):
        memory = b""
        for at_ms in (200, 400, 600):
            memory = examine(Question(at_ms, memory, jpeg), detector, MOST_PX).memory
            yield memory


def check_picture(detector: Detector) -> Check:
    def check(jpeg: bytes) -> None:
        with contextlib.suppress(UnreadableFrame):
            width, height = read_jpeg_size(jpeg)
            assert width > 0
            assert height > 0
            picture = decode_picture(jpeg, MOST_PX)
            assert picture.shape[:2] == (height, width)
            assert np.array_equal(picture, decode_by_libjpeg(jpeg))  # which raises where it refuses
            examine(Question(200, b"", jpeg), detector, MOST_PX)

    return check


def check_wire(packed: bytes) -> None:
    """Each unpacker gets the same bytes; what it gives must pack again."""
    for unpack in (unpack_observation, unpack_question, unpack_answer):
        with contextlib.suppress(struct.error):
            unpack(packed)
    with contextlib.suppress(struct.error):
        pack_answer(unpack_answer(packed))
    unpack_memory(packed)
    for fields in (
        {b"asker": packed[:40], b"frame": packed, b"memory": packed},
        {b"asker": b"asker", b"frame": packed, b"memory": b""},
        {b"frame": packed},
    ):
        with contextlib.suppress(streams.MalformedEntry):
            streams.unpack_frame(fields)
    for job in (b"7", packed[:12]):
        with contextlib.suppress(streams.MalformedEntry):
            streams.unpack_outcome({b"job": job, b"outcome": packed})
    streams.sum_health({b"engine": packed, b"other": packed[::-1]}, 0)
    streams.silent_names({b"engine": packed}, 0)
    decoder = MessageDecoder(1_000)
    with contextlib.suppress(ChannelBroken):
        for cut in range(0, len(packed), 7):
            list(decoder.feed(packed[cut : cut + 7]))


def check_memory(detector: Detector) -> Check:
    """Memory is worth nothing or something, never an error: a session would be blind until its end."""
    face, nobody = a_face(), encode(np.full((160, 160, 3), 90, np.uint8))

    def check(memory: bytes) -> None:
        if unpack_memory(split_memory(memory)[1]) is None:
            return
        again = examine(Question(800, memory, face if sum(memory) % 2 else nobody), detector, MOST_PX)
        examine(Question(1_000, again.memory, face), detector, MOST_PX)

    return check


def mutate_picture(data: bytes, chance: random.Random) -> bytes:
    """Damage that stays near a picture: segments doubled, dropped, moved, resized; lies about size and scans."""
    jpeg = bytearray(data)
    marks = [match.start() for match in re.finditer(rb"\xff[\xc0-\xfe]", data)] or [0]
    at, other = chance.choice(marks), chance.choice(marks)
    low, high = min(at, other), max(at, other)
    match chance.randrange(7):
        case 0:
            jpeg[low:low] = jpeg[low:high]
        case 1:
            del jpeg[low:high]
        case 2:
            jpeg[high:high] = jpeg[low:high]
            del jpeg[low : low + (high - low) // 2]
        case 3 if (frame := data.find(b"\xff\xc0")) >= 0:
            jpeg[frame + 5 : frame + 9] = struct.pack(">HH", *(chance.choice((0, 1, 7, 480, 65_535)) for _ in range(2)))
        case 4:
            jpeg[at + 2 : at + 4] = struct.pack(">H", chance.choice((0, 1, 2, 3, 17, 0xFFFF)))
        case 5:
            jpeg[at + 1 : at + 2] = bytes((chance.randrange(0xC0, 0xFF),))
        case _:
            for _ in range(chance.randrange(1, 8)):
                if jpeg:
                    jpeg[chance.randrange(len(jpeg))] = chance.randrange(256)
    return bytes(jpeg) if jpeg.endswith(b"\xff\xd9") else bytes(jpeg) + b"\xff\xd9"


def mutate_memory(data: bytes, chance: random.Random) -> bytes:
    """Fields of any value, without a byte more or less: what has another length is not read at all."""
    memory = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        field = struct.pack(*chance.choice((("<f", chance.choice(FLOATS)), ("<q", chance.choice(TIMES)))))
        at = chance.randrange(1, max(min(len(memory), FIELDS_BYTES), 2))
        memory[at : at + len(field)] = field
    return bytes(memory[: len(data)])


def fuzz(target: str, corpus: Path, seconds: int) -> None:
    """One target in this process, under atheris; libFuzzer ends the process."""
    import atheris  # type: ignore[import-untyped, unused-ignore]  # brought in by the Makefile: 33 MB that nobody else needs

    with atheris.instrument_imports(include=INSTRUMENTED):
        from proctor_engine.detectors.base import load_detector
        from proctor_engine.settings import EngineSettings
    for function in (read_jpeg_size, decode_picture, unpack_memory, unpack_observation, unpack_question, unpack_answer):
        atheris.instrument_func(function)
    cv2.setNumThreads(1)
    detector = load_detector(EngineSettings())
    check = {"pictures": check_picture(detector), "wire": check_wire, "memory": check_memory(detector)}[target]
    seeds = {"pictures": picture_seeds(), "wire": wire_seeds(), "memory": memory_seeds(detector)}[target]
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        near = mutate_memory if target == "memory" else mutate_picture
        changed = near(data, chance) if chance.random() < NEAR_SHARE else atheris.Mutate(data, max_size)
        return bytes(changed[:max_size])

    flags = [f"-max_total_time={seconds * MOST_WAITING}", f"-rss_limit_mb={RSS_LIMIT_MB}", f"-timeout={STUCK_SECONDS}"]
    flags += [f"-max_len={MOST_BYTES}", "-print_final_stats=1", f"-artifact_prefix={corpus.parent}/{target}-"]
    custom: dict[str, Any] = {"custom_mutator": mutate} if target != "wire" else {}

    opened = time.process_time()

    def check_in_time(data: bytes) -> None:
        began = time.process_time()
        check(bytes(data))
        ended = time.process_time()
        assert ended - began < HANG_SECONDS
        if ended - opened > seconds:
            os.kill(os.getpid(), signal.SIGUSR1)  # which libFuzzer takes as a wish to end, and says its figures

    atheris.Setup([sys.argv[0], *flags, str(corpus)], check_in_time, **custom)
    atheris.Fuzz()


def run(target: str, seconds: int, folder: Path) -> dict[str, Any]:
    corpus = folder / f"corpus-{target}"
    corpus.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.proctor_engine.engine_fuzz", "--target", target]
    command += ["--seconds", str(seconds), "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    log = done.stdout + done.stderr
    (folder / f"{target}.log").write_text(log)
    figures = {name: int(found[-1]) for name, pattern in FIGURES.items() if (found := re.findall(pattern, log))}
    findings = sorted(str(path) for path in folder.glob(f"{target}-*"))
    print(target, "exit", done.returncode, json.dumps(figures), *findings, flush=True)
    if done.returncode:
        print(log[-3_000:])
    return figures | {"exit": done.returncode, "findings": findings}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="of processor time, in all")
    parser.add_argument("--folder", type=Path, default=Path("var/fuzz"))
    parser.add_argument("--target", choices=TARGETS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.target:
        fuzz(chosen.target, chosen.folder / f"corpus-{chosen.target}", chosen.seconds)
        return
    chosen.folder.mkdir(parents=True, exist_ok=True)
    figures = {target: run(target, max(chosen.seconds // len(TARGETS), 1), chosen.folder) for target in TARGETS}
    print(json.dumps(figures | {"rss_limit_mb": RSS_LIMIT_MB, "hang_s": HANG_SECONDS}))
    sys.exit(any(figure["exit"] for figure in figures.values()))


if __name__ == "__main__":
    main()
