"""Where the models are: inside the installed mediapipe wheel, and cut once into a folder of this user.

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
from dataclasses import dataclass
from pathlib import Path

from proctor_engine.detectors.model_surgery import EYES_PART, MESH_PART, Part

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


class ModelsMissing(Exception):
    """The models cannot be had; the message says what to install."""


@dataclass(frozen=True, slots=True)
class MeshParts:
    """The two halves of the attention mesh, as files or as what would be in them."""

    mesh: bytes
    eyes: bytes


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


def load_mesh_parts(cache: Path | None = None) -> MeshParts:
    """Both halves of the attention mesh, cut now if this user never ran the engine before. Raise `ModelsMissing`.

    Any number of processes may do this at once: each writes whole files under the same names.
    """
    whole = read_model(ATTENTION_MESH)
    with _writable(cache or _cache_folder()) as folder:
        if (parts := _read_parts(folder)) is None:
            _cut_elsewhere(whole, folder)
            parts = _read_parts(folder)
    if parts is None:
        raise ModelsMissing("The face mesh could not be cut out of mediapipe's model.")
    return parts


def _cache_folder() -> Path:
    """A folder for each model the halves are cut from: another model never meets them."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "guildhall", "models", MODEL_HASHES[ATTENTION_MESH][:16])


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


def _cut_elsewhere(model: bytes, folder: Path) -> None:
    """In a process of its own: see `model_surgery`."""
    with tempfile.NamedTemporaryFile(suffix=".tflite") as source:
        source.write(model)
        source.flush()
        done = subprocess.run(  # noqa: S603 - our own module, by the interpreter that runs it
            [sys.executable, "-m", "proctor_engine.detectors.model_surgery", source.name, str(folder)],
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise ModelsMissing(f"The face mesh could not be cut: {done.stderr.decode(errors='replace')[-500:]}")


def _read_parts(folder: Path) -> MeshParts | None:
    mesh, eyes = _read_part(folder, MESH_PART), _read_part(folder, EYES_PART)
    return MeshParts(mesh, eyes) if mesh and eyes else None


def _read_part(folder: Path, part: Part) -> bytes | None:
    """The part whose body has the hash in its name; a damaged one is as good as none."""
    for path in folder.glob(f"{part.name}-*.tflite"):
        with contextlib.suppress(OSError):
            body = path.read_bytes()
            if hashlib.sha256(body).hexdigest() == path.stem.removeprefix(f"{part.name}-"):
                return body
    return None
