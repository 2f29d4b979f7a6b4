"""The shape of the repository, held still by tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    "guildhall": ROOT / "platform" / "guildhall",
    "proctor_engine": ROOT / "proctor_engine",
    "workers": ROOT / "workers",
}
MODULES = sorted(module for source in SOURCES.values() for module in source.rglob("*.py"))
MIRRORS = sorted(test for name in SOURCES for test in (ROOT / "tests" / name).rglob("test_*.py"))
# Claims about a whole package rather than one module of it; each stands in the folder of that package.
ANGLES = {
    "test_contract.py",
    "test_durability.py",
    "test_process_tree.py",
    "test_bad_input.py",
    "test_attacks.py",
    "test_races.py",
    "test_parity.py",
    "test_fuzz.py",
    "test_javascript_client.py",
}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_platform_is_a_folder_and_never_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_standard_library_keeps_its_platform_module() -> None:
    # From the root, in a process of its own: pytest's own import of `platform` was long before this folder was seen.
    command = "import platform; platform.system(); platform.python_implementation()"
    subprocess.run([sys.executable, "-c", command], cwd=ROOT, check=True)


def test_the_three_packages_are_importable_from_anywhere(tmp_path: Path) -> None:
    command = "import guildhall, proctor_engine, workers"
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, check=True)


@pytest.mark.parametrize("test_file", MIRRORS, ids=relative)
def test_every_test_file_mirrors_a_module(test_file: Path) -> None:
    package, *folders, name = test_file.relative_to(ROOT / "tests").parts
    mirrored = SOURCES[package].joinpath(*folders, name.removeprefix("test_"))
    is_angle = name in ANGLES and mirrored.parent.is_dir()
    # One aspect of a module, where its tests outgrew one file: test_polling_upgrades.py is of polling.py.
    is_aspect = any(mirrored.stem.startswith(f"{module.stem}_") for module in mirrored.parent.glob("*.py"))
    assert mirrored.exists() or mirrored.with_suffix("").is_dir() or is_angle or is_aspect


@pytest.mark.parametrize("module", MODULES, ids=relative)
def test_modules_stay_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 300


@pytest.mark.parametrize("module", MODULES, ids=relative)
def test_no_module_is_an_attic(module: Path) -> None:
    assert module.stem not in {"utils", "helpers", "misc", "common", "manager"}
