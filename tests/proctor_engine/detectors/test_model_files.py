import importlib.util
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from proctor_engine.detectors import model_files
from proctor_engine.detectors.model_files import FULL_RANGE, ModelParts, ModelsMissing, load_parts, read_model

LOAD = "import sys; from pathlib import Path; from proctor_engine.detectors.model_files import load_parts"
HASH = "import hashlib; parts = load_parts(Path(sys.argv[1])); print(hashlib.sha256(parts.mesh).hexdigest())"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that two first users filled at the same moment."""
    folder = tmp_path_factory.mktemp("cache") / "models"
    command = [sys.executable, "-c", f"{LOAD}; {HASH}", str(folder)]
    users = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    hashes = {user.communicate(timeout=120)[0] for user in users}
    assert len(hashes) == 1
    assert all(user.returncode == 0 for user in users)
    return folder


def test_two_first_users_leave_one_whole_file_of_each_part(filled: Path) -> None:
    assert sorted(path.name.split("-")[0] for path in filled.iterdir()) == sorted(
        field.name for field in fields(ModelParts)
    )


def test_a_second_start_cuts_nothing(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files.subprocess, "run", lambda *_, **__: pytest.fail("cut again"))  # type: ignore[attr-defined]
    assert load_parts(filled).mesh


def test_a_damaged_file_is_cut_again(filled: Path, tmp_path: Path) -> None:
    good = load_parts(filled)
    for path in filled.iterdir():
        body = path.read_bytes()
        (tmp_path / path.name).write_bytes(body[: len(body) // 2] if path.name.startswith("mesh") else body)
    assert load_parts(tmp_path) == good
    assert load_parts(tmp_path) == good


def test_parts_made_in_another_way_are_not_taken_for_these(monkeypatch: pytest.MonkeyPatch) -> None:
    before = model_files._cache_folder()
    monkeypatch.setattr(model_files, "PREPARATION", model_files.PREPARATION + 1)
    assert model_files._cache_folder() != before


def test_a_user_who_may_write_nowhere_of_their_own_still_gets_all_parts(filled: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_bytes(b"")
    assert load_parts(in_the_way / "models") == load_parts(filled)


def test_without_mediapipe_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelsMissing, match=r"mediapipe==0\.10\.21"):
        read_model(FULL_RANGE)


def test_another_mediapipes_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(model_files.MODEL_HASHES, FULL_RANGE, "0" * 64)
    with pytest.raises(ModelsMissing, match=r"not that of mediapipe 0\.10\.21"):
        read_model(FULL_RANGE)


def test_loading_the_detector_imports_neither_mediapipe_nor_matplotlib() -> None:
    command = (
        "import sys, proctor_engine.child; from proctor_engine.detectors.base import load_detector;"
        "from proctor_engine.settings import EngineSettings; load_detector(EngineSettings());"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True, env=os.environ)
    assert not {"mediapipe", "matplotlib", "jax", "flatbuffers"} & set(done.stdout.split())
