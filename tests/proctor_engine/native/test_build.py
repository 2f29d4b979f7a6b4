import ctypes
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proctor_engine.native import build, library


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder's C elsewhere, with nothing built."""
    for name in (*build.SOURCES, *build.HALVES, *build.HEADERS, build.CHOOSER):
        (tmp_path / name).write_bytes((build.FOLDER / name).read_bytes())
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    return tmp_path


def test_without_a_compiler_nothing_is_built_and_the_build_says_so(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(build.shutil, "which", lambda _: None)  # type: ignore[attr-defined]
    build.main()
    assert "LiteRT" in capsys.readouterr().out
    assert not (sources / "built").exists()


def test_a_compiler_that_fails_leaves_nothing_and_the_build_says_why(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CC", "false")
    monkeypatch.setattr(build.platform, "machine", lambda: "x86_64")  # type: ignore[attr-defined]
    build.main()
    assert "could not be compiled" in capsys.readouterr().out
    assert list((sources / "built").iterdir()) == []


@pytest.mark.skipif(shutil.which("cc") is None or platform.machine() != "x86_64", reason="no C compiler for x86-64")
def test_a_compiler_that_does_not_know_halves_builds_the_rest(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "older"
    older.write_text('#!/bin/sh\ncase "$*" in *avx512fp16*) exit 1 ;; esac\nexec cc "$@"\n')
    older.chmod(0o755)
    monkeypatch.setenv("CC", str(older))
    monkeypatch.setattr(build, "SOURCES", ("cover.c",))  # the rest takes its time
    path = build.build()
    assert path is not None
    built = ctypes.CDLL(str(path))
    assert built.best_level() < build.HALVES_LEVEL
    assert not hasattr(built, f"run_mesh_v{build.HALVES_LEVEL}")


def test_a_library_of_other_sources_is_never_loaded(sources: Path) -> None:
    before = build.library_path()
    (sources / "faces.c").write_text("int none;")
    assert build.library_path() != before


def test_without_a_library_there_is_none_to_load(sources: Path) -> None:
    library.load_library.cache_clear()
    try:
        assert library.load_library() is None
    finally:
        library.load_library.cache_clear()


def test_a_library_that_the_system_will_not_load_is_none(sources: Path) -> None:
    path = build.library_path()
    path.parent.mkdir()
    path.write_bytes(b"no library")
    library.load_library.cache_clear()
    try:
        assert library.load_library() is None
    finally:
        library.load_library.cache_clear()


def test_a_child_without_the_library_sees_what_others_see() -> None:
    command = (
        "from proctor_engine.native import library; library.load_library = lambda *_: None;"
        "from proctor_engine.detectors.box_detector import SHORT, BoxDetector;"
        "from tests.proctor_engine.recordings import astronaut; print(len(BoxDetector(SHORT).find(astronaut())))"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
