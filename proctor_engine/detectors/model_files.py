"""Where the models are: inside the installed mediapipe wheel, and made ready once in a folder of this user.

mediapipe is found without being imported (0.5 s and 70 MB); no model is part of this repository.
"""

import contextlib
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

MODEL_HASHES = {  # SHA-256 of the files in mediapipe 0.10.21, the last wheel with models inside
    "face_detection/face_detection_short_range.tflite": (
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"
    ),
    "face_detection/face_detection_full_range_sparse.tflite": (
        "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
    ),
    "face_landmark/face_landmark_with_attention.tflite": (
        "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4"
    ),
}
SHORT_RANGE, FULL_RANGE, ATTENTION_MESH = MODEL_HASHES


PREPARATION = 3  # counts what `model_surgery` does to them: parts made otherwise are in another folder


class ModelsMissing(Exception):
    """The models cannot be had; the message says what to install."""


@dataclass(frozen=True, slots=True)
class ModelParts:
    """What is made of mediapipe's models: the two halves of the attention mesh, and the short-range detector.

    Each for LiteRT and as a plan for `proctor_engine.native`, where the full-range detector is one too.
    """

    mesh: bytes
    eyes: bytes
    short: bytes
    mesh_plan: bytes
    eyes_plan: bytes
    short_plan: bytes
    full_plan: bytes


def read_model(name: str) -> bytes:
    """A model of the mediapipe wheel, checked. Raise `ModelsMissing`."""
    found = importlib.util.find_spec("mediapipe")
    if found is None or not found.submodule_search_locations:
        raise ModelsMissing("mediapipe is not installed: the engine takes its models from it (mediapipe==0.10.21).")
    path = Path(found.submodule_search_locations[0], "modules", name)
    try:
        body = path.read_bytes()
    except OSError as missing:
        raise ModelsMissing(f"This mediapipe brings no {name}; install mediapipe==0.10.21.") from missing
    if hashlib.sha256(body).hexdigest() != MODEL_HASHES[name]:
        raise ModelsMissing(f"{name} is not that of mediapipe 0.10.21; install mediapipe==0.10.21.")
    return body


def load_parts(cache: Path | None = None) -> ModelParts:
    """All parts, made now if this user never ran the engine before. Raise `ModelsMissing`.

    Any number of processes may do this at once: each writes whole files under the same names.
    """
    sources = read_model(ATTENTION_MESH), read_model(SHORT_RANGE), read_model(FULL_RANGE)
    with _writable(cache or _cache_folder()) as folder:
        if (parts := _read_parts(folder)) is None:
            _prepare_elsewhere(sources, folder)
            parts = _read_parts(folder)
    if parts is None:
        raise ModelsMissing("The models could not be made out of those of mediapipe.")
    return parts


def _cache_folder() -> Path:
    """A folder for the models the parts are made from, and for how: others never meet them."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    sources = "".join(MODEL_HASHES[name] for name in (ATTENTION_MESH, SHORT_RANGE, FULL_RANGE))
    name = hashlib.sha256(f"{PREPARATION} {sources}".encode()).hexdigest()[:16]
    return Path(base, "guildhall", "models", name)


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[Path]:
    """The folder, or for a user without a home of their own one that lasts for this start only."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        with tempfile.TemporaryDirectory() as passing:
            yield Path(passing)
    else:
        yield folder


def _prepare_elsewhere(models: tuple[bytes, ...], folder: Path) -> None:
    """In a process of its own: see `model_surgery`."""
    with tempfile.TemporaryDirectory() as passing:
        sources = [Path(passing, str(place)) for place in range(len(models))]
        for source, model in zip(sources, models, strict=True):
            source.write_bytes(model)
        done = subprocess.run(  # noqa: S603 - our own module, by the interpreter that runs it
            [sys.executable, "-m", "proctor_engine.detectors.model_surgery", *map(str, sources), str(folder)],
            capture_output=True,
            check=False,
        )
    if done.returncode:
        reason = done.stderr.decode(errors="replace")[-500:]
        raise ModelsMissing(f"The models could not be made out of those of mediapipe: {reason}")


def _read_parts(folder: Path) -> ModelParts | None:
    parts = {field.name: _read_part(folder, field.name) for field in fields(ModelParts)}
    whole = {name: body for name, body in parts.items() if body is not None}
    return ModelParts(**whole) if len(whole) == len(parts) else None


def _read_part(folder: Path, name: str) -> bytes | None:
    """The part whose body has the hash in its name; a damaged one is as good as none."""
    for path in folder.glob(f"{name}-*.part"):
        with contextlib.suppress(OSError):
            body = path.read_bytes()
            if hashlib.sha256(body).hexdigest() == path.stem.removeprefix(f"{name}-"):
                return body
    return None
